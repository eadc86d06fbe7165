"""What a ticket needs that can't be made as its site is configured."""

from odoo import fields

FILLERS = {"char": "-", "text": "-", "html": "-"}


def fill_required(model, values):
    """Return create values with something in each required field that nobody gave a value.

    :param model: ``helpdesk.ticket``, with the context in which the ticket is made.
    """
    fillers = {**FILLERS, "date": fields.Date.today(), "datetime": fields.Datetime.now()}
    given = {**model.default_get(list(model._fields)), **values}
    for name, field in model._fields.items():
        if field.required and field.store and not field.compute and not given.get(name):
            if field.type == "many2one":
                given[name] = model.env[field.comodel_name].search([], limit=1).id
            elif field.type == "selection":
                given[name] = field.get_values(model.env)[0]
            else:
                given[name] = fillers.get(field.type, 0)
    return given
