"""The queue of answers to buyers: each leaves once, whoever is killed, refused or slow."""

import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from common import PATIENCE, eventually
from live import Odoo
from ports import free_port
from replies import (
    MoodyServer,
    answer_all,
    check_sent_once,
    hire,
    make_due,
    nap,
    open_tickets,
    pauses,
    received,
    refs_of,
    ring,
    row,
    sending,
    settle,
    states,
    through,
    words,
)
from sandbox.proxy import Proxy

#: Seconds of a round trip to a mail server far away.
FAR = 0.06


@pytest.fixture(scope="module")
def shop(open_shop):
    """Return one shop for all tests here."""
    with open_shop() as running:
        # Hundreds of orders take long to fetch at the rate that Amazon allows; answers do not need them.
        running.set_param("order_wait", 0.05)
        yield running


@pytest.fixture(scope="module")
def agents(shop):
    """Return ten agents."""
    return hire(shop, 10)


@pytest.fixture
def answers(shop, agents):
    """Return a function that has an agent answer that many buyers: {reply: (ticket, text)}."""
    return lambda count: answer_all(agents[:2], open_tickets(shop, count))


# === EXACTLY ONCE === #


def test_answers_of_ten_agents_at_once_each_reach_their_own_buyer_once(shop, agents, full, figures):
    count = 500 if full else 40
    tickets = open_tickets(shop, count)
    # Both servers take requests and send.
    with Odoo(shop.db, max_cron_threads=2, env=shop.odoo.env) as node:
        for agent in agents[::2]:
            agent.odoo = node
        started = time.monotonic()
        replies = answer_all(agents, tickets)
        asked = time.monotonic() - started
        found = settle(shop, replies, 5 * PATIENCE)
        seconds = time.monotonic() - started
        runs = [len(re.findall("Send Replies.*starting", server.read_log())) for server in (shop.odoo, node)]
    for agent in agents:
        agent.odoo = shop.odoo
    assert set(found.values()) == {"handed_over"}
    check_sent_once(shop, tickets, replies)
    unanswered = "SELECT id FROM helpdesk_ticket WHERE id = ANY(%s) AND marketplace_response_id IS NOT NULL"
    assert shop.sql(unanswered, [list(tickets)]) == []
    figures(
        f"replies: {count} of {len(agents)} agents at once through 2 servers: {count} sent once, 0 mixed up; asked for "
        f"in {asked:.1f} s, gone after {seconds:.1f} s ({' and '.join(map(str, runs))} runs of the two)"
    )


def test_different_answers_of_two_agents_at_once_both_go_in_the_order_in_which_they_were_given(shop, agents, full):
    tickets = open_tickets(shop, 10 if full else 2)
    with Proxy(shop.sandbox.smtp_port, FAR) as far, through(shop, far.port), ThreadPoolExecutor(4) as pool:
        jobs = [(agent, ticket, words()) for ticket in tickets for agent in agents[:2]]
        replies = dict(zip(pool.map(lambda job: job[0].insist(*job[1:]), jobs), jobs, strict=True))
        settle(shop, replies)
    check_sent_once(shop, tickets, {reply: job[1:] for reply, job in replies.items()})
    order = [mail.message_id for mail in shop.sandbox.inbox]
    refs = refs_of(shop, replies)
    for ticket in tickets:
        mine = [refs[reply] for reply in sorted(replies) if replies[reply][1] == ticket]
        assert sorted(mine, key=order.index) == mine


