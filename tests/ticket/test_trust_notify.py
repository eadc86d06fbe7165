"""No automatic mail carries a buyer's words, and only people of the helpdesk are told (trust.md A9)."""

from email.header import decode_header, make_header
from email.utils import getaddresses
from unittest.mock import patch

from odoo.addons.helpdesk_mgmt_marketplace.dev.sandbox.amazon.mails import File

from ..trust_common import DE_ORDER, TrustCase

WORDS = "Canary words of the buyer"


class TestTrustNotify(TrustCase):
    def setUp(self):
        super().setUp()
        self.outsider = self.env["res.partner"].create({"name": "Outside", "email": "outside@elsewhere.example"})
        self.followers = self.outsider | self.env["res.partner"].union(
            *(self.users[role].partner_id for role in ("own", "agent", "plain", "portal", "beta"))
        )
        self.mine.message_subscribe(self.followers.ids)
        self.users["agent"].notification_type = "inbox"

    def leave(self):
        """Let all mails leave; returns those to people (``EmailMessage``)."""
        sent = []
        server = type(self.env["ir.mail_server"])
        with (
            patch.object(server, "_disable_send", lambda *_args: False),
            patch.object(server, "_connect__", lambda *_args, **_kwargs: None),
            patch.object(server, "send_email", lambda _self, message, *_args, **_kwargs: sent.append(message) or "id"),
        ):
            self.env["mail.mail"].sudo().search([("state", "=", "outgoing")]).send()
        return sent

    def write_in(self, text=WORDS):
        """Let the buyer write with a file; returns (the message, the mails that left to people)."""
        self.env["mail.mail"].sudo().search([]).unlink()
        self.buyer_writes(text, attachments=[File("photo-of-buyer.txt", "text/plain", b"canary file")])
        self.settle()
        return self.mine.message_ids.filtered(lambda one: one.marketplace_kind == "buyer")[:1], self.leave()

    def show(self, mails):
        """Return all that stands in mails: headers, and the parts decoded."""
        parts = [part for mail in mails for part in mail.walk() if not part.is_multipart()]
        heads = [str(make_header(decode_header(str(value)))) for mail in mails for value in mail.values()]
        return "\n".join([*heads, *(f"{one.get_filename()} {one.get_content()}" for one in parts)])

    def test_they_are_told_that_the_buyer_wrote_and_where(self):
        message, mails = self.write_in()
        self.assertIn(WORDS, message.body)
        self.assertEqual([getaddresses([one["To"]])[0][1] for one in mails], ["own@people.example"])
        self.assertIn(f"The buyer wrote on {self.mine.number}", mails[0]["Subject"])
        self.assertIn(f"<p>The buyer wrote on {self.mine.number}", self.show(mails))
        self.assertIn("/mail/view?", self.show(mails))

    def test_no_word_name_file_or_order_is_in_it(self):
        message, mails = self.write_in()
        whole = self.show(mails)
        name = self.mine.marketplace_order_id.buyer_name
        for secret in (WORDS, "canary file", "photo-of-buyer", DE_ORDER, name, name.split()[0], message.email_from):
            self.assertNotIn(secret, whole)

    def test_only_people_of_the_helpdesk_who_may_see_the_ticket_are_notified_at_all(self):
        message, _mails = self.write_in()
        told = message.notification_ids.res_partner_id
        self.assertLessEqual((self.users["own"] | self.users["agent"]).partner_id, told)
        self.assertFalse(told & (self.outsider | (self.users["plain"] | self.users["portal"]).partner_id))
        self.assertNotIn(self.users["beta"].partner_id, told)

    def test_a_company_may_have_the_words_in_mails_of_its_helpdesk(self):
        self.company.marketplace_words_by_mail = True
        _message, mails = self.write_in()
        self.assertEqual([getaddresses([one["To"]])[0][1] for one in mails], ["own@people.example"])
        self.assertIn(WORDS, self.show(mails))

    def test_devices_are_told_no_words(self):
        message, _mails = self.write_in()
        payload = self.mine._notify_by_web_push_prepare_payload(message)
        self.assertEqual(payload["options"]["body"], f"The buyer wrote on {self.mine.number}.")
        self.assertNotIn(DE_ORDER, str(payload))

    def test_an_answer_is_told_without_its_words_too(self):
        self.env["mail.mail"].sudo().search([]).unlink()
        self.answer("<p>Canary answer</p>")
        mails = self.leave()
        self.assertEqual([getaddresses([one["To"]])[0][1] for one in mails], ["own@people.example"])
        self.assertNotIn("Canary answer", self.show(mails))

    def test_what_an_agent_forwards_goes_as_it_is(self):
        self.env["mail.mail"].sudo().search([]).unlink()
        body = f"Please look: {WORDS}"
        self.ticket.message_post(body=body, partner_ids=self.outsider.ids, subtype_xmlid="mail.mt_note")
        whole = self.show(self.leave())
        self.assertIn(WORDS, whole)
        self.assertIn("outside@elsewhere.example", whole)

    def test_no_absence_note_answers_a_buyer(self):
        self.users["own"].write({"out_of_office_from": "2026-01-01 00:00:00", "out_of_office_message": "Away"})
        self.mine.user_id = self.users["own"]
        message, _mails = self.write_in()
        self.assertFalse(self.mine.message_ids.filtered(lambda one: one.message_type == "out_of_office"))
        self.assertTrue(message)
