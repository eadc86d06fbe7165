import { Chatter } from "@mail/chatter/web_portal/chatter";
import { useEffect } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { isHtmlEmpty } from "@web/core/utils/html";
import { patch } from "@web/core/utils/patch";
import { useRecordChanges } from "../ticket/record_changes";

patch(Chatter.prototype, {
    setup() {
        super.setup(...arguments);
        this.marketplaceNotification = useService("notification");
        useRecordChanges(
            "helpdesk.ticket",
            "marketplace_ticket_changed",
            () => this.isMarketplace && this.props.threadId,
            (id) => this.onMarketplaceChanged(id)
        );
        // The composer knows its thread only.
        useEffect(
            (thread, reply) => {
                if (thread) {
                    if (thread.marketplaceReply?.to !== reply?.to) {
                        // What was found spoke of another recipient.
                        thread.marketplaceFindings = undefined;
                    }
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

    /** What the ticket says about answering its buyer. */
    get marketplaceReply() {
        return this.props.record.data.marketplace_reply_data || {};
    },

    get marketplaceFindings() {
        return this.state.thread.marketplaceFindings;
    },

    get childSubEnv() {
        const env = super.childSubEnv;
        Object.assign(env.inChatter, { openMarketplaceTicket: this.openMarketplaceTicket.bind(this) });
        return env;
    },

    /** Show what came in; a form that somebody is editing keeps its values. */
    async onMarketplaceChanged(ticketId) {
        if (!this.isMarketplace || ticketId !== this.props.threadId) {
            return;
        }
        this.showMarketplaceMessages(this.state.thread);
        if (!(await this.props.record.isDirty())) {
            await this.props.record.load();
        }
    },

    /** Show new messages, and what became of answers; who is writing one is told that the buyer wrote again. */
    async showMarketplaceMessages(thread) {
        const known = new Set(thread.messages.map((message) => message.id));
        await thread.fetchNewMessages();
        const news = thread.messages.filter((message) => !known.has(message.id));
        const isWriting = this.state.composerType === "message" && !isHtmlEmpty(thread.composer.composerHtml);
        if (isWriting && news.some((message) => message.isFromMarketplaceBuyer)) {
            this.marketplaceNotification.add(_t("The buyer wrote again while you are writing. Read it before you send."), {
                type: "warning",
                sticky: true,
            });
        }
        const answers = thread.messages.filter((message) => message.marketplace_kind === "reply");
        if (answers.length) {
            const states = await this.orm.call("helpdesk.ticket", "marketplace_get_reply_states", [[thread.id]]);
            for (const message of answers) {
                message.marketplace_reply = states[message.id] || message.marketplace_reply;
            }
        }
    },

    /** Go on with another ticket in the same form, as the pager does; the composer stays open. */
    async openMarketplaceTicket(ticketId) {
        if (!ticketId) {
            this.marketplaceNotification.add(_t("No other buyer waits for an answer."), { type: "success" });
            return;
        }
        const { model, resIds } = this.props.record;
        await model.load({ resId: ticketId, resIds: resIds.includes(ticketId) ? resIds : [...resIds, ticketId] });
        if (!this.marketplaceReply.why_not) {
            this.toggleComposer("message", { force: true });
        }
    },
});
