import logging
from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import ormcache

from ...marketplaces.errors import Throttled
from ...marketplaces.schema import ORDER_STATUSES, Order, OrderLine, Package
from ..connection.marketplace_account_api import ABOUT_ORDER
from ..moments import aware, naive
from ..queue.pauses import get_pause, is_last
from .marketplace_order_fetch import OrderFetch

_logger = logging.getLogger(__name__)

#: Buyers' data must go this long after delivery.
PURGE_AFTER = timedelta(days=30)
#: Fields that the Order tab shows as they are.
SHOWN = (
    "amount_total", "amount_tax", "amount_shipping", "amount_discount", "service_level", "programs", "promotions",
    "buyer_name", "buyer_company", "buyer_purchase_order", "recipient", "is_limited",
)  # fmt: skip
SHOWN_TIMES = ("created_at", "ship_by", "deliver_by", "fetched_at")


def _plain(part):
    """Return a part of a snapshot as JSON knows it: amounts as decimal strings, times as Odoo writes them."""
    return {
        name: str(value)
        if isinstance(value, Decimal)
        else fields.Datetime.to_string(naive(value))
        if isinstance(value, datetime)
        else value
        for name, value in asdict(part).items()
    }


def _float(text):
    return float(text) if text is not None else None


class MarketplaceOrder(models.Model):
    """Snapshot of an order at a marketplace, as of ``fetched_at``."""

    _name = "marketplace.order"
    _inherit = ["marketplace.defaults.mixin"]
    _description = "Marketplace Order"
    _order = "created_at desc, id desc"
    _rec_name = "order_ref"
    _rec_names_search = ["order_ref", "ref_ids.name"]

    account_id = fields.Many2one(
        "marketplace.account", required=True, ondelete="restrict", index=True, groups="base.group_system"
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    app_id = fields.Many2one("marketplace.app", string="Marketplace", required=True, ondelete="restrict")
    site_id = fields.Many2one("marketplace.site", ondelete="restrict", index="btree_not_null")
    order_ref = fields.Char(string="Order", required=True, index="trigram")
    ref_ids = fields.One2many("marketplace.order.ref", "order_id", string="Other Numbers")
    related_refs = fields.Json(help="Numbers of other orders that this one replaces or is exchanged for.")
    state = fields.Selection(
        [("pending", "Being Fetched"), ("known", "Known"), ("unavailable", "Not Available")],
        default="pending",
        required=True,
        string="Data",
    )
    # What the marketplace says
    status = fields.Selection(
        [(code, code.replace("_", " ").capitalize()) for code in ORDER_STATUSES], default="unknown"
    )
    raw_status = fields.Char()
    fulfilled_by = fields.Selection([("seller", "Seller"), ("marketplace", "Marketplace")])
    service_level = fields.Char()
    programs = fields.Char()
    promotions = fields.Char()
    currency_id = fields.Many2one("res.currency")
    currency_code = fields.Char()
    amount_total = fields.Monetary()
    amount_tax = fields.Monetary()
    amount_shipping = fields.Monetary()
    amount_discount = fields.Monetary()
    line_ids = fields.One2many("marketplace.order.line", "order_id")
    package_ids = fields.One2many("marketplace.order.package", "order_id")
    created_at = fields.Datetime(string="Ordered On")
    updated_at = fields.Datetime(string="Changed On")
    ship_by = fields.Datetime()
    deliver_by = fields.Datetime()
    # Personal data
    buyer_name = fields.Char()
    buyer_company = fields.Char()
    buyer_purchase_order = fields.Char()
    relay = fields.Char(groups="base.group_system")
    recipient = fields.Json(help="name, lines, city, state, postcode, country, phone")
    refunds = fields.Json(help="amount, reason, comment of each; amounts as decimal strings")
    returns = fields.Json(help="ref, status, items, amount, carrier, tracking, url, created of each")
    is_limited = fields.Boolean(help="The marketplace held back personal data: a role is missing.")
    purge_after = fields.Date(index="btree_not_null")
    purged_at = fields.Datetime(string="Buyer's Data Deleted On", readonly=True)
    # Fetching
    fetched_at = fields.Datetime(string="As Of")
    next_fetch_at = fields.Datetime(index="btree_not_null")
    lease_until = fields.Datetime()
    attempts = fields.Integer()
    error = fields.Char()
    is_hint = fields.Boolean(help="Only named by somebody: asked for when nothing else is.")
    ticket_ids = fields.One2many("helpdesk.ticket", "marketplace_order_id")

    _account_ref_unique = models.Constraint("UNIQUE(order_ref, account_id)", "This order is here already.")

    # === FINDING === #

    @api.model
    def _find(self, account, order_ref):
        """Return the order of an account that any of its numbers means, or an empty recordset."""
        # One after the other: each has a unique index, both in one condition would read all orders.
        mine = [("account_id", "=", account.id)]
        found = self.search([*mine, ("order_ref", "=", order_ref)], limit=1)
        return found or self.env["marketplace.order.ref"].search([*mine, ("name", "=", order_ref)], limit=1).order_id

    @api.model
    def _find_or_create(self, site, order_ref, is_hint=False):
        """Return the order with this number, made as pending when it is new; loses a race with an error.

        :param bool is_hint: nobody proved that it is the buyer's: others are fetched first.
        """
        account = site.account_id
        order = self._find(account, order_ref)
        if order:
            if order.is_hint and not is_hint:
                order.is_hint = False
            return order
        fetchable = account._is_fetchable()
        order = self.create(
            {
                "account_id": account.id,
                "company_id": account.company_id.id,
                "app_id": account.app_id.id,
                "site_id": site.id,
                "order_ref": order_ref,
                "is_hint": is_hint,
                "next_fetch_at": fields.Datetime.now() if fetchable else False,
            }
        )
        if fetchable:
            self._trigger_fetch()
        return order

    # === ACTION METHODS === #

    def action_refresh(self):
        """Ask for these orders again, in the background."""
        self.check_access("read")
        orders_sudo = self.sudo()
        orders_sudo.write({"next_fetch_at": fields.Datetime.now(), "attempts": 0})
        self._trigger_fetch()

    # === FETCHING === #

    @api.model
    def _get_fetch_class(self):
        """Return the class (``OrderFetch`` or one made of it) that gets orders; hook for other add-ons."""
        return OrderFetch

    @api.model
    def _cron_fetch_orders(self):
        """Fetch the orders that are due."""
        self._get_fetch_class()(self.env).fetch_due()

    @api.model
    def _cron_refresh_orders(self):
        """Keep the orders of open tickets fresh."""
        self._get_fetch_class()(self.env).refresh()

    @api.model
    def _fetch_now(self, account, order_ref):
        """Return an order that a person asks for, fetched now if it is not known; see ``OrderFetch.fetch_now``."""
        return self._get_fetch_class()(self.env).fetch_now(account, order_ref)

    @api.model
    def _trigger_fetch(self, at=None):
        # Two of them: while one waits for a marketplace that hangs, the other serves the rest.
        self.env["ir.cron"]._marketplace_wake("ir_cron_fetch_orders", "ir_cron_fetch_orders_2", at=at)

    # === STORING === #

    def _note_failure(self, error):
        """Remember why the order could not be had and when to try again."""
        self.ensure_one()
        final = isinstance(error, ABOUT_ORDER)
        attempts = self.attempts if isinstance(error, Throttled) else self.attempts + 1
        pause = timedelta(seconds=get_pause("order", attempts) if attempts else 5)
        give_up = final and is_last("order", attempts)
        values = {
            "attempts": attempts,
            "lease_until": False,
            "error": str(error),
            "next_fetch_at": False if give_up else fields.Datetime.now() + pause,
        }
        if final and self.state == "pending":
            values["state"] = "unavailable"
        self.write(values)
        if self.next_fetch_at:
            self._trigger_fetch(at=self.next_fetch_at)
        if values.get("state"):
            self._fill_tickets(self)

    def _store(self, snapshot):
        """Write a snapshot (``schema.Order``) into this order, its lines, packages and numbers; return the order.

        It is another one when the number that was asked for turned out to be one more number of that one.
        Tickets that wait for their first fill get it from :meth:`_fill_tickets`, after the commit.
        """
        self.ensure_one()
        if snapshot.order_ref != self.order_ref:
            return self._take_number(snapshot.order_ref)._store(snapshot)
        known = self.state == "known"
        before = self._get_followed()
        if known:
            self.line_ids.unlink()
            self.package_ids.unlink()
        self.write(dict(self._prepare_values(snapshot), purged_at=False))
        self.env["marketplace.order.line"]._add(self, snapshot.lines)
        self.env["marketplace.order.package"]._add(self, snapshot.packages)
        if snapshot.related_refs:
            self.ref_ids.filtered(lambda one: one.name in snapshot.related_refs).unlink()
        self.env["marketplace.order.ref"]._add(self, snapshot.other_refs)
        if known:
            self.ticket_ids._marketplace_order_changed(self, before)
        return self

    def _get_followed(self):
        """Return what this order gives to the ticket fields that follow it."""
        return self.env["marketplace.field.mapping"]._get_values(self.site_id, self, follow=True)

    @api.model
    def _fill_tickets(self, orders=None):
        """Let tickets know that their order arrived, or that it won't: those made at the same moment as well."""
        arrived = Domain("marketplace_order_state", "in", ("pending", "unavailable")) & Domain(
            "marketplace_order_id.state", "=", "known"
        )
        given_up = Domain("marketplace_order_state", "=", "pending") & Domain(
            "marketplace_order_id.state", "=", "unavailable"
        )
        behind = arrived | given_up
        if orders:
            behind &= Domain("marketplace_order_id", "in", orders.ids)
        for ticket in self.env["helpdesk.ticket"].with_context(active_test=False).search(behind):
            try:
                with self.env.cr.savepoint():
                    ticket._marketplace_order_changed(ticket.marketplace_order_id)
            except OperationalError:
                raise
            except Exception:
                # The other tickets must not wait; this one is tried again with the next refresh.
                _logger.exception("Ticket %s can't be told of its order", ticket.id)

    @api.model
    def _search_display_name(self, operator, value):
        """Find an order by any of its numbers, in any form in which people write them.

        Other numbers are looked up first: in one condition with the order's own they would have all orders read.
        """
        if operator not in ("ilike", "=ilike", "in"):
            return super()._search_display_name(operator, value)
        numbers, forms = self.env["marketplace.order.ref"], self._get_number_forms(value)
        others = numbers.search([("name", "in", forms)]).order_id
        whole = Domain("order_ref", "in", forms) | Domain("id", "in", others.ids)
        if isinstance(value, str) and self.search_count(whole, limit=1):
            return whole
        others = numbers.search([("name", operator, value)]).order_id
        return whole | Domain("order_ref", operator, value) | Domain("id", "in", others.ids)

    @api.model
    def _get_number_forms(self, value):
        """Return the order numbers that a text, or one of several texts, may mean at any marketplace."""
        known = self.env["marketplace.app"]._get_marketplaces().values()
        texts = [value] if isinstance(value, str) else value
        return list({marketplace.normalize_ref(text) for marketplace in known for text in texts if text} - {None})

    def _take_number(self, order_ref):
        """Return the order whose own number this is: this one under it, or the one that has it already.

        :param str order_ref: the number that the marketplace gave when it was asked for this order's.
        """
        self.ensure_one()
        known = self.search([("account_id", "=", self.account_id.id), ("order_ref", "=", order_ref)])
        former = self.order_ref
        if known:
            self._join(known)
        else:
            known = self
            self.order_ref = order_ref
            keys = [("account_id", "=", self.account_id.id), ("type", "=", "order"), ("value", "=", former)]
            self.env["marketplace.conversation.key"].search(keys).value = order_ref
            self.with_context(active_test=False).ticket_ids._marketplace_renumber(former, self)
        self.env.flush_all()
        self.env["marketplace.order.ref"]._add(known, [former])
        return known

    def _join(self, order):
        """Hand everything of this order over to the one that it turned out to be, and go."""
        Conversation = self.env["marketplace.conversation"]
        mine = [("order_id", "=", self.id)]
        self.env["marketplace.message"].search(mine).order_id = order
        self.env["marketplace.reply"].search(mine).order_id = order
        for dialog in ("marketplace.write.first", "marketplace.order.open"):
            self.env[dialog].search(mine).order_id = order
        self.ref_ids.order_id = order
        Conversation.search(mine)._join(Conversation.search([("order_id", "=", order.id)], order="id", limit=1), order)
        self.with_context(active_test=False).ticket_ids._marketplace_renumber(self.order_ref, order)
        self.unlink()

    # === STORING === #

    def _prepare_values(self, snapshot):
        recipient = snapshot.recipient
        delivered = snapshot.status == "delivered" and (snapshot.deliver_by or snapshot.updated)
        site = self.site_id
        if site.site_ref != snapshot.site_ref:
            site = self.account_id.site_ids.filtered(lambda one: one.site_ref == snapshot.site_ref)[:1] or site
        return {
            "state": "known",
            "site_id": site.id,
            "status": snapshot.status,
            "raw_status": snapshot.raw_status,
            "fulfilled_by": snapshot.fulfilled_by,
            "service_level": snapshot.service_level,
            "programs": ", ".join(snapshot.programs) or False,
            "promotions": ", ".join(snapshot.promotions) or False,
            "currency_code": snapshot.currency,
            "currency_id": self._get_currency_id(snapshot.currency),
            "amount_total": snapshot.total,
            "amount_tax": snapshot.tax,
            "amount_shipping": snapshot.shipping,
            "amount_discount": snapshot.discount,
            "created_at": naive(snapshot.created),
            "updated_at": naive(snapshot.updated),
            "ship_by": naive(snapshot.ship_by),
            "deliver_by": naive(snapshot.deliver_by),
            "buyer_name": snapshot.buyer_name,
            "buyer_company": snapshot.buyer_company,
            "buyer_purchase_order": snapshot.buyer_purchase_order,
            "relay": snapshot.relay,
            "refunds": [_plain(one) for one in snapshot.refunds] or False,
            "returns": self.returns if snapshot.returns is None else [_plain(one) for one in snapshot.returns] or False,
            "recipient": dict(vars(recipient), lines=list(recipient.lines)) if recipient else False,
            "is_limited": snapshot.limited,
            "related_refs": list(snapshot.related_refs) or False,
            "purge_after": delivered and (delivered + PURGE_AFTER).date(),
            "fetched_at": fields.Datetime.now(),
            "next_fetch_at": False,
            "lease_until": False,
            "attempts": 0,
            "error": False,
        }

    @api.model
    @ormcache("code")
    def _get_currency_id(self, code):
        return self.env["res.currency"].with_context(active_test=False).search([("name", "=", code)]).id

    # === SHOWING === #

    def _describe(self):
        """Return what the Order tab shows of this order, as plain data (the reader checks access)."""
        self.ensure_one()
        storefront = self.site_id._get_storefront()
        marketplace = self.app_id._get_class_or_gone()
        labels = {
            name: dict(self._fields[name]._description_selection(self.env)) for name in ("status", "fulfilled_by")
        }
        return {
            "id": self.id,
            "ref": self.order_ref,
            "state": self.state,
            "error": self.error,
            "url": marketplace.order_url(storefront, self.order_ref) if storefront else False,
            "status": self.status,
            "status_label": labels["status"].get(self.status),
            "fulfilled_by": labels["fulfilled_by"].get(self.fulfilled_by),
            "currency": self.currency_code,
            **{name: self[name] for name in SHOWN},
            **{name: fields.Datetime.to_string(self[name]) for name in SHOWN_TIMES},
            "lines": [line._describe(marketplace, storefront) for line in self.line_ids],
            "numbers": self.ref_ids.mapped("name"),
            "related": self.related_refs or [],
            "packages": [package._describe() for package in self.package_ids],
            "refunds": [dict(one, amount=_float(one["amount"])) for one in self.refunds or []],
            "returns": [dict(one, amount=_float(one["amount"])) for one in self.returns or []],
        }

    def _as_snapshot(self):
        """Return what is known of this order as the marketplace's class takes it (``schema.Order``), None of none."""
        if self.state != "known":
            return None
        text = ("line_ref", "sku", "item_ref", "title")
        return Order(
            order_ref=self.order_ref,
            other_refs=tuple(self.ref_ids.mapped("name")),
            related_refs=tuple(self.related_refs or ()),
            site_ref=self.site_id.site_ref,
            status=self.status or "unknown",
            currency=self.currency_code or None,
            total=Decimal(str(self.amount_total)) if self.currency_code else None,
            lines=tuple(
                OrderLine(**{name: line[name] or None for name in text}, quantity=Decimal(str(line.quantity)))
                for line in self.line_ids
            ),
            packages=tuple(
                Package(package_ref=one.package_ref or None, carrier=one.carrier or None, tracking=one.tracking or None)
                for one in self.package_ids
            ),
            buyer_name=self.buyer_name or None,
            buyer_purchase_order=self.buyer_purchase_order or None,
            created=aware(self.created_at),
            ship_by=aware(self.ship_by),
            deliver_by=aware(self.deliver_by),
        )
