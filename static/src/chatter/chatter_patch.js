import { Chatter } from "@mail/chatter/web_portal/chatter";
import { useEffect } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useBus, useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";

patch(Chatter.prototype, {
    setup() {
        super.setup(...arguments);
        this.marketplaceBus = useService("bus_service");
        const onChanged = (payload) => this.onMarketplaceChanged(payload.id);
        useEffect(
            (ticketId) => {
                if (!ticketId) {
                    return;
                }
                const channel = `helpdesk.ticket_${ticketId}`;
                this.marketplaceBus.addChannel(channel);
                this.marketplaceBus.subscribe("marketplace_ticket_changed", onChanged);
                return () => {
                    this.marketplaceBus.unsubscribe("marketplace_ticket_changed", onChanged);
                    this.marketplaceBus.deleteChannel(channel);
                };
            },
            () => [this.isMarketplace && this.props.threadId]
        );
        useEffect(
            (thread, reply) => {
                if (thread) {
                    thread.marketplaceReply = reply || undefined;
                }
            },
            () => [this.state.thread, this.isMarketplace && this.props.record.data.marketplace_reply_data]
        );
        // What was missed while the connection was down is read when it comes back.
        useBus(this.marketplaceBus, "BUS:RECONNECT", () => this.onMarketplaceChanged(this.props.threadId));
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
