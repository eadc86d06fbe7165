"""Nothing that Odoo can send reaches a buyer: every way out is tried, over real SMTP."""

import re
from email import message_from_bytes
from email.message import EmailMessage

import pytest
from common import eventually, unique_text
from live import RpcError

CLOSED_STAGES = ("Done", "Cancelled", "Rejected")
CRONS = ("ir_cron_post_scheduled_message", "ir_cron_send_scheduled_message", "ir_cron_mail_scheduler_action")
REFUSALS = {"UserError", "ValidationError", "AccessError", "MailDeliveryException"}
FAR = "2030-01-01 00:00:00"


@pytest.fixture(scope="module")
def shop(shared_shop):
    """Return the shop that several files share."""
    return shared_shop


@pytest.fixture(scope="module")
def scene(shop):
    """Return a buyer's ticket that an agent follows, with a contact that has the buyer's relay address."""
    return Scene(shop)


#: What followers read of a buyer's message.
WROTE = "The buyer wrote on"


class Scene:
    """A ticket on which somebody did all that leads to a mail: contact and e-mail of the buyer filled in by hand."""

    def __init__(self, shop):
        self.shop, self.rpc = shop, shop.rpc
        self.ref = shop.new_order()
        self.ticket = shop.ticket(shop.deliver(self.ref))["id"]
        _seller, order = shop.sandbox.orders.find(self.ref)
        self.relay = order["buyer"]["buyerEmail"]
        [self.agent] = self.rpc("res.users", "search_read", [("login", "=", "agent")], ["partner_id", "email"])
        self.rpc("res.users", "write", [self.agent["id"]], {"notification_type": "email"})
        [self.buyer] = self.rpc("res.partner", "create", [{"name": order["buyer"]["buyerName"], "email": self.relay}])
        self.rpc("helpdesk.ticket", "message_subscribe", [self.ticket], [self.agent["partner_id"][0]])

    def misuse(self):
        """Put the relay address wherever a person can put it."""
        values = {"partner_id": self.buyer, "partner_email": self.relay}
        self.rpc("helpdesk.ticket", "write", [self.ticket], values)
        self.rpc("helpdesk.ticket", "message_subscribe", [self.ticket], [self.buyer])

    def post(self, text, **values):
        """Post as an agent does."""
        values = {"body": text, "message_type": "comment", "subtype_xmlid": "mail.mt_comment", **values}
        return self.rpc("helpdesk.ticket", "message_post", [self.ticket], **values)

    def flush(self):
        """Send whatever waits to be sent and return what reached people since."""
        self.shop.finish()
        for name in CRONS:
            self.shop.run_cron(name, "mail")
        assert not self.shop.sql("SELECT 1 FROM mail_mail WHERE state = 'outgoing'")
        self.shop.check_silence()
        heads = [message_from_bytes(mail.raw) for mail in self.shop.sandbox.mailboxes]
        assert [head["Subject"] for head in heads if self.relay in f"{head['To']} {head['Cc']} {head['Bcc']}"] == []
        return list(self.shop.sandbox.mailboxes)

    def mail_to_agent(self, token):
        """Wait for a mail with this text in the agent's mailbox and return it."""

        def look():
            return [mail for mail in self.flush() if mail.to == self.agent["email"] and token in mail.text]

        return eventually(look, pause=1)[0]


def attempt(call, *args, **kwargs):
    """Try a way out; Odoo may refuse it with words, but not break."""
    try:
        call(*args, **kwargs)
    except RpcError as error:
        assert error.name.rpartition(".")[2] in REFUSALS, error


def test_a_follower_is_told_by_mail_that_the_buyer_wrote_and_not_what(shop, scene):
    token = shop.deliver(scene.ref, "Where is it?")
    raw = scene.mail_to_agent(WROTE).raw.decode(errors="replace")
    assert scene.relay not in raw and token not in raw


def test_an_agents_reply_by_mail_stays_inside(shop, scene):
    shop.deliver(scene.ref, "And now?")
    notification = message_from_bytes(scene.mail_to_agent(WROTE).raw)
    text, answer = unique_text("Tell the buyer it is on its way.")
    reply = EmailMessage()
    reply["From"], reply["To"] = scene.agent["email"], notification["Reply-To"] or notification["From"]
    reply["Subject"], reply["In-Reply-To"] = f"Re: {notification['Subject']}", notification["Message-Id"].strip()
    reply["Message-ID"] = f"<{answer}@shop.example>"
    reply.set_content(text)
    to = re.search(r"[\w.+-]+@[\w.-]+", str(reply["To"]).rpartition("<")[2])[0]
    shop.sandbox.wait(shop.sandbox.send(reply.as_bytes(), to, sender=scene.agent["email"]))
    scene.flush()
    query = "SELECT res_id, marketplace_kind FROM mail_message WHERE body LIKE %s AND model = 'helpdesk.ticket'"
    rows = shop.sql(query, [f"%{answer}%"])
    assert rows in ([], [(scene.ticket, "not_sent")]), rows


def test_the_closing_stages_write_to_nobody(shop, scene):
    scene.misuse()
    for name in CLOSED_STAGES:
        [stage] = shop.rpc("helpdesk.ticket.stage", "search", [("name", "=", name)], limit=1)
        shop.rpc("helpdesk.ticket", "write", [scene.ticket], {"stage_id": stage})
    scene.flush()


