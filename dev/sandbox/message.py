"""What a buyer does, in the words of a test or of the buyer's page."""

from dataclasses import dataclass, field

FORGERIES = ("", "forged", "lookalike")
#: Where mail goes while no address is known for a storefront.
NOBODY = "seller@odoo.example"
#: Who asks before a sale, when nobody is named.
CURIOUS = "Robin Curious"


class Unknown(KeyError):
    """There is no such seller, order or storefront."""

    def __str__(self):
        return str(self.args[0])


@dataclass
class Message:
    """What a buyer does: a message about an order or (without ``order_ref``) before the sale, or a notice.

    ``copies`` is how many more copies Amazon sends to other notification addresses; ``notice`` makes the marketplace
    write instead of the buyer; ``forgery`` is ``forged`` (the marketplace's name, no signature) or ``lookalike`` (other
    domain); ``name_order`` false leaves the order number out, as marketplaces sometimes do; ``asin`` is the product
    (Walmart: the item id). At Walmart only: ``answer`` makes it an e-mail answer to the seller's last mail, with that
    quoted below; ``relay`` is the local part that it comes from.
    """

    text: str = ""
    order_ref: str | None = None
    site: str | None = None
    seller: str | None = None
    buyer: str | None = None
    asin: str | None = None
    lang: str | None = None
    topic: str | None = None
    to: str | None = None
    copies: int = 0
    notice: str | None = None
    forgery: str = ""
    name_order: bool = True
    answer: bool = False
    relay: str | None = None
    attachments: list = field(default_factory=list)


def conversation_key(seller, site, order_ref, buyer):
    """Return the key under which a conversation is kept."""
    return "|".join((seller.code, site.code, order_ref or "", buyer))
