from odoo import api, fields, models
from odoo.tools import SQL


class MarketplaceTicketTurn(models.Model):
    """When a template last gave a user a ticket. Beside the template: it's written with each ticket.

    Next is who waits longest; somebody new comes first, once.
    """

    _name = "marketplace.ticket.turn"
    _inherit = ["marketplace.defaults.mixin"]
    _description = "Marketplace Ticket Turn"
    _order = "turn desc, id"
    _rec_name = "user_id"

    template_id = fields.Many2one("marketplace.ticket.template", required=True, ondelete="cascade", readonly=True)
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade", readonly=True)
    turn = fields.Integer(readonly=True, help="Counts on with each ticket of the template.")
    ticket_count = fields.Integer(string="Tickets", readonly=True)
    assigned_at = fields.Datetime(string="Last On", readonly=True)

    _template_user_unique = models.Constraint("UNIQUE(template_id, user_id)", "This user is in line already.")

    @api.model
    def _peek(self, template, users):
        """Return the one of these users who gets the next ticket, or an empty recordset."""
        rows = self.search([("template_id", "=", template.id)])
        return self._choose(users, {row.user_id.id: row.turn for row in rows})

    @api.model
    def _take(self, template, users):
        """Return the one of these users whose turn it is, and note that they had it.

        A worker that comes second waits here, fails with a serialization error, and begins again.
        """
        if not users:
            return users
        rows = self._lock(template, users)
        chosen = self._choose(users, {user_id: turn for _id, user_id, turn in rows})
        row = self.browse(next(row_id for row_id, user_id, _turn in rows if user_id == chosen.id))
        turn = max(turn for _id, _user_id, turn in rows) + 1
        row.write({"turn": turn, "ticket_count": row.ticket_count + 1, "assigned_at": fields.Datetime.now()})
        row.flush_recordset()
        return chosen

    @api.model
    def _choose(self, users, turns):
        """Return the user whose last turn is longest ago, of equals the one who comes first in the list."""
        return min(users, key=lambda user: turns.get(user.id, 0), default=users)

    @api.model
    def _lock(self, template, users):
        """Lock the line of a template; return its rows as (id, user id, turn).

        All rows are locked although one is written: whoever waits runs into that one, wherever it stands.
        """
        self.flush_model()
        missing = SQL(", ").join(SQL("(%s, %s, 0, 0)", template.id, user.id) for user in users)
        self.env.execute_query(
            SQL(
                """INSERT INTO marketplace_ticket_turn (template_id, user_id, turn, ticket_count)
                   VALUES %s ON CONFLICT DO NOTHING RETURNING id""",
                missing,
            )
        )
        return self.env.execute_query(
            SQL(
                """SELECT id, user_id, turn FROM marketplace_ticket_turn
                    WHERE template_id = %s ORDER BY id FOR NO KEY UPDATE""",
                template.id,
            )
        )
