"""Marketplaces without Odoo: reads their mails and orders, speaks their APIs. Pure Python."""

from . import mail
from .amazon import Amazon
from .schema import InboundMail

MARKETPLACES = {"amazon": Amazon}


def read_mail(raw: bytes, *, authserv_id=None, seller_names=(), marketplaces=None) -> InboundMail:
    """Return what a raw mail means to the first marketplace that it claims to come from.

    :param bytes raw: the mail as received, anything non-empty.
    :param str authserv_id: name of the receiving server whose Authentication-Results we believe.
    :param seller_names: our own seller names, never taken for a buyer's.
    :param dict marketplaces: code → class, all known ones by default.
    :return: ``app`` is None and ``kind`` is "unknown" when no marketplace is claimed.
    """
    decoded = mail.decode(raw, authserv_id=authserv_id)
    for marketplace in (marketplaces or MARKETPLACES).values():
        if marketplace.claims_mail(decoded):
            return marketplace.read_mail(decoded, seller_names=seller_names)
    return mail.unclaimed(decoded)