def test_the_chatter_suggests_nobody(shop, scene):
    scene.misuse()
    [data] = shop.sql("SELECT count(*) FROM mail_followers WHERE res_model = 'helpdesk.ticket' AND res_id = %s",
                      [scene.ticket])  # fmt: skip
    assert data
    scene.post("Said in the chatter", partner_ids=[scene.buyer])
    scene.flush()


def test_no_wizard_and_no_schedule_writes_to_the_buyer(shop, scene):
    scene.misuse()
    for way in WAYS:
        attempt(way, scene)
    scene.flush()


def _scheduled_message(scene):
    values = {"model": "helpdesk.ticket", "res_id": scene.ticket, "body": "Scheduled", "scheduled_date": FAR,
              "author_id": scene.agent["partner_id"][0], "partner_ids": [(6, 0, [scene.buyer])]}  # fmt: skip
    [message] = scene.rpc("mail.scheduled.message", "create", [values])
    scene.shop.sql("UPDATE mail_scheduled_message SET scheduled_date = '2020-01-01' WHERE id = %s", [message])


def _activity(scene):
    model = scene.rpc("ir.model", "search", [("model", "=", "helpdesk.ticket")])[0]
    values = {"res_model_id": model, "res_id": scene.ticket, "summary": "Call back", "user_id": scene.agent["id"]}
    [activity] = scene.rpc("mail.activity", "create", [values])
    scene.rpc("mail.activity", "action_feedback", [activity], feedback="Done with it")


def _share(scene):
    values = {"res_model": "helpdesk.ticket", "res_id": scene.ticket, "partner_ids": [(6, 0, [scene.buyer])]}
    scene.rpc("portal.share", "action_send_mail", scene.rpc("portal.share", "create", [values]))


def _followers(scene):
    values = {"res_model": "helpdesk.ticket", "res_ids": str([scene.ticket]), "operation": "add", "notify": True,
              "message": "You follow it", "partner_ids": [(6, 0, [scene.buyer])]}  # fmt: skip
    scene.rpc("mail.followers.edit", "edit_followers", scene.rpc("mail.followers.edit", "create", [values]))


def _compose(scene, mode="comment"):
    # On one ticket the composer answers its buyer; on several it writes to whoever follows.
    ids = [scene.ticket, *scene.rpc("helpdesk.ticket", "copy", [scene.ticket])]
    values = {"model": "helpdesk.ticket", "res_ids": str(ids), "composition_mode": mode, "subject": "Hello",
              "body": "<p>From the composer</p>", "partner_ids": [(6, 0, [scene.buyer])]}  # fmt: skip
    wizard = scene.rpc("mail.compose.message", "create", [values])
    scene.rpc("mail.compose.message", "action_send_mail", wizard)


def _compose_many(scene):
    _compose(scene, "mass_mail")


def _notify(scene):
    scene.rpc("helpdesk.ticket", "message_notify", [scene.ticket], partner_ids=[scene.buyer], body="Notified")


def _write_to_the_contact(scene):
    scene.rpc("res.partner", "message_post", [scene.buyer], body="To the contact", partner_ids=[scene.buyer],
              message_type="comment", subtype_xmlid="mail.mt_comment")  # fmt: skip


def _plain_mail(scene):
    for recipients in ({"email_to": scene.relay}, {"email_to": f"Buyer <{scene.relay.upper()}>"},
                       {"email_cc": scene.relay}, {"recipient_ids": [(6, 0, [scene.buyer])]}):  # fmt: skip
        mail = scene.rpc("mail.mail", "create", [{"subject": "Plain", "body_html": "<p>x</p>", **recipients}])
        attempt(scene.rpc, "mail.mail", "send", mail)


def _mention(scene):
    link = f'<a href="#" data-oe-model="res.partner" data-oe-id="{scene.buyer}">@Buyer</a>'
    scene.post(link, partner_ids=[scene.buyer], body_is_html=True, subtype_xmlid="mail.mt_note")


def _duplicate(scene):
    copies = scene.rpc("helpdesk.ticket", "copy", [scene.ticket])
    scene.rpc("helpdesk.ticket", "write", copies, {"name": "A copy"})
    scene.rpc("helpdesk.ticket", "message_post", copies, body="On the copy", message_type="comment",
              partner_ids=[scene.buyer], subtype_xmlid="mail.mt_comment")  # fmt: skip


WAYS = (_scheduled_message, _activity, _share, _followers, _compose, _compose_many, _notify, _write_to_the_contact,
        _plain_mail, _mention, _duplicate)  # fmt: skip


def test_other_people_still_get_their_mail(shop, scene, figures):
    text, token = unique_text("For my colleague and, by mistake, for the buyer.")
    scene.misuse()
    scene.post(text, partner_ids=[scene.buyer, scene.agent["partner_id"][0]])
    assert scene.mail_to_agent(token)
    kept = len(re.findall(r"Kept a mail from", shop.odoo.read_log()))
    figures(
        f"relay guard: {len(WAYS) + 5} ways out tried over SMTP, 0 mails reached Amazon or a buyer, {kept} kept at the "
        f"last door, {len(shop.sandbox.mailboxes)} reached agents"
    )
