"""What the pretend Walmart does with a seller's mail, and what sellers set up at its pages."""

import smtplib

import pytest
import requests
from sandbox.tests.walmart import ADDRESS, Shop, html_of


@pytest.fixture
def shop(sandbox, delivered):
    return Shop(sandbox, delivered)


@pytest.fixture
def ref(shop):
    return shop.order(lambda order: order["customerOrderId"].endswith("0002"))["customerOrderId"]


def test_an_answer_is_shown_to_the_buyer(sandbox, shop, ref):
    question = shop.asked(order_ref=ref)
    shop.send(question["From"], "It left today.\nMore at help@shop.example")
    *_asked, entry = sandbox.read_conversation(ref)
    assert (entry["side"], entry["fate"], entry["approved"]) == ("seller", "shown", True)
    assert entry["text"] == "It left today.\nMore at [e-mail address removed]"


def test_addresses_are_read_in_any_case(shop, ref):
    shop.send(shop.asked(order_ref=ref)["From"].lower())
    assert shop.fates(ref) == ["shown"]


def test_a_seller_writes_first_to_the_orders_address(sandbox, shop, ref):
    order = sandbox.walmart.orders.find(ref)[1][0]
    shop.send(order["customerEmailId"], Subject=f"Regarding Walmart order# {ref}")
    assert shop.fates(ref) == ["shown"]


def test_the_subject_tells_which_of_a_buyers_orders(sandbox, shop):
    orders = [order for _code, order in sandbox.walmart.orders.all("DEMO-WMT")]
    finch = [o for o in orders if o["shippingInfo"]["postalAddress"]["name"] == "Dolores Finch"]
    assert len(finch) == 3 and len({order["customerEmailId"] for order in finch}) == 1
    for order in finch:
        shop.send(order["customerEmailId"], Subject=f"Regarding Walmart order# {order['customerOrderId']}")
    assert [shop.fates(order["customerOrderId"]) for order in finch] == [["shown"]] * 3


def test_only_the_customer_service_contact_may_write(sandbox, shop, ref):
    question = shop.asked(order_ref=ref)
    for wrong in ({"sender": "other@odoo.example"}, {"header": "other@odoo.example"}):
        with pytest.raises(smtplib.SMTPDataError) as caught:
            shop.send(question["From"], **wrong)
        assert caught.value.smtp_code == 550
    assert shop.fates(ref) == []
    shop.send(question["From"])
    assert shop.fates(ref) == ["shown"]


def test_another_marketplaces_address_is_not_the_contact(shop, ref):
    with pytest.raises(smtplib.SMTPDataError):
        shop.send(shop.asked(order_ref=ref)["From"], sender="amazon-us@odoo.example")


@pytest.mark.parametrize(
    ("switches", "fate"),
    [
        ({"unapproved": "drop"}, "dropped"),
        ({"unapproved": "bounce"}, "bounced"),
        ({"walmart_unapproved": "pass"}, "shown"),
    ],
)
def test_what_happens_to_others_can_be_chosen(sandbox, shop, ref, switches, fate):
    sandbox.world.set_switches(switches)
    question = shop.asked(order_ref=ref)
    message_id = shop.send(question["From"], sender="other@odoo.example")
    assert shop.fates(ref) == [fate]
    after = shop.read()[1:]
    assert len(after) == (fate == "bounced")
    for report in after:
        assert report.get_content_type() == "multipart/report"
        assert message_id in report.as_string() and "5.7.1" in report.as_string()
        assert report["Delivered-To"] == "other@odoo.example"


@pytest.mark.parametrize("local", ["c-" + "0" * 32, "mp-payments", "nobody"])
def test_an_unknown_address_gives_the_mail_back(sandbox, shop, local):
    message_id = shop.send(f"{local}@relay.walmart.com")
    (report,) = shop.read()
    assert report.get_content_type() == "multipart/report"
    assert message_id in report.as_string() and "5.1.1" in report.as_string()
    assert [mail.fate for mail in sandbox.inbox] == ["unknown"]


def test_the_placeholder_gives_the_mail_back(sandbox, shop):
    shop.send("nocxemail@walmartone.com")
    assert [mail.get_content_type() for mail in shop.read()] == ["multipart/report"]


def test_copies_go_to_the_seller(sandbox, shop, ref):
    sandbox.world.set_switches({"reply_copies": True})
    message_id = shop.send(shop.asked(order_ref=ref)["From"], "It left today.", Subject="Re: Your lamp")
    copy = shop.read()[-1]
    assert (copy["Subject"], copy["To"], copy["In-Reply-To"]) == ("Re: Your lamp", ADDRESS, message_id)
    assert copy["From"].addresses[0].display_name == "Sandbox Store"
    assert copy["From"].addresses[0].username.startswith("s-")
    html = html_of(copy)
    assert "It left today." in html and f"A copy of this message will be sent to {ADDRESS}" in html


