import logging
from typing import NamedTuple

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import frozendict, ormcache

from .attributes import ATTRIBUTES, Facts
from .setup import TICKET, set_up
from .values import FITS, Place, convert, differs

_logger = logging.getLogger(__name__)

#: Add-ons whose fields make a ticket what it is: an order must not write over them.
CORE = {"base", "mail", "portal", "rating", "web", "helpdesk_mgmt", "helpdesk_mgmt_marketplace"}
#: Who may edit, by how much a user must be: 1 is an agent, 2 a manager; nobody is 3.
EDITORS = {"agents": 1, "managers": 2, "nobody": 3}
#: What an attribute that another add-on brought may raise; a ticket is worth more than one of its fields.
ODD_VALUES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Mapped(NamedTuple):
    """A mapping that is in use, as it is cached."""

    name: str
    attribute: str
    follow: bool
    edit: str


class MarketplaceFieldMapping(models.Model):
    """An attribute of a marketplace's orders and the field of its tickets that holds it."""

    _name = "marketplace.field.mapping"
    _description = "Marketplace Field Mapping"
    _order = "app_id, sequence, id"
    _rec_name = "attribute"

    app_id = fields.Many2one("marketplace.app", string="Marketplace", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=100)
    active = fields.Boolean(
        string="On", default=True, help="Off: new tickets don't get it, and nothing here applies to the field."
    )
    attribute = fields.Selection(selection="_selection_attribute", string="Order Attribute", required=True)
    is_personal = fields.Boolean(
        string="Personal", compute="_compute_kind", help="Goes when the buyer's data is deleted."
    )
    field_types = fields.Json(compute="_compute_kind")
    other_fields = fields.Json(compute="_compute_kind")
    # Only who may make fields may read them; SQL empties it when the field is deleted.
    field_id = fields.Many2one(
        "ir.model.fields", string="Ticket Field", ondelete="set null", index=True, groups="base.group_system",
        domain=[("model", "=", TICKET), ("store", "=", True)],
    )  # fmt: skip
    field_name = fields.Char(
        string="Technical Name", help="Of the ticket's field; it can be given in place of the field."
    )
    field_label = fields.Char(compute="_compute_state", compute_sudo=True)
    follow = fields.Boolean(
        string="Follow Order",
        help="Write the field again whenever the order changes; else it keeps what it got when the ticket was made.",
    )
    edit = fields.Selection(
        [("nobody", "Nobody"), ("managers", "Managers"), ("agents", "Agents")],
        string="Who May Edit",
        default="nobody",
        required=True,
    )
    state = fields.Selection(
        [
            ("ready", "Filled"),
            ("off", "Off"),
            ("empty", "No Field Yet"),
            ("gone", "Field Is Gone"),
            ("unfit", "Field Does Not Fit"),
        ],
        compute="_compute_state",
        compute_sudo=True,
    )
    state_message = fields.Char(compute="_compute_state", compute_sudo=True, string="What to Do")

    _attribute_unique = models.Constraint(
        "UNIQUE(app_id, attribute)", "This attribute of the marketplace's orders is mapped already."
    )
    _field_unique = models.UniqueIndex(
        "(app_id, field_id) WHERE field_id IS NOT NULL", "Another attribute of this marketplace goes to this field."
    )

    # === COMPUTE METHODS === #

    @api.model
    def _get_attributes(self):
        """Return what orders tell: {code: Attribute}. Override it to add something from another add-on."""
        return {one.code: one for one in ATTRIBUTES}

    @api.model
    def _selection_attribute(self):
        return [(one.code, str(self.env._(one.label))) for one in self._get_attributes().values()]

    @api.depends("attribute")
    def _compute_kind(self):
        known, model = self._get_attributes(), self.env[TICKET]
        others = [name for name, field in model._fields.items() if not field.manual and self._is_free(field)]
        for mapping in self:
            attribute = known.get(mapping.attribute)
            mapping.is_personal = bool(attribute and attribute.is_personal)
            mapping.field_types = FITS[attribute.kind] if attribute else []
            mapping.other_fields = others

    @api.depends("active", "attribute", "field_id", "field_name")
    def _compute_state(self):
        for mapping in self:
            name = mapping.field_id.name or mapping.field_name
            field = self.env[TICKET]._fields.get(name)
            mapping.field_label = field and field._description_string(self.env)
            mapping.state, mapping.state_message = mapping._find_state(name)

    def _find_state(self, name):
        """Return (state, what is to be done about it)."""
        if not self.active:
            return "off", False
        if not name:
            return "empty", self.env._("Choose a field, or let Set Up Ticket Fields make one.")
        if name not in self.env[TICKET]._fields:
            text = self.env._("The ticket has no field %s any more. Choose another, or set up the fields again.", name)
            return "gone", text
        fault = self._find_fault(self.attribute, name)
        return ("unfit", fault) if fault else ("ready", False)

    # === CONSTRAINTS === #

    @api.constrains("attribute", "field_id")
    def _check_field(self):
        known = self._get_attributes()
        for mapping in self:
            if mapping.attribute not in known:
                raise ValidationError(self.env._("Orders have no attribute %s.", mapping.attribute))
            field_sudo = mapping.sudo().field_id
            if field_sudo and field_sudo.model != TICKET:
                raise ValidationError(self.env._("%s is not a field of tickets.", field_sudo.name))
            fault = field_sudo and self._find_fault(mapping.attribute, field_sudo.name)
            if fault:
                raise ValidationError(fault)

    @api.model
    def _find_fault(self, code, name):
        """Return why a ticket's field can't hold an attribute, or None."""
        attribute, field = self._get_attributes().get(code), self.env[TICKET]._fields.get(name)
        if not attribute or not field:
            return self.env._("The ticket has no field %s.", name)
        if not self._is_free(field):
            return self.env._("%s belongs to the helpdesk itself. Choose a custom field.", name)
        if field.type not in FITS[attribute.kind]:
            return self.env._(
                "%(field)s is of type %(type)s, but %(attribute)s needs one of: %(types)s. Choose another field.",
                field=name,
                type=field.type,
                attribute=str(self.env._(attribute.label)),
                types=", ".join(FITS[attribute.kind]),
            )
        return None

    @api.model
    def _is_free(self, field):
        """Tell whether an order may write a field: a stored one of the admin's or of an add-on around the helpdesk."""
        own = field.manual or (not CORE & set(field._modules) and field.name not in models.MAGIC_COLUMNS)
        return bool(own and field.store and field.column_type) and not (
            field.compute or field.related or field.company_dependent
        )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        mappings = super().create([self._name_field(vals) for vals in vals_list])
        mappings._remember_personal()
        return mappings

    def write(self, vals):
        self.env.registry.clear_cache()
        self._remember_personal()
        result = super().write(self._name_field(vals))
        self._remember_personal()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        self._remember_personal()
        return super().unlink()

    @api.model
    def _name_field(self, vals):
        """Return values that tell both the field and its name, whichever was given."""
        if vals.get("field_id"):
            return dict(vals, field_name=self.env["ir.model.fields"].sudo().browse(vals["field_id"]).name)
        if "field_id" in vals:
            return dict(vals, field_name=vals.get("field_name"))
        if "field_name" in vals:
            name = (vals["field_name"] or "").strip()
            return dict(vals, field_name=name, field_id=self.env["ir.model.fields"]._get(TICKET, name).id)
        return vals

    def _remember_personal(self):
        """Keep in mind which fields got personal data: it must be found when a mapping is long gone."""
        for app_sudo, mappings in self.sudo().grouped("app_id").items():
            app_sudo._remember_fields("personal", mappings.filtered("is_personal").field_id)

    @api.model
    def _get_personal_names(self):
        """Return the names of all fields of tickets that may hold personal data, whatever is mapped now."""
        remembered = self.env["marketplace.app"]._get_remembered_fields("personal").mapped("name")
        mappings_sudo = self.sudo().with_context(active_test=False).search([("app_id", "!=", False)])
        named = mappings_sudo.filtered("is_personal").mapped("field_name")
        return sorted({*remembered, *named} & self.env[TICKET]._fields.keys())

    @api.model
    def _set_up(self, app):
        """Give each attribute of a marketplace's orders that has no field one; result as in ``setup.set_up``."""
        return set_up(app.with_env(self.env))

    # === WHAT IS IN USE === #

    @api.model
    @ormcache("app_id")
    def _get_active(self, app_id):
        """Return the mappings of a marketplace that are in use, as a tuple of ``Mapped``."""
        mappings_sudo = self.sudo().search([("app_id", "=", app_id)])
        return tuple(
            # Once more under its old name, a field that was deleted is filled again.
            Mapped(one.field_id.name or one.field_name, one.attribute, one.follow, one.edit)
            for one in mappings_sudo
            if one.state == "ready"
        )

    @api.model
    @ormcache()
    def _get_layout(self):
        """Return the fields in use as ((name, attribute, ((marketplace id, who may edit), …)), …)."""
        found = {}
        for app in self.env["marketplace.app"].sudo().with_context(active_test=False).search([("code", "!=", False)]):
            for mapped in self._get_active(app.id):
                found.setdefault(mapped.name, (mapped.attribute, []))[1].append((app.id, mapped.edit))
        return tuple((name, attribute, tuple(apps)) for name, (attribute, apps) in found.items())

    @api.model
    @ormcache()
    def _get_guards(self):
        """Return who may edit which field: {name: {marketplace id: "nobody", "managers" or "agents"}}."""
        return frozendict({name: frozendict(apps) for name, _attribute, apps in self._get_layout()})

    @api.model
    def _get_values(self, site, order, follow=False):
        """Return what an order gives to its ticket: {field name: (value, is it known without the order)}.

        :param site: site of the ticket.
        :param order: the order, or an empty recordset; what is not known yet is left out.
        :param bool follow: only what follows the order.
        """
        active = [mapped for mapped in self._get_active(site.app_id.id) if mapped.follow or not follow]
        if not active:
            return {}
        attributes, ticket_fields, values = self._get_attributes(), self.env[TICKET]._fields, {}
        is_known, facts, place = order.state == "known", Facts(site, order), self._get_place(order)
        for name, code, _follow, _edit in active:
            attribute, field = attributes.get(code), ticket_fields.get(name)
            if not attribute or not field or not (is_known or attribute.is_early):
                continue
            try:
                value = convert(attribute.read(facts), attribute.kind, field, self.env, place)
            except ODD_VALUES:
                _logger.exception("%s of order %s can't be written to the field %s", code, order.order_ref, name)
                continue
            values[name] = (value, attribute.is_early)
        return values

    @api.model
    def _get_place(self, order):
        currency = order.currency_id
        decimals = currency.decimal_places if currency else 2
        return Place(zone=order.company_id.partner_id.tz or "UTC", decimals=decimals)

    # === FILLING TICKETS === #

    @api.model
    def _add_to_new(self, vals):
        """Return the create values of a ticket with what its order tells; what is given already stays.

        Context ``marketplace_bare``: nothing is added to a ticket whose mapped fields were refused.
        """
        # Of users no new ticket is a marketplace's.
        if not self.env.su or not vals.get("marketplace_site_id") or self.env.context.get("marketplace_bare"):
            return vals
        site = self.env["marketplace.site"].browse(vals["marketplace_site_id"])
        order = self.env["marketplace.order"].browse(vals.get("marketplace_order_id") or None)
        values = self._get_values(site, order)
        told = {name: value for name, (value, _early) in values.items() if value and not vals.get(name)}
        # What agents may not write stays empty rather than get a default of theirs.
        ticket_fields = self.env[TICKET]._fields
        bare = {name: False for name in self._get_reserved(site) if not ticket_fields[name].required}
        return {**bare, **vals, **told}

    @api.model
    def _get_reserved(self, site):
        """Return the names of mapped fields that not every agent may edit on tickets of a site."""
        return [name for name, edit in self._get_guards().items() if edit.get(site.app_id.id, "agents") != "agents"]

    @api.model
    def _prepare_joining(self, site):
        """Return the values with which an ordinary ticket becomes one of a site.

        What stood in mapped fields was written while anybody might: it stays only where agents may write it anyway.
        """
        return {**dict.fromkeys(self._get_reserved(site), False), "marketplace_site_id": site.id}

    @api.model
    def _fill(self, ticket, values, order, mapped=None):
        """Write values that tell of an order's state; with its first fill, in one write, all that is mapped.

        A rule or an add-on that refuses the mapped values must not cost the ticket its order.

        :param dict mapped: what to write to the mapped fields, if it is not the order's first fill.
        """
        ticket.ensure_one()
        mapped = self._prepare_first_fill(ticket, order) if mapped is None else mapped
        if error := self._try_write(ticket, {**values, **mapped}):
            # Past the automation rules: one of them may be what refuses.
            write = getattr(type(ticket).write, "origin", type(ticket).write)
            write(ticket.sudo(), values)
            ticket._marketplace_note(self.env._("The ticket's fields could not be filled from the order: %s", error))

    @api.model
    def _prepare_first_fill(self, ticket, order):
        """Return the mapped values that a ticket does not have yet; what was filled at its creation stays."""
        site = ticket.marketplace_site_id
        values = self._get_values(site, order) if site else {}
        return {name: value for name, (value, early) in values.items() if value and not (early and ticket[name])}

    @api.model
    def _prepare_refill(self, ticket, former, order):
        """Return the mapped values that change when a ticket turns out to be about another order.

        What the former order did not give is an agent's own word, and stays.
        """
        site = ticket.marketplace_site_id
        before, now = self._get_values(site, former), self._get_values(site, order)
        edit = {mapped.name: mapped.edit for mapped in self._get_active(site.app_id.id)}
        return {
            name: now[name][0] if name in now else False
            for name in before.keys() | now.keys()
            if edit[name] == "nobody"
            or not ticket[name]
            or (name in before and not differs(ticket, name, before[name][0]))
        }

    @api.model
    def _follow(self, tickets, order, before=None):
        """Write to each ticket what follows an order and changed, in one write.

        :param dict before: what the order gave before it changed, as ``_get_values`` returns it.
        """
        for ticket in tickets if order.state == "known" else ():
            if changed := self._get_changes(ticket, order, before or {}):
                self._try_write(ticket, changed)

    @api.model
    def _get_changes(self, ticket, order, before):
        """Return the values of those fields that follow an order and that changed: the mapped ones and the status.

        What somebody may edit is among them only when the order changed in it: an agent's word stands until then.
        """
        values = self._get_values(ticket.marketplace_site_id, order, follow=True)
        edit = {mapped.name: mapped.edit for mapped in self._get_active(ticket.marketplace_app_id.id)}
        changes = {
            name: value
            for name, (value, _early) in values.items()
            if differs(ticket, name, value) and (edit[name] == "nobody" or before.get(name, (None,))[0] != value)
        }
        if ticket.marketplace_order_status != order.status:
            changes["marketplace_order_status"] = order.status
        return changes

    @api.model
    def _try_write(self, ticket, values):
        """Write values to a ticket; return the reason when they were refused, else None."""
        try:
            # What an order tells is not the user's word, although a user may have caused it to be written.
            with self.env.cr.savepoint():
                ticket.sudo().write(values)
        except OperationalError:
            raise
        except Exception as error:
            _logger.exception("Ticket %s can't get what its order tells", ticket.id)
            return str(error) or repr(error)
        return None

    # === WHO MAY EDIT === #

    @api.model
    def _get_editor(self):
        """Return how much the user may edit, on the scale of ``EDITORS``."""
        if self.env.user.has_group("helpdesk_mgmt.group_helpdesk_manager"):
            return EDITORS["managers"]
        return EDITORS["agents"] if self.env.user.has_group("helpdesk_mgmt.group_helpdesk_user_own") else 0

    @api.model
    def _may_edit(self, edit):
        """Tell whether the user may edit a field that so many may: a key of ``EDITORS``."""
        return EDITORS[edit] <= self._get_editor()

    @api.model
    def _check_edit(self, tickets, vals):
        """Check that values change nothing that the user may not edit on one of these tickets.

        :raise AccessError: names the fields.
        """
        guards = self._get_guards()
        touched = guards.keys() & vals.keys()
        for ticket_sudo in tickets.sudo() if touched else ():
            app_sudo = ticket_sudo.marketplace_app_id
            barred = {
                name
                for name in touched
                if app_sudo.id in guards[name]
                and not self._may_edit(guards[name][app_sudo.id])
                and differs(ticket_sudo, name, vals[name])
            }
            if barred:
                raise AccessError(self._say_barred(tickets, barred, app_sudo))

    @api.model
    def _say_barred(self, tickets, names, app_sudo):
        labels = ", ".join(sorted(tickets._fields[name]._description_string(self.env) for name in names))
        return self.env._(
            "%(fields)s: filled from the order on %(app)s tickets, and you may not change it. "
            "An administrator decides who may, in the marketplace's Ticket Fields.",
            fields=labels,
            app=app_sudo.name,
        )
