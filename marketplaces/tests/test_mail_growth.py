"""Reading costs computing in proportion to a mail's size, whatever the mail is made of; no clock is looked at."""

import pytest

from marketplaces import read_mail
from marketplaces.errors import TooCostly
from marketplaces.mail.budget import Budget
from marketplaces.mail.text import MAX_DEPTH, parse_html
from marketplaces.tests.hostile_mails import Repeater, cost, shapes

SHAPES = shapes()
#: What is measured takes so long at least; less is told from nothing only by chance.
MEASURABLE = 0.05
#: Bytes that we begin with, and after which a shape that is still read at once is cheap for good.
SMALL, LARGE = 20_000, 2_000_000
ROUNDS = 5
GROWTH = 3
SEED, REPEATS = 20261130, 40


def check_growth(make, size, label):
    """Check that twice the mail costs no more than three times the computing, best of some rounds.

    Beside busy processes a round may take twice the CPU time; that all of them do, growth alone explains.
    """
    small, large = make(size), make(2 * size)
    least = min(cost(small) for _round in range(ROUNDS))
    # A better round would not change that it is enough.
    assert any(cost(large) <= GROWTH * least for _round in range(3 * ROUNDS)), label


@pytest.mark.parametrize("name", SHAPES)
def test_twice_the_mail_costs_no_more_than_three_times_the_computing(name):
    make, size = SHAPES[name], SMALL
    while size < LARGE and cost(make(size)) < MEASURABLE:
        size *= 2
    if size < LARGE:
        check_growth(make, size, f"{size} bytes")


def test_repeated_pieces_of_the_marketplaces_own_mails_cost_no_more_than_their_size():
    repeater = Repeater(SEED)
    for number in range(REPEATS):
        make, size = repeater.make(), 100_000
        if cost(make(2 * size)) > 2 * MEASURABLE:
            check_growth(make, size, f"seed {SEED}, mail {number}")


@pytest.mark.parametrize("tag", ["<pre></div>x", "<b></i>x", "<dd>", '<pre style="-o-pre-wrap">x', "<table><tr><td>"])
def test_depth_is_measured_on_the_tree(tag):
    assert parse_html(f"{tag * 100}hello") is not None
    assert parse_html(f"{tag * 5000}hello") is None


def test_many_elements_side_by_side_are_not_deep():
    root = parse_html("<p>a<br><a href=x>b</a>" * 5000)
    assert sum(1 for _link in root.iter("a")) == 5000
    assert max(len(list(link.iterancestors())) for link in list(root.iter("a"))[-3:]) < MAX_DEPTH


def test_html_in_pieces_is_read_like_html_at_once():
    row = '<tr><td style="color: #f00">Größe &amp; Farbe<br>größer ></td><!-- a > b --><td><b>x</b></td></tr>\n'
    few, many = f"<table>{row * 100}</table>", f"<table>{row * 1500}</table>"
    one = [element.tag for element in parse_html(few).iter("tr", "td", "br", "b")][:4]
    elements = [element.tag for element in parse_html(many).iter("tr", "td", "br", "b")]
    assert len(elements) == 1500 * 5 and elements[:4] == one
    assert parse_html(many).findtext(".//td") == "Größe & Farbe"


class Clock:
    """Tells CPU seconds that go by as often as somebody asks."""

    def __init__(self, step):
        self.seconds, self._step = 0.0, step

    def __call__(self):
        self.seconds += self._step
        return self.seconds


def test_a_mail_that_takes_too_much_computing_is_not_read_on():
    raw = SHAPES["Amazon: paragraphs in html"](50_000)
    with pytest.raises(TooCostly, match="5 seconds of computing"):
        read_mail(raw, budget=Budget(clock=Clock(1)))
    assert read_mail(raw, budget=Budget(clock=Clock(0.001))).kind == "buyer_message"


def test_the_budget_is_looked_at_before_each_part_and_each_file():
    raw = SHAPES["whole: empty parts"](5_000)
    with pytest.raises(TooCostly):
        read_mail(raw, budget=Budget(clock=Clock(0.02)))
