"""Agents who answer buyers, and mail servers with moods, for the live tests of the reply queue."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex

from aiosmtpd.controller import Controller
from common import PATIENCE, eventually
from demo import AGENT, TEAM
from live import RpcError
from ports import free_port
from postgres import sql
from requests import RequestException

MOMENT = "now() AT TIME ZONE 'utc'"
CRONS = ("ir_cron_send_replies", "ir_cron_send_replies_2")


class Agent:
    """An agent of the marketplace team."""

    def __init__(self, shop, id_, partner):
        self.odoo, self.id, self.partner = shop.odoo, id_, partner

    def rpc(self, *args, **kwargs):
        """Call a public method of a model as this agent."""
        who = self.odoo.db, self.id, AGENT
        return self.odoo.call("object", "execute_kw", *who, *args[:2], args[2:], kwargs)

    def answer(self, ticket, text, **values):
        """Answer a ticket's buyer; returns the reply's id."""
        body = f"<p>{text}</p>".replace("\n", "<br/>")
        result = self.rpc("helpdesk.ticket", "action_marketplace_reply", [ticket], body, confirmed=True, **values)
        assert result["reply_id"], result["findings"]
        return result["reply_id"]

    def insist(self, ticket, text):
        """Answer a ticket's buyer; press the button again while the server is away."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self.answer(ticket, text)
            except (RequestException, RpcError):
                assert time.monotonic() < end
                time.sleep(0.3)


def hire(shop, count):
    """Return that many new agents, each with the password of the demo's: hashing one takes long."""
    [group] = shop.rpc("ir.model.data", "search_read", [("name", "=", "group_helpdesk_user")], ["res_id"])
    names = [f"agent-{number}" for number in range(count)]
    values = [{"name": name, "login": name, "email": f"{name}@agents.example"} for name in names]
    ids = shop.rpc("res.users", "create", [one | {"group_ids": [(4, group["res_id"])]} for one in values])
    [team] = shop.rpc("helpdesk.ticket.team", "search", [("name", "=", TEAM)])
    shop.rpc("helpdesk.ticket.team", "write", [team], {"user_ids": [(4, one) for one in ids]})
    hashed = "(SELECT password FROM res_users WHERE login = %s)"
    shop.sql(f"UPDATE res_users SET password = {hashed} WHERE id = ANY(%s)", [AGENT, ids])
    return [Agent(shop, row["id"], row["partner_id"][0]) for row in shop.rpc("res.users", "read", ids, ["partner_id"])]


def words():
    """Return an answer that no other has, with what a way through HTML and mail may spoil."""
    return f"Guten Tag,\n\nIhr Paket (3 < 5 & „groß“) ist unterwegs – heute noch.\n{token_hex(8)}\nViele Grüße"


def open_tickets(shop, count, sites=("DE", "FR", "US")):
    """Let that many buyers write; returns {ticket: order's number}."""
    refs = [shop.new_order(sites[number % len(sites)]) for number in range(count)]
    for ref in refs:
        shop.write(ref)
    shop.finish(5 * PATIENCE)
    rows = shop.sql(
        "SELECT id, marketplace_order_ref FROM helpdesk_ticket WHERE marketplace_order_ref = ANY(%s)", [refs]
    )
    assert len(rows) == count
    return dict(rows)


def answer_all(agents, tickets):
    """Let all agents answer at once, each a part of the tickets; returns {reply: (ticket, text)}."""
    jobs = [(agents[number % len(agents)], ticket, words()) for number, ticket in enumerate(tickets)]
    with ThreadPoolExecutor(len(agents)) as pool:
        replies = list(pool.map(lambda job: job[0].insist(*job[1:]), jobs))
    return {reply: job[1:] for reply, job in zip(replies, jobs, strict=True)}


# === WHAT BECAME OF THEM === #


def states(shop, replies):
    """Return {reply: state}."""
    return dict(shop.sql("SELECT id, state FROM marketplace_reply WHERE id = ANY(%s)", [list(replies)]))


def sending(shop):
    """Return the replies that are being sent at this moment, or that a killed server was sending."""
    return {one for (one,) in shop.sql("SELECT id FROM marketplace_reply WHERE state = 'sending'")}


def row(shop, reply, *names):
    """Return some columns of a reply."""
    return shop.sql(f"SELECT {', '.join(names)} FROM marketplace_reply WHERE id = %s", [reply])[0]


