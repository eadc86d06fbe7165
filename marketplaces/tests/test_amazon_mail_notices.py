"""Amazon's mails that are no buyer's words: notices, refusals, bounces."""

import pytest

from marketplaces.schema import ThreadRef


class TestNotices:
    @pytest.mark.parametrize(
        ("type_", "expected"),
        [
            ("BBC_MESSAGE_CONFIRMATION_TO_MERCHANT", "reply_copy"),
            ("BUYER_OPTED_OUT_BSM_MESSAGES", "undelivered"),
            ("BRC_SELLER_NOTIFICATION", "cancel_request"),
            ("RETURN_REQUEST", "return_request"),
            ("REFUND_ISSUED", "refund"),
            ("A_Z_CLAIM_RESPONDENT_CLOSE", "atoz_claim"),
            ("Inventory Low-Alert", "inventory_low_alert"),
        ],
    )
    def test_type_tells_the_kind(self, ask, type_, expected):
        mail = ask("Order 302-1234567-1234567", sender="donotreply@amazon.com", subject="x", type_=type_)
        assert (mail.notice or mail.kind, mail.order_ref) == (expected, "302-1234567-1234567")

    @pytest.mark.parametrize(
        ("sender", "subject", "expected"),
        [
            ("atoz-guarantee-no-reply@amazon.com", "Claim received on order 112-1234567-1234567", "atoz_claim"),
            ("cb-seller-query@amazon.com", "x", "chargeback"),
            ("seller-notification@amazon.de", "Verkauft, jetzt versenden: Lampe", "new_order"),
            ("seller-notification@amazon.de", "Ihre Bestellung wurde storniert", "cancelled"),
            (
                "order-update@amazon.com",
                "Return authorization request for order # 112-1234567-1234567",
                "return_request",
            ),
            ("order-update@amazon.com", "Your Amazon.com order", "consumer"),
            ("auto-communication@amazon.co.jp", "キャンセルリクエスト", "cancel_request"),
            ("donotreply@amazon.com", "Notification d’autorisation de retour pour la commande", "return_request"),
            ("donotreply@amazon.com", "Remboursement initié pour la commande", "refund"),
            ("do-not-reply@amazon.com", "Your email to Jo", "reply_copy"),
            ("fba-noreply@amazon.com", "x", "fba"),
            ("payments-messages@amazon.de", "x", "payment"),
            ("konto-aktualisierung@amazon.de", "x", "account"),
            ("versandbestaetigung@amazon.de", "x", "consumer"),
            ("donotreply@marketplace.amazon.com.br", "x", "other"),
            ("somebody@amazon.de", "x", "unknown"),
        ],
    )
    def test_sender_and_subject_tell_the_kind_without_a_type(self, ask, sender, subject, expected):
        mail = ask("x", sender=sender, subject=subject, type_=None)
        assert (mail.notice or mail.kind) == expected
        assert mail.urgent is (expected in ("atoz_claim", "chargeback"))

    def test_old_copy_of_our_reply_is_told_by_its_frame(self, ask, frame):
        mail = ask(frame("Dear Jo, …"), sender="auto-communication@amazon.com", subject="x", type_=None)
        assert (mail.notice, mail.text) == ("reply_copy", None)

    def test_buyers_words_in_a_mail_of_a_new_type_are_answered(self, ask, frame):
        assert ask(frame("Hi"), type_="BBC_SOMETHING_NEW").kind == "buyer_message"

    def test_unknown_form_from_the_relay_keeps_what_a_ticket_needs(self, ask):
        mail = ask("New layout\nCopyright 2026\nSPC-EUAmazon-1", type_=None, subject="x (302-1234567-1234567)")
        assert (mail.kind, mail.text, mail.order_ref) == ("unknown", None, "302-1234567-1234567")
        assert mail.reply_to == "abcdefghijklmno@marketplace.amazon.de"

    def test_notice_has_readable_body(self, read):
        assert "Responde en 3 días." in read("notice_atoz_es").body

    def test_site_of_a_notice_is_named_by_display_name_or_links(self, ask):
        sender = '"Amazon.it" <donotreply@amazon.com>'
        assert ask("x", sender=sender, type_="X").site == "IT"
        body = "https://sellercentral.amazon.co.jp/orders-v3/order/1"
        assert ask(body, sender="donotreply@amazon.com", type_="X").site == "JP"
        assert ask("x", sender="donotreply@amazon.com", type_="X").site is None


class TestUndelivered:
    def test_report_names_our_mail_and_the_buyer(self, read):
        assert read("undelivered_dsn_fr").thread_refs == (
            ThreadRef("case", "5f5f5f5f-0000-4aaa-8bbb-1234567890ab"),
            ThreadRef("alias", "m6n7b8v9c0x1z2a@marketplace.amazon.fr"),
            ThreadRef("in_reply_to", "<out15@shop.example>"),
            ThreadRef("in_reply_to", "<0102019c0000-fr15-000000@eu-west-1.amazonses.com>"),
        )

    def test_delay_is_no_failure(self, read, amazon_mails):
        delayed = amazon_mails["undelivered_dsn_fr"].replace(b"Action: failed", b"Action: delayed")
        assert read(delayed).notice == "delivery_status"

    def test_bounce_in_plain_words_is_recognised(self, ask):
        body = "Could not deliver to <abcdefghijklmno@marketplace.amazon.de>\n\nMessage-ID: <ours@shop.example>\n"
        mail = ask(body, sender="Mailer-Daemon@mx.example", subject="failure notice", type_=None)
        assert (mail.kind, mail.site) == ("undelivered", "DE")
        assert ThreadRef("in_reply_to", "<ours@shop.example>") in mail.thread_refs

    def test_bounce_of_other_mail_is_not_ours(self, ask):
        mail = ask("Could not deliver to <a@b.example>", sender="Mailer-Daemon@mx.example", type_=None)
        assert (mail.app, mail.kind) == (None, "unknown")

    def test_automatic_answer_of_amazon_starts_no_loop(self, ask):
        for headers in ("X-Amazon-Auto-Reply: true", "Auto-Submitted: auto-replied"):
            sender = "Amazon.com <answers@amazon.com>"
            assert ask("Greetings", sender=sender, type_=None, headers=headers).kind == "undelivered"
