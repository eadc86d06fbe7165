"""An agent's hour: tickets by deadline, read, answered and gone on from, in headless Chromium on a real server."""

import itertools
import time

import pytest
from common import eventually

ANSWER = "Guten Tag, Ihr Paket ist unterwegs und kommt morgen an."
INPUT = ".o-mail-Composer-input"
STATE = ".o_marketplace_reply_state"
LIST = ".o_data_row td[name=name]"
#: Another page would leave this one in the background, where Chromium draws nothing.
OPEN = """
odoo.loader.modules.get("@web/core/browser/browser").browser.open = (url) => {
    document.body.dataset.opened = url;
    return { closed: false };
}"""


@pytest.fixture(scope="module")
def shop(open_shop):
    """Return one running shop for all tests here, whose Amazon sends copies of what its buyers get."""
    with open_shop() as running:
        running.sandbox.world.set_switches({"reply_copies": True})
        running.rpc(
            "mail.canned.response",
            "create",
            {
                "source": "where",
                "substitution": "Guten Tag, Ihre Bestellung {order_number} ist unterwegs.",
                "group_ids": running.rpc("res.groups", "search", [("share", "=", False)]),
            },
        )
        yield running


@pytest.fixture
def see(agent, tmp_path):
    """Return a function that keeps a picture of what the agent sees, in the order of the tests."""
    numbers = itertools.count(1)

    def keep(name):
        time.sleep(0.4)
        agent.screenshot(tmp_path / f"{next(numbers)}-{name}.png")

    return keep


def ask(shop, words="Wo ist mein Paket?", **values):
    """Let a buyer of a new order ask; returns the order's number."""
    ref = shop.new_order(**values)
    shop.deliver(ref, words)
    shop.finish()
    return ref


def open_list(shop, agent):
    agent.open(f"{shop.odoo.url}/odoo/marketplace-to-answer")


def open_ticket(shop, agent, ref):
    open_list(shop, agent)
    agent.click(LIST, ref)
    agent.wait(".o_marketplace_order", ref)
    agent.wait(".o-mail-Message")


def answer(agent, text=ANSWER, button=".o-mail-Composer-send"):
    """Answer the buyer of the open ticket with the mouse."""
    agent.click(".o-mail-Chatter-sendMessage:enabled", "Amazon reply")
    agent.fill(INPUT, text)
    agent.wait_for(f"!document.querySelector('{button}').disabled")
    agent.click(button)


def replies(shop, ref):
    """Return what the buyer of an order got from us, oldest first."""
    return [entry for entry in shop.sandbox.read_conversation(ref) if entry["side"] == "seller"]


def test_an_agent_works_through_the_day_with_the_keyboard(shop, agent, see, full):
    refs = [ask(shop) for _number in range(10 if full else 3)]
    open_list(shop, agent)
    agent.wait(LIST, refs[-1])
    see("list")
    # From the search down to the list, and to its first row, whose ticket is due first.
    agent.wait_for("document.activeElement?.matches('.o_searchview_input')")
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        agent.press(key)
        time.sleep(0.2)
    agent.wait(".o-mail-Chatter-sendMessage:enabled", "Amazon reply")
    for number, ref in enumerate(refs):
        agent.wait(".o_marketplace_order", ref)
        if not number:
            agent.press("Alt+m")
        agent.wait(".o_marketplace_reply_top", ref)
        agent.wait_for(f"document.activeElement?.matches('{INPUT}')")
        agent.type("::wher")
        agent.wait(".o-mail-Composer-suggestion", "where")
        agent.press("Enter")
        agent.wait_for(f"document.querySelector('{INPUT}').value.includes('{ref} ist unterwegs')")
        see("composer")
        agent.press("Alt+Shift+n")
    agent.wait(".o_notification", "No other buyer waits")
    see("done")
    for ref in refs:
        eventually(lambda ref=ref: len(replies(shop, ref)) == 1)
        assert ref in replies(shop, ref)[0]["text"]
    assert agent.errors == []


