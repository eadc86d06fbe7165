"""Who sees orders and buyers' words, and by which ways (trust.md A1, A2, A9 and the other ways into the same doors)."""

from types import SimpleNamespace
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import HttpCase

from ..trust_common import DE_ORDER, US_ORDER, TrustCase

PARTS = {"order": "ticket_ids", "order.line": "order_id", "order.package": "order_id", "order.ref": "order_id"}
OUTSIDE = ("plain", "portal")


class TestTrustAccess(TrustCase):
    def setUp(self):
        super().setUp()
        partners = self.users["plain"].partner_id | self.users["portal"].partner_id
        (self.mine | self.hidden).message_subscribe(partners.ids)

    def test_orders_are_seen_with_one_of_their_tickets_only(self):
        for order in (self.mine | self.hidden).marketplace_order_id:
            self.env["marketplace.order.ref"]._add(order, [f"Shop {order.order_ref}"])
        seen = {"own": {DE_ORDER}, "team": {DE_ORDER}, "agent": {DE_ORDER, US_ORDER}, "beta": set()}
        for role, refs in seen.items():
            orders = self.as_(role, self.env["marketplace.order"]).search([])
            self.assertEqual(set(orders.mapped("order_ref")), refs, role)
            for name in ("order.line", "order.package", "order.ref"):
                found = self.as_(role, self.env[f"marketplace.{name}"]).search([])
                self.assertEqual(set(found.order_id.mapped("order_ref")), refs if found else set(), (role, name))
                hidden = self.env[f"marketplace.{name}"].search([("order_id.order_ref", "not in", list(refs))])
                if hidden:
                    with self.assertRaises(AccessError):
                        self.as_(role, hidden).read([])

    def test_scheduled_actions_are_run_by_administrators_only(self):
        crons = self.env["ir.cron"].search([("model_name", "=like", "marketplace.%")])
        self.assertGreaterEqual(len(crons), 12)
        for cron in crons | crons[0].copy():
            action = cron.ir_actions_server_id
            for role in (*OUTSIDE, "own", "agent", "manager"):
                with self.assertRaises(AccessError, msg=(cron.name, role)):
                    action.with_user(self.users[role]).run()

    def test_an_order_without_a_ticket_is_no_agents(self):
        order = self.env["marketplace.order"]._find_or_create(self.site_de, "302-9999999-0000001")
        self.assertNotIn(order, self.as_("agent", order).search([]))
        with self.assertRaises(AccessError):
            self.as_("agent", order).read(["order_ref"])
        self.assertIn(order, self.as_("manager", order).search([]))

    def test_whoever_may_see_a_ticket_may_see_its_order(self):
        own, order = self.users["own"], self.hidden.marketplace_order_id
        self.assertFalse(order.with_user(own).has_access("read"))
        self.hidden.message_subscribe(own.partner_id.ids)
        self.assertTrue(self.hidden.with_user(own).has_access("read"))
        self.assertTrue(order.with_user(own).has_access("read"))
        self.assertTrue(order.line_ids.with_user(own).has_access("read"))
        self.assertIn(order, order.with_user(own).search([]))
        self.hidden.active = False
        self.assertIn(order, order.with_user(own).search([]))

    def test_names_groups_and_exports_tell_nothing_of_others(self):
        order = self.hidden.marketplace_order_id
        for role in ("own", "beta"):
            self.users[role].group_ids += self.env.ref("base.group_allow_export")
            orders = self.as_(role, order.browse())
            self.assertFalse(orders.name_search(US_ORDER))
            self.assertNotIn(US_ORDER, str(orders.formatted_read_group([], ["order_ref"], ["__count"])))
            tickets = self.as_(role, self.hidden.browse())
            groups = tickets.formatted_read_group([], ["marketplace_order_id"], ["__count"])
            self.assertNotIn(US_ORDER, str(groups))
            self.assertFalse(tickets.name_search("", [("marketplace_order_ref", "=", US_ORDER)]))
            with self.assertRaises(AccessError):
                self.as_(role, order).export_data(["order_ref"])
            with self.assertRaises(AccessError):
                self.as_(role, self.hidden).export_data(["marketplace_order_id/recipient"])

    def test_followers_who_are_not_of_the_helpdesk_see_no_ticket_of_a_buyer(self):
        for role in OUTSIDE:
            tickets = self.as_(role, self.mine.browse())
            self.assertFalse(tickets.search([]))
            with self.assertRaises(AccessError):
                self.as_(role, self.mine).read(["name"])
            self.assertFalse(tickets._get_thread_with_access(self.mine.id, mode="read"))

    def test_they_follow_other_tickets_as_before(self):
        ticket = self.env["helpdesk.ticket"].create({"name": "Ordinary", "description": "x"})
        ticket.message_subscribe((self.users["plain"] | self.users["portal"]).partner_id.ids)
        for role in OUTSIDE:
            self.assertEqual(self.as_(role, ticket).search([]), ticket)

    def test_nor_any_of_its_words_not_even_of_old_notifications(self):
        message = self.buyers_message()
        for role in OUTSIDE:
            self.env["mail.notification"].create(
                {"mail_message_id": message.id, "res_partner_id": self.users[role].partner_id.id}
            )
            self.assertFalse(self.as_(role, message).search([("id", "=", message.id)]))
            with self.assertRaises(AccessError):
                self.as_(role, message).read(["body"])
        self.assertIn("Paket", self.as_("own", message).read(["body"])[0]["body"])

    def test_an_agent_reads_no_words_of_a_ticket_that_is_not_theirs_any_more(self):
        message = self.buyers_message(self.hidden)
        self.env["mail.notification"].create(
            {"mail_message_id": message.id, "res_partner_id": self.users["own"].partner_id.id}
        )
        with self.assertRaises(AccessError):
            self.as_("own", message).read(["body"])
        self.assertFalse(self.as_("own", message).search([("id", "=", message.id)]))

    def test_they_get_no_files_and_listen_to_nothing(self):
        file = self.env["ir.attachment"].create(
            {"name": "photo.txt", "raw": b"photo", "res_model": "helpdesk.ticket", "res_id": self.mine.id}
        )
        self.buyers_message().attachment_ids = file
        for role in OUTSIDE:
            with self.assertRaises(AccessError):
                self.as_(role, file).read(["raw"])
            self.assertFalse(self.as_(role, file).search([("id", "=", file.id)]))
            request = SimpleNamespace(session=SimpleNamespace(uid=False))
            with patch("odoo.addons.bus.models.ir_websocket.request", new=request):
                websocket = self.as_(role, self.env["ir.websocket"])
                channels = websocket._build_bus_channel_list([f"helpdesk.ticket_{self.mine.id}"])
            self.assertNotIn(self.mine._name, [getattr(one, "_name", "") for one in channels])


