"""Run inside `odoo shell`: processes with a registry each work off the ledger from the same moment on."""

import glob
import json
import os
import time
import traceback

import odoo
from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.service.model import retrying

SIZE, MAILS = int(os.environ["CREW_SIZE"]), os.environ["CREW_MAILS"]
DATABASE = env.cr.dbname  # noqa: F821 - `odoo shell` gives it
SECONDS = 120
OPEN = "SELECT 1 FROM marketplace_message WHERE state IN ('received', 'waiting_order') LIMIT 1"


def read(path):
    with open(path, "rb") as file:
        return file.read()


def receive(env):
    """Take each mail as the gateway does; return how many were new."""
    taken = 0
    for path in sorted(glob.glob(f"{MAILS}/*.eml")):
        raw = read(path)
        taken += bool(retrying(lambda raw=raw: env["mail.thread"].message_process(False, raw), env))
        env.cr.commit()
    return taken


def work(env, fetches):
    """Do what the scheduled actions do until nothing is left."""
    model, method = ("marketplace.order.fetch", "_cron_fetch_orders") if fetches else (
        "marketplace.message", "_cron_process")  # fmt: skip
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        getattr(env[model], method)()
        env.cr.commit()
        env.cr.execute(OPEN)
        left = env.cr.fetchone()
        env.cr.rollback()
        env.invalidate_all()
        if not left:
            return
        time.sleep(0.05)


def child(number, barrier):
    """Wait for the others, work, and say what happened."""
    os.read(barrier, 1)  # returns when the parent closes the other end
    started, report = time.monotonic(), {"number": number, "taken": 0, "error": None}
    try:
        with Registry(DATABASE).cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            if number < SIZE:
                report["taken"] = receive(env)
            work(env, number == SIZE)
    except Exception:
        report["error"] = traceback.format_exc()
    report["seconds"] = round(time.monotonic() - started, 2)
    os.write(1, f"crew:{json.dumps(report)}\n".encode())


def main():
    odoo.sql_db.close_all()
    barrier, starter = os.pipe()
    for number in range(SIZE + 1):
        if not os.fork():
            os.close(starter)
            child(number, barrier)
            os._exit(0)
    time.sleep(0.3)
    os.close(starter)
    status = [os.wait()[1] for _child in range(SIZE + 1)]
    os._exit(any(status))


main()
