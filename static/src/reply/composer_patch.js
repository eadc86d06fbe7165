import { Composer } from "@mail/core/common/composer";
import { UseSuggestion } from "@mail/core/common/suggestion_hook";
import { useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { fillPlaceholders } from "./placeholders";

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

    get placeholder() {
        return this.marketplaceReply ? _t("Write to the buyer, or :: for a template…") : super.placeholder;
    },

    get marketplaceSendTitle() {
        return this.sendKeybinds.join(" + ");
    },

    get isSendButtonDisabled() {
        const reply = this.marketplaceReply;
        return super.isSendButtonDisabled || Boolean(reply && (reply.why_not || this.marketplaceState.isBusy));
    },

    async sendMessage() {
        return this.marketplaceReply ? this.sendMarketplaceReply() : super.sendMessage(...arguments);
    },

    /** Queue the answer; what speaks against it is shown, and warnings are passed by sending the same again. */
    async sendMarketplaceReply(then) {
        if (this.isSendButtonDisabled) {
            return;
        }
        const { composer } = this.props;
        const { thread } = composer;
        const body = String(composer.composerHtml);
        const known = thread.marketplaceFindings;
        this.marketplaceState.isBusy = true;
        try {
            const { findings, next_id } = await this.marketplaceOrm.call("helpdesk.ticket", "action_marketplace_reply", [
                [thread.id],
                body,
                composer.attachments.map((file) => file.id),
                known?.body === body ? known.list.map(({ text }) => text) : [],
                then || false,
            ]);
            if (findings.length) {
                const isBlocked = findings.some(({ level }) => level === "block");
                thread.marketplaceFindings = { body, list: findings, isBlocked };
                return;
            }
            thread.marketplaceFindings = undefined;
            this.clear();
            this.props.onPostCallback?.();
            if (then === "next") {
                await this.env.inChatter?.openMarketplaceTicket(next_id);
            }
        } finally {
            this.marketplaceState.isBusy = false;
        }
    },

    /** An answer to a buyer has no signature of an agent's. */
    formatDefaultBodyForFullComposer(defaultBody, signature = "") {
        return super.formatDefaultBodyForFullComposer(defaultBody, this.marketplaceReply ? "" : signature);
    },
});

patch(UseSuggestion.prototype, {
    /** A canned response comes with what the order says. */
    insert(option) {
        const reply = option.cannedResponse && this.comp.marketplaceReply;
        return super.insert(reply ? { ...option, label: fillPlaceholders(option.label, reply.placeholders) } : option);
    },
});
