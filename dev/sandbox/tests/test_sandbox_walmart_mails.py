"""What arrives from the pretend Walmart has the shape of the facts: headers, subject, frame."""

import re

import pytest
from sandbox.mime import File
from sandbox.tests.walmart import ADDRESS, Shop, html_of
from sandbox.walmart.data import make_order

CUSTOMER = re.compile(r"c-[0-9A-F]{32}@relay\.walmart\.com")
TEXT = "Where is it?\n\nI paid < $20 & want “my” lamp."


@pytest.fixture
def shop(sandbox, delivered):
    return Shop(sandbox, delivered)


@pytest.fixture
def ref(shop):
    return shop.order(lambda order: "SHIPPED" in str(order).upper())["customerOrderId"]


def test_a_buyers_message_has_the_frame(sandbox, shop, ref):
    mail = shop.asked(TEXT, order_ref=ref, topic="cancel")
    buyer = sandbox.walmart.orders.find(ref)[1][0]["shippingInfo"]["postalAddress"]["name"]
    assert mail["Subject"] == f"Message from Walmart.com Customer:  Cancel Order, {ref}"
    html = html_of(mail)
    assert html.startswith('<div dir="ltr">')
    for part in (
        "Hi Sandbox Store,&nbsp;",
        f"{buyer} wants to connect with you regarding the following order:",
        f"Sales Order ID:&nbsp; {ref}",
        "Item ID:&nbsp; ",
        "Where is it?<br/>\n<br/>\nI paid &lt; $20 &amp; want “my” lamp.",
        "**Note: You have received this message from the customer",
        f"A copy of this message will be sent to {ADDRESS}",
    ):
        assert part in html
    assert re.search(r"RefID: [0-9A-F]{32}</div>", html)


def test_headers_and_what_the_receiving_server_finds(shop, ref):
    mail = shop.asked("Hi", order_ref=ref)
    assert CUSTOMER.fullmatch(mail["From"]) and mail["Reply-To"] == mail["From"]
    assert mail["Return-Path"] == f"<{mail['From']}>"
    assert re.fullmatch(r"<[0-9a-f-]{36}@relay\.walmart\.com>", mail["Message-ID"])
    assert mail["To"] == ADDRESS
    results = " ".join(mail["Authentication-Results"].split())
    assert results == (
        "mx.sandbox.example; dkim=pass header.i=@relay.walmart.com header.s=s1; "
        "spf=pass smtp.mailfrom=relay.walmart.com; dmarc=pass header.from=relay.walmart.com"
    )
    assert mail["Received"].startswith("from mta.relay.walmart.com ")


def test_each_mail_has_an_address_of_its_own(sandbox, shop, ref):
    first, second = (shop.asked("Hi", order_ref=ref)["From"] for _n in range(2))
    assert first != second
    sandbox.world.set_switches({"walmart_from": "order"})
    third, fourth = (shop.asked("Hi", order_ref=ref)["From"] for _n in range(2))
    assert third == fourth == sandbox.walmart.orders.find(ref)[1][0]["customerEmailId"]


def test_the_placeholder_never_writes(sandbox, shop):
    sandbox.world.set_switches({"walmart_from": "order"})
    waiting = shop.order(lambda order: order["customerEmailId"] == "nocxemail@walmartone.com")
    assert CUSTOMER.fullmatch(shop.asked("Hi", order_ref=waiting["customerOrderId"])["From"])


def test_an_order_is_found_by_each_of_its_numbers(sandbox, shop, ref):
    purchase_order = sandbox.walmart.orders.find(ref)[1][0]["purchaseOrderId"]
    for number in (ref, f"#{ref[:7]}-{ref[7:]}", purchase_order):
        assert shop.asked("Hi", order_ref=number)["Subject"].endswith(f", {ref}")


def test_a_question_before_the_sale_has_no_order(shop):
    mail = shop.asked("Is it blue?", seller="DEMO-WMT", asin="987654321")
    assert re.fullmatch(r"pc-[0-9A-F]{32}@relay\.walmart\.com", mail["From"])
    assert mail["Subject"] == "Message from Walmart.com Customer:  Product Question"
    html = html_of(mail)
    assert "Item ID:&nbsp; 987654321" in html and "Ceramic Mug" in html
    assert "Sales Order ID" not in html and "RefID" not in html


def test_the_storefronts_name_tells_the_marketplace(shop):
    assert shop.asked("Hi", site="walmart.com")["From"].startswith("pc-")


