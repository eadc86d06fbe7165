"""Marketplaces without Odoo: reads their mails and orders, speaks their APIs. Pure Python."""

from dataclasses import fields, is_dataclass, replace

from .mail import message, authentication, budget as mail_budget, dkim_check, mime, rewritten
from .amazon import Amazon
from .schema import InboundMail
from .walmart import Walmart

#: Bytes of a mail in which its header is looked for where only the header matters.
MAX_HEAD = 100_000

MARKETPLACES = {"amazon": Amazon, "walmart": Walmart}


def read_mail(raw: bytes, *, authserv_id=None, seller_names=(), marketplaces=None, budget=None, **known) -> InboundMail:
    """Return what a raw mail means to the marketplace that it comes from, else to the first that it claims.

    :param bytes raw: the mail as received, anything non-empty.
    :param str authserv_id: name of the receiving server whose Authentication-Results we believe.
    :param seller_names: our own seller names, never taken for a buyer's.
    :param dict marketplaces: code → class, all known ones by default.
    :param known: what else is known of its origin: ``receiver``, ``signatures``, ``is_trusted`` (``message.decode``).
    :param mail_budget.Budget budget: the computing that it may take, ``mail_budget.SECONDS`` by default.
    :return: ``app`` is None and ``kind`` is "unknown" when no marketplace is claimed. Any text in it can be stored.
    :raise TooCostly: the budget was used up.
    """
    with mail_budget.limited(budget or mail_budget.Budget()):
        return _read(raw, authserv_id, seller_names, (marketplaces or MARKETPLACES).values(), known)


def _read(raw, authserv_id, seller_names, classes, known):
    decoded = message.decode(raw, authserv_id=authserv_id, **known)
    decoded = rewritten.restore(decoded, lambda host: _signers_of(classes, host))
    claimed = []
    for one in classes:
        mail_budget.check()
        claimed += [one] if one.claims_mail(decoded) else []
    # A buyer at one marketplace may write the name of another, or bear it.
    marketplace = next((one for one in claimed if one.owns_mail(decoded)), next(iter(claimed), None))
    mail_budget.check()
    if not marketplace:
        return _storable(message.unclaimed(decoded))
    return _storable(_with_proof(marketplace.read_mail(decoded, seller_names=seller_names), decoded, marketplace))


def is_proved_by_header(raw: bytes, receiver, *, marketplaces=None) -> bool:
    """Tell whether the receiving server says that a mail is genuine; cheap, for the order of a queue only.

    :param receiver: how our own server writes its verdict (``authentication.Receiver``).
    :param dict marketplaces: code → class, all known ones by default.
    """
    headers = mime.split_head(mime.split_raw(raw[:MAX_HEAD])[0] + b"\n\n")[0]
    host = dkim_check.from_host(headers)
    signers = _signers_of((marketplaces or MARKETPLACES).values(), host)
    results, unnamed = authentication.read_received(headers, receiver)
    return signers is not None and authentication.Authentication(results, unnamed).verdict(host, signers) == "pass"


def check_signatures(raw: bytes, find_key, *, sealers=(), marketplaces=None):
    """Return what the signatures are worth that could prove a mail (``mail_signatures.Signatures``).

    :param find_key: function of a DNS name → TXT record; see ``dkim_check.check``.
    :param sealers: domains of forwarders whose word is believed (ARC).
    :param dict marketplaces: code → class, all known ones by default.
    """
    classes = (marketplaces or MARKETPLACES).values()
    return dkim_check.check(raw, find_key, lambda host: _signers_of(classes, host), sealers)


def _signers_of(classes, host):
    """Return whose signature proves mail from a host, None for a host of no marketplace."""
    return next((signers for one in classes if (signers := one.signers_of(host)) is not None), None)


def _with_proof(found, decoded, marketplace):
    """Return what a mail means with how it was proved."""
    host = decoded.senders[0].host
    signers = marketplace.signers_of(host)
    judgement = decoded.authentication.judge(host, signers or ())
    if judgement.result != found.authentication:
        return found
    is_unchecked = signers is not None and decoded.authentication.is_unchecked(host, signers)
    reasons = found.reasons + ((judgement.reason,) if judgement.reason else ())
    proof = judgement.proof if judgement.result == "pass" else ""
    return replace(found, proof=proof, is_unchecked=is_unchecked, reasons=reasons)


def _storable(value):
    """Return a value whose texts hold no NUL and no half of a surrogate pair: databases take neither."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, tuple):
        return tuple(map(_storable, value))
    if is_dataclass(value):
        return replace(value, **{field.name: _storable(getattr(value, field.name)) for field in fields(value)})
    return value
