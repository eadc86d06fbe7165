from odoo.tests import tagged

from ...marketplaces.tests.signing import Signer
from ..common import DE_ORDER, PARAM
from .verification_common import VerificationCase, strip

PASSED = "dkim=pass header.d=amazon.de; dmarc=pass header.from=marketplace.amazon.de"


@tagged("post_install", "-at_install")
class TestForwarder(VerificationCase):
    """A buyer's mail that a forwarder passes on without the marketplace's signature, sealed by the forwarder (ARC)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.forwarder = Signer("forwarder.example", "arc")
        cls.nameserver.records.update(cls.forwarder.records)
        cls.env["ir.config_parameter"].set_param(PARAM + "arc_sealers", "forwarder.example")

    def pass_on(self, sealer=None, told=PASSED, change=None):
        """Let a mail of a buyer's come through a forwarder; returns its row in the ledger.

        :param change: function of the raw mail for whoever passes it on after the forwarder.
        """
        [raw] = self.buyer_mails("Where is my parcel?")
        raw = (sealer or self.forwarder).seal(strip(raw, signed=False, stamped=False), results=told)
        message = self.receive(change(raw) if change else raw)
        self.settle()
        return message

    def test_a_mail_through_a_listed_forwarder_is_proved(self):
        message = self.pass_on()
        self.assertEqual((message.authentication, message.proof, message.state), ("pass", "arc", "done"))
        self.assertEqual(message.ticket_id.marketplace_order_ref, DE_ORDER)
        self.assertFalse(message.ticket_id.marketplace_doubt)

    def assert_unproved(self, message):
        self.assertEqual((message.authentication, message.proof), ("none", False))
        self.assertEqual(message.ticket_id.marketplace_doubt, "sender")
        self.assertFalse(message.ticket_id.marketplace_order_id)

    def test_one_through_a_forwarder_who_is_not_listed_is_not(self):
        stranger = Signer("stranger.example", "arc")
        self.nameserver.records.update(stranger.records)
        asked = len(self.nameserver.asked)
        self.assert_unproved(self.pass_on(stranger))
        self.assertEqual(len(self.nameserver.asked), asked)

    def test_one_that_was_changed_behind_the_forwarder_is_not(self):
        self.assert_unproved(self.pass_on(change=lambda raw: raw.replace(b"parcel", b"refund")))

    def test_one_that_the_forwarder_could_not_prove_is_not(self):
        self.assert_unproved(self.pass_on(told="dkim=none; spf=pass smtp.mailfrom=evil.example"))
