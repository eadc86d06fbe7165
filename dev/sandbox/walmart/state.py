"""Everything the sandbox knows of Walmart, in memory."""

import secrets

from ..chance import rng
from ..limits import Limits
from .contract import RATES
from .data import demo_orders
from .keys import Keys
from .orders import Orders
from .sellers import SELLERS, make_secret


class Walmart:
    """The part of the :class:`sandbox.world.World` that is Walmart's."""

    def __init__(self):
        self.sellers = {}
        self.orders = Orders()
        self.keys = Keys(self.sellers)
        self.limits = Limits(documented=RATES)
        self.visitor = SELLERS[0].code  # who is signed in to Seller Center and the developer's pages

    def reset(self):
        """Begin again with demo sellers and orders."""
        self.sellers.clear()
        self.sellers.update({seller.code: seller for seller in SELLERS})
        for part in (self.orders, self.keys, self.limits):
            part.clear()
        self.visitor = SELLERS[0].code
        for code, order, modified, returned in demo_orders():
            self.orders.put(code, order, modified)
            for return_order in returned:
                self.orders.put_return(code, return_order)

    def rotate(self, code, secret=None):
        """Give a seller's key a new secret, and return it; the old one is refused from now on."""
        secret = secret or make_secret(rng("secret", secrets.token_hex(16)))
        self.sellers[code] = self.sellers[code].change(client_secret=secret)
        return secret
