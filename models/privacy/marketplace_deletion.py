from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

#: Records of each kind whose buyers' data go in one transaction.
BATCH = 100
#: What is kept of orders and messages only as long as there is a reason to: personal data of buyers.
ORDER_FIELDS = ("buyer_name", "buyer_company", "buyer_purchase_order", "relay", "recipient", "refunds", "returns")
MESSAGE_FIELDS = ("raw", "subject", "sender", "reply_to", "no_response_url", "error", "words_digest")
TICKET_FIELDS = ("partner_id", "partner_name", "partner_email")
#: Marks of messages on tickets that hold such data.
PERSONAL_KINDS = ("buyer", "unverified", "check", "notice", "answered", "reply", "not_sent")
REPLY_FIELDS = ("recipient", "subject", "text", "important_word", "action_values", "reason")


class MarketplaceDeletion(models.AbstractModel):
    """What deleting an account or a site does: configuration and secrets go, tickets and orders stay readable.

    The site and its address stay as a tombstone: mail that still comes is counted and dropped; nobody gets a bounce.
    """

    _name = "marketplace.deletion"
    _description = "Marketplace Deletion"

    @api.model
    def _count(self, account, sites):
        """Return how many things of an account, or of some of its sites, stay readable."""
        mine = [("site_id", "in", sites.ids)] if sites else [("account_id", "=", account.id)]
        tickets = [("marketplace_site_id", "in", (sites or account.with_context(active_test=False).site_ids).ids)]
        counts = {"orders": ("marketplace.order", mine), "messages": ("marketplace.message", mine)}
        counts["tickets"] = ("helpdesk.ticket", tickets)
        return {
            name: self.env[model].sudo().with_context(active_test=False).search_count(domain)
            for name, (model, domain) in counts.items()
        }

    @api.model
    def _delete(self, account, sites, purge=False):
        """Delete an account, or only some of its sites.

        :param sites: the sites to delete; without any, the account with all of its sites.
        :param bool purge: have buyers' data deleted too, beginning at once.
        """
        account_sudo = account.sudo()
        doomed_sudo = sites.sudo() or account_sudo.with_context(active_test=False).site_ids
        doomed_sudo._reset_setup()
        doomed_sudo.write({"state": "deleted", "active": False, "mailbox_id": False, "mailbox_address": False})
        if not sites:
            self._delete_account(account_sudo)
        if not account_sudo.site_ids.search_count([("account_id", "=", account_sudo.id)], limit=1):
            self._forget_relays(account_sudo)
        if purge:
            names = ", ".join(doomed_sudo.mapped("name"))
            self.env["marketplace.log"]._log_setting(
                self.env._("Buyers' data deleted by hand: %s", names), False, True, account_sudo.company_id
            )
            # Moments in the database have fractions of a second, this one has none.
            doomed_sudo.purge_requested_at = fields.Datetime.now() + timedelta(seconds=1)
            self.env["ir.cron"]._marketplace_wake("ir_cron_purge")
        account_sudo._changed()

    @api.model
    def _delete_account(self, account_sudo):
        account_sudo._forget_tokens()
        credential_sudo = account_sudo.credential_id
        values = {"state": "deleted", "active": False, "credential_id": False, "state_message": False}
        account_sudo.write(values | {"authorized_at": False, "participations": False})
        account_sudo._forget_reminders(*account_sudo.reminders or {})
        account_sudo.operation_ids.unlink()
        orders = (
            self.env["marketplace.order"]
            .sudo()
            .search([("account_id", "=", account_sudo.id), ("next_fetch_at", "!=", False)])
        )
        orders.next_fetch_at = False
        if not credential_sudo.with_context(active_test=False).account_ids:
            credential_sudo.unlink()

    @api.model
    def _forget_relays(self, account_sudo):
        """Forget whose recent orders these are; should the account be used again, they are searched again."""
        relays_sudo = self.env["marketplace.order.relay"].sudo().search([("account_id", "=", account_sudo.id)])
        if relays_sudo:
            relays_sudo.unlink()
            account_sudo.write({"searched_until": False, "search_token": False})

    # === BUYERS' DATA === #

    @api.model
    def _cron_purge(self):
        """Delete buyers' data where somebody asked for it, some records a transaction."""
        while self._purge_some():
            if not self.env["ir.cron"]._commit_progress(1):
                self.env["ir.cron"]._marketplace_wake("ir_cron_purge")
                return

    @api.model
    def _purge_some(self):
        """Delete the buyers' data of some records; return whether there may be more."""
        sites = self.env["marketplace.site"].with_context(active_test=False)
        site = sites.search([("purge_requested_at", "!=", False)], limit=1)
        # What comes after the site was revived stays.
        until = ("create_date", "<=", site.purge_requested_at)
        due = [("site_id", "=", site.id), ("purged_at", "=", False), until]
        messages = self.env["marketplace.message"].search(due, limit=BATCH)
        orders = self.env["marketplace.order"].search(due, limit=BATCH)
        self._purge_messages(messages)
        self._purge_orders(orders)
        replies = self.env["marketplace.reply"].search(due, limit=BATCH)
        self._purge_replies(replies)
        self._purge_tickets(messages.ticket_id | orders.ticket_ids | replies.ticket_id, until)
        if not messages and not orders and not replies:
            site.purge_requested_at = False
        return bool(site)

    @api.autovacuum
    def _gc_neutralized_files(self):
        """Delete the buyers' files of a copied database that was neutralized: SQL reaches only what is not on the disk.

        :return: (how many were deleted, how many there still are at least).
        """
        domain = [("res_model", "=", self._name)]
        files_sudo = self.env["ir.attachment"].sudo().search(domain, limit=1000)
        files_sudo.unlink()
        return len(files_sudo), self.env["ir.attachment"].sudo().search_count(domain, limit=1)

    @api.model
    def _purge_orders(self, orders):
        orders.write(dict.fromkeys(ORDER_FIELDS, False) | {"purged_at": fields.Datetime.now(), "next_fetch_at": False})

    @api.model
    def _purge_messages(self, messages):
        """Delete what buyers wrote, wherever it was copied to."""
        messages.write(dict.fromkeys(MESSAGE_FIELDS, False) | {"purged_at": fields.Datetime.now()})
        open_messages = messages.filtered(lambda message: message.state in messages._open_states)
        open_messages.write({"state": "ignored", "reason": self.env._("Deleted before it was processed")})
        conversations = messages.conversation_id
        conversations.key_ids.filtered(lambda key: key.type == "alias").unlink()
        conversations.buyer_alias = False

    @api.model
    def _purge_replies(self, replies):
        """Delete what was written to buyers; what has not gone goes no more."""
        replies.filtered(lambda reply: reply.state in ("queued", "sending")).write({"state": "failed"})
        replies.attachment_ids.unlink()
        replies.write(dict.fromkeys(REPLY_FIELDS, False) | {"purged_at": fields.Datetime.now(), "next_attempt": False})

    @api.model
    def _purge_tickets(self, tickets, until):
        tickets = tickets.with_context(active_test=False, tracking_disable=True)
        tickets.partner_id._marketplace_forget()
        personal = self.env["marketplace.field.mapping"]._get_personal_names()
        tickets.write({"partner_name": False, "partner_id": False, **dict.fromkeys(personal, False)})
        tracked = [("mail_message_id.model", "=", "helpdesk.ticket"), ("mail_message_id.res_id", "in", tickets.ids)]
        self.env["mail.tracking.value"].search(
            [*tracked, ("field_id.name", "in", (*TICKET_FIELDS, *personal))]
        ).unlink()
        posted = self.env["mail.message"].search(
            [
                ("model", "=", "helpdesk.ticket"),
                ("res_id", "in", tickets.ids),
                ("marketplace_kind", "in", PERSONAL_KINDS),
                until,
            ]
        )
        posted.attachment_ids.unlink()
        gone = Markup("<p><em>%s</em></p>") % self.env._("The buyer's data was deleted.")
        posted.write({"body": gone, "email_from": False, "subject": False})
