import { Chatter } from "@mail/chatter/web_portal/chatter";
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
        if (!(await this.props.record.isDirty())) {
            await this.props.record.load();
        }
    },
});
