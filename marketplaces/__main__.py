"""`python -m marketplaces`: read mails and orders from files, one JSON object a line on stdout."""

import argparse
import dataclasses
import json
import logging
import sys
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

from . import MARKETPLACES, read_mail
from .errors import MarketplaceError

_logger = logging.getLogger("marketplaces")

MAIL_KEYS = (
    "app site kind notice urgent order_ref buyer_name text thread_refs dedup_ref attachments authentication reasons "
    "subject sender reply_to message_id date presale item_ref no_response_url"
).split()
ORDER_KEYS = (
    "order_ref other_refs site status raw_status fulfilled_by currency total tax shipping discount lines packages "
    "recipient buyer_name relay created ship_by deliver_by"
).split()
LINE_KEYS = "sku item_ref title quantity unit_price total tax status image".split()
PACKAGE_KEYS = "carrier tracking url status shipped".split()
RECIPIENT_KEYS = "name lines city state postcode country phone".split()


class NotReadable(Exception):
    """A file can't be read as what it was given for; the message says why."""


def main(argv=None) -> int:
    """Run the command line.

    :return: 0 when every file was read, 1 when some were not; bad usage exits with 2.
    """
    options = _parser().parse_args(argv)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    failed = False
    for file in options.files:
        try:
            records = options.read(_bytes(file), options)
        except (NotReadable, MarketplaceError) as error:
            failed, records = True, [{"error": str(error)}]
        except Exception as error:
            # One file must not keep the others from being read; the trace tells a developer what to mend.
            _logger.exception("%r could not be read", file)
            failed, records = True, [{"error": f"unexpected {type(error).__name__}: {error}"}]
        for record in records:
            _write({"file": file} | record)
    return int(failed)


def _parser():
    parser = argparse.ArgumentParser(prog="python -m marketplaces", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    mail = commands.add_parser("mail", help="say what raw mails mean")
    mail.add_argument("--authserv-id", metavar="HOST", help="server whose Authentication-Results are believed")
    mail.add_argument("files", nargs="+", metavar="FILE")
    mail.set_defaults(read=_read_mail)
    order = commands.add_parser("order", help="read orders as the marketplace's API returns them")
    order.add_argument("app", choices=sorted(MARKETPLACES), metavar="APP", help=", ".join(sorted(MARKETPLACES)))
    order.add_argument("files", nargs="+", metavar="FILE")
    order.set_defaults(read=_read_orders)
    return parser


def _bytes(file):
    """Return the content of a file."""
    try:
        path = Path(file)
        if not path.exists():
            raise NotReadable("no such file")
        if not path.is_file():
            raise NotReadable("not a file")
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise NotReadable(getattr(error, "strerror", None) or str(error)) from error
    if not content:
        raise NotReadable("empty file")
    return content


def _read_mail(content, options):
    return [_shown(read_mail(content, authserv_id=options.authserv_id), MAIL_KEYS)]


def _read_orders(content, options):
    try:
        data = json.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise NotReadable(f"not JSON: {error}") from error
    return [_shown(order, ORDER_KEYS) for order in MARKETPLACES[options.app].orders_from_json(data)]


def _shown(record, keys):
    """Return a record's fields as JSON knows them."""
    return {key: _plain(getattr(record, key), key) for key in keys}


def _plain(value, key):
    """Return a field's value as JSON knows it: money as decimal strings, times as ISO 8601 UTC."""
    if isinstance(value, Decimal):
        return _number(value) if key == "quantity" else format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    if key == "attachments":
        return [_shown(file, ("name", "type", "size")) for file in value]
    if key in ("lines", "packages") and value and not isinstance(value[0], str):
        return [_shown(item, LINE_KEYS if key == "lines" else PACKAGE_KEYS) for item in value]
    if key == "recipient" and value is not None:
        return _shown(value, RECIPIENT_KEYS)
    if isinstance(value, tuple):
        return [dataclasses.asdict(item) if dataclasses.is_dataclass(item) else item for item in value]
    return value


def _number(value):
    return int(value) if value == value.to_integral_value() else float(value)


def _write(record):
    """Write one line. UTF-8 whatever the locale; what is no text (a file name of raw bytes) comes as ``\\udcxx``."""
    line = json.dumps(record, ensure_ascii=False).encode("utf-8", "backslashreplace")
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