def test_a_kill_while_sending_loses_nothing_and_sends_nothing_twice(shop, agents, full, figures):
    kills = 20 if full else 2
    tickets, lost = open_tickets(shop, 4 * kills), set()
    shop.sandbox.world.set_switches({"reply_copies": True})
    with (
        Proxy(shop.sandbox.smtp_port, 0.15) as slow,
        through(shop, slow.port),
        ThreadPoolExecutor(1) as pool,
    ):
        answering = pool.submit(answer_all, agents[:2], tickets)
        for _kill in range(kills):
            eventually(lambda known=frozenset(lost): sending(shop) - known, pause=0.02)
            nap(1.3)
            shop.odoo.kill()
            lost |= sending(shop)
            shop.odoo.start()
            ring(shop)
        replies = answering.result()
        eventually(lambda: make_due(shop) or not {"queued", "sending"} & set(states(shop, replies).values()), pause=2)
    shop.finish(2 * PATIENCE)
    shop.sandbox.world.set_switches({"reply_copies": False})
    counts, refs, found = received(shop), refs_of(shop, replies), settle(shop, replies)
    assert len(replies) == len(tickets) == shop.sql(
        "SELECT count(*) FROM marketplace_reply WHERE ticket_id = ANY(%s)", [list(tickets)])[0][0]  # fmt: skip
    # A copy came for whatever was taken.
    assert found == {reply: "accepted" if counts[ref] else "unknown" for reply, ref in refs.items()}
    assert max(counts.values()) == 1
    unknown = [reply for reply, state in found.items() if state == "unknown"]
    make_due(shop)
    assert not unknown or set(states(shop, unknown).values()) == {"unknown"}
    figures(
        f"replies: {kills} kills while {len(replies)} were sent: 0 lost, 0 sent twice; {len(unknown)} that did not go "
        f"are shown as unknown, {len(replies) - len(unknown)} accepted by their copies"
    )


# === REFUSALS === #


def tried(shop, replies):
    """Return how often these replies were put off together."""
    return shop.sql("SELECT sum(attempts) FROM marketplace_reply WHERE id = ANY(%s)", [list(replies)])[0][0]


@pytest.mark.parametrize("command", ["rcpt", "data"])
def test_a_temporary_refusal_is_tried_again_after_growing_pauses(shop, answers, command, figures):
    with MoodyServer(**{command: "451 4.3.0 Not now"}) as server, through(shop, server.port):
        [reply] = answers(1)
        found = pauses(shop, reply, 4)
        assert found == sorted(found) and found[-1] > 3 * found[0]
        assert "Not now" in row(shop, reply, "reason")[0]
        assert server.taken == []
        server.moods.clear()
        make_due(shop)
        assert settle(shop, [reply]) == {reply: "handed_over"}
        assert server.taken == [*refs_of(shop, [reply]).values()]
    figures(f"replies: 451 at {command.upper()}: tried again after {', '.join(f'{pause:.0f}' for pause in found)} s")


@pytest.mark.parametrize("command", ["rcpt", "data"])
def test_a_refusal_for_good_is_not_tried_again_and_the_ticket_is_open_again(shop, agents, command):
    [ticket] = open_tickets(shop, 1)
    with MoodyServer(**{command: "554 5.7.1 No"}) as server, through(shop, server.port):
        reply = agents[0].answer(ticket, words(), then="close")
        assert settle(shop, [reply]) == {reply: "failed"}
        make_due(shop)
        assert states(shop, [reply]) == {reply: "failed"} and len(server.tries) == 1
    query = "SELECT s.closed FROM helpdesk_ticket t JOIN helpdesk_ticket_stage s ON s.id = t.stage_id WHERE t.id = %s"
    assert shop.sql(query, [ticket]) == [(False,)]
    assert shop.sql("SELECT marketplace_response_id IS NOT NULL FROM helpdesk_ticket WHERE id = %s", [ticket])[0][0]


def test_a_server_that_hangs_up_after_the_mail_leaves_the_outcome_unknown(shop, answers):
    with MoodyServer(data="cut") as server, through(shop, server.port):
        [reply] = answers(1)
        assert settle(shop, [reply]) == {reply: "unknown"}
        make_due(shop)
        assert states(shop, [reply]) == {reply: "unknown"} and len(server.taken) == 1


def test_a_backlog_leaves_soon_after_the_server_is_back(shop, answers, full, figures):
    count, minutes = (50, 3) if full else (8, 0)
    port = free_port()
    with through(shop, port):
        replies = answers(count)
        eventually(lambda: shop.sql("SELECT 1 FROM marketplace_reply WHERE is_server_busy AND state = 'queued'"))
        time.sleep(60 * minutes)
        tries = tried(shop, replies)
        with MoodyServer(port) as server:
            back = time.monotonic()
            assert set(settle(shop, replies).values()) == {"handed_over"}
            seconds = time.monotonic() - back
        assert sorted(server.taken) == sorted(refs_of(shop, replies).values())
    figures(
        f"replies: backlog of {count} behind a refused connection ({tries} tries in {60 * minutes} s): all gone "
        f"{seconds:.1f} s after the server was back"
    )


