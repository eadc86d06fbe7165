from datetime import timedelta

from odoo import fields

from ..common import MarketplaceCase
from ..reply.reply_common import ReplyMixin


class TestHealth(ReplyMixin, MarketplaceCase):
    """What works and what does not, in a colour and in words; and who is told."""

    def setUp(self):
        super().setUp()
        self.build_outgoing()
        places = {place.code: "2026-01-01" for place in self.app._get_class().setup_places}
        (self.account | self.account_us).site_ids.setup_done = places

    def activities(self, account=None):
        return (account or self.account).activity_ids

    def let_mail_have_come(self, site, count, days):
        """Have mails come evenly over a month that ended some days ago."""
        message = self.buyer_writes(order_ref="302-5669388-0000002")
        now = fields.Datetime.now()
        for number in range(count):
            copy = message.copy({"message_key": f"<{number}@x>", "site_id": site.id, "state": "ignored"})
            moment = now - timedelta(days=days + number * 29 / count)
            self.env.cr.execute("UPDATE marketplace_message SET create_date = %s WHERE id = %s", [moment, copy.id])
        message.unlink()
        self.env.invalidate_all()

    # === COLOURS === #

    def test_what_works_is_green(self):
        self.assertEqual((self.account.health, self.account.health_message), ("ok", False))
        self.assertEqual(self.app.health, "ok")

    def test_without_a_server_that_may_send_buyers_can_not_be_answered(self):
        self.env["ir.mail_server"].search([]).from_filter = "other.example"
        self.assertEqual(self.account.health, "warning")
        self.assertIn("no outgoing mail server may send", self.account.health_message)

    def test_a_new_database_says_not_connected(self):
        self.env["marketplace.site"].search([]).unlink()
        self.env["marketplace.account"].search([]).unlink()
        self.assertEqual(self.app.health, "none")
        self.assertEqual(self.app.card["accounts"], 0)

    def test_an_account_that_must_be_authorized_again_is_red_and_says_so(self):
        self.account.write({"state": "reauthorize", "state_message": "Authorize the account again."})
        self.assertEqual((self.account.health, self.app.health), ("danger", "danger"))
        self.assertIn("Authorize the account again.", self.account.health_message)
        self.assertEqual(self.app.card["shown"][0]["id"], self.account.id)

    def test_a_site_without_address_is_red(self):
        self.site_de.alias_id = False
        self.assertEqual((self.site_de.health, self.account.health), ("danger", "danger"))

    def test_what_many_sites_have_in_common_is_said_once(self):
        self.account.site_ids.setup_done = False
        self.assertEqual(self.account.health, "warning")
        self.assertEqual(self.account.health_message.count("0 of 3 places"), 1)

    def test_a_switched_off_scheduled_action_is_red(self):
        self.env["ir.cron"]._marketplace_get_parallel("ir_cron_fetch_orders").active = False
        self.assertEqual(self.account.health, "danger")
        self.assertIn("Fetch Orders", self.account.health_message)

    def test_calls_that_fail_again_and_again_are_named(self):
        operation = self.env["marketplace.operation"].create(
            {"account_id": self.account.id, "name": "fetch_order", "failure_count": 2, "error": "Amazon has a fault."}
        )
        self.assertEqual(self.account.health, "warning")
        operation.failure_count = 9
        self.account.invalidate_recordset()
        self.assertEqual(self.account.health, "danger")
        self.assertIn("Fetching orders: Amazon has a fault.", self.account.health_message)

    def test_a_lost_key_is_red_and_crashes_nothing(self):
        self.patch(type(self.account), "_read_key_file", lambda _self: "")
        self.account.invalidate_recordset()
        self.assertEqual(self.account.health, "danger")
        self.assertIn("is missing on this server", self.account.health_message)

    def test_fifty_accounts_fit_on_a_card(self):
        for number in range(50):
            self.env["marketplace.account"].create(
                {"name": f"Account {number}", "app_id": self.app.id, "region": "eu", "state": "connected"}
            )
        card = self.app.card
        self.assertEqual((card["accounts"], len(card["shown"]), card["more"]), (52, 6, 46))

    # === WATCHDOG === #

    def test_a_site_that_fell_silent_turns_amber_and_its_admin_hears_of_it_once(self):
        self.let_mail_have_come(self.site_de, 60, days=6)
        self.assertEqual(self.site_de.health, "warning")
        self.assertIn("unusually long", self.account.health_message)
        for _day in range(3):
            self.run_cron("watch")
        self.assertEqual(len(self.activities()), 1)
        self.assertIn("amazon.de", self.activities().summary)
        self.assertEqual(self.activities().user_id, self.account._get_responsible())

    def test_mail_that_comes_again_ends_the_activity(self):
        self.let_mail_have_come(self.site_de, 60, days=6)
        self.run_cron("watch")
        self.buyer_writes()
        self.run_cron("watch")
        self.assertFalse(self.activities())
        self.assertEqual(self.site_de.health, "ok")

    def test_a_site_that_seldom_gets_mail_may_be_silent(self):
        self.let_mail_have_come(self.site_de, 11, days=6)
        self.assertEqual(self.site_de.health, "ok")

    def test_a_site_that_never_got_mail_is_not_called_silent(self):
        self.run_cron("watch")
        self.assertFalse(self.activities())

    # === WHAT ENDS === #

    def end_in(self, days):
        self.account.authorized_at = fields.Datetime.now() - timedelta(days=365 - days)

    def test_the_admin_is_reminded_30_and_7_days_before_an_authorization_ends(self):
        self.end_in(31)
        self.run_cron("watch")
        self.assertFalse(self.activities())
        self.assertEqual(self.account.health, "ok")
        self.end_in(30)
        self.run_cron("watch")
        first = self.activities()
        self.assertEqual(first.date_deadline, self.account.renew_before)
        self.assertEqual(self.account.health, "warning")
        self.account.activity_ids.unlink()
        self.run_cron("watch")
        self.assertFalse(self.activities(), "What a person ended does not come back.")
        self.end_in(7)
        self.run_cron("watch")
        self.assertEqual(len(self.activities()), 1)
        self.end_in(-1)
        self.assertEqual(self.account.health, "danger")

    def test_a_new_secret_ends_the_reminder(self):
        self.account.credential_id.valid_until = fields.Date.today() + timedelta(days=5)
        self.run_cron("watch")
        self.assertIn("secret", self.activities().summary)
        self.account.credential_id.client_secret = "amzn1.oa2-cs.v1.new"
        self.assertFalse(self.activities())
        self.assertEqual(self.account.credential_id.valid_until, fields.Date.today() + timedelta(days=180))

    def test_a_day_that_an_admin_enters_with_the_secret_stays(self):
        day = fields.Date.today() + timedelta(days=90)
        self.account.credential_id.write({"client_secret": "amzn1.oa2-cs.v1.new", "valid_until": day})
        self.assertEqual(self.account.credential_id.valid_until, day)

    def test_an_admin_who_left_is_replaced(self):
        self.account.user_id = self.agent
        self.assertTrue(self.account._get_responsible().has_group("base.group_system"))

    # === ADDRESSES === #

    def test_a_new_address_receives_and_the_old_one_goes_on(self):
        old, raws = self.site_de.address, self.buyer_mails("To the old address")
        self.site_de.action_renew_address()
        self.assertNotEqual(self.site_de.address, old)
        self.assertIn(old, self.site_de.old_addresses)
        self.assertFalse(self.site_de.setup_done)
        self.assertEqual(self.receive(raws[0]).site_id, self.site_de)

    def test_a_place_is_ticked_off_and_on_again(self):
        self.site_de.setup_done = False
        self.site_de.action_toggle_place("seller_profile")
        done = [place["code"] for place in self.site_de._get_setup_places() if place["done"]]
        self.assertEqual(done, ["seller_profile"])
        self.site_de.action_toggle_place("seller_profile")
        self.assertFalse(self.site_de.setup_done)
        self.account.action_tick_place("seller_profile")
        self.assertTrue(all("seller_profile" in site.setup_done for site in self.account.site_ids))
