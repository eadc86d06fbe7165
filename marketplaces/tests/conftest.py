"""Mails for the tests: fixtures from files, and small ones built on the spot."""

from pathlib import Path

import pytest

import marketplaces

FIXTURES = Path(__file__).parent / "fixtures"
AUTHSERV_ID = "mx.shop.example"
CASE = "11111111-2222-4333-8444-555555555555"
FOOTER = f"""
Was this email helpful?
https://sellercentral.amazon.de/gp/satisfaction/survey-form.html?ie=UTF8

Resolve case
https://sellercentral.amazon.de/messaging/no-response-needed?t=A0REALTOKEN000000001&m=A0REALMESSAGE0000001&mp=A1PA6795UKMFR9

Report questionable activity
https://sellercentral.amazon.de/messaging/inbox?fi=caseId&ss={CASE}&cc={CASE}

--------------------------

Copyright 2026 Amazon, Inc.

For Your Information: To help arbitrate disputes and preserve trust and safety, we retain all messages.

SPC-EUAmazon-1234
"""
HEAD = "You have received a message.\n\n# 302-1234567-1234567:\n1 / Lamp [ASIN: B0EXAMPL01]\n\n"


def pytest_addoption(parser):
    parser.addoption("--rounds", type=int, default=4, help="damaged copies of each mail and kind of damage")


def build_frame(words, head=HEAD, start="Message:", end="End message", footer=FOOTER):
    """Return a text part as Amazon makes it around a buyer's words."""
    dashes = "-" * 13
    return f"{head}{dashes} {start} {dashes}\n\n{words}\n\n{dashes} {end} {dashes}\n{footer}"


def build_mail(
    body,
    sender='"Jo Doe" <abcdefghijklmno@marketplace.amazon.de>',
    subject="Inquiry from Amazon customer Jo Doe",
    type_="BBC_MESSAGE_SENT_TO_MERCHANT",
    content_type="text/plain; charset=utf-8",
    headers="",
):
    """Return a raw mail; an empty part of it means that its header is missing."""
    lines = [headers.rstrip("\n")] if headers else []
    lines += [f"From: {sender}"] if sender else []
    lines += [f"Subject: {subject}"] if subject else []
    lines += [f"X-Space-Notification-Type: {type_}"] if type_ else []
    lines += ["Message-ID: <one@mail.example>", f"Content-Type: {content_type}", "", body]
    return "\n".join(lines).encode()


@pytest.fixture(scope="session")
def amazon_mails():
    """All Amazon mails among the fixtures, by name."""
    return {path.stem: path.read_bytes() for path in sorted((FIXTURES / "amazon").glob("*.eml"))}


@pytest.fixture(scope="session")
def walmart_mails():
    """All Walmart mails among the fixtures, by name."""
    return {path.stem: path.read_bytes() for path in sorted((FIXTURES / "walmart").glob("*.eml"))}


@pytest.fixture
def frame():
    return build_frame


@pytest.fixture
def raw_mail():
    return build_mail


@pytest.fixture
def read(amazon_mails, walmart_mails):
    """Read a fixture by its name, or raw bytes."""
    mails = {**amazon_mails, **{f"walmart/{name}": raw for name, raw in walmart_mails.items()}}

    def read_(mail, **options):
        raw = mails[mail] if isinstance(mail, str) else mail
        return marketplaces.read_mail(raw, **{"authserv_id": AUTHSERV_ID} | options)

    return read_


@pytest.fixture
def ask(read):
    """Read a small Amazon mail built of a body and the parts that `build_mail` knows."""

    def ask_(body, *, seller_names=(), **parts):
        return read(build_mail(body, **parts), seller_names=seller_names)

    return ask_
