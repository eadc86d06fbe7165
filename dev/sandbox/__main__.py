"""``python -m sandbox``: run the sandbox until interrupted."""

import argparse
import logging
import signal
import threading

from .server import AUTHSERV_ID, Sandbox


def _arguments(argv=None):
    about = "A pretend Amazon and Walmart on this machine."
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=about)
    parser.add_argument("--http-port", type=int, default=8090)
    parser.add_argument("--smtp-port", type=int, default=8025)
    parser.add_argument("--odoo-url", help="where mails for the seller are handed over; without it they are kept")
    parser.add_argument("--odoo-db")
    parser.add_argument("--odoo-login", default="admin")
    parser.add_argument("--odoo-password", default="admin")
    parser.add_argument("--authserv-id", default=AUTHSERV_ID, help="our name in Authentication-Results")
    parser.add_argument("--alias-domain", action="append", default=[], help="mail domain of Odoo; repeatable")
    parser.add_argument("--address", action="append", default=[], metavar="SELLER:SITE=ADDRESS")
    parser.add_argument("--auto-orders", action="store_true", help="unknown order numbers exist when asked for")
    parser.add_argument("--rate-limits", action="store_true", help="enforce the documented rate limits")
    parser.add_argument("--reply-copies", action="store_true", help="send the seller copies of replies, as Amazon does")
    parser.add_argument("--state", metavar="FILE", help="keeps addresses over restarts")
    arguments = parser.parse_args(argv)
    if arguments.odoo_url and not arguments.odoo_db:
        parser.error("--odoo-url needs --odoo-db")
    return arguments


def _addresses(rows):
    pairs = {}
    for row in rows:
        place, _equals, address = row.partition("=")
        seller, _colon, site = place.partition(":")
        pairs[seller, site] = address
    return pairs


def main(argv=None):
    """Run the sandbox until SIGINT or SIGTERM."""
    arguments = vars(_arguments(argv))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    names = ("auto_orders", "rate_limits", "reply_copies")
    switches = {name: arguments.pop(name) for name in names}
    addresses = _addresses(arguments.pop("address"))
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_signal: ended.set())
    domains = arguments.pop("alias_domain")
    with Sandbox(alias_domains=domains, addresses=addresses, switches=switches, **arguments) as sandbox:
        print(f"sandbox: {sandbox.http_url}  SMTP on port {sandbox.smtp_port}", flush=True)
        ended.wait()


if __name__ == "__main__":
    main()
