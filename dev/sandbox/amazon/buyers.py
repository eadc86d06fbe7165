"""Amazon's pretend buyers: what they write goes out as its mails, what comes back is put to their conversation."""

from secrets import token_hex

from ..habits import AWAY
from ..message import CURIOUS, FORGERIES, NOBODY, Message, Unknown, conversation_key
from ..sites import get_site
from . import identity
from .mails import buyer_message, notice
from .receiving import Receiving

NOTICES = {
    "cancel_request": "Cancellation request",
    "return_request": "Return request",
    "refund": "Refund",
    "atoz_claim": "A-to-z claim",
    "reply_copy": "Copy of the seller's reply",
    "opt_out": "Not delivered: buyer opted out",
    "auto_reply": "Amazon's automatic answer",
}


class AmazonBuyers(Receiving):
    """Amazon's pretend buyers.

    :param World world: orders, addresses, conversations.
    :param Outbox outbox: sends the mails.
    """

    def __init__(self, world, outbox):
        self._world = world
        self._outbox = outbox

    def write(self, message):
        """Send what a buyer does and return the records of the mails.

        :param Message message: what, about which order.
        :raise Unknown: no such order, seller or storefront.
        """
        seller, site, order, buyer = self._resolve(message)
        to = message.to or self._world.addresses.get((seller.code, site.code)) or NOBODY
        alias = identity.alias(buyer, seller.merchant_id, site)
        thread = identity.token(alias, message.order_ref or message.asin or "")
        if message.notice:
            raws = [self._notice(message, seller, site, order, buyer, to)]
        else:
            raws = self._raws(message, seller, site, order, buyer, to, thread)
        mails = [self._send(message, raw, to, message_ref) for raw, message_ref in raws]
        self._world.say(
            conversation_key(seller, site, message.order_ref, buyer),
            side="amazon" if message.notice else "forger" if message.forgery else "buyer",
            name=NOTICES.get(message.notice, buyer),
            text=message.text,
            files=[file.name for file in message.attachments],
            mails=[mail.number for mail in mails],
            alias=alias,
            case=identity.case_id(thread),
        )
        return mails

    def _send(self, message, raw, to, message_ref):
        authentication = {"forged": "fail", "lookalike": "none"}.get(message.forgery, "pass")
        return self._outbox.send(raw, to, authentication=authentication, message_ref=message_ref)

    def _resolve(self, message):
        if message.notice and message.notice not in NOTICES or message.forgery not in FORGERIES:
            raise Unknown(f"No notice {message.notice!r} or forgery {message.forgery!r}")
        found = self._world.orders.find(message.order_ref, message.seller) if message.order_ref else None
        if message.order_ref and not found:
            raise Unknown(f"No order {message.order_ref}")
        code, order = found or (message.seller, None)
        if message.notice and not order:
            raise Unknown("A notice needs an order")
        site = get_site(order["salesChannel"]["marketplaceId"] if order else message.site)
        seller = self._seller(code, site)
        buyer = message.buyer or (order or {}).get("buyer", {}).get("buyerName") or CURIOUS
        return seller, site, order, buyer

    def _seller(self, code, site):
        if code:
            return self._world.sellers[code]
        for seller in self._world.sellers.values():
            if seller.region == site.region:
                return seller
        raise Unknown(f"No seller in {site.code}")

    def _raws(self, message, seller, site, order, buyer, to, thread):
        message_ref = identity.token(token_hex(8), thread)
        options = {
            "lang": message.lang,
            "attachments": message.attachments,
            "thread": thread,
            "message": message_ref,
            "presale_asin": message.asin,
            "to": to,
            "topic": message.topic,
            "seller": seller,
            "host": f"{site.relay_hosts[0]}.mail-center.example" if message.forgery == "lookalike" else None,
        }
        named = order if message.name_order else None
        return [
            (buyer_message(named, site, buyer, message.text, copy=number > 0, **options), message_ref)
            for number in range(1 + message.copies)
        ]

    def _notice(self, message, seller, site, order, buyer, to):
        raw = notice(
            message.notice, order, site=site, to=to, lang=message.lang, buyer=buyer, text=message.text, seller=seller
        )
        return raw, None

    def _automatic(self, key):
        """Return what a buyer's mail program answers by itself."""
        seller, site, ref, buyer = key.split("|")
        return Message(AWAY, order_ref=ref or None, site=site, seller=seller, buyer=buyer)

    def tell(self, seller, site, order, text, files):
        """Show a buyer a message that the seller sent through the API."""
        buyer = order.get("buyer", {}).get("buyerName") or CURIOUS
        key = conversation_key(seller, site, order["orderId"], buyer)
        said = {"name": seller.name, "text": text, "files": files, "kind": "api", "approved": True, "fate": "shown"}
        self._world.say(key, side="seller", mails=[], **said)
