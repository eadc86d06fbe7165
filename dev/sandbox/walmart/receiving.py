"""Mail to a buyer at Walmart: shown, dropped or returned; and what follows."""

import re

from ..bounces import report
from ..habits import blank_addresses, check_habits
from ..hosts import host_of
from ..message import NOBODY, conversation_key
from . import identity, mails
from .sites import RELAY_HOSTS, get_site
from .wire import buyer_of

_SERVER = "mta.relay.walmart.com"
_NO_SENDER = "550 5.7.1 Sender is not the customer service contact of this seller"
_NO_BUYER = "550 5.1.1 The recipient does not exist"
_LONG_NUMBER = re.compile(r"\d{10,15}")


class Receiving:
    """Part of :class:`.buyers.WalmartBuyers`; needs ``_world``, ``_outbox`` and ``write``."""

    def receive(self, mail):
        """Take a mail that reached the relay.

        :param Received mail: what arrived; its ``fate`` is set.
        """
        alias = mail.to.lower().partition("@")[0]
        key = self._find(alias, mail)
        mail.fate = self._judge(key, mail)
        self._world.say(
            key or f"unknown|{alias}",
            side="seller",
            name=mail.header_from,
            text=blank_addresses(mail.text),
            files=mail.attachments,
            kind=mail.kind,
            approved=mail.approved,
            fate=mail.fate,
            subject=mail.subject,
            message_id=mail.message_id,
            to=mail.to.partition("@")[0],
            mails=[],
        )
        getattr(self, f"_when_{mail.fate}")(key, mail)

    def receive_nowhere(self, mail):
        """Return a mail to an address of Walmart's that nobody reads, such as the placeholder of orders."""
        mail.fate = "unknown"
        self._when_unknown(None, mail)

    def set_habits(self, message, **habits):
        """Set whether a buyer's mail program answers automatically; nobody can opt out at Walmart.

        :raise ValueError: no such habit or value.
        """
        check_habits(habits)
        seller, site, _order, buyer = self._resolve(message)
        with self._world.lock:
            self._world.habits.setdefault((seller.code, site.code, buyer), {}).update(habits)

    # --- which conversation --------------------------------------------------------------------------

    def _find(self, alias, mail):
        """Return the key of the conversation that an address belongs to: of several the one that the subject names."""
        found = {**self._by_orders(mail.to), **self._by_mails(alias, host_of(mail.to))}
        named = set(_LONG_NUMBER.findall(re.sub(r"(?<=\d)-(?=\d)", "", mail.subject)))
        return max(found, key=lambda key: (key.split("|")[2] in named, found[key]), default=None)

    def _by_mails(self, alias, host):
        """Return ``{key: rank}`` of conversations whose buyer wrote from an address."""
        found = {}
        with self._world.lock:
            for key, entries in self._world.conversations.items():
                numbers = [entry["number"] for entry in entries if entry.get("alias") == alias]
                if numbers and self._is_at(key, host):
                    found[key] = (1, max(numbers))
        return found

    def _by_orders(self, address):
        """Return ``{key: rank}`` of conversations of the orders that name an address."""
        found, state = {}, self._world.walmart
        for code, order in state.orders.all():
            seller = state.sellers.get(code)
            if seller and order["customerEmailId"].lower() == address.lower():
                key = conversation_key(seller, get_site(seller.site), order["customerOrderId"], buyer_of(order))
                found[key] = (0, order["orderDate"])
        return found

    def _is_at(self, key, host):
        seller = self._world.walmart.sellers.get(key.split("|")[0])
        return bool(seller) and RELAY_HOSTS.get(host) is get_site(seller.site)

    # --- its fate ------------------------------------------------------------------------------------

    def _judge(self, key, mail):
        if not key:
            return "unknown"
        if mail.approved:
            return "shown"
        return {"bounce": "bounced", "drop": "dropped"}.get(self._world.switches.unapproved_at("walmart"), "shown")

    # --- what follows --------------------------------------------------------------------------------

    def _when_shown(self, key, mail):
        seller, site, _ref, buyer = key.split("|")
        if self._world.switches.reply_copies and mail.kind == "mail":
            self._send_copy(key, mail)
        habits = self._world.habits.get((seller, site, buyer), {})
        if habits.get("auto_reply", self._world.switches.auto_reply) in ("buyer", "both"):
            self.write(self._automatic(key))

    def _when_dropped(self, key, mail):
        pass

    def _when_bounced(self, key, mail):
        self._give_back(mail, _NO_SENDER)

    def _when_unknown(self, key, mail):
        self._give_back(mail, _NO_BUYER)

    def _give_back(self, mail, reason):
        if mail.sender and mail.kind == "mail":  # machines get no answer, as mail servers keep it
            raw = report(mail, reason, _SERVER)
            self._outbox.send(raw, mail.sender, sender="", authentication="none")

    def _send_copy(self, key, mail):
        code, site_code, ref, buyer = key.split("|")
        seller, site = self._world.walmart.sellers[code], get_site(site_code)
        letter = mails.Letter(
            seller=seller,
            site=site,
            sender=f"{identity.make_local_part(identity.SELLER)}@{site.relay_hosts[0]}",
            buyer=buyer,
            text=blank_addresses(mail.text),
            to=self._world.addresses.get((code, site_code)) or mail.sender or NOBODY,
            ref=ref or None,
        )
        self._outbox.send(mails.reply_copy(letter, mail.subject, mail.message_id), letter.to)
