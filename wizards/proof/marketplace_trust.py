import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...marketplaces.mail.charset import header_text
from ...marketplaces.mail.mime import split_head
from ...models.proof.marketplace_receiver import LATELY, SEEN, TELLING

#: Characters of a header that are shown.
SHOWN = 300
#: Verified messages that are counted.
COUNTED = 100


class MarketplaceTrust(models.TransientModel):
    """Dialog in which an administrator sees three mails that nothing proves, and decides about all that come the way
    they came."""

    _name = "marketplace.trust"
    _description = "Trust What Arrives at a Mail Server"

    receiver_id = fields.Many2one("marketplace.receiver", string="Mail Server", required=True, readonly=True)
    trusted_at = fields.Datetime(related="receiver_id.trusted_at")
    question = fields.Text(compute="_compute_mails")
    proved = fields.Char(compute="_compute_mails")
    decision = fields.Char(compute="_compute_mails")
    mails = fields.Json(compute="_compute_mails")
    mails_text = fields.Text(string="Last Mails", compute="_compute_mails")
    is_enough = fields.Boolean(compute="_compute_mails")

    @api.depends("receiver_id")
    def _compute_mails(self):
        for wizard in self:
            # The web client asks for the size of files in place of what they hold.
            messages_sudo = wizard.receiver_id._get_unproved().with_context(bin_size=False)
            wizard.mails = mails = [wizard._describe(message) for message in messages_sudo]
            wizard.mails_text = "\n\n".join(map("\n".join, mails))
            wizard.is_enough = len(messages_sudo) >= SEEN
            wizard.question = self.env._(
                "Neither the verdict of a mail server nor a signature proves that these mails come from the "
                "marketplace. Look at them: did they come the way your mail comes? If you trust what arrives at "
                "%(place)s, all of it is taken for genuine, unless it is known to be forged. Whoever can send mail "
                "there could then pretend to be a buyer. It concerns: %(sites)s.",
                place=wizard.receiver_id.name,
                sites=", ".join(wizard.receiver_id._get_sites().mapped("name")),
            )
            wizard.proved = wizard._say_proved()
            wizard.decision = wizard.receiver_id.trusted_at and wizard.receiver_id._describe_decision()

    def _say_proved(self):
        """Return a sentence which says that mail there can be proved, or False."""
        receiver = self.receiver_id
        count = len(receiver._get_proved(receiver._get_sites(), COUNTED))
        return bool(count) and self.env._(
            "Mail that arrives there can be verified: in the last %(days)s days %(count)s messages or more were. "
            "What could not be is probably forged; anybody can send such mails to have you decide.",
            days=LATELY.days,
            count=count,
        )

    def _describe(self, message):
        """Return the header lines of a mail by which a person may judge its origin."""
        headers = split_head(base64.b64decode(message.raw or b""))[0]
        lines = [(name, header_text(value)) for name, value in headers if name in TELLING]
        told = [f"{name.title()}: {text[:SHOWN]}" for name, text in lines][:SHOWN]
        return [message.subject or "", fields.Datetime.to_string(message.create_date), *told]

    def action_trust(self):
        """Treat all mail that arrives there as genuine from now on.

        :raise UserError: there are not enough mails to judge by.
        """
        self.ensure_one()
        if not self.is_enough:
            raise UserError(
                self.env._("Too few mails have come to judge by. Wait for %s that could not be verified.", SEEN)
            )
        self.receiver_id._trust()
        return {"type": "ir.actions.act_window_close"}

    def action_distrust(self):
        """Take the decision back."""
        self.receiver_id.action_distrust()
        return {"type": "ir.actions.act_window_close"}
