import logging
from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import BaseCase, TransactionCase, tagged

from ...models.privacy.silent_log import expecting_conflicts

WORDS = "Grüße von Robin Canary"


class Written(logging.Handler):
    """Keeps what would stand in the log."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))

    @property
    def text(self):
        return "\n".join(self.lines)


class LogCase(BaseCase):
    def setUp(self):
        super().setUp()
        self.written = Written()

    def listen(self, name):
        """Return a logger whose lines are kept, and go no further."""
        logger = logging.getLogger(name)
        logger.addHandler(self.written)
        self.addCleanup(logger.removeHandler, self.written)
        self.enterContext(patch.object(logger, "propagate", False))
        level = logger.level
        logger.setLevel(logging.INFO)
        self.addCleanup(logger.setLevel, level)
        return logger


@tagged("post_install", "-at_install")
class TestStatements(LogCase, TransactionCase):
    def refuse(self, query, params):
        self.listen("odoo.sql_db")
        with self.assertRaises(psycopg2.Error), self.env.cr.savepoint():
            self.env.cr.execute(query, params)

    def test_a_statement_that_fails_is_told_without_its_values(self):
        self.refuse("INSERT INTO marketplace_message (subject, raw_size) VALUES (%s, %s)", [WORDS, 7])
        self.assertIn("INSERT INTO marketplace_message (subject, raw_size)", self.written.text)
        self.assertIn("NotNullViolation (23502, marketplace_message)", self.written.text)
        self.assertNotIn("Canary", self.written.text)

    def test_a_value_that_another_table_refuses_is_not_told(self):
        self.refuse("SELECT %s::int", [WORDS])
        self.assertIn("InvalidTextRepresentation", self.written.text)
        self.assertNotIn("Canary", self.written.text)

    def test_a_key_that_is_there_twice_is_not_told(self):
        query = "INSERT INTO ir_config_parameter (key, value) VALUES (%s, 'x'), (%s, 'x')"
        self.refuse(query, [WORDS, WORDS])
        self.assertIn("ir_config_parameter_key_uniq", self.written.text)
        self.assertNotIn("Canary", self.written.text)

    def test_a_conflict_that_is_tried_again_is_no_error(self):
        query = "INSERT INTO ir_config_parameter (key, value) VALUES (%s, 'x'), (%s, 'x')"
        with expecting_conflicts("23505"):
            self.refuse(query, ["twice", "twice"])
        self.assertEqual(self.written.lines, [])
        with expecting_conflicts():
            self.refuse(query, ["twice", "twice"])
        self.assertEqual(len(self.written.lines), 1)


class TestLines(LogCase):
    def test_a_traceback_names_the_error_and_the_place_only(self):
        logger = self.listen("odoo.addons.helpdesk_mgmt_marketplace.models.something")
        try:
            float(WORDS)
        except ValueError as error:
            logger.exception("Message %s could not be processed", 12)
            logger.info("Order %s: %s", 7, error)
        self.assertIn("Message 12 could not be processed", self.written.text)
        self.assertIn(
            "ValueError in odoo.addons.helpdesk_mgmt_marketplace.tests.privacy.test_silent_log", self.written.text
        )
        self.assertIn("float(WORDS)", self.written.text)
        self.assertNotIn("Canary", self.written.text)

    def test_a_refusal_shown_to_a_person_is_not_written_down(self):
        self.listen("odoo.http").warning(UserError(f"Already on a ticket: {WORDS}"))
        self.assertIn("UserError", self.written.text)
        self.assertNotIn("Canary", self.written.text)

    def test_the_gateway_names_hosts_only(self):
        self.listen("odoo.addons.mail.models.mail_thread").info(
            "Routing mail from %s to %s with Message-Id %s: route %s",
            f'"{WORDS}" <robin.canary@relay.example>', "a@x.example, b@y.example", "<m1@z.example>", "helpdesk.ticket",
        )  # fmt: skip
        expected = "Routing mail from …@relay.example to …@x.example, …@y.example with Message-Id …@z.example"
        self.assertEqual(self.written.text, f"{expected}: route helpdesk.ticket")

    def test_a_mail_server_that_refuses_a_recipient_is_told_by_its_code(self):
        self.listen("odoo.addons.base.models.ir_mail_server").info(
            "Mail delivery failed via SMTP server 'x'.\n"
            "SMTPRecipientsRefused: {'robin.canary@relay.example': (550, b'no Robin here')}"
        )
        self.assertEqual(self.written.text, "Mail delivery failed via SMTP server 'x'.\nSMTPRecipientsRefused 550")

    def test_a_request_is_told_without_the_values_of_its_query(self):
        logger = self.listen("werkzeug")
        logger.info('%s "%s" %s', "::1", "GET /marketplace/amazon/callback?state=s3cret&spapi_oauth_code=c0de", 303)
        logger.info('"GET /web/login?redirect=/marketplace/x%%3Fcode%%3Dc0de%%26state%%3Ds3cret HTTP/1.1" 200')
        logger.info('"GET /web/content/12/Robin%%20Canary.pdf?filename=Canary.pdf HTTP/1.1" 200')
        self.assertIn("GET /marketplace/amazon/callback?state=***&spapi_oauth_code=***", self.written.text)
        self.assertIn("GET /web/content/12/…", self.written.text)
        for secret in ("s3cret", "c0de", "Canary"):
            self.assertNotIn(secret, self.written.text)

    def test_a_log_in_stays_whole(self):
        self.listen("odoo.addons.base.models.res_users").info("Login failed for login:%s from %s", "x@y.example", "::1")
        self.assertEqual(self.written.text, "Login failed for login:x@y.example from ::1")
