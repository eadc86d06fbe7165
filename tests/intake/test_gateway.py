import xmlrpc.client

from odoo import Command
from odoo.exceptions import AccessError

from ..common import MarketplaceCase

PRIVATE_MAIL = b"""From: Carla Customer <carla@private.example>
To: help-desk@shop.example
Subject: My own question
Message-ID: <private-1@private.example>

Can you help me?
"""


class TestGateway(MarketplaceCase):
    def test_mail_to_a_site_is_kept_raw_before_anything_reads_it(self):
        [raw] = self.buyer_mails()
        message = self.receive(raw)
        self.assertEqual(message.state, "received")
        self.assertEqual(message.site_id, self.site_de)
        self.assertFalse(message.kind)
        self.assertEqual(message.raw_size, len(raw))
        self.assertFalse(message.ticket_id)

    def test_the_same_mail_twice_is_one_row(self):
        [raw] = self.buyer_mails()
        self.assertTrue(self.receive(raw))
        self.assertFalse(self.receive(raw))

    def test_a_mail_without_message_id_is_known_by_its_content(self):
        [raw] = self.buyer_mails()
        bare = raw.replace(b"Message-ID:", b"X-Old-ID:")
        self.assertTrue(self.receive(bare))
        self.assertFalse(self.receive(bare))

    def test_bytes_text_and_xmlrpc_binary_are_received_alike(self):
        for form in (lambda raw: raw, lambda raw: raw.decode("latin-1"), xmlrpc.client.Binary):
            [raw] = self.buyer_mails()
            self.assertTrue(self.receive(form(raw)))

    def test_mail_to_another_address_goes_on_as_before(self):
        alias = self.env["mail.alias"].create(
            {"alias_name": "help-desk", "alias_model_id": self.env["ir.model"]._get_id("helpdesk.ticket")}
        )
        self.assertTrue(alias)
        before = self.env["marketplace.message"].search_count([])
        ticket_id = self.env["mail.thread"].message_process(False, PRIVATE_MAIL)
        ticket = self.env["helpdesk.ticket"].browse(ticket_id)
        self.assertEqual(ticket.name, "My own question")
        self.assertFalse(ticket.marketplace_site_id)
        self.assertEqual(self.env["marketplace.message"].search_count([]), before)

    def test_mail_to_a_site_and_another_alias_reaches_both_once(self):
        self.env["mail.alias"].create(
            {"alias_name": "help-desk", "alias_model_id": self.env["ir.model"]._get_id("helpdesk.ticket")}
        )
        raw = PRIVATE_MAIL.replace(
            b"help-desk@shop.example", f"help-desk@shop.example, {self.site_de.address}".encode()
        )
        tickets = self.env["helpdesk.ticket"].search_count([])
        self.assertTrue(self.receive(raw))
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), tickets + 1)
        self.assertFalse(self.site_de.message_ids.filtered(lambda message: message.message_type == "email"))

    def test_mail_to_a_deleted_site_is_counted_and_nothing_is_kept(self):
        self.site_de.state = "deleted"
        [raw] = self.buyer_mails()
        before = self.env["marketplace.message"].search_count([])
        self.assertFalse(self.receive(raw))
        self.assertEqual(self.site_de.swallowed_count, 1)
        self.assertEqual(self.env["marketplace.message"].search_count([]), before)

    def test_only_a_gateway_may_put_mail_into_the_ledger(self):
        [raw] = self.buyer_mails()
        with self.assertRaises(AccessError):
            self.env["mail.thread"].with_user(self.agent).message_process(False, raw)

    def test_a_mail_beyond_reading_still_enters_the_ledger(self):
        raw = b"Delivered-To: " + self.site_de.address.encode() + b"\n" + bytes(range(256)) * 20
        self.assertEqual(self.receive(raw).state, "received")
        self.process()
        row = self.env["marketplace.message"].search([], order="id desc", limit=1)
        self.assertEqual(row.state, "quarantined")

    def test_nul_and_raw_bytes_in_headers_do_not_stop_a_mail(self):
        raw = (
            b"Message-ID: <1\x00\xff@x>\nTo: \x00<"
            + self.site_de.address.encode()
            + b">\nFrom: \xfc@b.example\n\nx\x00y\n"
        )
        message = self.receive(raw)
        self.process()
        self.assertEqual(message.state, "quarantined")

    def test_a_broken_header_does_not_hide_the_address_of_another(self):
        for number, broken in enumerate(("Shop (Amazon", '"Shop', "shop@[127")):
            raw = f"Message-ID: <{number}@x>\nTo: {broken}\nDelivered-To: {self.site_de.address}\n\nx\n"
            self.assertTrue(self.receive(raw.encode()), broken)

    def test_recipients_that_trip_up_the_standard_library_stop_no_mail(self):
        for trap in ("(" * 9000, "<" + "(" * 9000 + "@x.example>", "<" + "a:" * 5000 + "@x.example>", "@" * 19000):
            [raw] = self.buyer_mails()
            self.assertTrue(self.receive(b"Cc: " + trap.encode() + b"\r\n" + raw))

    def test_an_address_belongs_to_its_site_and_not_to_tickets(self):
        alias = self.site_de.alias_id
        self.assertEqual(alias.alias_model_id.model, "marketplace.site")
        self.assertEqual(alias.alias_parent_thread_id, self.site_de.id)
        self.assertEqual(alias.alias_contact, "everyone")
        self.assertEqual(alias.alias_domain_id, self.company.alias_domain_id)

    def test_a_site_without_alias_domain_gets_its_address_later(self):
        company = self.env["res.company"].create({"name": "Without a domain"})
        company.alias_domain_id = False
        account = self.env["marketplace.account"].create(
            {"name": "Other", "app_id": self.app.id, "region": "eu", "seller_ref": "A9", "company_id": company.id}
        )
        site = self.env["marketplace.site"].create({"account_id": account.id, "site_ref": "A1PA6795UKMFR9"})
        self.assertFalse(site.address)
        company.alias_domain_id = self.env["mail.alias.domain"].create(
            {"name": "other.example", "company_ids": [Command.link(company.id)]}
        )
        site.action_create_address()
        self.assertTrue(site.address.endswith("@other.example"))