def test_walmart_ca(sandbox, shop):
    sandbox.add_walmart_seller("MAPLE", site="CA")
    sandbox.world.set_address("MAPLE", "CA", "maple@odoo.example")
    order = make_order("2282223729", seller="MAPLE", site="CA")
    sandbox.walmart.orders.put("MAPLE", order)
    assert order["customerEmailId"].endswith("@relay.walmart.ca")
    mail = shop.asked("Stop it", order_ref="2282223729", topic="cancel")
    assert mail["Subject"] == "Message from Walmart.ca Customer:  Order cancellation request, 2282223729"
    assert mail["From"].endswith("@relay.walmart.ca")
    assert "purchase from your company on\n        Walmart.ca" in html_of(mail)


@pytest.mark.parametrize(
    ("kind", "subject", "start"),
    [
        ("escalation", "Please contact the customer to resolve an issue with ", "** THIS IS AN ESCALATION **"),
        ("request_cancel", "Please contact the customer - Request Cancel", "The customer would like to cancel"),
    ],
)
def test_walmarts_staff_writes(shop, ref, kind, subject, start):
    mail = shop.asked("It arrived broken.", order_ref=ref, notice=kind)
    assert mail["Subject"].startswith(subject)
    text = re.sub(r"<[^>]+>", "", html_of(mail))
    assert text.startswith(start) and ref in text and "It arrived broken." in text


@pytest.mark.parametrize(
    ("kind", "sender"),
    [("payment", "mp-payments@relay.walmart.com"), ("account", "no-reply@es.relay.walmart.com")],
)
def test_walmart_itself_writes(shop, kind, sender):
    mail = shop.asked(seller="DEMO-WMT", notice=kind)
    host = sender.partition("@")[2]
    assert (mail["From"], mail["Return-Path"]) == (sender, f"<{sender}>")
    assert f"dmarc=pass header.from={host}" in mail["Authentication-Results"]


def test_files_arrive_as_they_are(shop, ref):
    files = [File("Foto äöü.jpg", "image/jpeg", b"\xff\xd8" * 999), File("a.pdf", "application/pdf", b"%PDF-1.4")]
    mail = shop.asked("Look", order_ref=ref, attachments=files)
    parts = list(mail.iter_attachments())
    assert [(p.get_filename(), p.get_content_type(), p.get_content()) for p in parts] == [
        (file.name, file.type, file.content) for file in files
    ]


@pytest.mark.parametrize(("forgery", "words"), [("forged", "dmarc=fail"), ("lookalike", "dmarc=none")])
def test_forgeries_fail_the_checks(shop, ref, forgery, words):
    mail = shop.asked("Refund to my new account", order_ref=ref, forgery=forgery)
    assert words in mail["Authentication-Results"]
    assert mail["From"].endswith(".example" if forgery == "lookalike" else "@relay.walmart.com")


def test_copies_differ_in_the_message_id_only(sandbox, shop, ref):
    mails = sandbox.write("Hi", order_ref=ref, copies=1)
    assert sandbox.wait(*mails)
    one, two = shop.read()
    assert one["Message-ID"] != two["Message-ID"]
    assert html_of(one) == html_of(two) and one["From"] == two["From"]


def test_tests_can_write_over_http(sandbox, shop, api, ref):
    (mail,) = api.control("write", order_ref=ref, text="Hi")["mails"]
    assert sandbox.wait()
    assert mail["sender"] == shop.read()[-1]["From"]
    answer = api.control("buyers", order_ref=ref, auto_reply="buyer")
    assert answer["buyers"][0]["seller"] == "DEMO-WMT"


@pytest.mark.parametrize(
    "values", [{"notice": "escalation", "seller": "DEMO-WMT"}, {"notice": "opt_out"}, {"answer": True}]
)
def test_what_makes_no_sense_is_refused(sandbox, ref, values):
    with pytest.raises(KeyError):
        sandbox.write("Hi", **{"order_ref": None if "seller" in values else ref, **values})


def test_amazons_orders_are_still_amazons(sandbox, shop, delivered):
    order = sandbox.orders.all("DEMO-NA")[0][1]
    (mail,) = sandbox.write("Hi", order_ref=order["orderId"])
    assert sandbox.wait(mail)
    assert mail.to == "amazon-us@odoo.example" and mail.sender.endswith("@bounces.amazon.com")
    assert shop.asked("Hi", site="US", buyer="Ann")["From"].endswith("@marketplace.amazon.com>")