def test_an_agent_answers_with_the_mouse_and_sees_it_accepted(shop, agent, see, full):
    for _number in range(6 if full else 1):
        ref = ask(shop)
        open_ticket(shop, agent, ref)
        agent.wait(".o_marketplace_countdown", "left")
        answer(agent, "Schreiben Sie an kontakt@shop.example, wir helfen.")
        agent.wait(".o_marketplace_findings", "kontakt@shop.example")
        see("findings")
        agent.click(".o-mail-Composer-send")
        agent.wait(STATE, "Accepted")
        agent.wait_for("!document.querySelector('.o_marketplace_countdown')")
        see("accepted")
        assert len(replies(shop, ref)) == 1
    assert agent.errors == []


def test_a_refused_answer_comes_back_and_goes_again_only_by_hand(shop, agent, see):
    ref = ask(shop)
    shop.sandbox.set_habits(ref, opted_out="all")
    open_ticket(shop, agent, ref)
    answer(agent)
    agent.wait(STATE, "Refused")
    agent.wait(".o_marketplace_countdown", "left")
    agent.wait(".o-mail-Activity", "did not get your answer")
    see("refused")
    assert [entry["fate"] for entry in replies(shop, ref)] == ["opted_out"]
    shop.sandbox.set_habits(ref, opted_out="")
    agent.click(".o_marketplace_important")
    agent.wait(STATE, "Accepted")
    agent.wait(".o-mail-Message", "Sent again.")
    agent.wait_for("!document.querySelector('.o-mail-Activity')")
    see("important")
    assert agent.errors == []


def test_a_new_message_while_writing_is_told_and_the_text_stays(shop, agent, see):
    ref = ask(shop)
    open_ticket(shop, agent, ref)
    agent.click(".o-mail-Chatter-sendMessage:enabled")
    agent.fill(INPUT, ANSWER)
    shop.deliver(ref, "Hat sich erledigt, danke!")
    agent.wait(".o_notification", "wrote again while you are writing")
    agent.wait(".o-mail-Message", "Hat sich erledigt")
    see("news")
    assert agent.run(f"document.querySelector('{INPUT}').value") == ANSWER
    agent.run(OPEN)
    agent.click("button[name=action_marketplace_no_response]")
    agent.wait_for("document.body.dataset.opened?.includes('/messaging/no-response-needed?')")
    agent.wait_for("!document.querySelector('.o_marketplace_countdown')")
    assert agent.errors == []


def test_a_ticket_is_answered_and_closed_in_one_click(shop, agent, see):
    ref = ask(shop)
    open_ticket(shop, agent, ref)
    answer(agent, button=".o_marketplace_send_close")
    agent.wait(STATE, "Accepted")
    agent.wait(".o_statusbar_status .o_arrow_button_current", "Done")
    see("closed")
    assert agent.errors == []


def test_the_full_composer_answers_the_buyer(shop, agent, see):
    ref = ask(shop)
    open_ticket(shop, agent, ref)
    agent.click(".o-mail-Chatter-sendMessage:enabled")
    agent.fill(INPUT, ANSWER)
    agent.click(".o-mail-Composer button[name=open-full-composer], .o-mail-Composer [aria-label='Open Full Composer']")
    agent.wait(".modal .o_field_widget[name=marketplace_to]", ref)
    see("full")
    agent.click(".modal .o_mail_send")
    agent.wait(STATE, "Accepted")
    assert ANSWER in replies(shop, ref)[0]["text"]
    assert agent.errors == []


def test_where_no_answer_is_possible_the_button_is_off_and_says_why(shop, agent, see):
    ref = ask(shop)
    servers = shop.rpc("ir.mail_server", "search", [])
    shop.rpc("ir.mail_server", "write", servers, {"active": False})
    open_ticket(shop, agent, ref)
    agent.wait(".o_marketplace_why_not", "No outgoing mail server")
    assert agent.run("document.querySelector('.o-mail-Chatter-sendMessage').disabled")
    see("why-not")
    shop.rpc("ir.mail_server", "write", servers, {"active": True})
    assert agent.errors == []
