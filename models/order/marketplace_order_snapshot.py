from dataclasses import asdict
from datetime import datetime
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import ormcache

from ...marketplaces.schema import Order, OrderLine, Package
from .marketplace_order import PURGE_AFTER, aware, naive

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
    """How an order crosses the wall between marketplaces and Odoo, and what is shown of it."""

    _inherit = "marketplace.order"

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
