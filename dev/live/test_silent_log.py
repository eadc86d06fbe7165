"""The server's log after everything was done once: it names no buyer, no word of theirs, no secret."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

import pytest
import requests
from common import eventually, stamped
from live import RpcError
from mailboxes import ADDRESS, Ours
from replies import MoodyServer, hire, settle, states, through
from sandbox.amazon.mails import File
from sandbox.bounces import report
from sandbox.odoo import Odoo as Gateway

NAME, WORDS, FILE = "Zqname Zqsurname", "zqwords over two\nzqlines", "zqfile.pdf"
STREET, REFUSAL, STATE, CODE, ANSWER = "zqstreet 7", "zqrefusal", "zqstate", "zqcode", "zqanswer"
COMPOSE = "marketplace.message.compose"
#: A table whose rows the database refuses now and then: with a conflict, or with a fault that quotes what it refuses.
CREATE_FAULT = """
CREATE SEQUENCE {table}_fault_number;
CREATE FUNCTION {table}_fault() RETURNS trigger AS $$ BEGIN
    IF nextval('{table}_fault_number') % 3 = 1 THEN
        RAISE EXCEPTION 'refused: %', row_to_json(NEW) USING ERRCODE = '{code}', DETAIL = row_to_json(NEW)::text;
    END IF;
    RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER {table}_fault BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_fault();
"""
DROP_FAULT = "DROP FUNCTION {table}_fault() CASCADE; DROP SEQUENCE {table}_fault_number"


@contextlib.contextmanager
def fault(shop, table, code):
    """Have the database refuse each third row of a table while the block runs."""
    shop.sql(CREATE_FAULT.format(table=table, code=code))
    try:
        yield
    finally:
        shop.sql(DROP_FAULT.format(table=table))


@pytest.fixture(scope="module")
def shop(open_shop):
    """Return one shop for all that is done here."""
    with open_shop() as running:
        running.set_param("order_wait", 0.05)
        yield running


def new_order(shop, **values):
    """Let the buyer buy something that goes to the street."""
    created = datetime.now(timezone.utc) - timedelta(days=20)
    ref = shop.new_order(buyer=NAME, created=created, status="SHIPPED", **values)
    seller, order = shop.sandbox.orders.find(ref)
    order["recipient"]["deliveryAddress"] |= {"name": NAME, "addressLine1": STREET}
    shop.sandbox.orders.put(seller, order)
    return ref


def make_mail(shop, ref, **values):
    return shop.make_mail(ref, WORDS, attachments=[File(FILE, "application/pdf", b"%PDF-1.4")], **values)


def deliver(shop, *raws):
    """Hand mails to Odoo at the same moment, each four times."""
    gateway = Gateway(shop.odoo.url, str(shop.db), "admin", "admin", timeout=300)

    def hand(raw):
        with contextlib.suppress(Exception):  # a mail server would try again
            gateway.deliver(raw)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(hand, [raw for raw in raws for _copy in range(4)]))


def receive(shop, mail_server):
    """Let mail come in by the gateway and by a mailbox, undisturbed and with conflicts and faults; return tickets."""
    refs = [new_order(shop) for _number in range(6)]
    raws = [stamped(make_mail(shop, ref), shop.address()) for ref in refs]
    deliver(shop, raws[0])
    for (table, code), raw in zip(
        [
            ("marketplace_message", "40001"),
            ("mail_message", "40001"),
            ("marketplace_order", "40001"),
            ("marketplace_order", "22000"),
            ("mail_message", "22000"),
        ],
        raws[1:],
        strict=True,
    ):
        with fault(shop, table, code):
            deliver(shop, raw)
            shop.run_cron("ir_cron_process_messages")
            shop.run_cron("ir_cron_fetch_orders")
    with Ours(mail_server, shop, user="zq-silent", round_trip=0) as box:
        mail_server.deliver(stamped(make_mail(shop, new_order(shop), to=ADDRESS), ADDRESS), user=box.user)
        box.finish()
    shop.sql("UPDATE marketplace_message SET next_attempt = now() AT TIME ZONE 'utc' WHERE state = 'failed'")
    shop.sql(
        "UPDATE marketplace_order SET next_fetch_at = now() AT TIME ZONE 'utc', attempts = 0 WHERE state != 'known'"
    )
    eventually(lambda: [shop.run_cron("ir_cron_process_messages"), not shop.count_open()][1])
    rows = shop.sql("SELECT id FROM helpdesk_ticket WHERE marketplace_order_ref = ANY(%s) ORDER BY id", [refs])
    assert len(rows) == len(refs), shop.count_states()
    return [one for (one,) in rows]


def answer(shop, tickets):
    """Answer buyers: once well, once refused by the mail server, which quotes the address; a bounce comes back."""
    [agent] = hire(shop, 1)
    sent = agent.answer(tickets[0], ANSWER)
    assert settle(shop, [sent]) == {sent: "handed_over"}
    [mail] = shop.sandbox.inbox
    deliver(shop, stamped(report(mail, f"550 5.7.1 {REFUSAL} {mail.to}"), mail.sender))
    shop.run_cron("ir_cron_process_messages")
    with MoodyServer(rcpt=f"550 5.1.1 {REFUSAL} <{mail.to}>") as moody, through(shop, moody.port):
        refused = agent.answer(tickets[1], ANSWER)
        assert settle(shop, [refused]) == {refused: "failed"}
    assert states(shop, [sent])[sent] in ("bounced", "failed", "refused", "handed_over")


def upload(shop, ticket):
    """Send a file over the API for messages: its address carries a signature."""
    dialog = shop.rpc("helpdesk.ticket", "action_marketplace_messages", [ticket])["res_id"]
    eventually(lambda: not shop.rpc(COMPOSE, "action_ask", [dialog]))
    file = {"name": FILE, "datas": "JVBERi0xLjQ=", "res_model": COMPOSE, "res_id": dialog}
    files = shop.rpc("ir.attachment", "create", [file])
    content = {"coverage_start": "2026-02-01", "coverage_end": "2028-02-01"}
    values = {"action_code": "warranty", "content": content, "attachment_ids": [(6, 0, files)]}
    shop.rpc(COMPOSE, "write", [dialog], values)
    shop.rpc(COMPOSE, "action_send", [dialog])
    query = "SELECT state FROM marketplace_reply WHERE ticket_id = %s AND kind != 'mail'"
    eventually(lambda: shop.sql(query, [ticket]) == [("accepted",)])


def ask(shop):
    """Do what is refused with a reason, and open pages whose address holds what nobody may read."""
    [done] = shop.rpc("marketplace.message", "search", [("state", "=", "done")], limit=1)
    with pytest.raises(RpcError):
        shop.rpc("marketplace.message", "action_retry", [done])
    with pytest.raises(RpcError):
        shop.rpc("ir.config_parameter", "create", [{"key": "zqtwice", "value": WORDS}] * 2)
    session = requests.Session()
    for path in (
        f"/marketplace/amazon/callback?state={STATE}&spapi_oauth_code={CODE}",
        f"/web/login?redirect={quote(f'/marketplace/amazon/login?state={STATE}')}",
        f"/web/content/1/{FILE}?filename={FILE}&access_token={STATE}",
    ):
        session.get(shop.odoo.url + path, timeout=60)


def pass_by(shop):
    """Let mail of the same buyer come that is none for us: Odoo's own gateway tells of it."""
    raw = f'From: "{NAME}" <zqlocal@relay.example>\r\nTo: service@shop.example\r\nSubject: zqsubject\r\n'
    raw += f"Date: zqdate\r\nMessage-ID: <zqid@relay.example>\r\n\r\n{WORDS}\r\n"
    deliver(shop, raw.encode(), raw.replace("service@", "zqnobody@").encode())


