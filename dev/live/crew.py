"""Run inside `odoo shell`: processes with a registry each work off the ledger from the same moment on."""

import glob
import json
import os
import select
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


def receive(env):
    """Take each mail as the gateway does; return how many were new."""
    taken = 0
    for path in sorted(glob.glob(f"{MAILS}/*.eml")):
        with open(path, "rb") as file:
            raw = file.read()
        taken += bool(retrying(lambda raw=raw: env["mail.thread"].message_process(False, raw), env))
        env.cr.commit()
    return taken


def work(env, model, method, is_over):
    """Do what a scheduled action does, again and again, until it's over."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        getattr(env[model], method)()
        env.cr.commit()
        if is_over(env):
            return
        env.invalidate_all()
        time.sleep(0.05)


def is_done(env):
    env.cr.execute(OPEN)
    left = env.cr.fetchone()
    env.cr.rollback()
    return not left


def process(env, report):
    """Receive the mails and work off the ledger."""
    report["taken"] = receive(env)
    work(env, "marketplace.message", "_cron_process", is_done)


def fetch(env, ended):
    """Fetch orders until the parent closes its end: the others are done."""
    work(env, "marketplace.order", "_cron_fetch_orders", lambda _env: select.select([ended], [], [], 0)[0])


def child(number, barrier, ended):
    """Wait for the others, work, and say what happened."""
    os.read(barrier, 1)  # returns when the parent closes the other end
    started, report = time.monotonic(), {"number": number, "taken": 0, "error": None}
    try:
        with Registry(DATABASE).cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            process(env, report) if number < SIZE else fetch(env, ended)
    except Exception:
        report["error"] = traceback.format_exc()
    report["seconds"] = round(time.monotonic() - started, 2)
    os.write(1, f"crew:{json.dumps(report)}\n".encode())


def main():
    odoo.sql_db.close_all()
    (barrier, starter), (ended, ender), children = os.pipe(), os.pipe(), []
    for number in range(SIZE + 1):
        children.append(os.fork())
        if not children[-1]:
            os.close(starter)
            os.close(ender)
            child(number, barrier, ended)
            os._exit(0)
    time.sleep(0.3)
    os.close(starter)
    codes = [os.waitpid(pid, 0)[1] for pid in children[:SIZE]]
    os.close(ender)
    os._exit(any([*codes, os.waitpid(children[SIZE], 0)[1]]))


main()
