"""What tests and benchmarks ask of a running sandbox, in short."""

import secrets
from urllib.parse import parse_qs, urlsplit

from .amazon.applications import make_application
from .amazon.console import CONFIRM_PATH, Visitor
from .amazon.sellers import make_seller
from .message import Message
from .walmart.sellers import make_seller as make_walmart_seller


class Shortcuts:
    """Part of :class:`Sandbox`; needs ``world`` and ``console``. Sellers are given as such or by their codes."""

    def reset(self):
        """Begin again with demo sellers, applications and orders; addresses stay."""
        self.world.reset()

    # --- sellers and applications --------------------------------------------------------------------

    def add_seller(self, code, region="eu", sites=("DE",), **values):
        """Add a seller account (see :class:`amazon.sellers.Seller`) and return it; what is not given is made up.

        Two sellers of one region, or one merchant in two regions (``merchant_id``), are fine.
        """
        seller = self.world.sellers[code] = make_seller(code, region, sites, **values)
        return seller

    def add_application(self, odoo_url=None, **values):
        """Register an application that sellers can authorize in the browser, and return it with its keys.

        :param str odoo_url: of an Odoo whose own pages become log-in and redirect URI; instead of it ``login_uri``
            and ``redirect_uris`` can be given.
        :param values: see :class:`amazon.applications.Application`: ``draft``, ``name``, ``client_secret``, …; what is
            not given is made up.
        """
        return self.world.put_application(make_application(self.world.next_number(), odoo_url, **values))

    def change_application(self, application, **values):
        """Change an application (or the one with this application id), for example ``draft=False``; return it."""
        ref = getattr(application, "application_ref", application)
        return self.world.put_application(self.applications[ref].change(**values))

    def rotate_secret(self, application, secret=None):
        """Give an application a new client secret and return it; from now on the old one is an invalid_client.

        :param application: an application, its application id, or a seller: the private application of it.
        """
        secret = secret or f"amzn1.oa2-cs.v1.{secrets.token_hex(32)}"
        client = self.applications.get(application) or self.sellers.get(application) or application
        self.world.rotate_secret(client.client_id, secret)
        return secret

    def revoke(self, seller, application=None):
        """End a seller's authorizations: their refresh tokens are an invalid_grant from now on.

        :param application: only what was allowed to this one (or the one with this application id); without it all,
            and the refresh token of the seller's private application too (until ``seller.change(revoked=False)``).
        """
        self.world.revoke(_code(seller), getattr(application, "application_ref", application))

    def add_walmart_seller(self, code, **values):
        """Add a seller at Walmart (see :class:`walmart.sellers.Seller`: ``site``, ``scopes``, …) and return it."""
        seller = self.walmart.sellers[code] = make_walmart_seller(code, **values)
        return seller

    # --- Seller Central ------------------------------------------------------------------------------

    def sign_in(self, seller, secondary=False):
        """Sign every visitor of Seller Central in as a seller's primary (or a secondary) user."""
        self.world.visitor = Visitor(self.sellers[_code(seller)].code, secondary)

    def visit(self, url, seller=None, secondary=False, ending="confirm"):
        """Open a URL of Seller Central, press the button there, and return where the browser goes.

        :param str url: of the consent page, or the ``amazon_callback_uri`` with what the log-in URI added.
        :param seller: who is signed in there, by default who :meth:`sign_in` said.
        :param str ending: confirm, or the error that goes back instead: access_denied, MD5101, …
        :raise amazon.console.ConsentError: Seller Central shows an error page instead; its ``code`` tells which.
        """
        parts = urlsplit(url)
        params = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if parts.path.startswith(CONFIRM_PATH):
            return self.console.confirm(parts.path.rpartition("/")[2], params)
        return self.console.decide(params, self._visitor(seller, secondary), ending)

    def visit_appstore(self, application, seller=None, secondary=False):
        """Press "Authorize now" in the Appstore as a seller, and return the log-in URI to which the browser goes.

        :param application: an application or its application id.
        """
        ref = getattr(application, "application_ref", application)
        return self.console.start(ref, self._visitor(seller, secondary))

    def expire_codes(self):
        """Expire every authorization code that was not exchanged yet."""
        self.world.consents.expire_codes()

    def _visitor(self, seller, secondary):
        return Visitor(_code(seller), secondary) if seller else self.world.visitor

    # --- buyers --------------------------------------------------------------------------------------

    def set_habits(self, order_ref=None, *, opted_out=None, auto_reply=None, **who):
        """Set what a buyer opted out of ("", "unasked", "all") and who auto-replies ("", "buyer", "amazon", "both").

        :param str order_ref: an order of this buyer; without it ``site``, ``buyer`` and perhaps ``seller``.
        """
        habits = {"opted_out": opted_out, "auto_reply": auto_reply}
        given = {name: value for name, value in habits.items() if value is not None}
        self.buyers.set_habits(Message(order_ref=order_ref, **who), **given)

    def expire_uploads(self):
        """Expire every file that was uploaded for a message."""
        self.world.uploads.expire()

    def read_conversation(self, order_ref):
        """Return what the buyer of an order wrote and got, entry by entry as a dict; ``fate`` shown was seen."""
        with self.world.lock:
            found = (rows for key, rows in self.world.conversations.items() if f"|{order_ref}|" in key)
            return [dict(entry) for rows in found for entry in rows]

    @property
    def walmart(self):
        """Return Walmart's state (:class:`walmart.state.Walmart`): ``sellers``, ``orders``, ``limits``, ``rotate``."""
        return self.world.walmart

    # --- state ---------------------------------------------------------------------------------------

    @property
    def applications(self):
        """Return the applications by application id."""
        return self.world.consents.applications

    @property
    def authorizations(self):
        """Return what sellers authorized in the browser: :class:`amazon.consents.Authorization`, oldest first."""
        return self.world.consents.authorizations()

    @property
    def limits(self):
        """Return the rate limits (:class:`limits.Limits`): ``enabled``, ``set_rate``, ``report``, ``refill``."""
        return self.world.limits

    @property
    def sellers(self):
        """Return the sellers by code."""
        return self.world.sellers

    @property
    def orders(self):
        """Return the orders (:class:`amazon.orders.Orders`)."""
        return self.world.orders

    @property
    def faults(self):
        """Return the faults (:class:`faults.Faults`)."""
        return self.world.faults

    @property
    def inbox(self):
        """Return what reached the marketplaces: buyers' relay addresses and others of theirs."""
        return list(self.world.inbox)

    @property
    def mailboxes(self):
        """Return what reached other people."""
        return list(self.world.mailboxes)

    @property
    def mails(self):
        """Return the log of what the pretend marketplaces sent."""
        return list(self.world.mails)


def _code(seller):
    return getattr(seller, "code", seller)
