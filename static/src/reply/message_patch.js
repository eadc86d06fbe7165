import { Message } from "@mail/core/common/message_model";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

const LABELS = {
    buyer: _t("Buyer"),
    unverified: _t("Buyer, not verified"),
    check: _t("Unrecognized form, please check"),
    notice: _t("Notice"),
    reply: _t("To the buyer"),
    not_sent: _t("Not sent to the buyer"),
};
const CLASSES = {
    buyer: "text-bg-primary",
    unverified: "text-bg-warning",
    check: "text-bg-warning",
    notice: "text-bg-info",
    reply: "text-bg-success",
    answered: "text-bg-success",
    not_sent: "text-bg-secondary",
};
const REPLY_CLASSES = {
    queued: "text-muted",
    sending: "text-muted",
    handed_over: "text-info-emphasis",
    accepted: "text-success",
    unknown: "text-warning-emphasis",
    refused: "text-danger",
    failed: "text-danger",
};

patch(Message.prototype, {
    /** A marketplace's message shows who wrote, not the technical address it was filed under. */
    get authorName() {
        const name = super.authorName;
        return this.marketplace_kind && !this.author_id ? name?.replace(/\s*<[^>]*>$/, "").replace(/^"|"$/g, "") : name;
    },

    /** What came from a marketplace or went to it is kept as it is, with its files. */
    get editable() {
        return super.editable && (!this.marketplace_kind || this.marketplace_kind === "not_sent");
    },

    get isFromMarketplaceBuyer() {
        return ["buyer", "unverified", "check"].includes(this.marketplace_kind);
    },

    get marketplaceLabel() {
        // An answer given in the marketplace's console says in which.
        return this.marketplace_kind_label || LABELS[this.marketplace_kind];
    },

    /** What became of an answer, and how it looks. */
    get marketplaceReplyClass() {
        return REPLY_CLASSES[this.marketplace_reply?.state];
    },

    get marketplaceClass() {
        return CLASSES[this.marketplace_kind];
    },
});
