"""The newcomer's path: buyers write, tickets appear, nothing else does."""

import statistics
import time
from email.message import EmailMessage

import pytest
from common import TEAM_ADDRESS, eventually, unique_text


@pytest.fixture(scope="module")
def shop(shared_shop):
    """Return the shop that several files share."""
    return shared_shop


def row_of(shop, mail):
    """Wait until a mail is worked off and return (state, kind, reason, ticket)."""
    query = """SELECT state, kind, reason, ticket_id FROM marketplace_message
                WHERE message_key = %s AND state IN ('done', 'ignored', 'quarantined')"""
    return eventually(lambda: shop.sql(query, [mail.message_id]))[0]


def close(shop, ticket_id):
    """Let an agent close a ticket."""
    stage = shop.rpc("helpdesk.ticket.stage", "search", [("closed", "=", True)], limit=1)
    shop.rpc("helpdesk.ticket", "write", [ticket_id], {"stage_id": stage[0]})
    return stage[0]


def test_a_buyers_mail_becomes_a_ticket_with_its_order_beside_it(shop):
    ref = shop.new_order()
    token = shop.deliver(ref)
    ticket = shop.ticket(token)
    assert ticket["marketplace_order_ref"] == ref
    assert ticket["marketplace_order_state"] == "known"
    assert token not in ticket["name"] + ticket["description"]


def test_new_mail_is_on_its_ticket_within_seconds(shop, full, figures):
    first, further = [], []
    for _turn in range(20 if full else 4):
        ref = shop.new_order()
        for times in (first, further):
            token = shop.deliver(ref)
            started = time.monotonic()
            shop.ticket(token)
            times.append(time.monotonic() - started)
    figures(
        f"newcomer: mail on a ticket after 250: new ticket with order {statistics.median(first):.2f} s "
        f"(worst {max(first):.2f}), further message {statistics.median(further):.2f} s (worst {max(further):.2f})"
    )


def test_the_second_message_joins_the_ticket_and_opens_it_again(shop):
    ref = shop.new_order()
    ticket = shop.ticket(shop.deliver(ref))
    closed = close(shop, ticket["id"])
    again = shop.ticket(shop.deliver(ref, "Still nothing!"))
    assert again["id"] == ticket["id"]
    assert again["stage_id"][0] != closed


def test_a_copy_with_another_message_id_is_ignored(shop):
    ref = shop.new_order()
    text, token = unique_text()
    mails = shop.sandbox.write(text, order_ref=ref, copies=1)
    assert mails[0].message_id != mails[1].message_id
    shop.finish()
    assert sorted(row_of(shop, mail)[0] for mail in mails) == ["done", "ignored"]
    shop.check_exactly_once([token])


def test_the_same_mail_delivered_twice_is_one_row(shop):
    ref = shop.new_order()
    text, token = unique_text()
    raw = shop.make_mail(ref, text)
    mail, _again = [*shop.send(raw), *shop.send(raw)]
    shop.finish()
    assert shop.sql("SELECT count(*) FROM marketplace_message WHERE message_key = %s", [mail.message_id]) == [(1,)]
    shop.check_exactly_once([token])


@pytest.mark.parametrize("to", ["Shop (Amazon", '"Shop', "shop@[127"])
def test_a_broken_header_does_not_hide_our_address(shop, to):
    text, token = unique_text()
    raw = shop.make_mail(shop.new_order(), text).replace(b"\nTo: ", f"\nTo: {to} ".encode(), 1)
    shop.send(raw)
    assert shop.ticket(token)


def test_a_question_before_the_sale_says_so(shop):
    token = shop.deliver(None, "Does it come with screws?", site="US", asin="B0EXAMPL01", buyer="Sam Presale")
    ticket = shop.ticket(token)
    assert ticket["marketplace_order_state"] == "none"
    assert "before buying" in ticket["name"]


def test_a_notice_is_a_note_on_the_orders_ticket_and_opens_none(shop):
    ref, other = shop.new_order(), shop.new_order()
    ticket = shop.ticket(shop.deliver(ref))
    [known] = shop.sandbox.write("", order_ref=ref, notice="return_request")
    [alone] = shop.sandbox.write("", order_ref=other, notice="return_request")
    shop.finish()
    assert row_of(shop, known)[::3] == ("done", ticket["id"])
    assert row_of(shop, alone)[0] == "ignored"
    assert not shop.sql("SELECT 1 FROM helpdesk_ticket WHERE marketplace_order_ref = %s", [other])


def test_an_urgent_notice_opens_a_ticket(shop):
    ref = shop.new_order()
    [mail] = shop.sandbox.write("", order_ref=ref, notice="atoz_claim")
    shop.finish()
    assert row_of(shop, mail)[0] == "done"
    tickets = shop.sql("SELECT priority, partner_email FROM helpdesk_ticket WHERE marketplace_order_ref = %s", [ref])
    assert tickets == [("3", None)]


@pytest.mark.parametrize("forgery", ["forged", "lookalike"])
def test_forged_mail_goes_to_quarantine(shop, forgery):
    ref = shop.new_order()
    text, token = unique_text("Refund me!")
    [mail] = shop.sandbox.write(text, order_ref=ref, forgery=forgery)
    shop.finish()
    assert row_of(shop, mail)[0] == "quarantined"
    assert shop.find_token(token) is None


def test_mail_to_any_other_address_goes_on_as_before(shop):
    text, token = unique_text("My lamp is broken.")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Kim <kim@customer.example>", TEAM_ADDRESS, "Broken lamp"
    mail["Message-ID"] = f"<{token}@customer.example>"
    mail.set_content(text)
    sent = shop.sandbox.send(mail.as_bytes(), TEAM_ADDRESS, sender="kim@customer.example")
    assert shop.sandbox.wait(sent)
    [(name, email, site)] = shop.sql(
        "SELECT name, partner_email, marketplace_site_id FROM helpdesk_ticket WHERE description LIKE %s", [f"%{token}%"]
    )
    assert (name, site) == ("Broken lamp", None)
    assert "kim@customer.example" in email
    assert not shop.sql("SELECT 1 FROM marketplace_message WHERE message_key = %s", [mail["Message-ID"]])


def test_nothing_went_out_to_amazon_and_no_bounce_to_anybody(shop):
    shop.finish()
    shop.check_silence()
    shop.check_nothing_failed()
