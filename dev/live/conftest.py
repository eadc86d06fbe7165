"""One configured database for all live tests; each test works on a copy of its own."""

import contextlib
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from browser import Browser  # noqa: E402
from common import Shop, configured, extended, read_addresses  # noqa: E402
from demo import AGENT  # noqa: E402
from live import Database  # noqa: E402
from mailboxes import Ours, Plain  # noqa: E402
from sandbox.mailserver import MailServer  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="long runs (dev/stress) in place of short ones")


def pytest_collection_modifyitems(config, items):
    left = [item for item in items if item.get_closest_marker("full") and not config.getoption("--full")]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


def pytest_terminal_summary(terminalreporter):
    reports = [one for found in terminalreporter.stats.values() for one in found if hasattr(one, "user_properties")]
    lines = [line for one in reports for name, line in one.user_properties if name == "figures"]
    if lines:
        terminalreporter.section("figures")
        for line in dict.fromkeys(lines):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def full(request):
    """Tell whether the long runs are wanted."""
    return request.config.getoption("--full")


@pytest.fixture
def figures(record_property):
    """Return a function that keeps one line of figures for the summary."""
    return lambda line: record_property("figures", line)


@pytest.fixture(scope="session")
def open_shop():
    """Return a function that makes a shop on a copy of a configured database, perhaps with a further add-on."""

    def make(add_on=None, **options):
        template = Database.once("configured", configured)
        if add_on:
            template = Database.once(add_on, lambda: extended(template, add_on))
        return Shop(template, read_addresses(template), **options)

    return make


@pytest.fixture(scope="session")
def shared_shop(open_shop):
    """Return one running shop for all tests that leave each other's orders alone."""
    with open_shop() as running:
        yield running


@pytest.fixture
def shop(open_shop):
    """Return a running shop of this test's own."""
    with open_shop() as running:
        yield running


def _log_in(shop, login):
    with Browser() as browser:
        browser.log_in(shop.odoo, login)
        yield browser


@pytest.fixture(scope="module")
def admin(shop):
    """Return a browser in which an admin is logged in; for modules whose tests share one shop."""
    yield from _log_in(shop, "admin")


@pytest.fixture(scope="module")
def agent(shop):
    """Return a browser in which an agent is logged in; for modules whose tests share one shop."""
    yield from _log_in(shop, AGENT)


@pytest.fixture(scope="session")
def mail_server():
    """Return a real mail server."""
    with MailServer() as server:
        yield server


@pytest.fixture(scope="module")
def sides(open_shop, mail_server, full, request):
    """Return our module, and in long runs plain Odoo too, each with a mailbox of its own behind a slow line."""
    with contextlib.ExitStack() as stack:
        name = request.module.__name__
        found = [stack.enter_context(Ours(mail_server, stack.enter_context(open_shop()), user=f"{name}-ours"))]
        if full:
            found.append(stack.enter_context(Plain(mail_server, user=f"{name}-plain")))
        yield found
