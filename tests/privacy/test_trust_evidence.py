"""What buyers wrote, and what became of it, is kept as it came (trust.md A10)."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase

from odoo.addons.helpdesk_mgmt_marketplace.dev.sandbox.amazon.mails import File

from ...models.privacy.ir_config_parameter import SYSTEMS
from ..trust_common import TrustCase

PEOPLE = ("own", "team", "agent", "manager", "admin")
PARAM = "helpdesk_mgmt_marketplace."


class TestTrustEvidence(TrustCase):
    def setUp(self):
        super().setUp()
        photo = File("photo.txt", "text/plain", b"a photo")
        self.row = self.buyer_writes("Words with a file", attachments=[photo])
        self.settle()
        self.message = self.row.mail_message_id
        self.file = self.message.attachment_ids
        self.assertTrue(self.file)

    def kinds(self):
        """Return a message of each kind that is kept, beside the buyer's own."""
        self.answer("<p>Our answer</p>")
        for kind in ("unverified", "check", "notice", "answered"):
            self.mine.message_post(body=kind, marketplace_kind=kind)
        return self.mine.message_ids.filtered(lambda one: one.marketplace_kind not in (False, "not_sent"))

    def test_nobody_changes_or_deletes_a_message_and_is_told_why(self):
        messages = self.kinds()
        self.assertEqual(len(set(messages.mapped("marketplace_kind"))), 6)
        for message in messages:
            for role in PEOPLE:
                mine = self.as_(role, message)
                for values in (
                    {"body": "x"}, {"date": "2026-01-01"}, {"res_id": self.hidden.id}, {"subtype_id": False},
                    {"message_type": "comment"}, {"attachment_ids": [(5, 0, 0)]}, {"marketplace_kind": False},
                    {"email_from": "x"}, {"is_internal": True},
                ):  # fmt: skip
                    with self.subTest(f"{role} {message.marketplace_kind} {values}"), self.assertRaises(UserError):
                        mine.write(values)
                with self.assertRaisesRegex(UserError, "kept as it came|has gone to the buyer"):
                    mine.unlink()

    def test_nor_by_the_conversations_own_editor(self):
        for message in self.kinds():
            with self.assertRaisesRegex(UserError, "kept as it came|has gone to the buyer"):
                self.as_("admin", self.mine)._message_update_content(self.as_("admin", message), body="x", strict=False)

    def test_stars_and_notes_stay_possible(self):
        self.as_("agent", self.message).toggle_message_starred()
        note = self.as_("agent", self.mine).message_post(body="A note", subtype_xmlid="mail.mt_note")
        note.write({"body": "Another note"})
        note.unlink()

    def test_files_stay_with_name_place_and_content(self):
        for role in PEOPLE:
            file = self.as_(role, self.file)
            for values in (
                {"raw": b"x"},
                {"name": "x"},
                {"res_id": self.hidden.id},
                {"public": True},
                {"mimetype": "x"},
            ):
                with self.subTest(f"{role} {values}"), self.assertRaisesRegex(UserError, "kept as it came"):
                    file.write(values)
            with self.assertRaisesRegex(UserError, "kept as it came"):
                file.unlink()
            with self.assertRaisesRegex(UserError, "kept as it came"):
                file.generate_access_token()

    def test_the_ledger_is_changed_by_buttons_only(self):
        values = {
            "raw": b"eA==", "authentication": "pass", "company_id": self.other_company.id, "ticket_id": self.hidden.id,
            "message_key": "x", "dedup_key": "x", "kind": "suspect", "state": "received", "date": "2026-01-01",
            "order_id": False, "conversation_id": False, "mail_message_id": False, "is_accepted": True, "reply_to": "x",
        }  # fmt: skip
        for role in ("manager", "admin"):
            for name, value in values.items():
                with self.subTest(f"{role} {name}"), self.assertRaises(AccessError):
                    self.as_(role, self.row).write({name: value})
            with self.assertRaises(AccessError):
                self.as_(role, self.row).unlink()
            with self.assertRaises(AccessError):
                self.as_(role, self.row.browse()).create({"address": "x", "message_key": "x"})

    def test_a_manager_takes_a_mail_out_of_quarantine_by_the_button(self):
        row = self.buyer_writes("Forged", forgery="forged")
        self.process()
        self.assertEqual(row.state, "quarantined")
        self.as_("manager", row).action_accept()
        self.assertTrue(row.is_accepted)
        self.assertEqual(row.state, "received")
        for role in ("agent", "beta"):
            with self.assertRaises(AccessError):
                self.as_(role, row).action_accept()

    def test_rows_that_say_what_happened_are_the_systems(self):
        self.answer("<p>Our answer</p>")
        conversation = self.env["marketplace.conversation"].search([("ticket_id", "=", self.mine.id)])
        for record in (
            self.env["marketplace.reply"].search([], limit=1),
            self.env["marketplace.response"].search([], limit=1),
            conversation,
            conversation.key_ids[:1],
        ):
            self.assertTrue(record)
            for role in ("manager", "admin"):
                with self.subTest(f"{record._name} {role}"):
                    with self.assertRaises(AccessError):
                        self.as_(role, record).write({"create_date": "2026-01-01"})
                    with self.assertRaises(AccessError):
                        self.as_(role, record).unlink()

    def test_defaults_of_a_user_say_nothing_about_an_answer(self):
        self.env["ir.default"].with_user(self.agent).set("marketplace.reply", "is_important", True, user_id=True)
        self.ticket = self.ticket.with_context(default_state="accepted", default_marketplace_kind="buyer")
        reply = self.answer("<p>Our answer</p>")
        self.assertEqual((reply.state, reply.is_important), ("queued", False))
        note = self.ticket.message_post(body="A note", subtype_xmlid="mail.mt_note")
        self.assertFalse(note.marketplace_kind)

    # === A WHOLE TICKET === #

    def test_only_an_administrator_deletes_a_ticket_and_it_is_kept_who(self):
        number, posted = self.mine.number, self.mine.message_ids.filtered("marketplace_kind")
        for role in ("own", "agent", "manager"):
            with self.assertRaises(AccessError):
                self.as_(role, self.mine).unlink()
        with self.assertRaisesRegex(AccessError, "Marketplace Log"):
            self.as_("manager", self.mine).unlink()
        self.as_("admin", self.mine).unlink()
        log = self.env["marketplace.log"].search([("kind", "=", "deleted")])
        self.assertEqual((log.name, log.user_id, log.company_id), (number, self.users["admin"], self.company))
        self.assertEqual((log.order_ref, log.message_count), (self.row.order_ref, len(posted)))
        self.assertNotIn("Words", str(log.read()))
        self.assertTrue(self.row.exists().raw)

    def test_ordinary_tickets_are_deleted_as_before(self):
        ticket = self.env["helpdesk.ticket"].create({"name": "Ordinary", "description": "x"})
        self.as_("manager", ticket).unlink()
        self.assertFalse(ticket.exists() or self.env["marketplace.log"].search([("kind", "=", "deleted")]))

    # === SETTINGS === #

    def last(self):
        log = self.env["marketplace.log"].search([("kind", "=", "setting")], limit=1)
        return log.name, log.old, log.new, log.user_id

    def test_settings_on_which_safety_rests_are_kept_with_who_changed_them(self):
        admin = self.users["admin"]
        settings = self.as_("admin", self.env["res.config.settings"]).create(
            {"marketplace_unverified": "quarantine", "marketplace_words_by_mail": True}
        )
        settings.set_values()
        logs = self.env["marketplace.log"].search([("user_id", "=", admin.id)])
        self.assertIn(("Mail Without a Verdict", "quarantine"), logs.mapped(lambda one: (one.name, one.new)))
        self.assertIn(("Buyers' Words in Mails", self.company), logs.mapped(lambda one: (one.name, one.company_id)))
        self.as_("admin", self.env["ir.config_parameter"]).set_param(PARAM + "authserv_id", "mx.other.example")
        self.assertEqual(self.last(), ("Receiving Mail Server", "mx.sandbox.example", "mx.other.example", admin))
        self.as_("admin", self.env["ir.config_parameter"]).set_param(PARAM + "authserv_id", False)
        self.assertEqual(self.last()[1:3], ("mx.other.example", ""))

    def test_what_stays_the_same_is_no_change(self):
        count = self.env["marketplace.log"].search_count([])
        self.env["ir.config_parameter"].set_param(PARAM + "authserv_id", "mx.sandbox.example")
        self.company.marketplace_words_by_mail = False
        self.env["ir.config_parameter"].set_param("other.thing", "x")
        self.assertEqual(self.env["marketplace.log"].search_count([]), count)

    def test_a_person_who_writes_the_home_or_the_keys_fingerprint_is_kept_the_system_is_not(self):
        for name in SYSTEMS:
            self.env["ir.config_parameter"].sudo().set_param(name, "by the system")
            self.assertNotEqual(self.last()[0], name)
            self.as_("admin", self.env["ir.config_parameter"]).set_param(name, "by hand")
            self.assertEqual(self.last(), (name, "by the system", "by hand", self.users["admin"]))

    def test_words_by_mail_are_kept_of_a_new_company_too(self):
        company = self.as_("admin", self.env["res.company"]).create({"name": "New", "marketplace_words_by_mail": True})
        log = self.env["marketplace.log"].search([("company_id", "=", company.id)])
        self.assertEqual((log.new, log.user_id), ("Yes", self.users["admin"]))

    def test_where_and_how_a_mailbox_is_read_is_kept(self):
        server = self.env["fetchmail.server"].create(
            {"name": "Box", "server": "imap.shop.example", "user": "box", "is_ssl": True}
        )
        ordinary = server.copy()
        self.env["marketplace.mailbox"].create({"server_id": server.id})
        for values in ({"is_ssl": False}, {"server": "imap.other.example"}, {"port": 1}, {"server_type": "pop"}):
            count = self.env["marketplace.log"].search_count([])
            self.as_("admin", server + ordinary).write(values)
            self.assertEqual(self.env["marketplace.log"].search_count([]), count + 1, values)
            self.assertIn("Box", self.last()[0])

    def test_who_may_answer_is_kept_too(self):
        self.as_("admin", self.agent).write({"marketplace_app_ids": [(3, self.app.id)]})
        self.assertIn("alex", self.last()[0])
        self.assertIn(self.app.name, self.last()[2])
        self.assertEqual(self.last()[3], self.users["admin"])

    def test_the_log_is_read_by_managers_and_changed_by_nobody(self):
        self.env["marketplace.log"]._log_setting("x", "a", "b", self.company)
        log = self.env["marketplace.log"].search([("name", "=", "x")])
        self.assertEqual(self.as_("manager", log).new, "b")
        self.assertFalse(self.as_("beta", log).search([("id", "=", log.id)]))
        with self.assertRaises(AccessError):
            self.as_("agent", log).read(["name"])
        for role in ("manager", "admin"):
            with self.assertRaises(AccessError):
                self.as_(role, log).write({"new": "c"})
            with self.assertRaises(AccessError):
                self.as_(role, log).unlink()


class TestTrustEvidenceByHttp(TrustCase, HttpCase):
    def test_the_routes_of_the_conversation_keep_files_and_words(self):
        self.buyer_writes("Words", attachments=[File("photo.txt", "text/plain", b"a photo")])
        self.settle()
        message = self.mine.message_ids.filtered("attachment_ids")[:1]
        file = message.attachment_ids
        for role in ("agent", "manager", "admin"):
            self.authenticate(f"trust_{role}", f"trust_{role}")
            for url, params in (
                ("/mail/attachment/delete", {"attachment_id": file.id}),
                ("/mail/message/update_content", {"message_id": message.id, "update_data": {"body": "x"}}),
                (
                    "/mail/message/update_content",
                    {"message_id": message.id, "update_data": {"body": "", "attachment_ids": []}},
                ),
            ):
                answer = self.url_open(url, json={"jsonrpc": "2.0", "method": "call", "params": params}).json()
                self.assertIn("error", answer, (role, url))
        self.env.invalidate_all()
        self.assertTrue(file.exists())
        self.assertIn("Words", message.body)
