"""Walmart's pretend buyers: what they write goes out as the relay's mails, what comes back is theirs to read."""

from datetime import datetime

from ..habits import AWAY
from ..message import CURIOUS, FORGERIES, NOBODY, Message, Unknown, conversation_key
from . import identity, mails
from .receiving import Receiving
from .sites import SITES, get_site
from .wire import buyer_of
from .wording import ABOUT_ORDERS, NOTICES


class WalmartBuyers(Receiving):
    """Walmart's pretend buyers.

    :param World world: orders, addresses, conversations.
    :param Outbox outbox: sends the mails.
    """

    def __init__(self, world, outbox):
        self._world = world
        self._outbox = outbox

    def owns(self, message):
        """Tell whether a message is for a seller at Walmart."""
        state = self._world.walmart
        if message.seller:
            return message.seller in state.sellers
        if message.order_ref:
            return not self._world.orders.find(message.order_ref) and bool(state.orders.find(message.order_ref))
        return message.site in {site.site_ref for site in SITES}

    def write(self, message):
        """Send what a buyer (or Walmart) does and return the records of the mails.

        :param Message message: what, about which order.
        :raise Unknown: no such order, seller or storefront, or nothing that could be answered.
        """
        seller, site, order, buyer = self._resolve(message)
        ref = order["customerOrderId"] if order else None
        key = conversation_key(seller, site, ref, buyer)
        last = self._last_reply(key) if message.answer else None
        letter = self._letter(message, seller, site, order, buyer, last)
        raws = self._raws(message, letter, key)
        sent = [self._send(message, raw, letter.to) for raw in raws]
        self._world.say(
            key,
            side="walmart" if message.notice else "forger" if message.forgery else "buyer",
            name=NOTICES.get(message.notice, buyer),
            text=message.text,
            files=[file.name for file in message.attachments],
            mails=[mail.number for mail in sent],
            alias=letter.sender.partition("@")[0].lower(),
        )
        return sent

    def _resolve(self, message):
        if message.notice and message.notice not in NOTICES or message.forgery not in FORGERIES:
            raise Unknown(f"No notice {message.notice!r} or forgery {message.forgery!r}")
        state = self._world.walmart
        found = state.orders.find(message.order_ref, message.seller) if message.order_ref else None
        if message.order_ref and not found:
            raise Unknown(f"No order {message.order_ref}")
        if message.notice in ABOUT_ORDERS and not found:
            raise Unknown("This notice needs an order")
        seller = state.sellers[found[0]] if found else self._seller(message)
        order = found[1][0] if found else None
        return seller, get_site(seller.site), order, message.buyer or (buyer_of(order) if order else CURIOUS)

    def _seller(self, message):
        sellers = self._world.walmart.sellers
        if message.seller:
            return sellers[message.seller]
        site = get_site(message.site)
        for seller in sellers.values():
            if seller.site == site.code:
                return seller
        raise Unknown(f"No seller in {site.code}")

    def _letter(self, message, seller, site, order, buyer, last=None):
        named = order if message.name_order else None
        item_id, title = mails.product_of(order, message.asin)
        host = site.relay_hosts[0] + (".mail-center.example" if message.forgery == "lookalike" else "")
        return mails.Letter(
            seller=seller,
            site=site,
            sender=f"{self._local_part(message, order, last)}@{host}",
            buyer=buyer,
            text=message.text,
            to=message.to or self._world.addresses.get((seller.code, site.code)) or NOBODY,
            ref=named["customerOrderId"] if named else None,
            item_id=item_id,
            title=title,
            topic=message.topic,
            attachments=message.attachments,
        )

    def _local_part(self, message, order, last=None):
        if message.relay:
            return message.relay
        if last and last.get("to"):
            return last["to"]  # where the seller's mail reached the buyer
        if message.notice == "reply_copy":
            return identity.make_local_part(identity.SELLER)
        of_order = identity.order_local_part(order)
        if of_order and self._world.switches.walmart_from == "order":
            return of_order
        return identity.make_local_part(identity.CUSTOMER if order else identity.PRE_SALE)

    def _raws(self, message, letter, key):
        if message.notice == "reply_copy":
            last = self._last_reply(key) or {"subject": f"Regarding Walmart order# {letter.ref}", "message_id": ""}
            return [mails.reply_copy(letter, last["subject"], last["message_id"])]
        if message.notice:
            return [mails.notice(message.notice, letter)]
        if message.answer:
            if not (last := self._last_reply(key)):
                raise Unknown("The seller has not written yet")
            when = datetime.fromisoformat(last["time"].replace("Z", "+00:00"))
            return [mails.answer(letter, last | {"time": when})]
        ref_id = identity.make_ref_id()
        return [mails.buyer_message(letter, ref_id) for _copy in range(1 + message.copies)]

    def _last_reply(self, key):
        entries = self._world.conversations.get(key, ())
        return next((e for e in reversed(entries) if e["side"] == "seller" and e.get("fate") == "shown"), None)

    def _send(self, message, raw, to):
        authentication = {"forged": "fail", "lookalike": "none"}.get(message.forgery, "pass")
        return self._outbox.send(raw, to, authentication=authentication)

    def _automatic(self, key):
        """Return what a buyer's mail program answers by itself."""
        seller, site, ref, buyer = key.split("|")
        return Message(AWAY, order_ref=ref or None, site=site, seller=seller, buyer=buyer, answer=True)
