from odoo import Command

from .common import DE_ORDER, US_ORDER
from .correction.correct_common import OTHER_ORDER
from .reply.reply_common import ReplyCase

#: Roles by the groups of their users; "beta" is the manager of another company.
GROUPS = {
    "own": ["helpdesk_mgmt.group_helpdesk_user_own"],
    "team": ["helpdesk_mgmt.group_helpdesk_user_team"],
    "agent": ["helpdesk_mgmt.group_helpdesk_user"],
    "manager": ["helpdesk_mgmt.group_helpdesk_manager"],
    "beta": ["helpdesk_mgmt.group_helpdesk_manager"],
    "plain": ["base.group_user"],
    "portal": ["base.group_portal"],
    "admin": ["base.group_system", "helpdesk_mgmt.group_helpdesk_manager"],
}


class TrustCase(ReplyCase):
    """Two buyers with a ticket each, of which "own" and "team" may see the first only, and a user of each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Beta"})
        cls.users = {role: cls.make_role(role) for role in GROUPS}
        cls.hidden_team = cls.env["helpdesk.ticket.team"].create({"name": "Hidden", "user_ids": [Command.clear()]})
        cls.team.user_ids += cls.users["own"] | cls.users["team"]

    @classmethod
    def make_role(cls, role):
        company = cls.other_company if role == "beta" else cls.company
        return cls.env["res.users"].create(
            {
                "name": f"{role} user",
                "login": f"trust_{role}",
                "password": f"trust_{role}",
                "email": f"{role}@people.example",
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
                "group_ids": [Command.link(cls.env.ref(name).id) for name in GROUPS[role]],
            }
        )

    def setUp(self):
        super().setUp()
        self.mine = self.ticket_of(DE_ORDER)
        self.buyer_writes("Secret words of another buyer", order_ref=US_ORDER)
        self.settle()
        self.hidden = self.ticket_of(US_ORDER)
        self.hidden.write({"team_id": self.hidden_team.id, "user_id": False})
        self.env.flush_all()
        self.env.invalidate_all()

    def as_(self, role, record):
        """Return a record as a role's user sees it."""
        return record.with_user(self.users[role])

    def buyers_message(self, ticket=None):
        return (ticket or self.mine).message_ids.filtered(lambda one: one.marketplace_kind == "buyer")[:1]


__all__ = ["DE_ORDER", "GROUPS", "OTHER_ORDER", "US_ORDER", "TrustCase"]
