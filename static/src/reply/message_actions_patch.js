import { Message } from "@mail/core/common/message";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";

patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        this.marketplaceOrm = useService("orm");
        this.marketplaceDialog = useService("dialog");
    },

    /** Send an answer again that did not reach the buyer. */
    async onMarketplaceRetry(method) {
        await this.marketplaceOrm.call("marketplace.reply", method, [[this.message.marketplace_reply.id]]);
        await this.message.thread.fetchThreadData(["activities", "messages"]);
    },

    /** Send to the buyer what was marked as not sent; what speaks against it is asked about. */
    async onMarketplaceSend(confirmed = []) {
        const { id, thread } = this.message;
        const { findings } = await this.marketplaceOrm.call("helpdesk.ticket", "action_marketplace_send_message", [
            [thread.id],
            id,
            confirmed,
        ]);
        if (!findings.length) {
            await thread.fetchNewMessages();
            return;
        }
        const isBlocked = findings.some(({ level }) => level === "block");
        this.marketplaceDialog.add(ConfirmationDialog, {
            title: isBlocked ? _t("This can't be sent") : _t("Send it anyway?"),
            body: findings.map(({ text }) => text).join("\n"),
            confirmLabel: isBlocked ? _t("Close") : _t("Send"),
            confirm: () => !isBlocked && this.onMarketplaceSend(findings.map(({ text }) => text)),
            cancel: isBlocked ? undefined : () => {},
        });
    },
});