class TestTrustAccessByHttp(TrustCase, HttpCase):
    """The portal's pages and the browser's routes, with a session of their own."""

    def setUp(self):
        super().setUp()
        self.portal, self.plain = self.users["portal"], self.users["plain"]
        self.mine.message_subscribe((self.portal | self.plain).partner_id.ids)
        self.mine.partner_id = self.portal.partner_id
        self.token = self.mine._portal_ensure_token()
        self.secret = self.mine.marketplace_order_id.order_ref
        self.env.flush_all()

    def post(self, url, **params):
        return self.url_open(url, json={"jsonrpc": "2.0", "method": "call", "params": params}).text

    def check(self, text):
        for secret in (self.secret, "Paket", self.mine.number):
            self.assertNotIn(secret, text)

    def test_the_portal_shows_no_ticket_of_a_buyer_with_or_without_a_token(self):
        self.check(self.url_open(f"/my/ticket/{self.mine.id}/{self.token}").text)
        self.check(self.url_open(f"/my/ticket/{self.mine.id}?access_token={self.token}").text)
        self.authenticate("trust_portal", "trust_portal")
        self.check(self.url_open("/my/tickets").text)
        self.check(self.url_open(f"/my/ticket/{self.mine.id}/{self.token}").text)
        self.check(
            self.url_open(f"/mail/view?model=helpdesk.ticket&res_id={self.mine.id}&access_token={self.token}").text
        )

    def test_the_browsers_routes_give_no_words_away(self):
        post_data = {"thread_model": "helpdesk.ticket", "thread_id": self.mine.id}
        pid = self.portal.partner_id
        signed = {"token": self.token, "hash": self.mine._sign_token(pid.id), "pid": pid.id}
        for login in (None, "trust_portal", "trust_plain"):
            self.authenticate(login, login)
            for more in ({}, signed):
                self.check(self.post("/mail/thread/messages", **post_data, **more))
                self.check(self.post("/portal/chatter_init", **post_data, **more))
                self.check(self.post("/mail/chatter_fetch", **post_data, **more))
                self.check(self.post("/mail/data", fetch_params=[["mail.thread", {**post_data, "request_list": []}]]))
            message = self.buyers_message()
            self.check(self.post("/mail/message/reaction", message_id=message.id, content="x", action="add", **signed))
        self.authenticate("trust_own", "trust_own")
        self.assertIn("Paket", self.post("/mail/thread/messages", **post_data))

    def test_the_portals_button_closes_no_ticket_of_a_buyer(self):
        stage = self.env["helpdesk.ticket.stage"].search([("closed", "=", True)], limit=1)
        stage.close_from_portal = True
        ordinary = self.env["helpdesk.ticket"].create(
            {"name": "Ordinary", "description": "x", "partner_id": self.portal.partner_id.id}
        )
        self.env.flush_all()

        def close(ticket):
            self.url_open(f"/ticket/close?ticket_id={ticket.id}&stage_id={stage.id}", allow_redirects=False)
            self.env.invalidate_all()
            return ticket.stage_id == stage

        for role in ("portal", "plain", "own"):
            self.authenticate(f"trust_{role}", f"trust_{role}")
            self.assertFalse(close(self.hidden), role)
        self.assertTrue(close(self.mine), "An agent may close their own.")
        self.authenticate("trust_portal", "trust_portal")
        self.assertTrue(close(ordinary))

    def test_tokens_still_open_other_tickets(self):
        ticket = self.env["helpdesk.ticket"].create({"name": "Ordinary one", "description": "x"})
        token = ticket._portal_ensure_token()
        self.env.flush_all()
        self.assertIn("Ordinary one", self.url_open(f"/my/ticket/{ticket.id}/{token}").text)
