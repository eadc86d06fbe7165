from odoo.exceptions import AccessError, UserError

from .message_common import MessageCase

TEXT = "<p>Guten Tag,<br/>Ihre Bestellung geht heute in zwei Paketen an Sie ab.</p>"


class TestWriteFirst(MessageCase):
    """Agents write to buyers who did not write."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.mail_server"].create(
            {"name": "Out", "smtp_host": "127.0.0.1", "smtp_port": 1, "from_filter": "shop.example"}
        )

    def setUp(self):
        super().setUp()
        self.ref = self.make_order()

    def open(self, ref=None, site=None, user=None):
        """Open the dialog and press its button; returns the dialog and what the button returned."""
        values = {"order_ref": ref or self.ref, "site_key": str(site.id) if site else False}
        dialog = self.env["marketplace.write.first"].with_user(user or self.agent).create(values)
        return dialog, dialog.action_open()

    def open_ticket_first(self, **values):
        """Have the order fetched and its ticket opened; returns the ticket as the agent sees it."""
        dialog, _action = self.open(site=self.site_de, **values)
        self.fetch()
        action = dialog.action_look()
        self.assertEqual(action["res_model"], "helpdesk.ticket")
        return self.env["helpdesk.ticket"].with_user(self.agent).browse(action["res_id"])

    def test_an_order_without_a_ticket_gets_one_on_which_nobody_waits(self):
        ticket = self.open_ticket_first()
        self.assertEqual((ticket.marketplace_order_ref, ticket.user_id), (self.ref, self.agent))
        self.assertEqual((ticket.marketplace_site_id, ticket.team_id), (self.site_de, self.team))
        self.assertFalse(ticket.marketplace_deadline)
        self.assertFalse(ticket.marketplace_is_unanswered)
        self.assertNotIn("wrote about", ticket.description)
        self.assertFalse(set(ticket.message_ids.mapped("marketplace_kind")) & {"buyer", "reply"})
        self.assertEqual(ticket.marketplace_order_state, "known")

    def test_the_order_is_fetched_by_its_queue_only(self):
        dialog, action = self.open(site=self.site_de)
        self.assertEqual((action["res_id"], dialog.is_waiting), (dialog.id, True))
        self.assertFalse(dialog.action_look())
        self.assertEqual(self.get_calls("getOrder"), 0)
        self.fetch()
        self.assertTrue(dialog.action_look())

    def test_the_site_is_asked_for_only_when_several_accounts_may_have_the_order(self):
        dialog, action = self.open()
        self.assertEqual((dialog.needs_site, action["res_id"]), (True, dialog.id))
        self.account_us.state = "reauthorize"
        dialog, _action = self.open()
        self.assertEqual((dialog.needs_site, dialog.is_waiting), (False, True))

    def test_an_order_that_is_here_opens_at_once_in_any_form_of_its_number(self):
        ticket = self.open_ticket_first()
        for form in (self.ref, f" #{self.ref} ", self.ref.replace("-", " - ")):
            if not self.app._get_class().normalize_ref(form):
                continue
            self.assertEqual(self.open(form)[1]["res_id"], ticket.id)

    def test_a_buyer_who_wrote_has_one_ticket_and_that_is_opened(self):
        ticket = self.open_ticket()
        self.assertEqual(self.open()[1]["res_id"], ticket.id)
        self.assertEqual(len(self.ticket_of(self.ref)), 1)

    def test_a_buyer_who_answers_comes_to_the_same_ticket(self):
        ticket = self.open_ticket_first()
        self.assertEqual(self.open_ticket(), ticket)
        self.assertTrue(ticket.marketplace_deadline)

    # === WHAT CAN'T BE === #

    def test_a_number_that_nobody_knows_makes_no_ticket(self):
        dialog, _action = self.open("302-9999999-9999999", self.site_de)
        self.fetch()
        self.assertIs(dialog.action_look(), True)
        self.assertFalse(dialog.is_waiting)
        self.assertTrue(dialog.error)
        self.assertFalse(self.ticket_of("302-9999999-9999999"))
        # Asked again, it is waited for again.
        dialog.action_open()
        self.assertFalse(dialog.action_look())

    def test_what_is_no_number_is_said_so(self):
        with self.assertRaisesRegex(UserError, "is no order number"):
            self.open("12345")

    def test_where_the_marketplace_forbids_it_the_reason_is_said(self):
        dialog, _action = self.open(self.make_order(status="CANCELLED"), self.site_de)
        self.fetch()
        self.assertIs(dialog.action_look(), True)
        self.assertIn("Amazon", dialog.error)
        self.assertFalse(self.ticket_of(dialog.order_ref))

    def test_a_barred_agent_writes_to_nobody(self):
        self.agent.marketplace_barred_app_ids = self.app
        with self.assertRaisesRegex(UserError, "may not write first"):
            self.open(site=self.site_de)

    def test_orders_of_other_companies_are_not_found(self):
        self.open_ticket_first()
        other = self.env["res.company"].create({"name": "Other"})
        self.agent.write({"company_ids": other.ids, "company_id": other.id})
        with self.assertRaisesRegex(UserError, "No account is connected"):
            self.open()

    def test_a_ticket_that_the_agent_may_not_see_stays_closed(self):
        self.open_ticket().sudo().team_id = False
        self.ticket.sudo().user_id = self.env.ref("base.user_admin")
        group, own = self.env.ref("helpdesk_mgmt.group_helpdesk_user"), "helpdesk_mgmt.group_helpdesk_user_own"
        self.agent.group_ids = self.agent.group_ids - group + self.env.ref(own)
        with self.assertRaisesRegex(UserError, "you may not see it"):
            self.open()

    def test_users_of_other_apps_can_not_use_it(self):
        user = self.env["res.users"].create({"name": "O", "login": "outsider"})
        with self.assertRaises(AccessError):
            self.open(site=self.site_de, user=user)

    # === WRITING === #

    def test_what_is_written_first_goes_to_the_orders_relay_address(self):
        ticket = self.open_ticket_first()
        self.assertFalse(ticket.marketplace_reply_data["why_not"])
        result = ticket.action_marketplace_reply(TEXT, confirmed=True)
        reply = self.env["marketplace.reply"].browse(result["reply_id"])
        self.assertEqual(reply.recipient, ticket.sudo().marketplace_order_id.relay)
        mail = reply._prepare_mail()
        self.assertIn(self.ref, mail.subject)
        self.assertFalse(mail.in_reply_to)
        self.send()
        self.assertEqual(reply.state, "handed_over")

    def test_after_the_buyer_wrote_it_is_an_answer(self):
        ticket = self.open_ticket_first()
        self.open_ticket()
        result = ticket.action_marketplace_reply(TEXT, confirmed=True)
        reply = self.env["marketplace.reply"].browse(result["reply_id"])
        self.assertFalse(reply.is_first)
        self.assertTrue(reply._prepare_mail().in_reply_to)