def test_a_server_that_says_nothing_is_given_up_long_before_the_lease_ends(shop, answers, full, figures):
    if not full:
        pytest.skip("takes minutes")
    found = {}
    for command, state in (("rcpt", "queued"), ("data", "unknown")):
        with MoodyServer(**{command: "hang"}) as server, through(shop, server.port):
            [reply] = answers(1)
            eventually(lambda: server.tries)
            started = time.monotonic()
            eventually(lambda one=reply: states(shop, [one])[one] != "sending", 3 * PATIENCE)
            found[command] = time.monotonic() - started
            assert states(shop, [reply])[reply] == state
            server.seconds = 0
    make_due(shop)
    with Proxy(shop.sandbox.smtp_port) as line, through(shop, line.port):
        line.is_silent = True
        replies, started = answers(2), time.monotonic()
        eventually(lambda: tried(shop, replies), 2 * PATIENCE)
        found["greeting"] = time.monotonic() - started
        # From now on it's only looked whether it is back, which takes no worker for a minute.
        probes = time.monotonic()
        eventually(lambda: tried(shop, replies) >= 3, 2 * PATIENCE)
        found["three more"] = time.monotonic() - probes
        line.is_silent = False
        assert set(settle(shop, replies).values()) == {"handed_over"}
    figures("replies: a silent server is given up after " + ", ".join(f"{found[one]:.0f} s ({one})" for one in found))


# === SPEED === #


def test_an_agent_never_waits_for_the_mail_server(shop, agents, full, figures):
    times, agent, follower = 60 if full else 2, agents[0], agents[1]
    shop.rpc("res.users", "write", [follower.id], {"notification_type": "email"})
    tickets = list(open_tickets(shop, 2 * times + 1, ["DE"]))
    team = shop.rpc("helpdesk.ticket.team", "search", [("name", "=", "Plain team")])[0]
    plain = shop.rpc("helpdesk.ticket", "create", [{"name": "Plain", "description": "x", "team_id": team}])
    shop.rpc("helpdesk.ticket", "message_subscribe", plain + tickets, [follower.partner])
    agent.answer(tickets.pop(), words())  # whose password a new server checks once, which takes long
    spent = {}

    def measure(name, call):
        started = time.perf_counter()
        call()
        spent.setdefault(name, []).append(1000 * (time.perf_counter() - started))

    with Proxy(shop.sandbox.smtp_port, FAR) as far:
        for _time in range(times):
            for place, port in (("near", shop.sandbox.smtp_port), ("far", far.port)):
                with through(shop, port):
                    measure(f"plain {place}", lambda: shop.rpc("helpdesk.ticket", "message_post", plain, body=words(),
                            message_type="comment", subtype_xmlid="mail.mt_comment"))  # fmt: skip
                    measure(f"ours {place}", lambda: agent.answer(tickets.pop(), words()))
                    eventually(
                        lambda: not shop.sql("SELECT 1 FROM marketplace_reply WHERE state IN ('queued', 'sending')")
                    )
    found = {name: statistics.median(one) for name, one in spent.items()}
    fast = found["plain near"]
    figures(
        f"replies: an agent's request, medians of {times}: plain Odoo {fast:.0f} ms ({found['plain far'] / fast:.1f} × "
        f"that behind {1000 * FAR:.0f} ms), ours {found['ours near'] / fast:.2f} × and {found['ours far'] / fast:.2f} ×"
    )


# === LOOPS === #


def test_automatic_answers_to_everything_make_no_loop(shop, agents, full, figures):
    count = 250 if full else 4
    tickets = open_tickets(shop, count)
    before, sent = len(shop.sandbox.inbox), len(shop.sandbox.mails)
    shop.sandbox.world.set_switches({"auto_reply": "both"})
    replies = answer_all(agents, tickets)
    settle(shop, replies, 3 * PATIENCE)
    shop.finish(5 * PATIENCE)
    shop.run_cron("ir_cron_mail_scheduler_action", "mail")
    shop.finish()
    shop.sandbox.world.set_switches({"auto_reply": ""})
    assert len(shop.sandbox.inbox) == before + count
    assert [mail.to for mail in shop.sandbox.inbox if "bounces.amazon" in mail.to] == []
    answered = len(shop.sandbox.mails) - sent
    assert answered == 2 * count
    figures(f"replies: {count} answers, each answered automatically by buyer and Amazon ({4 * count} mails): no loop")
