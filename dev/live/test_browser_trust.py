"""A conversation that nobody proved: what is said of it, the join, and an answer that does not leave, in Chromium."""

import os
import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from common import PATIENCE, unique_text

SHOTS = os.environ.get("SHOTS")
BANNER = ".o_marketplace_doubt"
ANSWER = "Guten Tag, Ihr Paket ist unterwegs und kommt morgen an."
FORGER = "forgeraliasxyz@marketplace.amazon.de"
SIZES = ((1440, 900), (390, 844))


@pytest.fixture(scope="module")
def shop(open_shop):
    """Return one running shop for all tests here: its first page takes the longest."""
    with open_shop() as running:
        yield running


@pytest.fixture(autouse=True)
def desk(agent):
    """Begin each test with the page of a desk."""
    agent.resize(*SIZES[0])


def shoot(browser, name):
    """Keep a picture in each size where a person asked for them."""
    for width, height in SIZES if SHOTS else ():
        browser.resize(width, height)
        browser.screenshot(Path(SHOTS) / f"{name}-{width}.png")
    browser.resize(*SIZES[0])


def arrive(shop, ref, words, authentication="pass", **headers):
    """Let a buyer's mail arrive with other headers than Amazon's; return the ticket on which its words stand."""
    text, token = unique_text(words)
    buyer = None if ref else "Mallory Other"
    mail = message_from_bytes(shop.make_mail(ref, text, buyer=buyer), policy=policy.compat32)
    for name, value in headers.items():
        del mail[name.replace("_", "-")]
        mail[name.replace("_", "-")] = value
    sent = shop.sandbox.send(mail.as_bytes(), shop.address(), authentication=authentication)
    assert shop.sandbox.wait(sent, timeout=PATIENCE)
    return shop.ticket(token)


def open_ticket(shop, browser, ticket):
    browser.open(f"{shop.odoo.url}/odoo/helpdesk.ticket/{ticket['id']}")
    browser.wait(".o-mail-Message")


def test_another_buyer_who_names_an_order_is_joined_with_one_click(shop, agent):
    ref = shop.new_order(buyer="Vera Victim")
    there = shop.ticket(shop.deliver(ref, "Where is my parcel?"))
    here = arrive(shop, None, "Send the tracking number please.", Subject=f"Re: Your order (Order: {ref})")
    assert here["id"] != there["id"] and not here["marketplace_order_ref"]
    open_ticket(shop, agent, here)
    agent.wait(BANNER, f"names order {ref}, not proved")
    agent.wait(".o_marketplace_order", "nothing proves that it is this buyer's")
    assert not agent.run("document.querySelector('.o_marketplace_lines')")
    agent.click(".o-mail-Chatter-sendMessage:enabled", "Amazon reply")
    agent.wait(".o_marketplace_reply_top", "Mallory Other")
    shoot(agent, "named")
    agent.click(f"{BANNER} button", "Join to this order")
    agent.wait(".o-mail-Message", "Send the tracking number please.")
    agent.wait(".o-mail-Message", "Where is my parcel?")
    agent.wait(".o_marketplace_order", ref)
    agent.wait_for(f"!document.querySelector('{BANNER}')?.offsetParent")
    shoot(agent, "joined")
    agent.click(".nav-link", "Corrections")
    agent.wait(".o_field_widget[name=marketplace_correction_ids] .o_data_row", "Joined to the order it names")
    shoot(agent, "join_kept")
    assert agent.errors == []


def test_an_answer_to_a_sender_who_is_not_verified_does_not_leave(shop, agent):
    ref = shop.new_order(buyer="Vera Victim")
    there = shop.ticket(shop.deliver(ref, "Where is my parcel?"))
    [[relay]] = shop.sql("SELECT reply_to FROM marketplace_message WHERE ticket_id = %s", [there["id"]])
    forged = {"From": f"Vera Victim <{FORGER}>", "Reply_To": FORGER}
    here = arrive(shop, ref, "It is really me, send it to me.", authentication="none", **forged)
    open_ticket(shop, agent, here)
    agent.wait(BANNER, "it may be forged")
    agent.click(".o-mail-Chatter-sendMessage:enabled", "Amazon reply")
    agent.wait(".o_marketplace_reply_top", f"{FORGER}>, not verified")
    agent.fill(".o-mail-Composer-input", ANSWER)
    agent.click(".o-mail-Composer-send:enabled")
    agent.wait(".o_marketplace_findings", f"This would go to {FORGER}")
    agent.wait(".o_marketplace_findings", relay)
    shoot(agent, "blocked")
    sent = "SELECT recipient FROM marketplace_reply WHERE ticket_id = %s"
    assert shop.sql(sent, [here["id"]]) == []
    agent.click(f"{BANNER} button", "This is our buyer")
    agent.wait(".o-mail-Message", "Confirmed as this conversation's buyer")
    agent.wait_for(f"!document.querySelector('{BANNER} button[name=action_marketplace_confirm_buyer]')?.offsetParent")
    agent.wait_for("!document.querySelector('.o_marketplace_findings')")
    shoot(agent, "confirmed")
    agent.wait_for("document.querySelector('.o-mail-Composer-send:enabled')")
    agent.click(".o-mail-Composer-send:enabled")
    agent.wait(".o_marketplace_reply_state")
    [[recipient]] = shop.sql(sent, [here["id"]])
    assert re.fullmatch(FORGER, recipient) and agent.errors == []
