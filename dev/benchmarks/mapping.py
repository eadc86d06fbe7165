"""Case about mapped fields: the same tickets with and without 60 fields that their orders fill."""

import random
from dataclasses import replace

from .mails import WARM_UP
from .measure import Series
from .table import Row
from .worlds import QUIET, Ours

FIELDS = 60
TARGET = 1.15
STEPS = (("mapping: making a ticket", "create"), ("mapping: new ticket with order", "new"))


class Unmapped(Ours):
    """The module without mapped fields; tickets are also made by themselves."""

    def sample(self, number, code=QUIET):
        """Return the readings of a new order's mail, and of making one more ticket of its order."""
        steps = super().sample(number, code)
        steps["create"], _ticket = self.run(self._make_ticket)
        return steps

    def _make_ticket(self, env):
        order = env["marketplace.order"].search([("state", "=", "known")], order="id desc", limit=1)
        site = order.ticket_ids[:1].marketplace_site_id
        values = {"name": "Bench", "description": "Bench", "team_id": site.team_id.id, "marketplace_site_id": site.id}
        tickets = env["helpdesk.ticket"].with_context(mail_create_nosubscribe=True, tracking_disable=True)
        ticket = tickets.create({**values, **tickets._marketplace_prepare_order_values(order)})
        env.flush_all()
        return ticket.id


class Mapped(Unmapped):
    """The module with 60 text fields set up by one click."""

    def _set_up(self, env):
        super()._set_up(env)
        known = env["marketplace.field.mapping"]._get_attributes()
        more = {f"{code}_2": replace(one, code=f"{code}_2") for code, one in known.items()}
        more = dict(list({**known, **more}.items())[:FIELDS])
        self.registry["marketplace.field.mapping"]._get_attributes = lambda _mapping: more
        done = env["marketplace.field.mapping"]._set_up(env["marketplace.app"].search([("code", "=", "amazon")]))
        if done["made"] != FIELDS or done["unfit"]:
            raise RuntimeError(f"mapping: the fields are not as they should be: {done}")

    def _make_ticket(self, env):
        ticket_id = super()._make_ticket(env)
        ticket = env["helpdesk.ticket"].browse(ticket_id)
        if not ticket.x_marketplace_order_status or not ticket.x_marketplace_order_skus_2:
            raise RuntimeError("mapping: the ticket's fields were not filled")
        return ticket_id


def mapping_rows(databases, samples):
    """Return the rows: making a ticket alone, and all that a new order's mail causes.

    :param databases: two databases with the module.
    """
    worlds = {"without": Unmapped(databases[0]), "with": Mapped(databases[1])}
    series = {(name, step): Series() for name in worlds for _case, step in STEPS}
    for turn in range(-WARM_UP, samples):
        for name in random.sample(list(worlds), 2):
            steps = worlds[name].sample(turn + WARM_UP)
            for _case, step in STEPS if turn >= 0 else ():
                series[name, step].add(steps[step])
    return [_row(case, series["with", step], series["without", step]) for case, step in STEPS]


def _row(case, ours, plain):
    ratio = ours.ratio(plain)
    return Row(case, ours.ms, ours.sql, plain.ms, plain.sql, f"{ratio:.2f}×", f"≤ {TARGET:.2f}×", ratio <= TARGET,
               f"with {FIELDS} mapped fields, by none")  # fmt: skip
