"""What a user stored as defaults decides nothing that the system does on behalf of that user."""

from odoo.addons.helpdesk_mgmt_marketplace.dev.sandbox.amazon.mails import File

from ..trust_common import US_ORDER, TrustCase

ANSWER = "<p>Guten Tag, Ihr Paket ist unterwegs.</p>"
NEW_ORDER = "302-7777777-0000007"


class TestTrustDefaults(TrustCase):
    """The least agent stores defaults that name the words and files of a buyer whom they may not see."""

    def setUp(self):
        super().setUp()
        self.buyer_writes(order_ref=US_ORDER, attachments=[File("secret.txt", "text/plain", b"canary file")])
        self.settle()
        self.file = self.hidden.message_ids.attachment_ids
        self.words = self.buyers_message(self.hidden)
        self.own_ticket = self.as_("own", self.mine)

    def store(self, model, **values):
        for name, value in values.items():
            self.as_("own", self.env["ir.default"]).set(model, name, value, user_id=True)

    def assert_hidden_is_whole(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(
            (self.words | self.hidden.message_ids).mapped("res_id"), [self.hidden.id] * len(self.hidden.message_ids)
        )
        self.assertEqual(self.file.res_id, self.hidden.id)
        self.assertFalse(self.as_("own", self.words).has_access("read"))
        self.assertFalse(self.as_("own", self.file).has_access("read"))

    def test_an_answer_carries_no_file_and_no_date_of_a_default(self):
        self.store("mail.message", attachment_ids=self.file.ids, date="2001-01-01 00:00:00")
        result = self.own_ticket.action_marketplace_reply(ANSWER, [], True)
        reply = self.env["marketplace.reply"].browse(result["reply_id"])
        self.assertFalse(reply.attachment_ids | reply.mail_message_id.attachment_ids)
        self.assertGreater(reply.mail_message_id.date.year, 2001)

    def test_what_is_recorded_links_no_file_of_a_default(self):
        self.store("mail.message", attachment_ids=self.file.ids)
        dialog = self.as_("own", self.env["marketplace.answered"]).create({"ticket_id": self.mine.id, "text": "Done"})
        dialog.action_record()
        self.assertEqual(self.mine.message_ids[0].marketplace_kind, "answered")
        self.assertFalse(self.mine.message_ids.attachment_ids)

    def test_a_mail_that_tells_of_news_goes_to_nobody_else_and_carries_no_file(self):
        self.mine.message_subscribe(self.users["agent"].partner_id.ids)
        self.env["mail.mail"].search([]).unlink()
        self.store("mail.mail", attachment_ids=self.file.ids, email_cc="somebody@elsewhere.example")
        self.own_ticket.action_marketplace_reply(ANSWER, [], True)
        mails = self.env["mail.mail"].search([])
        self.assertIn(self.users["agent"].partner_id, mails.recipient_ids)
        self.assertFalse(mails.attachment_ids)
        self.assertFalse(any(mails.mapped("email_cc")))

    def test_a_new_ticket_takes_no_message_and_no_file_from_another(self):
        defaults = {"message_ids": self.words.ids, "attachment_ids": self.file.ids, "duplicate_ids": self.hidden.ids}
        self.store("helpdesk.ticket", **defaults)
        self.new_order(NEW_ORDER)
        self.env["marketplace.order"]._find_or_create(self.site_de, NEW_ORDER)
        self.fetch()
        self.as_("own", self.env["marketplace.write.first"]).create({"order_ref": NEW_ORDER}).action_open()
        self.assertTrue(self.ticket_of(NEW_ORDER))
        self.assert_hidden_is_whole()
        self.own_ticket.action_marketplace_split(self.buyers_message().id, "Another matter")
        self.assert_hidden_is_whole()
        self.assertFalse(self.hidden.duplicate_id)

    def test_a_contact_made_for_a_buyer_takes_no_message_address_or_other_contact(self):
        portal = self.users["portal"].partner_id
        self.site_de.create_contacts = True
        self.store("res.partner", message_ids=self.words.ids, email="me@elsewhere.example", child_ids=portal.ids)
        result = self.own_ticket.action_marketplace_split(self.buyers_message().id, "Another matter")
        self.assert_hidden_is_whole()
        contact = self.env["helpdesk.ticket"].browse(result["ticket_id"]).partner_id
        self.assertTrue(contact)
        self.assertFalse(contact.email or portal.parent_id)

    def test_defaults_of_all_users_and_of_a_company_still_count_for_the_system(self):
        values = {"user_id": False, "company_id": True}
        self.env["ir.default"].set("helpdesk.ticket", "priority", "2")
        self.env["ir.default"].set("helpdesk.ticket", "kanban_state", "blocked", **values)
        self.store("helpdesk.ticket", priority="3", kanban_state="done")
        fields = ["priority", "kanban_state"]
        tickets = self.as_("own", self.env["helpdesk.ticket"])
        self.assertEqual(tickets.default_get(fields), {"priority": "3", "kanban_state": "done"})
        self.assertEqual(tickets.sudo().default_get(fields), {"priority": "2", "kanban_state": "blocked"})