def test_a_buyer_answers_by_mail(sandbox, shop, ref):
    message_id = shop.send(shop.asked(order_ref=ref)["From"], "It left <today>.", Subject="Your lamp")
    answer = shop.asked("Thank you!", order_ref=ref, answer=True)
    assert answer["Subject"] == "Re: Your lamp"
    assert answer["In-Reply-To"] == answer["References"] == message_id
    html = html_of(answer)
    assert html.startswith('<div dir="ltr">Thank you!</div>')
    assert "It left &lt;today&gt;.</blockquote>" in html and " wrote:<br>" in html
    assert "Sales Order ID" not in html


def test_a_machine_answers_for_the_buyer(sandbox, shop, ref):
    sandbox.set_habits(ref, auto_reply="buyer")
    shop.send(shop.asked(order_ref=ref)["From"], Subject="Your lamp")
    away = shop.read()[-1]
    assert away["Subject"] == "Re: Your lamp" and "automatic" in html_of(away)


def test_answers_before_a_sale_reach_who_asked(sandbox, shop):
    question = shop.asked("Is it blue?", seller="DEMO-WMT", buyer="Ann")
    shop.send(question["From"])
    assert [entry["side"] for entry in sandbox.world.conversations["DEMO-WMT|US||Ann"]] == ["buyer", "seller"]
    assert shop.asked("Thanks", seller="DEMO-WMT", buyer="Ann", answer=True)["From"].startswith("pc-")


def test_a_mail_that_the_seller_gives_back_is_marked(sandbox, shop, ref):
    (mail,) = sandbox.write("Hi", order_ref=ref)
    assert sandbox.wait(mail)
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as smtp:
        smtp.sendmail("", [mail.sender], b"Subject: Undelivered\r\n\r\nNo such user\r\n")
    assert mail.state == "bounced"
    assert [one.kind for one in sandbox.inbox] == ["bounce"]


# --- pages -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/buyer", "/walmart/keys", "/settings/manage-contacts"])
def test_pages_show_walmart(api, path):
    answer = requests.get(api.url + path, timeout=10)
    assert answer.status_code == 200
    assert "Sandbox Store" in answer.text or "walmart.com · DEMO-WMT" in answer.text
    assert "//walmart" not in answer.text


def test_keys_can_be_copied_and_reset(sandbox, api):
    old = sandbox.walmart.sellers["DEMO-WMT"]
    page = requests.get(f"{api.url}/walmart/keys", timeout=10).text
    assert old.client_id in page and old.client_secret in page
    requests.post(f"{api.url}/walmart/keys", {"action": "reset", "seller": "DEMO-WMT"}, timeout=10)
    assert sandbox.walmart.sellers["DEMO-WMT"].client_secret != old.client_secret


def test_who_is_signed_in_can_change(sandbox, api):
    requests.post(f"{api.url}/walmart/keys", {"action": "sign_in", "seller": "DEMO-WMT-2"}, timeout=10)
    assert sandbox.walmart.sellers["DEMO-WMT-2"].client_id in requests.get(f"{api.url}/walmart/keys", timeout=10).text
    assert requests.get(f"{api.url}/walmart/keys", {"seller": "NOBODY"}, timeout=10).status_code == 400


def test_the_customer_service_contact_is_entered_in_seller_center(sandbox, shop, api, ref):
    form = {"action": "save", "seller": "DEMO-WMT", "address": "support@odoo.example"}
    page = requests.post(f"{api.url}/settings/manage-contacts", form, timeout=10).text
    assert "support@odoo.example" in page
    question = shop.asked(order_ref=ref)
    assert question["To"] == "support@odoo.example"
    shop.send(question["From"], sender="support@odoo.example")
    assert shop.fates(ref) == ["shown"]
    with pytest.raises(smtplib.SMTPDataError):
        shop.send(question["From"])


def test_the_buyers_page_lists_walmarts_orders(sandbox, shop, api, ref):
    page = f"{api.url}/buyer"
    rows = requests.get(f"{page}/orders", {"seller": "DEMO-WMT", "site": "US"}, timeout=10).json()
    assert rows["address"] == ADDRESS and rows["currency"] == "USD"
    row = next(row for row in rows["orders"] if row["ref"] == ref)
    assert (row["status"], row["carrier"]) == ("Shipped", "shipped by the seller")
    form = {"seller": "DEMO-WMT", "site": "US", "order_ref": ref, "text": "Hello?"}
    assert requests.post(f"{page}/send", form, timeout=10).status_code == 200
    assert sandbox.wait()
    (entry,) = requests.get(f"{page}/conversation", {"key": row["key"]}, timeout=10).json()["entries"]
    assert entry["mails"][0]["state"] == "accepted"
    refused = requests.post(f"{page}/send", form | {"answer": "on"}, timeout=10)
    assert (refused.status_code, refused.json()["error"]) == (400, "The seller has not written yet")
