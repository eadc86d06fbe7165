"""The mapped fields in views of the ticket."""

from lxml import etree


def add_to_view(model, arch, view_type):
    """Add the mapped fields that a view of the ticket does not show itself.

    :param model: ``helpdesk.ticket``, of the user who reads the view.
    :param arch: the view's root element, which is changed.
    """
    add = {"form": _add_to_form, "list": _add_to_list, "search": _add_to_search}.get(view_type)
    if not add:
        return
    there = {node.get("name") for node in arch.iter("field")}
    layout = model.env["marketplace.field.mapping"]._get_layout()
    shown = [one for one in layout if one[0] in model._fields and one[0] not in there]
    if shown:
        add(model, arch, shown)


def _add_to_form(model, arch, shown):
    """Add a group of two columns to the Order tab; what nobody may edit shows only when there is something."""
    page = arch.find(".//page[@name='marketplace_order']")
    if page is None:
        return
    if arch.find(".//field[@name='marketplace_app_id']") is None:
        etree.SubElement(page, "field", name="marketplace_app_id", invisible="1")
    group = etree.SubElement(page, "group", name="marketplace_fields", string=model.env._("Ticket Fields"))
    half = (len(shown) + 1) // 2
    for part in (shown[:half], shown[half:]):
        column = etree.SubElement(group, "group")
        for name, _attribute, apps in part:
            locked = _get_locked(model, apps)
            hidden = f"marketplace_app_id not in {[app for app, _edit in apps]} or "
            hidden += f"(marketplace_app_id in {locked} and not {name})"
            etree.SubElement(column, "field", name=name, invisible=hidden, readonly=f"marketplace_app_id in {locked}")


def _add_to_list(model, arch, shown):
    if arch.tag != "list":
        return
    if arch.find("field[@name='marketplace_app_id']") is None:
        etree.SubElement(arch, "field", name="marketplace_app_id", column_invisible="1")
    for name, _attribute, apps in shown:
        readonly = f"marketplace_app_id in {_get_locked(model, apps)}"
        etree.SubElement(arch, "field", name=name, optional="hide", readonly=readonly)


def _add_to_search(model, arch, shown):
    attributes = model.env["marketplace.field.mapping"]._get_attributes()
    groups = arch.find(".//filter[@name='group_marketplace_order']")
    for name, code, _apps in shown:
        if attributes[code].search:
            etree.SubElement(arch, "field", name=name)
        if attributes[code].group and groups is not None:
            label = model._fields[name]._description_string(model.env)
            node = etree.Element("filter", name=f"group_{name}", string=label, context=f"{{'group_by': '{name}'}}")
            groups.addnext(node)
            groups = node


def _get_locked(model, apps):
    """Return the ids of those marketplaces on whose tickets the user may not edit a field."""
    mapping = model.env["marketplace.field.mapping"]
    return [app for app, edit in apps if not mapping._may_edit(edit)]
