import { Message } from "@mail/core/common/message";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";

patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        this.marketplaceOrm = useService("orm");
    },

    /** Send an answer again that did not reach the buyer. */
    onMarketplaceRetry() {
        return this.marketplaceOrm.call("marketplace.reply", "action_retry", [[this.message.marketplace_reply.id]]);
    },

    /** Send to the buyer what was marked as not sent. */
    async onMarketplaceSend() {
        const { id, thread } = this.message;
        await this.marketplaceOrm.call("helpdesk.ticket", "action_marketplace_send_message", [[thread.id], id]);
        await thread.fetchNewMessages();
    },
});