def settle(shop, replies, timeout=PATIENCE, busy=("queued", "sending")):
    """Wait until nothing is on its way any more; returns {reply: state}."""
    eventually(lambda: not set(busy) & set(states(shop, replies).values()), timeout)
    return states(shop, replies)


def received(shop):
    """Return how often the mail with each Message-ID reached Amazon."""
    return Counter(mail.message_id for mail in shop.sandbox.inbox)


def refs_of(shop, replies):
    """Return {reply: its Message-ID}."""
    return dict(shop.sql("SELECT id, message_ref FROM marketplace_reply WHERE id = ANY(%s)", [list(replies)]))


def check_sent_once(shop, tickets, replies):
    """Check that each reply reached the buyer of its own order, once, with its words unchanged."""
    refs, found = refs_of(shop, replies), {mail.message_id: mail for mail in shop.sandbox.inbox}
    counts = received(shop)
    assert {reply: counts[ref] for reply, ref in refs.items() if counts[ref] != 1} == {}
    said = {ref: str(shop.sandbox.read_conversation(ref)) for ref in tickets.values()}
    for reply, (ticket, text) in replies.items():
        mail = found[refs[reply]]
        assert mail.text.replace("\r\n", "\n").startswith(text) and mail.approved, mail
        mark = text.split("\n")[3]
        where = [ref for ref, conversation in said.items() if mark in conversation]
        assert where == [tickets[ticket]]


def make_due(shop, replies=None):
    """Do not wait for pauses and for leases of the killed: nothing but time stands between."""
    which = "TRUE" if replies is None else f"id IN ({', '.join(map(str, replies))})"
    past = f"{MOMENT} - interval '1 s'"
    shop.sql(f"UPDATE marketplace_reply SET next_attempt = {past} WHERE state = 'queued' AND {which}")
    shop.sql(f"UPDATE marketplace_reply SET lease_until = {past} WHERE state = 'sending' AND {which}")
    shop.run_cron(CRONS[0])


def ring(shop):
    """Wake the threads for scheduled actions: those of a new server first look after a minute, or when woken."""
    sql("postgres", "SELECT pg_notify('cron_trigger', %s)", [str(shop.db)])


# === MAIL SERVERS === #


@contextlib.contextmanager
def through(shop, port):
    """Have Odoo send over another port inside the block."""
    shop.sql("UPDATE ir_mail_server SET smtp_port = %s", [port])
    try:
        yield
    finally:
        shop.sql("UPDATE ir_mail_server SET smtp_port = %s", [shop.sandbox.smtp_port])


class MoodyServer:
    """A mail server, inside a ``with`` block, whose answers to RCPT or DATA may be set.

    An answer is what it says; "cut" takes the mail and hangs up, "hang" says nothing for ``seconds``.
    """

    def __init__(self, port=None, **moods):
        self.moods, self.taken, self.tries, self.seconds = moods, [], [], 300
        self.port = port or free_port()
        self._controller = Controller(self, "127.0.0.1", self.port)

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *exc_info):
        self._controller.stop()

    async def handle_RCPT(self, server, session, envelope, address, _options):
        self.tries.append(time.monotonic())
        answer = await self._answer("rcpt", server)
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server, _session, envelope):
        answer = await self._answer("data", server)
        if not answer or answer.startswith("221"):
            head = envelope.original_content.decode(errors="replace")
            self.taken.append(next(line.split()[-1] for line in head.split("\r\n") if line.startswith("Message-Id:")))
        return answer or "250 Taken"

    async def _answer(self, command, server):
        mood = self.moods.get(command)
        if mood == "hang":
            await asyncio.sleep(self.seconds)
        if mood == "cut":
            server.transport.abort()
            return "221 Gone"
        return mood


def pauses(shop, reply, times):
    """Let a reply be tried that many times; returns the seconds to wait after each."""
    found = []
    for number in range(times):
        eventually(lambda wanted=number + 1: row(shop, reply, "attempts", "state") == (wanted, "queued"))
        found.append(float(row(shop, reply, f"extract(epoch FROM next_attempt - {MOMENT})")[0]))
        if number < times - 1:
            make_due(shop, [reply])
    return found


def nap(longest):
    """Wait for a time that nobody chose."""
    time.sleep(random.uniform(0, longest))
