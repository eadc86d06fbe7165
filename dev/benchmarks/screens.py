"""Cases about screens: finding an order's ticket, opening a ticket."""

import re
import threading

from lxml import etree

from odoo.api import Environment

from .fill import OTHERS
from .measure import Series
from .table import Row, bounded

TIMES = 15


def search_rows(world):
    """Return rows about finding an order by its number; the plan must use an index."""
    ((ref,),) = world.db.sql("SELECT order_ref FROM marketplace_order WHERE order_ref LIKE '028-%' ORDER BY id LIMIT 1")
    other = str(OTHERS + 1)
    searches = (
        ("find ticket by order number", "helpdesk.ticket", [("marketplace_number", "ilike", ref)]),
        ("find ticket by part of it", "helpdesk.ticket", [("marketplace_number", "ilike", ref[4:15])]),
        ("find ticket by another number", "helpdesk.ticket", [("marketplace_number", "ilike", other)]),
        ("find order by its number", "marketplace.order", [("display_name", "ilike", ref)]),
        ("find order by another number", "marketplace.order", [("display_name", "ilike", other)]),
        ("find order by part of it", "marketplace.order", [("order_ref", "ilike", ref[4:15])]),
    )
    return [_search_row(world, *search) for search in searches]


def _search_row(world, case, model, domain):
    found, queries = [], {}

    def work(env):
        thread = threading.current_thread()
        hook = thread.query_hooks[0]
        thread.query_hooks.append(
            lambda cr, query, params, _start, _delay: queries.setdefault(cr.mogrify(query, params))
        )
        found.append(env[model].search(domain).ids)
        thread.query_hooks = [hook]

    readings = [world.run(work)[0] for _time in range(TIMES)]
    if len(found[-1]) != 1:
        raise RuntimeError(f"{case}: found {found[-1]}")
    statements = [query for query in queries if query.lstrip().startswith(b"SELECT")]
    plan = "\n".join(line for statement in statements for (line,) in world.db.sql(b"EXPLAIN " + statement))
    indexes = re.findall(r"Index (?:Only )?Scan (?:using |on )(\w+)", plan)
    whole = re.findall(r"Seq Scan on (\w+)", plan)
    whole = [table for table in whole if table in ("helpdesk_ticket", "marketplace_order", "marketplace_order_ref")]
    note = f"reads all of {', '.join(whole)}" if whole else ", ".join(dict.fromkeys(indexes))
    series = Series(readings)
    return Row(case, series.ms, series.sql, value="all rows" if whole else "index", target="index", good=not whole,
               note=note)  # fmt: skip


def open_row(ours, plain):
    """Return the row about what the form asks for when an agent opens a ticket."""
    mine, theirs = [], []
    for _time in range(TIMES):
        mine.append(_open(ours, "helpdesk.ticket", [("marketplace_order_state", "=", "known")]))
        theirs.append(_open(plain, "helpdesk.ticket", []))
    mine, theirs = Series(mine), Series(theirs)
    more = mine.sql - theirs.sql
    return bounded(
        "open ticket: web_read of the form", more, " SQL more", most=15, ours=mine.ms, ours_sql=mine.sql,
        plain=theirs.ms, plain_sql=theirs.sql, note="as an agent",
    )  # fmt: skip


def _open(world, model, domain):
    """Measure web_read with all that the form shows, as an agent."""
    with world.registry.cursor() as cr:
        env = Environment(cr, 1, {})
        agent = env["res.users"].search([("login", "=", "agent0")]).id
        ticket = env[model].search(domain, order="id desc", limit=1).id
        env = Environment(cr, agent, {})
        specification = read_specification(env[model].get_views([(False, "form")])["views"]["form"]["arch"], env[model])
    return world.run(lambda env: env(user=agent)[model].browse(ticket).web_read(specification))[0]


def read_specification(arch, model):
    """Return what the web client asks ``web_read`` for: the fields of a form view."""
    specification = {}
    for node in etree.fromstring(arch).iter("field"):
        name = node.get("name")
        if any(parent.tag == "field" for parent in node.iterancestors()) or name not in model._fields:
            continue
        kind = model._fields[name].type
        inner = {}
        if kind in ("many2one", "reference"):
            inner = {"fields": {"display_name": {}}}
        elif kind in ("one2many", "many2many"):
            inner = {"fields": {"display_name": {}, "color": {}} if node.get("widget") == "many2many_tags" else {}}
        specification[name] = inner
    return specification
