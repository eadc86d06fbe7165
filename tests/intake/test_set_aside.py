from unittest.mock import patch

from lxml import etree

from odoo.tools import mute_logger

from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.mail import budget
from odoo.addons.helpdesk_mgmt_marketplace.models.intake.marketplace_message import MAX_KILLS

from ..common import DE_ORDER, US_ORDER, MarketplaceCase

#: No process of PostgreSQL has this number.
GONE = -1
#: The library that reads HTML: what is wrong with it is wrong outside of our code.
LIBRARY = "odoo.addons.helpdesk_mgmt_marketplace.marketplaces.mail.text.etree"


class Killed(BaseException):
    """The end of a worker: nothing catches it, nothing after it is done."""


class DeadlyLibrary:
    """A parser of HTML that ends its process at some mails."""

    def __init__(self, word):
        self._word = word.encode()

    def __getattr__(self, name):
        return getattr(etree, name)

    def fromstring(self, content, parser):
        if self._word in content:
            raise Killed
        return etree.fromstring(content, parser)


class TestSetAside(MarketplaceCase):
    def html_mail(self, words, **values):
        """Let a buyer write a mail that has only HTML; returns its row in the ledger."""
        [raw] = self.buyer_mails("Hello", **values)
        head = raw.replace(b"\r\n", b"\n").split(b"\n\n")[0]
        lines = [
            line for line in head.split(b"\n") if not line.lower().startswith((b"content-", b"mime-", b" ", b"\t"))
        ]
        body = f"Content-Type: text/html; charset=utf-8\n\n<html><body><pre>{words}</pre></body></html>"
        return self.receive(b"\n".join(lines) + b"\n" + body.encode())

    def kill(self):
        """Process the queue until a mail ends the worker."""
        # Not by assertRaises, which would take back what was committed before the end.
        try:
            self.process()
        except Killed:
            # Here, the next worker has the same connection.
            begun = self.env["marketplace.message"].search([("begun_by", "!=", 0)])
            begun.begun_by = GONE
            self.env.flush_all()
            return
        self.fail("The worker was not killed.")

    def test_a_mail_that_kills_its_worker_three_times_is_set_aside_and_the_next_is_processed(self):
        deadly, next_one = self.html_mail("deadly words"), self.html_mail("harmless words", order_ref=US_ORDER)
        with patch(LIBRARY, DeadlyLibrary("deadly")), mute_logger("odoo.addons.base.models.ir_cron"):
            for _kill in range(MAX_KILLS):
                self.kill()
                self.assertEqual(deadly.state, "received")
            self.settle()
        self.assertEqual((deadly.state, deadly.next_attempt), ("failed", False))
        self.assertIn("killed 3 times", deadly.error)
        self.assertIn("Retry", deadly.error)
        self.assertEqual(next_one.state, "done")

    def test_what_was_set_aside_is_processed_when_a_person_presses_retry(self):
        message = self.html_mail("deadly words")
        with patch(LIBRARY, DeadlyLibrary("deadly")), mute_logger("odoo.addons.base.models.ir_cron"):
            for _kill in range(MAX_KILLS):
                self.kill()
            self.process()
        message.action_retry()
        self.settle()
        self.assertEqual((message.state, message.unfinished), ("done", 0))
        self.assertIn("deadly words", message.mail_message_id.body)

    def test_a_worker_that_is_killed_for_another_reason_costs_a_mail_nothing(self):
        message = self.html_mail("deadly words")
        with patch(LIBRARY, DeadlyLibrary("deadly")), mute_logger("odoo.addons.base.models.ir_cron"):
            for _kill in range(MAX_KILLS - 1):
                self.kill()
        self.settle()
        self.assertEqual((message.state, message.unfinished), ("done", 0))

    def test_a_mail_that_takes_too_much_computing_is_set_aside_with_the_reason(self):
        costly = self.html_mail("<b>a</b>" * 2000)
        with patch.object(budget, "SECONDS", -1):
            self.process()
        next_one = self.html_mail("harmless words", order_ref=US_ORDER)
        self.settle()
        self.assertEqual(next_one.state, "done")
        self.assertEqual((costly.state, costly.next_attempt), ("failed", False))
        self.assertIn("seconds of computing", costly.error)
        costly.action_retry()
        self.settle()
        self.assertEqual(costly.state, "done")

    def test_attempts_of_several_workers_at_once_are_not_taken_for_kills(self):
        message = self.html_mail("words")
        for _worker in range(MAX_KILLS + 2):
            self.assertEqual(message._begin_next(), [(message.id, 0)])
        self.settle()
        self.assertEqual((message.state, message.unfinished, message.begun_by), ("done", 0, 0))

    def test_an_attempt_that_fails_is_no_kill(self):
        message = self.html_mail("words", order_ref=DE_ORDER)
        error = RuntimeError("broken")
        with (
            patch(f"{LIBRARY}.fromstring", side_effect=error),
            mute_logger("odoo.addons.helpdesk_mgmt_marketplace.models.intake.marketplace_message"),
        ):
            self.process()
        self.assertEqual((message.state, message.attempts, message.unfinished), ("failed", 1, 0))
