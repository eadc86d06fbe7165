import logging

from lxml import etree
from psycopg2 import OperationalError

from odoo import api, models
from odoo.exceptions import AccessError

from .marketplace_field_mapping import EDITORS

_logger = logging.getLogger(__name__)


class HelpdeskTicket(models.Model):
    """Fields of the ticket that hold what its order tells."""

    _inherit = "helpdesk.ticket"

    # === FILLING === #

    @api.model_create_multi
    def create(self, vals_list):
        """Add what the orders tell to the create values, so that automation rules find it there."""
        return super().create([self._marketplace_add_mapped(vals) for vals in vals_list])

    @api.model
    def _marketplace_add_mapped(self, vals):
        # Of users no new ticket is a marketplace's.
        if not self.env.su or not vals.get("marketplace_site_id") or self.env.context.get("marketplace_refused"):
            return vals
        site = self.env["marketplace.site"].browse(vals["marketplace_site_id"])
        order = self.env["marketplace.order"].browse(vals.get("marketplace_order_id") or None)
        values = self.env["marketplace.field.mapping"]._get_values(site, order)
        told = {name: value for name, (value, _early) in values.items() if value and not vals.get(name)}
        # What agents may not write stays empty rather than get a default of theirs.
        bare = {name: False for name in self._marketplace_get_reserved(site) if not self._fields[name].required}
        return {**bare, **vals, **told}

    @api.model
    def _marketplace_get_reserved(self, site):
        """Return the names of mapped fields that not every agent may edit on tickets of a site."""
        guards = self.env["marketplace.field.mapping"]._get_guards()
        return [name for name, edit in guards.items() if edit.get(site.app_id.id, "agents") != "agents"]

    @api.model
    def _marketplace_prepare_joining(self, site):
        """Return the values with which an ordinary ticket becomes one of a site.

        What stood in mapped fields was written while anybody might: it stays only where agents may write it anyway.
        """
        return {**dict.fromkeys(self._marketplace_get_reserved(site), False), "marketplace_site_id": site.id}

    def _marketplace_fill(self, values, order, mapped=None):
        """Write values that tell of the order's state; with its first fill, in one write, all that is mapped.

        A rule or an add-on that refuses the mapped values must not cost the ticket its order.

        :param dict mapped: what to write to the mapped fields, if it is not the order's first fill.
        """
        self.ensure_one()
        mapped = self._marketplace_prepare_first_fill(order) if mapped is None else mapped
        if error := self._marketplace_try_write({**values, **mapped}):
            # Past the automation rules: one of them may be what refuses.
            write = getattr(type(self).write, "origin", type(self).write)
            write(self.sudo(), values)
            self._marketplace_note(self.env._("The ticket's fields could not be filled from the order: %s", error))

    def _marketplace_prepare_first_fill(self, order):
        """Return the mapped values that this ticket does not have yet; what was filled at its creation stays."""
        site = self.marketplace_site_id
        values = self.env["marketplace.field.mapping"]._get_values(site, order) if site else {}
        return {name: value for name, (value, early) in values.items() if value and not (early and self[name])}

    def _marketplace_prepare_refill(self, former, order):
        """Return the mapped values that change when this ticket turns out to be about another order.

        What the former order did not give is an agent's own word, and stays.
        """
        mappings, site = self.env["marketplace.field.mapping"], self.marketplace_site_id
        before, now = mappings._get_values(site, former), mappings._get_values(site, order)
        edit = {mapped.name: mapped.edit for mapped in mappings._get_active(site.app_id.id)}
        return {
            name: now[name][0] if name in now else False
            for name in before.keys() | now.keys()
            if edit[name] == "nobody"
            or not self[name]
            or (name in before and not self._marketplace_differs(name, before[name][0]))
        }

    def _marketplace_follow(self, order, before=None):
        """Write what follows an order and changed, in one write.

        :param dict before: what the order gave before it changed, as ``_get_values`` returns it.
        """
        for ticket in self if order.state == "known" else ():
            if changed := ticket._marketplace_get_changes(order, before or {}):
                ticket._marketplace_try_write(changed)

    def _marketplace_get_changes(self, order, before):
        """Return the values of those fields that follow an order and that changed: the mapped ones and the status.

        What somebody may edit is among them only when the order changed in it: an agent's word stands until then.
        """
        mappings = self.env["marketplace.field.mapping"]
        values = mappings._get_values(self.marketplace_site_id, order, follow=True)
        edit = {mapped.name: mapped.edit for mapped in mappings._get_active(self.marketplace_app_id.id)}
        changes = {
            name: value
            for name, (value, _early) in values.items()
            if self._marketplace_differs(name, value)
            and (edit[name] == "nobody" or before.get(name, (None,))[0] != value)
        }
        if self.marketplace_order_status != order.status:
            changes["marketplace_order_status"] = order.status
        return changes

    def _marketplace_try_write(self, values):
        """Write values; return the reason when they were refused, else None."""
        try:
            # What an order tells is not the user's word, although a user may have caused it to be written.
            with self.env.cr.savepoint():
                self.sudo().write(values)
        except OperationalError:
            raise
        except Exception as error:
            _logger.exception("Ticket %s can't get what its order tells", self.id)
            return str(error) or repr(error)
        return None

    def _marketplace_differs(self, name, value):
        field = self._fields[name]
        return field.convert_to_record(field.convert_to_cache(value, self), self) != self[name]

    # === WHO MAY EDIT === #

    def write(self, vals):
        if not self.env.su:
            self._marketplace_check_edit(vals)
        return super().write(vals)

    @api.model
    def _marketplace_get_editor(self):
        """Return how much the user may edit, on the scale of ``EDITORS``."""
        if self.env.user.has_group("helpdesk_mgmt.group_helpdesk_manager"):
            return EDITORS["managers"]
        return EDITORS["agents"] if self.env.user.has_group("helpdesk_mgmt.group_helpdesk_user_own") else 0

    @api.model
    def _marketplace_get_barred(self, names, app):
        """Return those of some fields that the user may not edit on tickets of a marketplace."""
        guards, editor = self.env["marketplace.field.mapping"]._get_guards(), self._marketplace_get_editor()
        return {
            name
            for name in guards.keys() & set(names)
            if app.id in guards[name] and EDITORS[guards[name][app.id]] > editor
        }

    def _marketplace_check_edit(self, vals):
        """Raise AccessError when values would change what the user may not edit on one of these tickets."""
        touched = self.env["marketplace.field.mapping"]._get_guards().keys() & vals.keys()
        for ticket_sudo in self.sudo() if touched else ():
            changed = {name for name in touched if ticket_sudo._marketplace_differs(name, vals[name])}
            app_sudo = ticket_sudo.marketplace_app_id
            self._marketplace_refuse(self._marketplace_get_barred(changed, app_sudo), app_sudo)

    def _marketplace_refuse(self, names, app_sudo):
        if not names:
            return
        labels = ", ".join(sorted(self._fields[name]._description_string(self.env) for name in names))
        raise AccessError(
            self.env._(
                "%(fields)s: filled from the order on %(app)s tickets, and you may not change it. "
                "An administrator decides who may, in the marketplace's Ticket Fields.",
                fields=labels,
                app=app_sudo.name,
            )
        )

    # === SHOWING === #

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self._marketplace_get_editor(), self.env["marketplace.field.mapping"]._get_layout())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Add the mapped fields when a view is read: in a stored view they could not be deleted any more."""
        arch, view = super()._get_view(view_id, view_type, **options)
        add = {"form": self._marketplace_add_to_form, "list": self._marketplace_add_to_list}
        add["search"] = self._marketplace_add_to_search
        if view_type in add:
            there = {node.get("name") for node in arch.iter("field")}
            layout = self.env["marketplace.field.mapping"]._get_layout()
            shown = [one for one in layout if one[0] in self._fields and one[0] not in there]
            if shown:
                add[view_type](arch, shown)
        return arch, view

    @api.model
    def _marketplace_add_to_form(self, arch, shown):
        """Add a group of two columns to the Order tab; what nobody may edit shows only when there is something."""
        page = arch.find(".//page[@name='marketplace_order']")
        if page is None:
            return
        if arch.find(".//field[@name='marketplace_app_id']") is None:
            etree.SubElement(page, "field", name="marketplace_app_id", invisible="1")
        group = etree.SubElement(page, "group", name="marketplace_fields", string=self.env._("Ticket Fields"))
        half = (len(shown) + 1) // 2
        for part in (shown[:half], shown[half:]):
            column = etree.SubElement(group, "group")
            for name, _attribute, apps in part:
                locked = self._marketplace_get_locked(apps)
                hidden = f"marketplace_app_id not in {[app for app, _edit in apps]} or "
                hidden += f"(marketplace_app_id in {locked} and not {name})"
                etree.SubElement(
                    column, "field", name=name, invisible=hidden, readonly=f"marketplace_app_id in {locked}"
                )

    @api.model
    def _marketplace_get_locked(self, apps):
        """Return the ids of those marketplaces on whose tickets the user may not edit a field."""
        editor = self._marketplace_get_editor()
        return [app for app, edit in apps if EDITORS[edit] > editor]

    @api.model
    def _marketplace_add_to_list(self, arch, shown):
        if arch.tag != "list":
            return
        if arch.find("field[@name='marketplace_app_id']") is None:
            etree.SubElement(arch, "field", name="marketplace_app_id", column_invisible="1")
        for name, _attribute, apps in shown:
            readonly = f"marketplace_app_id in {self._marketplace_get_locked(apps)}"
            etree.SubElement(arch, "field", name=name, optional="hide", readonly=readonly)

    @api.model
    def _marketplace_add_to_search(self, arch, shown):
        attributes = self.env["marketplace.field.mapping"]._get_attributes()
        groups = arch.find(".//filter[@name='group_marketplace_order']")
        for name, code, _apps in shown:
            if attributes[code].search:
                etree.SubElement(arch, "field", name=name)
            if attributes[code].group and groups is not None:
                label = self._fields[name]._description_string(self.env)
                node = etree.Element("filter", name=f"group_{name}", string=label, context=f"{{'group_by': '{name}'}}")
                groups.addnext(node)
                groups = node
