import { Composer } from "@mail/core/common/composer";
import { useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";

patch(Composer.prototype, {
    setup() {
        super.setup(...arguments);
        this.marketplaceOrm = useService("orm");
        this.marketplaceState = useState({ isBusy: false });
    },

    /** What the ticket says about answering its buyer, if that is what this composer does. */
    get marketplaceReply() {
        const { composer, type } = this.props;
        return type === "message" && !composer.message && composer.thread?.marketplaceReply;
    },

    get isSendButtonDisabled() {
        const reply = this.marketplaceReply;
        return super.isSendButtonDisabled || Boolean(reply && (reply.why_not || this.marketplaceState.isBusy));
    },

    async sendMessage() {
        if (!this.marketplaceReply) {
            return super.sendMessage(...arguments);
        }
        if (this.isSendButtonDisabled || this.props.composer.attachments.some((file) => file.uploading)) {
            return;
        }
        this.marketplaceState.isBusy = true;
        try {
            await this.sendMarketplaceReply();
        } finally {
            this.marketplaceState.isBusy = false;
        }
    },

    /** Queue the answer; what speaks against it is shown, and warnings are passed by sending the same again. */
    async sendMarketplaceReply() {
        const { composer } = this.props;
        const { thread } = composer;
        const body = String(composer.composerHtml);
        const ids = composer.attachments.map((file) => file.id);
        const known = thread.marketplaceFindings;
        const confirmed = Boolean(known?.body === body && known.list.every(({ level }) => level !== "block"));
        const { findings } = await this.marketplaceOrm.call("helpdesk.ticket", "action_marketplace_reply", [
            [thread.id],
            body,
            ids,
            confirmed,
        ]);
        if (findings.length) {
            thread.marketplaceFindings = { body, list: findings };
            return;
        }
        thread.marketplaceFindings = undefined;
        this.props.onPostCallback?.();
        this.clear();
    },
});
