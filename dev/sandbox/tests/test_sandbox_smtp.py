"""The mail server in the middle: 250 only when a mail is safe, 451 whenever it is not."""

import smtplib
import threading
import time
from email import message_from_bytes, policy
from socketserver import ThreadingMixIn
from xmlrpc.server import SimpleXMLRPCRequestHandler, SimpleXMLRPCServer

import pytest
from sandbox import Sandbox

RAW = b"From: Ann <ann@people.example>\r\nSubject: x\r\nMessage-ID: <1@people.example>\r\n\r\nHi\r\n"


def hand_in(sandbox, raw=RAW, to="amazon-de@odoo.example", sender="ann@people.example"):
    """Send a mail as somebody unknown."""
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as smtp:
        smtp.sendmail(sender, to, raw)


class _AnyPath(SimpleXMLRPCRequestHandler):
    rpc_paths = ()


class FakeOdoo(ThreadingMixIn, SimpleXMLRPCServer):
    """Takes mails over XML-RPC as Odoo does; ``before`` is called first and may fail."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _AnyPath, allow_none=True, logRequests=False)
        self.register_function(self.authenticate)
        self.register_function(self.execute_kw)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.taken, self.sign_ins, self.before = [], 0, lambda: None
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def authenticate(self, db, login, password, env):
        self.sign_ins += 1
        return 2 if (db, login, password) == ("db", "admin", "admin") else False

    def execute_kw(self, db, uid, password, model, method, arguments, options):
        self.before()
        assert (uid, model, method, arguments[0], options) == (2, "mail.thread", "message_process", False, {})
        self.taken.append(arguments[1].data)
        return False


@pytest.fixture
def odoo():
    server = FakeOdoo()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def connected(odoo):
    """Return a sandbox in front of the fake Odoo."""
    with Sandbox(odoo_url=odoo.url, odoo_db="db", alias_domains=["odoo.example"]) as running:
        yield running


def test_a_mail_is_handed_to_odoo_before_it_is_acknowledged(odoo, connected):
    odoo.before = lambda: time.sleep(0.3)
    start = time.monotonic()
    hand_in(connected)
    assert time.monotonic() - start > 0.3
    assert odoo.taken[0].endswith(RAW)


def test_any_failure_is_temporary(odoo, connected):
    odoo.before = lambda: 1 / 0
    with pytest.raises(smtplib.SMTPDataError) as caught:
        hand_in(connected)
    assert caught.value.smtp_code == 451
    odoo.server_close()
    with pytest.raises(smtplib.SMTPDataError) as caught:
        hand_in(connected)
    assert caught.value.smtp_code == 451


def test_a_refused_login_is_temporary(odoo):
    with Sandbox(odoo_url=odoo.url, odoo_db="db", odoo_password="wrong", alias_domains=["odoo.example"]) as sandbox:
        with pytest.raises(smtplib.SMTPDataError):
            hand_in(sandbox)
    assert odoo.taken == []


def test_amazon_tries_again_until_it_works(odoo, connected):
    failures = iter([True, True, False])
    odoo.before = lambda: 1 / 0 if next(failures) else None
    ref = connected.orders.all("DEMO-EU")[0][1]["orderId"]
    (mail,) = connected.write("Hallo", order_ref=ref, to="amazon-de@odoo.example")
    assert connected.wait(mail, timeout=10)
    assert (mail.state, mail.attempts, len(odoo.taken)) == ("accepted", 3, 1)
    assert mail.message_ref.encode() in odoo.taken[0].replace(b"=\r\n", b"")


def test_mails_go_in_parallel_with_one_login(odoo, connected):
    together = threading.Barrier(8, timeout=10)
    odoo.before = together.wait
    for _n in range(8):
        connected.send(RAW, "amazon-de@odoo.example")
    assert connected.wait(timeout=10)
    assert len(odoo.taken) == 8
    assert odoo.sign_ins == 1


def test_the_receiving_server_stamps_what_it_takes(sandbox, delivered):
    results = b"Authentication-Results: mx.sandbox.example;\r\n\tdmarc=pass\r\nAuthentication-Results: other; x=y\r\n"
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as smtp:
        smtp.sendmail("ann@people.example", ["a@odoo.example", "b@odoo.example"], results + RAW)
    message = message_from_bytes(delivered[0], policy=policy.compat32)
    assert message.get_all("Delivered-To") == ["a@odoo.example", "b@odoo.example"]
    assert message["Return-Path"] == "<ann@people.example>"
    own, other = message.get_all("Authentication-Results")
    assert own.split() == ["mx.sandbox.example;", "dkim=none;", "spf=none;", "dmarc=none"]
    assert other == "other; x=y"
    assert message["Received"]


def test_only_the_pretend_amazon_is_vouched_for(sandbox, delivered):
    ref = sandbox.orders.all("DEMO-EU")[0][1]["orderId"]
    for forgery in ("", "forged", "lookalike"):
        sandbox.write("Hallo", order_ref=ref, to="a@odoo.example", forgery=forgery)
        assert sandbox.wait()
    results = [str(message_from_bytes(raw)["Authentication-Results"]) for raw in delivered]
    assert [r.partition("dmarc=")[2].split()[0] for r in results] == ["pass", "fail", "none"]
    assert "header.i=@amazon." in results[0]


def test_mail_to_buyers_is_kept_and_shown_in_the_conversation(sandbox, api, delivered):
    ref = next(o["orderId"] for _c, o in sandbox.orders.all() if "Amazon.de" in o["salesChannel"].values())
    sandbox.write("Hallo", order_ref=ref)
    assert sandbox.wait()
    reply_to = str(message_from_bytes(delivered[0], policy=policy.default)["Reply-To"].addresses[0].addr_spec)
    reply = b"From: amazon-de@odoo.example\r\nSubject: Re: x\r\n\r\nUnterwegs!\r\n"
    hand_in(sandbox, reply, reply_to, "amazon-de@odoo.example")
    hand_in(sandbox, b"Auto-Submitted: auto-replied\r\n" + reply, reply_to, "")
    assert [(m.kind, m.approved, m.text) for m in sandbox.inbox] == [
        ("mail", True, "Unterwegs!"),
        ("bounce", False, "Unterwegs!"),
    ]
    assert api.control("inbox", method="GET")["counts"] == {"mail": 1, "auto": 0, "bounce": 1}
    (entries,) = sandbox.world.conversations.values()
    assert [entry["side"] for entry in entries] == ["buyer", "seller", "seller"]
    assert len(delivered) == 1


def test_replies_are_confirmed_when_switched_on(sandbox, delivered):
    sandbox.world.set_switches({"reply_copies": True})
    ref = next(o["orderId"] for _c, o in sandbox.orders.all("DEMO-NA"))
    sandbox.write("Hello", order_ref=ref, to="amazon-us@odoo.example")
    assert sandbox.wait()
    reply_to = message_from_bytes(delivered[0], policy=policy.default)["Reply-To"].addresses[0].addr_spec
    hand_in(sandbox, RAW, reply_to, "amazon-us@odoo.example")
    assert sandbox.wait()
    assert b"BBC_MESSAGE_CONFIRMATION_TO_MERCHANT" in delivered[1]


def test_unapproved_senders_are_refused_when_switched_on(sandbox):
    sandbox.world.set_switches({"reject_unapproved": True})
    with pytest.raises(smtplib.SMTPDataError) as caught:
        hand_in(sandbox, to="abcdefghijklmno@marketplace.amazon.de")
    assert caught.value.smtp_code == 550
    assert sandbox.inbox == []


def test_other_people_have_mailboxes(sandbox, delivered):
    hand_in(sandbox, to="agent@people.example")
    assert [mail.to for mail in sandbox.mailboxes] == ["agent@people.example"]
    assert delivered == []


def test_a_bounce_is_seen_in_the_log(sandbox):
    mail = sandbox.send(RAW.replace(b"ann@people.example", b"x@marketplace.amazon.de"), "amazon-de@odoo.example")
    assert sandbox.wait()
    hand_in(sandbox, RAW, mail.sender, "")
    assert mail.state == "bounced"


def test_big_and_eight_bit_mails_are_taken(sandbox, delivered):
    hand_in(sandbox, RAW + "Grüße ".encode() * 20 + b"\r\n" + (b"x" * 70 + b"\r\n") * 16000)
    assert len(delivered[0]) > 1024 * 1024