def end(shop):
    """Let orders be looked at again, and delete the account with its buyers' data."""
    shop.sql("UPDATE marketplace_order SET fetched_at = now() - interval '2 days'")
    shop.run_cron("ir_cron_refresh_orders")
    shop.run_cron("ir_cron_fetch_orders")
    for account in shop.rpc("marketplace.account", "search", []):
        [dialog] = shop.rpc("marketplace.delete", "create", [{"account_id": account, "purge": True}])
        shop.rpc("marketplace.delete", "action_delete", [dialog])
    shop.run_cron("ir_cron_purge")


def find_secrets(shop):
    """Return what no line may hold: relay addresses, secrets, tokens, and all that begins with zq."""
    relays = shop.sql("SELECT DISTINCT split_part(reply_to, '@', 1) FROM marketplace_message WHERE reply_to != ''")
    sellers = shop.sandbox.sellers.values()
    secrets = [secret for one in sellers for secret in (one.client_secret, one.refresh_token)]
    return {*(one for (one,) in relays), *secrets, *shop.sandbox.world.tokens._issued, "zq", "Zq", "X-Amz-Sig"}


def test_the_log_holds_nothing_after_everything_was_done_once(shop, mail_server, figures):
    tickets = receive(shop, mail_server)
    answer(shop, tickets)
    upload(shop, tickets[2])
    ask(shop)
    pass_by(shop)
    secrets = find_secrets(shop)
    assert len(secrets) > 6
    end(shop)
    shop.odoo.stop()
    log = shop.odoo.read_log()
    found = {secret: [line for line in log.splitlines() if secret in line][:3] for secret in secrets if secret in log}
    assert found == {}
    # What is for those who look for faults is there.
    for told in ("bad query: INSERT INTO", "DataException", "Traceback", "HTTP Request", "callback?state=***"):
        assert told in log, told
    # Conflicts that are tried again are no errors.
    assert [line for line in log.splitlines() if "SerializationFailure" in line and " ERROR " in line] == []
    figures(f"log: none of {len(secrets)} names, words and secrets in {len(log.splitlines())} lines")
