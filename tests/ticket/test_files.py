from email.message import EmailMessage
from email.utils import formatdate

from odoo.tests import HttpCase, tagged

from ..common import AUTHSERV_ID, DE_ORDER, WorldMixin

SCRIPT = b"alert(document.cookie)"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<html><script>alert(1)</script></html>"
#: (name, type as the mail says, content): whatever the mail says, a browser must run none of them.
ACTIVE = [
    (name, told, content)
    for told in ("text/plain", "application/octet-stream", "image/png")
    for name, content in (
        ("a.js", SCRIPT),
        ("a.mjs", SCRIPT),
        ("a.css", b"@import url(https://evil.example/)"),
        ("a.html", HTML),
        ("a.xhtml", HTML),
        ("a.svg", SVG),
        ("a.xml", b'<?xml version="1.0"?><a/>'),
        ("a.xsl", b'<?xml version="1.0"?><a/>'),
        ("a.mhtml", b"MIME-Version: 1.0\nContent-Type: text/html\n\n" + HTML),
        ("a.wasm", b"\x00asm\x01\x00\x00\x00"),
        ("a.swf", b"FWS\x09\x00\x00\x00\x00"),
        ("a.hta", HTML),
        ("a.htc", SCRIPT),
        ("a.png", SVG),
        ("a", HTML),
    )
]
INERT = ("text/plain", "application/octet-stream", "image/png")


@tagged("post_install", "-at_install")
class TestFiles(WorldMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_world()

    def post(self, files, *replace):
        """Let a buyer send files; returns them as they are on the ticket.

        :param bytes replace: what stands in the raw mail instead of something else: (old, new).
        """
        mail = EmailMessage()
        mail["From"] = '"Jo" <abcdefghijklmno@marketplace.amazon.de>'
        mail["To"] = self.site_de.address
        mail["Subject"] = f"Inquiry from Amazon customer Jo (Order: {DE_ORDER})"
        mail["Message-ID"] = "<files@mail.example>"
        mail["Date"] = formatdate()
        mail["X-Space-Notification-Type"] = "BBC_MESSAGE_SENT_TO_MERCHANT"
        mail["Authentication-Results"] = f"{AUTHSERV_ID}; dmarc=pass header.from=marketplace.amazon.de"
        mail.set_content(
            "------------- Message: -------------\n\nSee these\n\n------------- End message -------------\n"
        )
        for name, told, content in files:
            mail.add_attachment(content, *told.split("/"), filename=name)
        row_id = self.env["mail.thread"].message_process(False, mail.as_bytes().replace(*replace or (b"", b"")))
        message = self.env["marketplace.message"].browse(row_id)
        message.state, message.wait_until = "received", message.create_date
        self.env["marketplace.intake"]._process(message)
        return message.mail_message_id.attachment_ids.sorted("id")

    def test_no_file_of_a_buyer_is_served_as_something_that_runs(self):
        attachments = self.post(ACTIVE)
        self.assertEqual(len(attachments), len(ACTIVE))
        self.authenticate("admin", "admin")
        for attachment in attachments:
            for url in (f"/web/content/{attachment.id}", f"/web/content/{attachment.id}/{attachment.name}"):
                answer = self.url_open(url)
                kind = answer.headers["Content-Type"].partition(";")[0]
                self.assertIn(kind, INERT, attachment.name)
                self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")

    def test_photos_and_papers_of_a_buyer_are_shown_as_what_they_are(self):
        files = [
            ("a.pdf", "application/pdf", b"%PDF-1.4\n"),
            ("a.txt", "text/plain", b"words"),
            ("a.jpg", "image/jpeg", b"x"),
        ]
        self.assertEqual(self.post(files).mapped("mimetype"), [told for _name, told, _content in files])

    def test_the_name_of_a_file_is_one_line_without_control_characters(self):
        name = b"filename*=utf-8''in%E2%80%A8voice%C2%85%E2%80%AEgpj%7F%1B%0D%0ABcc%3A%20x.png"
        [attachment] = self.post([("given.png", "image/png", b"x")], b'filename="given.png"', name)
        self.assertEqual(attachment.name, "in voice gpj Bcc x.png")
