from types import SimpleNamespace
from unittest.mock import patch

from odoo import api
from odoo.tools import mute_logger

from ..common import DE_ORDER, MarketplaceCase

MODEL = "odoo.addons.helpdesk_mgmt_marketplace.models.ticket.marketplace_conversation"


class TestTicket(MarketplaceCase):
    def make_ticket(self, text="My secret words"):
        message = self.buyer_writes(text)
        self.settle()
        return message.ticket_id

    def test_the_buyers_words_never_stand_in_title_or_description(self):
        ticket = self.make_ticket()
        self.assertNotIn("secret", f"{ticket.name} {ticket.description}")
        self.assertIn(DE_ORDER, ticket.name)
        self.assertIn("amazon.de", ticket.description)

    def test_nobody_is_assigned_by_the_gateway(self):
        self.company.helpdesk_mgmt_ticket_auto_assign = True
        self.assertFalse(self.make_ticket().user_id)

    def test_a_closed_ticket_is_opened_again_by_a_new_message(self):
        ticket = self.make_ticket()
        ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        again = self.buyer_writes("And now?")
        self.settle()
        self.assertEqual(again.ticket_id, ticket)
        self.assertFalse(ticket.stage_id.closed)

    def test_an_archived_ticket_comes_back(self):
        ticket = self.make_ticket()
        ticket.active = False
        self.buyer_writes("And now?")
        self.settle()
        self.assertTrue(ticket.active)

    def test_a_notice_does_not_open_a_closed_ticket(self):
        ticket = self.make_ticket()
        ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.buyer_writes("", notice="refund")
        self.settle()
        self.assertTrue(ticket.stage_id.closed)

    @mute_logger(MODEL)
    def test_a_ticket_that_can_not_be_made_as_configured_is_made_bare(self):
        ticket_class = type(self.env["helpdesk.ticket"])
        create = ticket_class.create

        @api.model_create_multi
        def failing(tickets, vals_list):
            if any(values.get("team_id") for values in vals_list):
                raise ValueError("A rule of this team says no.")
            return create(tickets, vals_list)

        with patch.object(ticket_class, "create", failing):
            message = self.buyer_writes("Still here")
            self.settle()
        ticket = message.ticket_id
        self.assertEqual(message.state, "done")
        self.assertFalse(ticket.team_id)
        self.assertIn("A rule of this team says no.", " ".join(ticket.message_ids.mapped("body")))
        self.assertIn("Still here", " ".join(ticket.message_ids.mapped("body")))

    def test_a_team_that_was_archived_is_left_out(self):
        self.team.active = False
        self.assertFalse(self.make_ticket().team_id)

    def test_no_contact_is_made_unless_the_site_asks_for_it(self):
        before = self.env["res.partner"].search_count([])
        self.assertFalse(self.make_ticket().partner_id)
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_a_site_that_asks_gets_one_contact_a_buyer_without_an_address(self):
        self.site_de.create_contacts = True
        ticket = self.make_ticket()
        self.assertEqual(ticket.partner_id.name, ticket.partner_name)
        self.assertFalse(ticket.partner_id.email)

    def test_a_message_of_files_only_says_so(self):
        from odoo.addons.helpdesk_mgmt_marketplace.dev.sandbox.amazon.mails import File

        message = self.buyer_writes("", attachments=[File("photo.jpg", "image/jpeg", b"\xff\xd8\xff\xe0 photo")])
        self.settle()
        self.assertEqual(message.mail_message_id.attachment_ids.name, "photo.jpg")
        self.assertIn("only files", message.mail_message_id.body)

    def test_a_very_long_text_is_kept_whole_as_a_file(self):
        message = self.buyer_writes("All work and no play. " * 5000)
        self.settle()
        self.assertIn("message.txt", message.mail_message_id.attachment_ids.mapped("name"))

    def test_open_forms_are_told_of_news_after_the_commit(self):
        ticket = self.make_ticket()
        with patch.object(type(self.env["bus.bus"]), "_sendone", autospec=True) as sendone:
            self.buyer_writes("News")
            self.settle()
        told = [call.args[1] for call in sendone.call_args_list if call.args[2] == "marketplace_ticket_changed"]
        self.assertIn(ticket, told)

    def test_only_readers_of_a_ticket_may_listen_to_it(self):
        ticket = self.make_ticket()
        outsider = self.env["res.users"].create({"name": "Outsider", "login": "outsider", "group_ids": []})
        outsider.group_ids = self.env.ref("base.group_user")
        channel = f"helpdesk.ticket_{ticket.id}"
        websocket = self.env["ir.websocket"]
        request = SimpleNamespace(session=SimpleNamespace(uid=False))
        with patch("odoo.addons.bus.models.ir_websocket.request", new=request):
            self.assertIn(ticket, websocket.with_user(self.agent)._build_bus_channel_list([channel]))
            self.assertNotIn(ticket, websocket.with_user(outsider)._build_bus_channel_list([channel]))

    def test_tickets_are_found_by_order_number(self):
        ticket = self.make_ticket()
        found = self.env["helpdesk.ticket"].search([("marketplace_order_ref", "ilike", DE_ORDER[4:11])])
        self.assertEqual(found, ticket)
