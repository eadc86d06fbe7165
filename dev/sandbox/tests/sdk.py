"""Amazon's own SDK as a process that talks to the pretend API."""

import json
import subprocess
from datetime import datetime
from pathlib import Path

import marketplaces

PROGRAM = Path(__file__).with_name("sdk_program.py")
PYTHON = Path(marketplaces.__file__).resolve().parents[1] / ".odoo/sdk/bin/python"
ORDER = "orders_v2026_01_01.get_order_api.GetOrderApi"
ORDERS = "orders_v2026_01_01.search_orders_api.SearchOrdersApi"
SELLERS = "sellers_v1.sellers_api.SellersApi"
MESSAGING = "messaging_v1.messaging_api.MessagingApi"
SOLICITATIONS = "solicitations_v1.solicitations_api.SolicitationsApi"
UPLOADS = "uploads_v2020_11_01.uploads_api.UploadsApi"


def make_call(api, method, body=None, **arguments):
    """Return one call for :func:`run`.

    :param body: name of one of the SDK's models and its values, or None.
    """
    return {"api": api, "method": method, "arguments": arguments, "body": body}


def run(sandbox, seller, *calls):
    """Sign in as a seller, make calls and return the answers: dicts with status, ``sent`` and ``held``.

    :raise AssertionError: the SDK did not get on with what it got; its traceback is the message.
    """
    names = ("client_id", "client_secret", "refresh_token")
    told = {
        "api": sandbox.http_url,
        "sign_in": f"{sandbox.http_url}/auth/o2/token",
        "keys": {name: getattr(seller, name) for name in names},
        "calls": calls,
    }
    done = subprocess.run(
        [PYTHON, "-I", PROGRAM], check=False, input=json.dumps(told), capture_output=True, text=True, timeout=120
    )
    assert not done.returncode, done.stderr[-3000:]
    return json.loads(done.stdout)


def find_differences(sent, held, path=""):
    """Return where an answer says something that the SDK's model has no place for, or holds otherwise.

    Times may be written differently, numbers as int or float; a list or object that is empty says nothing.
    """
    if isinstance(sent, dict):
        held = held if isinstance(held, dict) else {}
        return [line for key, value in sent.items() for line in find_differences(value, held.get(key), f"{path}.{key}")]
    if isinstance(sent, list):
        if not isinstance(held, list) or len(held) != len(sent):
            return [f"{path}: {sent!r} is held as {held!r}"]
        return [
            line
            for index, (one, other) in enumerate(zip(sent, held, strict=True))
            for line in find_differences(one, other, f"{path}[{index}]")
        ]
    return [] if sent == held or _is_same_time(sent, held) else [f"{path}: {sent!r} is held as {held!r}"]


def _is_same_time(sent, held):
    try:
        times = [datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (sent, held)]
    except (ValueError, TypeError, AttributeError):
        return False
    return times[0] == times[1]
