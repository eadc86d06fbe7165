from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..ticket.kinds import BUYER_WORDS

#: Days that marketplaces judge their sellers over, and who may see the figures.
WINDOWS = (7, 30, 90)
FIGURES_GROUPS = "base.group_system,helpdesk_mgmt.group_helpdesk_manager"
#: Ways of ending a turn that count as an answer.
ANSWERS = ("reply", "console")


class MarketplaceResponse(models.Model):
    """One turn of a buyer on a ticket: from the oldest message that nobody answered to what ended it."""

    _name = "marketplace.response"
    _inherit = ["marketplace.evidence.mixin"]
    _description = "Marketplace Response"
    _order = "asked_at desc, id desc"
    _rec_name = "asked_at"

    # Figures outlive a ticket that is deleted.
    ticket_id = fields.Many2one("helpdesk.ticket", ondelete="set null", index="btree_not_null", readonly=True)
    site_id = fields.Many2one("marketplace.site", required=True, ondelete="restrict", readonly=True)
    account_id = fields.Many2one(
        "marketplace.account", required=True, ondelete="restrict", readonly=True, groups="base.group_system"
    )
    app_id = fields.Many2one("marketplace.app", string="Marketplace", required=True, ondelete="restrict", readonly=True)
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    team_id = fields.Many2one(related="ticket_id.team_id", string="Team", store=True)
    asked_at = fields.Datetime(
        string="Asked On", required=True, readonly=True, help="Date of the oldest message that was not answered."
    )
    deadline = fields.Datetime(
        string="Answer Before",
        compute="_compute_deadline",
        store=True,
        precompute=True,
        help="With the hours that the site had when the buyer asked.",
    )
    message_count = fields.Integer(string="Messages", default=1, readonly=True)
    answered_at = fields.Datetime(string="Ended On", readonly=True)
    how = fields.Selection(
        [("reply", "Reply"), ("console", "Answered at the Marketplace"), ("none", "No Response Needed")],
        string="Ended By",
        readonly=True,
    )
    user_id = fields.Many2one("res.users", string="Answered By", readonly=True)
    is_first = fields.Boolean(string="First on Its Ticket", readonly=True)
    hours = fields.Float(compute="_compute_outcome", store=True, precompute=True, aggregator="avg")
    is_in_time = fields.Boolean(string="In Time", compute="_compute_outcome", store=True, precompute=True)
    rate = fields.Float(string="In Time (%)", compute="_compute_outcome", store=True, precompute=True, aggregator="avg")

    _site_index = models.Index("(site_id, asked_at)")
    _account_index = models.Index("(account_id, asked_at)")
    _open_unique = models.UniqueIndex("(ticket_id) WHERE answered_at IS NULL", "Only one turn of a ticket is open.")

    # === COMPUTE METHODS === #

    @api.depends("asked_at")
    def _compute_deadline(self):
        for response in self:
            hours = timedelta(hours=response.site_id.sudo().reply_hours)
            response.deadline = response.asked_at and response.asked_at + hours

    @api.depends("asked_at", "answered_at", "how")
    def _compute_outcome(self):
        for response in self:
            answered = response.how in ANSWERS and response.answered_at
            response.hours = answered and (answered - response.asked_at).total_seconds() / 3600
            response.is_in_time = bool(answered and answered <= response.deadline)
            response.rate = 100 * response.is_in_time

    # === STARTING AND ENDING === #

    @api.model
    def _start(self, ticket, date):
        """Start the clock for a buyer's message, or count the message to the turn that is unanswered already.

        :param datetime date: the mail's own date; one in the future counts as now.
        :return: the turn, which is ended already when the message was answered in the marketplace's console before
            it reached us.
        """
        ticket.ensure_one()
        ticket_sudo = ticket.sudo()
        now = fields.Datetime.now()
        date = min(date or now, now)
        response_sudo = ticket_sudo.marketplace_response_id
        if not ticket_sudo.marketplace_site_id:
            return response_sudo
        if response_sudo:
            response_sudo._add_message(date)
            return response_sudo
        response_sudo = ticket_sudo.marketplace_response_id = response_sudo._open(ticket_sudo, date)
        answered = self.env["mail.message"]._marketplace_find(ticket_sudo, ("answered",), [("date", ">=", date)])
        if answered:
            self._stop(ticket_sudo, "console", answered[0].date)
        return response_sudo

    @api.model
    def _stop(self, ticket, how, moment=None, user=None, posted=None):
        """End the open turn of a ticket; what the buyer wrote after that moment begins the next one.

        An answer here answers what was still unanswered on the ticket before this one as well.

        :param str how: ``reply``, ``console`` or ``none`` (no response needed).
        :param datetime moment: of the answer, by default now.
        :param user: who answered; by default the present user, nobody in a scheduled action.
        :param posted: the answer (``mail.message``) where it is ours: it answers what stood there before it, whatever
            the mails' own dates say.
        :return: the turn that ended, or an empty recordset: nothing was unanswered at that moment.
        """
        ticket.ensure_one()
        ticket_sudo = ticket.sudo()
        response_sudo = ticket_sudo.marketplace_response_id
        ended_sudo = response_sudo._end(ticket_sudo, how, moment, user, posted) if response_sudo else response_sudo
        previous_sudo = ticket_sudo.marketplace_previous_ticket_id
        if previous_sudo.marketplace_response_id:
            self._stop(previous_sudo, how, moment, user)
        return ended_sudo

    def _end(self, ticket, how, moment, user, posted):
        """End this turn, which is open; return it, or an empty recordset when it was answered before it began."""
        moment = moment or fields.Datetime.now()
        if moment < self.asked_at:
            return self.browse()
        if user is None:
            user = self.env.user.filtered(lambda one: one != self.env.ref("base.user_root"))
        self.write({"how": how, "answered_at": moment, "user_id": user.id})
        self.flush_recordset()
        after = [("id", ">", posted.id)] if posted else [("date", ">", moment)]
        later = self.env["mail.message"]._marketplace_find(ticket, BUYER_WORDS, after)
        ticket.marketplace_response_id = later and self._open(ticket, later[0].date, len(later))
        ticket._marketplace_changed()
        return self

    def _resume(self, ticket):
        """Open this turn of a ticket again, with its original deadline: its answer did not reach the buyer.

        A newer turn that is open becomes part of it.
        """
        ticket.ensure_one()
        ticket_sudo, response_sudo = ticket.sudo(), self.sudo()
        newer_sudo = ticket_sudo.marketplace_response_id - response_sudo
        ticket_sudo.marketplace_response_id = response_sudo
        if newer_sudo:
            response_sudo._absorb(newer_sudo)
        response_sudo.write({"how": False, "answered_at": False, "user_id": False})
        ticket._marketplace_changed()

    @api.model
    def _open(self, ticket, date, count=1):
        """Return a new turn of a ticket's buyer."""
        site_sudo = ticket.marketplace_site_id.sudo()
        earlier = self.search_count([("ticket_id", "=", ticket.id)], limit=1)
        return self.create(
            {
                "ticket_id": ticket.id,
                "site_id": site_sudo.id,
                "account_id": site_sudo.account_id.id,
                "app_id": site_sudo.app_id.id,
                "company_id": site_sudo.company_id.id,
                "asked_at": date,
                "message_count": count,
                "is_first": not earlier,
            }
        )

    def _add_message(self, date):
        """Count a further message to an open turn.

        A write each time: whoever ends the turn at the same moment must look again.
        """
        values = {"message_count": self.message_count + 1}
        self.write(values | ({"asked_at": date} if date < self.asked_at else {}))

    def _absorb(self, other):
        """Add the messages of another open turn of the same ticket to this one, and delete that one."""
        values = {"message_count": self.message_count + other.message_count}
        values["is_first"] = self.is_first or other.is_first
        if other.asked_at < self.asked_at:
            values["asked_at"] = other.asked_at
        other.unlink()
        self.write(values)

    # === FIGURES === #

    def _read_group_select(self, aggregate_spec, query):
        """Average hours over the turns that were answered, and the share over those that marketplaces count."""
        expression = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec not in ("hours:avg", "rate:avg"):
            return expression
        how, answered_at, deadline = (
            self._field_to_sql(self._table, name, query) for name in ("how", "answered_at", "deadline")
        )
        if aggregate_spec == "hours:avg":
            return SQL("%s FILTER (WHERE %s IN %s)", expression, how, ANSWERS)
        overdue = SQL("%s < %s", deadline, fields.Datetime.now())
        return SQL(
            "%s FILTER (WHERE %s IS DISTINCT FROM 'none' AND (%s IS NOT NULL OR %s))",
            expression, how, answered_at, overdue,
        )  # fmt: skip

    @api.model
    def _fill_figures(self, records, by):
        """Give sites or accounts their figures for each of ``WINDOWS``: [{"days", "count", "first", "share"}].

        :param str by: ``site_id`` or ``account_id``.
        """
        figures = {days: self.sudo()._get_figures(days, by, records.ids) for days in WINDOWS}
        nothing = {"count": 0, "first": None, "share": None}
        for record in records:
            record.response_figures = [{"days": days, **figures[days].get(record.id, nothing)} for days in WINDOWS]

    @api.model
    def _open_counted(self, by, id_):
        """Return the action that shows the turns of a site or an account that count."""
        action = self.env["ir.actions.act_window"]._for_xml_id("helpdesk_mgmt_marketplace.marketplace_response_action")
        return dict(action, domain=[(by, "=", id_)], context={"search_default_counted": 1})

    @api.model
    def _get_figures(self, days, by, ids=None):
        """Return how fast buyers were answered who asked within the last days.

        Counted are the turns that were answered or are overdue; "no response needed" is left out, as marketplaces do.

        :param str by: ``site_id``, ``account_id`` or another field to have the figures for each value of.
        :param ids: only these values of it.
        :return: {id: {"count": turns, "first": median hours to a ticket's first answer or None, "share": of turns
            answered within the site's hours, 0 … 1}}; who had no turn is missing.
        """
        self.flush_model()
        now = fields.Datetime.now()
        query = SQL(
            """
            SELECT %(by)s,
                   count(*),
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY hours)
                                        FILTER (WHERE is_first AND answered_at IS NOT NULL),
                   avg(is_in_time::int)::float
              FROM marketplace_response
             WHERE asked_at >= %(since)s
               AND how IS DISTINCT FROM 'none'
               AND (answered_at IS NOT NULL OR deadline < %(now)s)
               AND (%(ids)s::int[] IS NULL OR %(by)s = ANY(%(ids)s))
             GROUP BY %(by)s
            """,
            by=SQL.identifier(self._fields[by].name),
            since=now - timedelta(days=days),
            now=now,
            ids=None if ids is None else list(ids),
        )
        return {
            value: {"count": count, "first": first, "share": share}
            for value, count, first, share in self.env.execute_query(query)
        }
