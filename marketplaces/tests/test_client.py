"""The HTTP door: deadlines and answers, whichever library carries them."""

from datetime import datetime, timezone
from decimal import Decimal

import pytest

from marketplaces.errors import Unavailable
from marketplaces.transport.answer import Answer, Deadline


def answer(body=b"{}", **headers):
    return Answer(200, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def test_a_deadline_runs_from_its_making():
    now = iter([100.0, 104.0, 111.0])
    deadline = Deadline(10, clock=lambda: next(now))
    assert (deadline.left(), deadline.left()) == (6, -1)


def test_decimals_of_an_answer_are_kept():
    assert answer(b'{"amount": 1.10}').json("Shop") == {"amount": Decimal("1.10")}


@pytest.mark.parametrize("content_type", ["application/json", "application/hal+json; charset=UTF-8", ""])
def test_json_may_call_itself_so_or_nothing(content_type):
    assert answer(b"[]", content_type=content_type).json("Shop") == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_names_the_shop_and_not_its_words(body):
    with pytest.raises(Unavailable, match="Shop's answer is cut off"):
        answer(body).json("Shop")


def test_a_page_is_never_taken_for_data():
    with pytest.raises(Unavailable, match="page instead of data"):
        answer(b"{}", content_type="text/html").json("Shop")


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("30", 30),
        ("0", 1),
        ("999999999", 86400),
        ("Sun, 22 Nov 2026 12:01:00 GMT", 60),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 1),
        ("Sun, 22 Nov 2026 12:01:00", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_pause_is_told_in_seconds_or_as_a_date(told, seconds):
    now = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
    assert answer(retry_after=told).retry_after(now) == seconds


def test_an_answer_prints_neither_headers_nor_body():
    assert "secret" not in repr(answer(b"secret", x_token="secret"))
