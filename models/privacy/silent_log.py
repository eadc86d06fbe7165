"""The log tells nothing: no buyer's name, address, words or mail, no token or signed address, at INFO and above.

One place for it, and process-wide: most of what would tell is written by others (Odoo's cursor prints a statement that
failed with all its values, its gateway names senders, the mail server recipients, ``httpx`` the whole address of each
request, a traceback the words that could not be read). So every record is looked at where it is made, by a factory of
log records: a filter of a logger does not see what the loggers below it write, and one of a handler misses the others.
Only records of a database with this module are changed, or of none. What stays: which statement, table and constraint,
types of errors and where they happened, ids, order numbers, hosts. Log-ins stay whole: audits go by them.

Its price: whoever looks for a fault reads the words of an error where they are kept (ledger, replies, mailboxes).
"""

import contextlib
import logging
import re
import threading
import traceback

import psycopg2

from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY

from ...marketplaces.errors import MarketplaceError

#: A database with this model is ours, and what runs through these modules is too.
MODEL = "marketplace.message"
OURS = "odoo.addons.helpdesk_mgmt_marketplace"
#: Who logs in is written down on purpose.
LOGIN_LOGGERS = ("odoo.addons.base.models.res_users", "odoo.service.security", "odoo.service.common")
GATEWAY_LOGGER = "odoo.addons.mail.models.mail_thread"
SENDING_LOGGER = "odoo.addons.base.models.ir_mail_server"

_ADDRESS = re.compile(r"[^\s<>\"'(),;:=?&/\[\]{}]+(?:@|%40)(?=[\w\[])")
_URL = re.compile(r"(https?://[^\s?\"'<>]+\?)[^\s\"'<>]+", re.IGNORECASE)
#: Of a request: values of its query, also inside an address that a log-in leads back to, and a file's name.
_QUERY = re.compile(r"((?:[?&]|%3F|%26)[\w.%-]*?(?:=|%3D))(?:(?!%26)[^&\s\"'])+", re.IGNORECASE)
_FILE = re.compile(r"(/web/(?:content|image)/[\w.%-]+(?:/\d+)?)/[^\s?\"']*")
#: What a mail server said to a mail: the kind of error and the code stay.
_SAID = re.compile(r"(\n\w+): [^\n]*?(\b[45]\d\d\b|\Z).*", re.DOTALL)
_IDENTIFIER = re.compile(r"[\w.]{1,64}\Z")

_expected = threading.local()


@contextlib.contextmanager
def expecting_conflicts(*codes):
    """Keep conflicts with other workers, which are tried again anyway, out of the log while the block runs.

    :param str codes: PostgreSQL's codes of further errors that mean such a conflict.
    """
    before = getattr(_expected, "codes", frozenset())
    _expected.codes = before | {*PG_CONCURRENCY_ERRORS_TO_RETRY, *codes}
    try:
        yield
    finally:
        _expected.codes = before


class _Expected(logging.Filter):
    """Keeps out what :func:`expecting_conflicts` announced."""

    def filter(self, record):
        return getattr(record, "pgcode", None) not in getattr(_expected, "codes", ())


class _Factory:
    """Makes log records as before, without what they must not tell."""

    def __init__(self, make):
        self._make = make

    def __call__(self, *args, **kwargs):
        record = self._make(*args, **kwargs)
        if record.levelno >= logging.INFO and is_ours():
            try:
                silence(record)
            except Exception:  # whatever can't be read must not be printed, nor stop what is being logged
                record.msg, record.args = "A line was left out: it can't be told without a buyer's data.", ()
                record.exc_text = _trace(record.exc_info[1]) if record.exc_info and record.exc_info[1] else None
        return record


def is_ours():
    """Tell whether this thread works for a database with this module, or for none that is known."""
    registry = Registry.registries._values.get(getattr(threading.current_thread(), "dbname", None))
    return registry is None or MODEL in registry.models


def silence(record):
    """Take out of a log record what it must not tell."""
    text = _message(record)
    if text is not None:
        record.msg, record.args = text, ()
    error = record.exc_info[1] if record.exc_info else None
    if error:
        told = _trace(error) if _is_telling(error) else logging.Formatter().formatException(record.exc_info)
        # A formatter that finds the text writes no other; tools that look at the error itself still have it.
        record.exc_text = _mask(told)


