"""Walmart's order numbers, however they are written."""

import pytest

from marketplaces.walmart.refs import is_canadian, normalize_ref


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("200011419023224", "200011419023224"),
        ("2000114-19023224", "200011419023224"),
        ("#2000114-19023224", "200011419023224"),
        (" # 2000114 – 19023224\u200b\n", "200011419023224"),
        ("2000114\u201119023224", "200011419023224"),
        ("2000114\u221219023224", "200011419023224"),
        ("２０００１１４－１９０２３２２４", "200011419023224"),
        ("457-745-084-0432", "4577450840432"),
        ("4577450-840432", "4577450840432"),
        ("2282223729", "2282223729"),
        ("y12345678", "Y12345678"),
    ],
)
def test_an_order_number_is_written_as_the_api_does(text, ref):
    assert normalize_ref(text) == ref


@pytest.mark.parametrize(
    "text",
    [
        None,
        12,
        "",
        "12345678",
        "123456789",
        "12345678901",
        "12345678901234",
        "1234567890123456",
        "100012345678901234",
        "Y1234567",
        "X12345678",
        "114-1234567-1234567",
        "20001141902322a",
        "-" * 1000 + "2282223729",
        "²²²²²²²²²²²",
    ],
)
def test_what_can_be_no_order_number_is_none(text):
    assert normalize_ref(text) is None


def test_only_walmart_ca_has_short_numbers():
    assert [is_canadian(ref) for ref in ("2282223729", "Y12345678", "4577450840432", None, "")] == [True, True] + [
        False
    ] * 3
