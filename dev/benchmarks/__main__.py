"""``dev/bench``: measure, print a table."""

import argparse
import contextlib
import subprocess
import sys

from live import Database
from ports import free_port

from .limits import limit_rows
from .mails import Samples, big_rows, fill_worlds, follower_rows, mail_rows, print_breakdown
from .mapping import mapping_rows
from .reading import read_rows, signature_rows
from .running import running_rows
from .screens import open_row, search_rows
from .table import show
from .worlds import FOLLOWED, Ours, Plain, start_odoo, stop_odoo

CASES = {
    "mail": "receive, new ticket with order, further message, beside plain helpdesk_mgmt",
    "followers": "the same with three followers who get e-mail",
    "big": "the same in databases with --rows tickets and contacts",
    "search": "finding an order's ticket, with --rows tickets",
    "open": "what the form of a ticket asks for",
    "mapping": "making tickets with and without 60 fields that their orders fill",
    "read": "mails read a second, without Odoo",
    "signature": "checking a mail's signature ourselves, without Odoo",
    "server": "a running server: seconds until the ticket, a backlog",
    "limits": "running servers use what the marketplace's rate limits allow, and no more",
}


def _arguments():
    parser = argparse.ArgumentParser(prog="dev/bench", description="Our module beside plain helpdesk_mgmt.")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"{', '.join(CASES)}; all by default")
    parser.add_argument("--rows", type=int, default=20_000, help="tickets and contacts of the big databases")
    parser.add_argument("--samples", type=int, default=40)
    parser.add_argument("--verbose", action="store_true", help="print the commonest statements")
    parser.add_argument("--list", action="store_true", help="print the cases")
    arguments = parser.parse_args()
    if unknown := set(arguments.cases) - set(CASES):
        parser.error(f"unknown case: {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
    arguments.cases = arguments.cases or list(CASES)
    return arguments


@contextlib.contextmanager
def _mail_sink():
    """Take mail for nobody in a process of its own and give the port."""
    port = free_port()
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


def _in_process(stack, arguments):
    """Return the rows of the cases that open databases in this process."""
    big = {"big", "search"} & set(arguments.cases)
    kinds = {"ours": ("auto", Ours), "plain": ("base", Plain)}
    kinds |= {f"big {name}": kind for name, kind in kinds.items()} if big else {}
    worlds = {
        name: world(stack.enter_context(Database.create(template=template)))
        for name, (template, world) in kinds.items()
    }
    fill_worlds(worlds, arguments.rows)
    samples, rows = Samples(), []
    samples.run(worlds, arguments.samples)
    if "followers" in arguments.cases:
        samples.run({name: worlds[name] for name in ("ours", "plain")}, arguments.samples // 2, FOLLOWED)
    if "mail" in arguments.cases:
        rows += mail_rows(samples)
    if "followers" in arguments.cases:
        rows += follower_rows(samples)
    if "big" in arguments.cases:
        rows += big_rows(samples, arguments.rows)
    if "search" in arguments.cases:
        rows += search_rows(worlds["big ours"])
    if "open" in arguments.cases:
        rows.append(open_row(worlds["ours"], worlds["plain"]))
    if arguments.verbose:
        print_breakdown(samples)
        print()
    return rows


def main():
    """Run the cases and print the table."""
    arguments = _arguments()
    if arguments.list:
        print("\n".join(f"{name:10} {what}" for name, what in CASES.items()))
        return
    rows = read_rows() if "read" in arguments.cases else []
    rows += signature_rows() if "signature" in arguments.cases else []
    with contextlib.ExitStack() as stack:
        start_odoo(stack.enter_context(_mail_sink()))
        if set(arguments.cases) & {"mail", "followers", "big", "search", "open"}:
            rows = _in_process(stack, arguments) + rows
        if "mapping" in arguments.cases:
            databases = [stack.enter_context(Database.create()) for _number in range(2)]
            rows += mapping_rows(databases, arguments.samples)
        if "server" in arguments.cases:
            rows += running_rows(stack.enter_context(Database.create()))
        if "limits" in arguments.cases:
            rows += limit_rows()
        stop_odoo()
    show(rows)


if __name__ == "__main__":
    main()
