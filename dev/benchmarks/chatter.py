"""Case about a real server: what opening a ticket asks it for, with the chatter, over HTTP."""

import re
import statistics
import time

import requests

from .table import bounded

#: What the chatter of a form asks for, as its JavaScript names it.
REQUESTS = ["activities", "attachments", "contact_fields", "followers", "scheduledMessages", "suggestedRecipients"]
TIMES = 9
MODEL = "helpdesk.ticket"


def chatter_row(odoo):
    """Return the row about all requests of an opened ticket, ours beside one made by hand on the same server."""
    ours = odoo.rpc(MODEL, "search", [("marketplace_order_state", "=", "known")], limit=1)[0]
    other = odoo.rpc(MODEL, "create", {"name": "By hand", "description": "By hand"})
    odoo.rpc(MODEL, "message_post", [other], body="A message", message_type="email")
    arch = odoo.rpc(MODEL, "get_views", [(False, "form")])["views"]["form"]["arch"]
    specification = {name: {} for name in re.findall(r'<field name="(\w+)"', arch)}
    known = odoo.rpc(MODEL, "fields_get", list(specification), ["type"])
    specification = {name: {} for name in specification if name in known}
    session = _log_in(odoo)
    counts = {ticket: [] for ticket in (ours, other)}
    for _time in range(TIMES):
        for ticket, found in counts.items():
            found.append(sum(_ask(session, odoo, *request) for request in _requests(ticket, specification)))
    mine, theirs = (statistics.median_low(found) for found in counts.values())
    return bounded(
        "server: open ticket with chatter", mine - theirs, " SQL more", most=15, ours_sql=mine, plain_sql=theirs,
        note="3 requests each; plain: a ticket by hand on the same server",
    )  # fmt: skip


def _requests(ticket, specification):
    thread = {"thread_model": MODEL, "thread_id": ticket}
    call = {"model": MODEL, "method": "web_read", "args": [[ticket]], "kwargs": {"specification": specification}}
    return (
        (f"/web/dataset/call_kw/{MODEL}/web_read", call),
        ("/mail/data", {"fetch_params": [["mail.thread", {**thread, "request_list": REQUESTS}]], "context": {}}),
        ("/mail/thread/messages", {**thread, "fetch_params": {"limit": 30}}),
    )


def _log_in(odoo):
    session = requests.Session()
    who = {"db": odoo.db, "login": odoo.login, "password": odoo.password}
    _post(session, odoo, "/web/session/authenticate", who)
    return session


def _post(session, odoo, path, params):
    answer = session.post(odoo.url + path, json={"jsonrpc": "2.0", "method": "call", "params": params}, timeout=60)
    if "error" in answer.json():
        raise RuntimeError(f"{path}: {answer.json()['error']['data']['debug']}")


def _ask(session, odoo, path, params):
    """Send a request and return how many statements Odoo's log counts for it."""
    start = odoo.log.stat().st_size
    _post(session, odoo, path, params)
    pattern = re.compile(re.escape(f'"POST {path}') + r'(?:#[^" ]*)? [^"]*" 200 - (\d+) ')
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:  # the line follows the answer
        with odoo.log.open("rb") as log:
            log.seek(start)
            if found := pattern.search(log.read().decode(errors="replace")):
                return int(found[1])
        time.sleep(0.01)
    raise RuntimeError(f"Odoo's log does not tell the statements of {path}")
