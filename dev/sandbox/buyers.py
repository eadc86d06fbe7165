"""Pretend buyers of all marketplaces: what they write goes out as that marketplace's mails."""

from .amazon.buyers import AmazonBuyers
from .message import Message, Unknown, conversation_key
from .walmart.buyers import WalmartBuyers
from .walmart.sites import is_walmart_host

__all__ = ["Buyers", "Message", "Unknown", "conversation_key"]


class Buyers:
    """All pretend buyers; each marketplace's own ones know how it writes.

    :param World world: orders, addresses, conversations.
    :param Outbox outbox: sends the mails.
    """

    def __init__(self, world, outbox):
        self._amazon = AmazonBuyers(world, outbox)
        self._walmart = WalmartBuyers(world, outbox)
        self.tell = self._amazon.tell

    def _of(self, message):
        return self._walmart if self._walmart.owns(message) else self._amazon

    def _at(self, mail):
        return self._walmart if is_walmart_host(mail.to.rpartition("@")[2].lower()) else self._amazon

    def write(self, message):
        """Send what a buyer does and return the records of the mails.

        :param Message message: what, about which order; the order or the seller tells the marketplace.
        :raise Unknown: no such order, seller or storefront.
        """
        return self._of(message).write(message)

    def set_habits(self, message, **habits):
        """Set a buyer's habits: ``opted_out``, ``auto_reply``; see :mod:`.habits` for the values.

        :param Message message: tells which buyer, by order or by storefront and name.
        :raise ValueError: no such habit or value.
        """
        self._of(message).set_habits(message, **habits)

    def receive(self, mail):
        """Take a mail that reached a relay address.

        :param Received mail: what arrived; its ``fate`` is set.
        """
        self._at(mail).receive(mail)

    def receive_nowhere(self, mail):
        """Take a mail to an address of a marketplace's that nobody reads; a machine may answer."""
        self._at(mail).receive_nowhere(mail)
