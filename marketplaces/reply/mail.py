"""The mail that carries a reply, for any marketplace; what it needs beyond that is told by the caller."""

import re

from ..errors import Refused
from ..mail.message import addresses
from ..schema import MailReply, Site
from . import text as reply_text

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@[\w.-]{1,190}\.[\w-]{2,63}")


def build_reply(
    *, name: str, site: Site, site_address, site_name, recipient: str, subject: str, text, answered=None,
    signature=None, important=False,
) -> MailReply:  # fmt: skip
    """Return the mail to a buyer (see ``make_reply`` of the contract).

    :param str name: the marketplace's.
    :param str recipient: checked by the caller to be the buyer's.
    :param answered: the buyer's mail, quoted below and kept to in the thread, or None.
    :raise Refused: the storefront has no address.
    """
    if not _ADDRESS.fullmatch(site_address or ""):
        raise Refused(f"The storefront has no address yet from which {name} takes mail: enter one.")
    words, signature = reply_text.tidy(text), reply_text.tidy(signature)
    quoted = reply_text.quote(answered.text, answered.date, site) if answered else ""
    message_id = answered.message_id if answered else None
    return MailReply(
        sender=site_address,
        recipient=addresses(recipient)[0].address,
        subject=subject,
        text=reply_text.join(words, signature, quoted),
        html=reply_text.to_html(words, signature, quoted),
        in_reply_to=message_id,
        references=reply_text.references(getattr(answered, "references", ()), message_id),
        important=important,
        sender_name=reply_text.one_line(site_name),
        words=words,
    )