def _message(record):
    """Return what a record may say, None for what it says already."""
    if record.name == "odoo.sql_db" and (text := _statement(record)) is not None:
        return text
    if record.name.startswith(LOGIN_LOGGERS):
        return None
    msg = describe(record.msg) if isinstance(record.msg, BaseException) else record.msg
    args = record.args
    if any(isinstance(value, BaseException) for value in _arguments(record)) and isinstance(args, tuple):
        args = tuple(describe(one) if isinstance(one, BaseException) else one for one in args)
    if record.name == GATEWAY_LOGGER and isinstance(args, tuple):
        args = tuple(_name(one, is_route=str(msg).startswith("Routing")) for one in args)
    before = str(msg) % args if args else str(msg)
    text = _mask(before)
    if record.name == SENDING_LOGGER:
        text = _SAID.sub(r"\1 \2", text)
    if record.name == "werkzeug":
        text = _FILE.sub(r"\1/…", _QUERY.sub(r"\1***", text))
    return text if (text, args, msg) != (before, record.args, record.msg) else None


def _arguments(record):
    return record.args if isinstance(record.args, tuple) else (record.args,)


def _statement(record):
    """Return a statement that failed without its values, None for other lines: a list of tables is never complete."""
    query, error = [*_arguments(record), None, None][:2]
    if not isinstance(error, BaseException):
        return None
    record.pgcode = getattr(error, "pgcode", None)
    query = query.decode("utf-8", "replace") if isinstance(query, bytes) else str(query)
    # All before the first value in quotes is code.
    return f"bad query: {' '.join(query[:2000].split(chr(39))[0].split())[:300]} …\nERROR: {describe(error)}"


def _name(value, is_route):
    """Return of what the gateway tells of a mail only the hosts of addresses, and the models that it goes to."""
    if not isinstance(value, str) or (is_route and _IDENTIFIER.match(value)):
        return value
    hosts = re.findall(r"@([\w.-]+)", value)
    return ", ".join(f"…@{host}" for host in hosts) or "…"


def _mask(text):
    return _URL.sub(r"\1…", _ADDRESS.sub("…@", text)) if "@" in text or "?" in text or "%40" in text else text


# === ERRORS === #


def describe(error):
    """Return what the log may say of an error: its words only where we know who wrote them."""
    name = type(error).__name__
    if isinstance(error, psycopg2.Error):
        told = (error.pgcode, error.diag.table_name, error.diag.constraint_name)
        return f"{name} ({', '.join(filter(None, told))})"
    if isinstance(error, MarketplaceError) or not _is_telling(error):
        return _mask(str(error))
    frames = [frame for frame, _line in traceback.walk_tb(error.__traceback__)]
    frame = next(filter(_is_our_frame, reversed(frames)), frames[-1] if frames else None)
    return f"{name} in {frame.f_globals.get('__name__')}.{frame.f_code.co_name}" if frame else name


def _is_telling(error):
    """Tell whether an error's words may be a buyer's: PostgreSQL quotes values, Odoo names records, we read mails."""
    return any(
        isinstance(one, (psycopg2.Error, UserError))
        or any(_is_our_frame(frame) for frame, _line in traceback.walk_tb(one.__traceback__))
        for one in _chain(error)
    )


def _chain(error):
    """Return an error and those that it came from."""
    found = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _is_our_frame(frame):
    return str(frame.f_globals.get("__name__", "")).startswith(OURS)


def _trace(error):
    """Return a traceback with the types of the errors only, the first one first."""
    parts = []
    for one in reversed(_chain(error)):
        frames = traceback.StackSummary.extract(traceback.walk_tb(one.__traceback__))
        parts.append(f"Traceback (most recent call last):\n{''.join(frames.format())}{describe(one)}")
    return "\n\nwhich led to:\n\n".join(parts)


def install():
    """Have all log records of this process made silent, once."""
    make = logging.getLogRecordFactory()
    if not isinstance(make, _Factory):
        logging.setLogRecordFactory(_Factory(make))
        logging.getLogger("odoo.sql_db").addFilter(_Expected())


install()
