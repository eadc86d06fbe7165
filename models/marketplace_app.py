from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import ormcache

from ..marketplaces import MARKETPLACES


class MarketplaceApp(models.Model):
    """A marketplace that can be connected."""

    _name = "marketplace.app"
    _description = "Marketplace"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    channel_id = fields.Many2one(
        "helpdesk.ticket.channel", help="Source of the tickets that come from this marketplace."
    )
    account_ids = fields.One2many("marketplace.account", "app_id", groups="base.group_system")
    site_ids = fields.One2many("marketplace.site", "app_id")

    _code_unique = models.Constraint("UNIQUE(code)", "This marketplace exists already.")

    def write(self, vals):
        if "code" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)

    @api.model
    def _get_marketplaces(self):
        """Return the known marketplaces: code → class derived from ``marketplaces.base.Marketplace``.

        Override it to add a marketplace from another add-on.
        """
        return dict(MARKETPLACES)

    def _get_class(self):
        """Return the class that knows this marketplace.

        :raise UserError: when the add-on that brought it is no longer installed.
        """
        self.ensure_one()
        known = self._get_marketplaces()
        code = self._get_code(self.id)
        if code not in known:
            raise UserError(
                self.env._("%s is no longer supported here: the add-on that connects it was uninstalled.", self.name)
            )
        return known[code]

    @api.model
    @ormcache("app_id")
    def _get_code(self, app_id):
        return self.browse(app_id).sudo().code

    @api.model
    def _is_relay_address(self, address):
        """Tell whether mail to this address would reach a buyer through any marketplace."""
        return any(known.is_relay_address(address) for known in self._get_marketplaces().values())
