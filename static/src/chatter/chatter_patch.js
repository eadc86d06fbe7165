import { Chatter } from "@mail/chatter/web_portal/chatter";
import { useEffect } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { useRecordChanges } from "../record_changes";

patch(Chatter.prototype, {
    setup() {
        super.setup(...arguments);
        useRecordChanges(
            "helpdesk.ticket",
            "marketplace_ticket_changed",
            () => this.isMarketplace && this.props.threadId,
            (id) => this.onMarketplaceChanged(id)
        );
        useEffect(
            (thread, reply) => {
                if (thread) {
                    thread.marketplaceReply = reply || undefined;
                }
            },
            () => [this.state.thread, this.isMarketplace && this.props.record.data.marketplace_reply_data]
        );
    },

    /** Whether this is the conversation with a buyer on a marketplace. */
    get isMarketplace() {
        return Boolean(
            this.props.threadModel === "helpdesk.ticket" && this.props.record?.data.marketplace_site_id
        );
    },

    /** Show what came in; a form that somebody is editing keeps its values. */
    async onMarketplaceChanged(ticketId) {
        if (!this.isMarketplace || ticketId !== this.props.threadId) {
            return;
        }
        this.state.thread?.fetchNewMessages();
        this.updateReplyStates(ticketId);
        if (!(await this.props.record.isDirty())) {
            await this.props.record.load();
        }
    },

    /** Show what became of the answers in the conversation. */
    async updateReplyStates(ticketId) {
        const answers = this.state.thread?.messages.filter((message) => message.marketplace_kind === "reply");
        if (!answers?.length) {
            return;
        }
        const states = await this.env.services.orm.call("helpdesk.ticket", "marketplace_get_reply_states", [[ticketId]]);
        for (const message of answers) {
            message.marketplace_reply = states[message.id] || message.marketplace_reply;
        }
    },

    get sendMessageLabel() {
        return (this.isMarketplace && this.props.record.data.marketplace_reply_data.label) || _t("Send message");
    },
});
