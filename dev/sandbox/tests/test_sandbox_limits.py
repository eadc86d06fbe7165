"""Rate limits are enforced, counted, and can be others than the documented ones."""

import pytest
from sandbox.limits import Limits


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limits(clock):
    made = Limits(clock)
    made.enabled = True
    return made


def row(limits):
    (only,) = limits.report()
    return only


def test_a_burst_then_the_rate(limits, clock):
    assert [limits.allows("A", "getOrder") for _n in range(32)] == [True] * 30 + [False] * 2
    clock.now += 2
    assert [limits.allows("A", "getOrder") for _n in range(2)] == [True, False]
    clock.now += 3600
    assert sum(limits.allows("A", "getOrder") for _n in range(99)) == 30


def test_what_was_allowed_and_refused_can_be_read(limits, clock):
    for _n in range(40):
        limits.allows("A", "getOrder")
    clock.now += 20
    limits.allows("A", "getOrder")
    told = row(limits)
    assert (told["seller"], told["operation"], told["allowed"], told["refused"]) == ("A", "getOrder", 31, 10)
    assert (told["rate"], told["burst"], told["seconds"], told["possible"]) == (0.5, 30, 20, 40)
    assert told["used"] == 31 / 40


def test_sellers_and_operations_have_buckets_of_their_own(limits):
    for _n in range(20):
        limits.allows("A", "searchOrders")
    assert not limits.allows("A", "searchOrders")
    assert limits.allows("B", "searchOrders") and limits.allows("A", "getOrder")
    assert [(r["seller"], r["operation"]) for r in limits.report()] == [
        ("A", "getOrder"),
        ("A", "searchOrders"),
        ("B", "searchOrders"),
    ]


def test_other_rates_hold_until_the_sandbox_begins_again(limits, clock):
    limits.set_rate("searchOrders", 10, 2)
    assert [limits.allows("A", "searchOrders") for _n in range(3)] == [True, True, False]
    clock.now += 0.1
    assert limits.allows("A", "searchOrders")
    limits.refill()
    assert limits.report() == [] and limits.rate("searchOrders") == (10, 2)
    limits.clear()
    assert limits.rate("searchOrders") == (0.0056, 20)


@pytest.mark.parametrize("values", [("nothing", 1, 1), ("getOrder", 0, 1), ("getOrder", 1, 0)])
def test_a_limit_that_is_none_is_refused(limits, values):
    with pytest.raises(ValueError):
        limits.set_rate(*values)


def test_calls_are_counted_without_being_refused(limits):
    limits.enabled = False
    assert all(limits.allows("A", "getOrder") for _n in range(50))
    assert (row(limits)["allowed"], row(limits)["refused"]) == (50, 0)


def test_the_side_door_sets_and_reads_them(sandbox, api):
    api.control("switches", rate_limits=True)
    api.control("limits", operation="getMarketplaceParticipations", rate=0.001, burst=2)
    token = api.sign_in().json()["access_token"]
    answers = [api.get("/sellers/v1/marketplaceParticipations", token) for _n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["x-amzn-RateLimit-Limit"] == "0.001"
    told = api.control("limits", "GET")
    assert told["enabled"] and (told["limits"][0]["allowed"], told["limits"][0]["refused"]) == (2, 1)
    assert sandbox.limits.report() == told["limits"]
    assert api.control("limits", "DELETE")["limits"] == []
    assert api.get("/sellers/v1/marketplaceParticipations", token).status_code == 200
