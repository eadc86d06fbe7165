"""Small Walmart mails, built of a buyer's words and what is to be odd about them."""

HEX = "31EA16A8715E432C57853AB57D672523"
RELAY = f"c-{HEX}@relay.walmart.com"
ORDER = "200012345678901"
SUBJECT = f"Message from Walmart.com Customer:  Item Damaged, {ORDER}"
NOTE = (
    "**Note: You have received this message from the customer, who has made a purchase from your company on "
    "Walmart.com. Please respond within 1 business day.**\n\n"
)
FOOT = (
    "Thank you,\nWalmart Customer Service Team\n\nWe will send a copy of your message to the customer, but we will not "
    "include your email address in that copy. A copy of this message will be sent to care@shop.example\n\n"
    "RefID: 0123456789ABCDEF0123456789ABCDEF\n"
)
LABELS = f"Sales Order ID:\xa0 {ORDER}\nItem ID:\xa0 70112233\nItem:\xa0 Garden Hose, 50 ft\n\n"
INTRO = "Hi Green Yard,\n\nIda Moor wants to connect with you regarding the following order:\n\n"


def build_frame(words, intro=INTRO, labels=LABELS, label="Message:\n", note=NOTE, foot=FOOT):
    """Return a text part as Walmart makes it around a buyer's words; each part of the frame may be another or none."""
    return f"{intro}{labels}{label}{words}\n\n{note}{foot}"


def build_mail(body, sender=RELAY, subject=SUBJECT, headers="", content_type="text/plain; charset=utf-8"):
    """Return a raw mail."""
    lines = [headers.rstrip("\n")] if headers else []
    lines += [f"From: {sender}", f"Subject: {subject}", "Message-ID: <one@mail.example>"]
    return "\n".join([*lines, f"Content-Type: {content_type}", "", body]).encode()
