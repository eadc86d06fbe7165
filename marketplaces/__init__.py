"""Marketplaces without Odoo: reads their mails and orders, speaks their APIs. Pure Python."""

from dataclasses import fields, is_dataclass, replace

from . import mail
from .amazon import Amazon
from .schema import InboundMail
from .walmart import Walmart

MARKETPLACES = {"amazon": Amazon, "walmart": Walmart}


def read_mail(raw: bytes, *, authserv_id=None, seller_names=(), marketplaces=None) -> InboundMail:
    """Return what a raw mail means to the marketplace that it comes from, else to the first that it claims.

    :param bytes raw: the mail as received, anything non-empty.
    :param str authserv_id: name of the receiving server whose Authentication-Results we believe.
    :param seller_names: our own seller names, never taken for a buyer's.
    :param dict marketplaces: code → class, all known ones by default.
    :return: ``app`` is None and ``kind`` is "unknown" when no marketplace is claimed. Any text in it can be stored.
    """
    decoded = mail.decode(raw, authserv_id=authserv_id)
    claimed = [one for one in (marketplaces or MARKETPLACES).values() if one.claims_mail(decoded)]
    # A buyer at one marketplace may write the name of another, or bear it.
    marketplace = next((one for one in claimed if one.owns_mail(decoded)), next(iter(claimed), None))
    if marketplace:
        return _storable(marketplace.read_mail(decoded, seller_names=seller_names))
    return _storable(mail.unclaimed(decoded))


def _storable(value):
    """Return a value whose texts hold no NUL and no half of a surrogate pair: databases take neither."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, tuple):
        return tuple(map(_storable, value))
    if is_dataclass(value):
        return replace(value, **{field.name: _storable(getattr(value, field.name)) for field in fields(value)})
    return value
