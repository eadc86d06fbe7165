"""Custom fields of tickets for what orders tell: made all at once, and taken away again."""

import logging

TICKET = "helpdesk.ticket"
_logger = logging.getLogger(__name__)

PREFIX = "x_marketplace_order_"


def set_up(app):
    """Give each attribute of a marketplace's orders that has no field a text field, made or found.

    What is mapped already stays as it is, and what is switched off too.

    :return: {"made": number, "used": number, "unfit": [labels of attributes whose field can't be used]}.
    """
    mapping = app.env["marketplace.field.mapping"]
    mapping.check_access("create")
    attributes = mapping._get_attributes()
    rows = {row.attribute: row for row in app.mapping_ids}
    bare = [code for code in attributes if code not in rows or (rows[code].active and not rows[code].field_id)]
    found = _find_fields(app.env, bare)
    made = _make_fields(app, [attributes[code] for code in bare if code not in found])
    unfit = _map(app, rows, bare, found | made)
    used = len(attributes) - len(bare) + len(found) - len(unfit)
    return {"made": len(made), "used": used, "unfit": [str(app.env._(attributes[code].label)) for code in unfit]}


def _find_fields(env, codes):
    """Return the fields that are here under our names: {code: ir.model.fields}."""
    names = [PREFIX + code for code in codes]
    found = env["ir.model.fields"].search([("model", "=", TICKET), ("name", "in", names)])
    return {field.name.removeprefix(PREFIX): field for field in found}


def _make_fields(app, attributes):
    """Return a new text field for each attribute: {code: ir.model.fields}."""
    if not attributes:
        return {}
    model_id = app.env["ir.model"]._get_id(TICKET)
    made = app.env["ir.model.fields"].create(
        [
            {
                "model_id": model_id,
                "name": PREFIX + one.code,
                "field_description": str(app.env._(one.label)),
                "ttype": "char",
                "copied": False,
            }
            for one in attributes
        ]
    )
    app._remember_fields("made", made)
    return {field.name.removeprefix(PREFIX): field for field in made}


def _map(app, rows, codes, fields_by_code):
    """Map attributes to fields; return the codes of those whose field is of another kind, or taken."""
    mapping = app.env["marketplace.field.mapping"]
    order, taken = list(mapping._get_attributes()), set(app.mapping_ids.field_id.ids)
    unfit, new = [], []
    for code in codes:
        field = fields_by_code[code]
        values = {"field_id": field.id}
        if field.id in taken or mapping._find_fault(code, field.name):
            unfit.append(code)
            # The name alone: the row then tells what is wrong.
            values = {"field_id": False, "field_name": field.name}
        if code in rows:
            rows[code].write(values)
        else:
            new.append(dict(values, app_id=app.id, attribute=code, sequence=order.index(code)))
    mapping.create(new)
    return unfit


def remove_made_fields(env):
    """Delete the fields that were made here, those excepted that something else still needs."""
    for field in env["marketplace.app"]._get_remembered_fields("made"):
        try:
            with env.cr.savepoint():
                name = field.name
                field.unlink()
        except Exception:
            # An uninstallation must not fail because an admin's view shows the field.
            _logger.warning("The ticket field %s stays: something else needs it", name, exc_info=True)
