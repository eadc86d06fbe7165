"""The mail server in the middle: takes what marketplaces and Odoo send and hands each mail to whom it is for."""

import asyncio
import hmac
import logging
import socket
from concurrent.futures import ThreadPoolExecutor

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from .hosts import host_of, marketplace_of, relay_site
from .received import open_mail, stamp_mail

_logger = logging.getLogger(__name__)
_SIZE_LIMIT = 40 * 1024 * 1024
_WAIT = "451 4.3.0 Not now, please try again later"


class _Server(SMTP):
    line_length_limit = 64 * 1024  # more than the standard allows: senders in tests are not always tidy


class _Controller(Controller):
    """A controller on a port that the system may choose."""

    def __init__(self, handler, host, port):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        super().__init__(handler, hostname=host, port=listener.getsockname()[1])
        self._listener = listener

    def factory(self):
        return _Server(self.handler, data_size_limit=_SIZE_LIMIT, enable_SMTPUTF8=True, ident="sandbox")

    def _create_server(self):
        return self.loop.create_server(self._factory_invoker, sock=self._listener, backlog=200)


class Receiver:
    """The SMTP listener.

    :param World world: where mails to buyers and to other people are kept.
    :param deliver: hands a raw mail to the seller's system and returns when it is safe there; None keeps it.
    :param str token: secret by which the pretend marketplaces introduce themselves.
    :param str authserv_id: our name in Authentication-Results.
    :param alias_domains: domains whose mail is the seller's system's.
    :param signer: signs what comes from the marketplaces (``signing.Signer``).
    :param on_reply: takes what reaches a buyer's address; ``on_nowhere`` what reaches another one of a marketplace's.
    """

    def __init__(
        self, world, deliver, token, authserv_id, alias_domains=(), on_reply=None, on_nowhere=None, signer=None,
        threads=16,
    ):  # fmt: skip
        self._world = world
        self._deliver = deliver
        self._token = token
        self._authserv_id = authserv_id
        self._signer = signer
        #: {address: function that takes a raw mail}: people's mailboxes on a real mail server.
        self.boxes = {}
        self._alias_domains = {domain.lower() for domain in alias_domains}
        self._on_reply = on_reply
        self._on_nowhere = on_nowhere
        # two pools: the seller's system may send us mail while it takes one, and must not wait for itself
        self._pools = {
            name: ThreadPoolExecutor(threads, thread_name_prefix=f"sandbox-{name}") for name in ("seller", "others")
        }
        self._controller = None

    def start(self, port=0):
        """Begin to listen and return the port."""
        self._controller = _Controller(self, "127.0.0.1", port)
        self._controller.start()
        return self._controller.port

    def stop(self):
        """Stop listening."""
        self._controller.stop()
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)

    async def handle_DATA(self, server, session, envelope):
        """Take a mail: 250 only when it is safe, 451 when anything at all went wrong."""
        loop = asyncio.get_running_loop()
        authentication = self._introduction(session.host_name)
        raw, recipients = envelope.original_content, list(envelope.rcpt_tos)
        sender = (envelope.mail_from or "").strip("<>")  # the empty sender comes as "<>"
        groups = {"marketplace": [], "seller": [], "box": [], "people": []}
        for recipient in recipients:
            groups[self._whose(recipient, authentication)].append(recipient)
        pool = self._pools["seller" if groups["seller"] else "others"]
        try:
            return await loop.run_in_executor(pool, self._take, raw, sender, groups, authentication)
        except Exception as error:  # noqa: BLE001 - whatever it was, a mail is never refused for good because of us
            _logger.info("451 to %s: %s", ", ".join(recipients), type(error).__name__)
            return _WAIT

    def _introduction(self, hello):
        known, _dash, authentication = (hello or "").removesuffix(".invalid").rpartition("-")
        return authentication if hmac.compare_digest(known.encode(), self._token.encode()) else "none"

    def _take(self, raw, sender, groups, authentication):
        if any(self._refuses(recipient, raw, sender) for recipient in groups["marketplace"]):
            return "550 5.7.1 Sender is not authorized"
        if self._signer and authentication == "pass":
            raw = self._signer.sign(raw)
        if groups["seller"]:  # first: a failure must leave no trace elsewhere, the sender comes again
            self._deliver(stamp_mail(raw, sender, groups["seller"], authentication, self._authserv_id))
        for recipient in groups["box"]:
            self.boxes[recipient.lower()](stamp_mail(raw, sender, [recipient], authentication, self._authserv_id))
        for recipient in groups["people"]:
            self._keep(self._world.mailboxes, raw, recipient, sender)
        for recipient in groups["marketplace"]:
            self._reach_marketplace(raw, recipient, sender)
        return "250 2.0.0 Taken"

    def _whose(self, recipient, authentication):
        host = host_of(recipient)
        if marketplace_of(host):
            return "marketplace"
        if recipient.lower() in self.boxes:
            return "box"
        if self._deliver is None:
            return "people"
        known = recipient.lower() in {address.lower() for address in self._world.addresses.values()}
        from_outside = authentication != "none" and not self._alias_domains
        return "seller" if known or host in self._alias_domains or from_outside else "people"

    def _keep(self, box, raw, recipient, sender):
        mail = open_mail(self._world.next_number(), raw, recipient, sender)
        with self._world.lock:
            box.append(mail)
        return mail

    def _approved(self, recipient, mail):
        known = self._world.known_addresses(host_of(recipient))
        return mail.sender.lower() in known and any(a in mail.header_from.lower() for a in known)

    def _refuses(self, recipient, raw, sender):
        host = host_of(recipient)
        if self._world.switches.unapproved_at(marketplace_of(host)) != "refuse":
            return False
        if marketplace_of(host) == "walmart" and not (sender and relay_site(host)):
            return False  # a delivery report, or an address that reaches no buyer anyway
        return not self._approved(recipient, open_mail(0, raw, recipient, sender))

    def _reach_marketplace(self, raw, recipient, sender):
        host = host_of(recipient)
        mail = self._keep(self._world.inbox, raw, recipient, sender)
        if host.startswith("bounces."):
            self._bounced(recipient)
        elif mail.kind == "bounce" and marketplace_of(host) == "walmart":
            self._bounced(recipient)
        elif relay_site(host):
            mail.approved = self._approved(recipient, mail)
            if self._on_reply:
                self._on_reply(mail)
        elif self._on_nowhere:
            self._on_nowhere(mail)

    def _bounced(self, recipient):
        returned = f"<{recipient.partition('@')[0]}@"
        with self._world.lock:
            mails = self._world.mails
            found = [mail for mail in mails if mail.message_id.startswith(returned)]
            for mail in found or [mail for mail in mails if mail.sender.lower() == recipient.lower()][-1:]:
                mail.state = "bounced"
