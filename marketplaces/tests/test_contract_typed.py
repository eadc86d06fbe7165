"""What every marketplace must keep to: only what it wrote itself is a fact."""

import pytest

import marketplaces
from marketplaces.schema import IDENTITIES, InboundMail, ThreadRef

RELAYS = {"amazon": "abcdefghijklmno@marketplace.amazon.de", "walmart": f"c-{'0A' * 16}@relay.walmart.com"}
ORDERS = {"amazon": "302-7654321-7654321", "walmart": "200012345678901"}
PROVED = "Authentication-Results: mx.shop.example; dmarc=pass header.from={}"


def test_every_marketplace_is_tried():
    assert set(marketplaces.MARKETPLACES) == set(RELAYS) == set(ORDERS)


@pytest.mark.parametrize("code", marketplaces.MARKETPLACES)
@pytest.mark.parametrize("name", ["Jo", "{order}", "Order {order}"])
@pytest.mark.parametrize("subject", ["Re: {order}", "Re: your order (Order: {order})", "{order}", "My order, {order}"])
@pytest.mark.parametrize("words", ["Hi", "Order {order}", "Order ID: {order}\n\nMessage: Hi"])
def test_no_order_that_a_buyer_types_in_a_mail_program_is_a_fact(read, code, name, subject, words):
    relay, order = RELAYS[code], ORDERS[code]
    mail = read(
        "\n".join(
            [
                PROVED.format(relay.partition("@")[2]),
                f'From: "{name}" <{relay}>'.format(order=order),
                f"Subject: {subject}".format(order=order),
                "Message-ID: <one@mail.example>",
                f'Content-Disposition: inline; filename="{order}.txt"',
                "",
                words.format(order=order),
            ]
        ).encode()
    )
    assert (mail.app, mail.authentication) == (code, "pass") and mail.proves("alias")
    assert not mail.proves("order") and not mail.proves("token") and not mail.proves("case")
    assert mail.typed <= set(IDENTITIES)


def test_a_value_is_a_fact_only_where_it_is_there_proved_and_not_typed():
    values = {"order_ref": "1", "buyer_name": "Jo", "thread_refs": (ThreadRef("token", "t"), ThreadRef("alias", "a"))}
    mail = InboundMail("x", "buyer_message", authentication="pass", typed=frozenset({"buyer_name"}), **values)
    assert [name for name in IDENTITIES if mail.proves(name)] == ["order", "token", "alias"]
    assert mail.get_identity("buyer_name") == "Jo" and mail.get_identity("case") is None
    unproved = InboundMail("x", "buyer_message", authentication="none", **values)
    assert not any(map(unproved.proves, IDENTITIES))
