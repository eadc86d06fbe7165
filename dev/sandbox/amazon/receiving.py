"""Mail to a buyer: shown, dropped, returned, or refused because the buyer opted out; and what follows."""

import re

from ..bounces import report
from ..habits import blank_addresses, check_habits
from ..sites import RELAY_HOSTS, get_site
from . import identity
from .notices import notice

_IMPORTANT = re.compile(r"\[(?:important|importante|wichtig|belangrijk|viktigt|ważne|önemli|重要)\]", re.IGNORECASE)
_ORDER = re.compile(r"\d{3}-\d{7}-\d{7}")


class Receiving:
    """Part of :class:`.buyers.AmazonBuyers`; needs ``_world``, ``_outbox`` and ``write``."""

    def receive(self, mail):
        """Take a mail that reached a relay address.

        :param Received mail: what arrived; its ``fate`` is set.
        """
        local_part, _at, host = mail.to.lower().rpartition("@")
        alias, _plus, case = local_part.partition("+")
        site = RELAY_HOSTS[host]
        key, started = self._find(alias, case)
        if not key:
            key, started = self._find_order(alias, site, mail.subject)
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
            mails=[],
        )
        follow = getattr(self, f"_when_{mail.fate}", None)
        if key and follow:
            follow(key, started, mail, site)

    def receive_nowhere(self, mail):
        """Take a mail to an address of Amazon's that nobody reads; a machine may answer."""
        if self._world.switches.auto_reply in ("amazon", "both") and mail.sender:
            raw = notice("auto_reply", None, site="US", to=mail.sender, text=mail.subject)
            self._outbox.send(raw, mail.sender)

    def set_habits(self, message, **habits):
        """Set a buyer's habits: ``opted_out``, ``auto_reply``.

        :param Message message: tells which buyer, by order or by storefront and name.
        :raise ValueError: no such habit or value.
        """
        check_habits(habits)
        seller, site, _order, buyer = self._resolve(message)
        with self._world.lock:
            self._world.habits.setdefault((seller.code, site.code, buyer), {}).update(habits)

    # --- which conversation --------------------------------------------------------------------------

    def _find(self, alias, case):
        best = None
        with self._world.lock:
            for key, entries in self._world.conversations.items():
                for entry in entries:
                    if entry.get("alias") == alias and (not case or entry["case"] == case):
                        best = max(best or ("", {"number": 0}), (key, entry), key=lambda pair: pair[1]["number"])
        return best or (None, None)

    def _find_order(self, alias, site, subject):
        """Return the conversation of an order whose buyer never wrote: a seller may write first."""
        found = []
        for code, order in self._world.orders.all():
            buyer = order.get("buyer", {}).get("buyerName")
            seller = self._world.sellers.get(code)
            is_here = order["salesChannel"]["marketplaceId"] == site.site_ref
            if is_here and seller and buyer and identity.alias(buyer, seller.merchant_id, site) == alias:
                found.append((order["orderId"], "|".join((code, site.code, order["orderId"], buyer)), buyer))
        named = set(_ORDER.findall(subject))
        found.sort(key=lambda row: row[0] not in named)
        return (found[0][1], {"name": found[0][2]}) if found else (None, None)

    # --- its fate ------------------------------------------------------------------------------------

    def _judge(self, key, mail):
        if not key:
            return "unknown"
        switches = self._world.switches
        if not mail.approved and switches.unapproved in ("bounce", "drop"):
            return {"bounce": "bounced", "drop": "dropped"}[switches.unapproved]
        opted_out = self._habit(key, "opted_out")
        if opted_out == "all" or opted_out == "unasked" and not self._is_answer(key, mail):
            return "shown" if _IMPORTANT.search(mail.subject) else "opted_out"
        return "shown"

    def _habit(self, key, name):
        seller, site, _ref, buyer = key.split("|")
        habits = self._world.habits.get((seller, site, buyer), {})
        return habits.get(name, getattr(self._world.switches, name))

    def _is_answer(self, key, mail):
        """Tell whether a mail names one of this conversation's mails as the one that it answers."""
        numbers = {number for entry in self._world.conversations.get(key, ()) for number in entry["mails"]}
        ids = {sent.message_id for sent in list(self._world.mails) if sent.number in numbers}
        return bool(mail.in_reply_to) and mail.in_reply_to.strip() in ids

    # --- what follows --------------------------------------------------------------------------------

    def _when_shown(self, key, started, mail, site):
        if self._world.switches.reply_copies and mail.kind == "mail":
            self._notify("reply_copy", key, started, mail, site)
        answers = self._habit(key, "auto_reply")
        if answers in ("amazon", "both"):
            self._notify("auto_reply", key, started, mail, site)
        if answers in ("buyer", "both"):
            self.write(self._automatic(key))

    def _when_opted_out(self, key, started, mail, site):
        self._notify("opt_out", key, started, mail, site)

    def _when_bounced(self, key, started, mail, site):
        if mail.sender:
            self._outbox.send(report(mail), mail.sender, sender="", authentication="none")

    def _notify(self, kind, key, started, mail, site):
        seller_code, _site, ref, buyer = key.split("|")
        seller = self._world.sellers[seller_code]
        found = self._world.orders.find(ref, seller_code) if ref else None
        order = found[1] if found else {"orderId": ref}
        to = self._world.addresses.get((seller_code, site.code)) or mail.sender
        text = mail.subject if kind == "auto_reply" else blank_addresses(mail.text)
        name = buyer or started["name"]
        raw = notice(kind, order, site=get_site(site), to=to, buyer=name, text=text, seller=seller)
        self._outbox.send(raw, to)
