import { Chatter } from "@mail/chatter/web_portal/chatter";
import { useEffect } from "@odoo/owl";
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
        if (!(await this.props.record.isDirty())) {
            await this.props.record.load();
        }
    },
});
