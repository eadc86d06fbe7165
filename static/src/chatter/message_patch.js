import { Message } from "@mail/core/common/message_model";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

const LABELS = {
    buyer: _t("Buyer"),
    unverified: _t("Buyer, not verified"),
    check: _t("Unrecognised form, please check"),
    notice: _t("Notice"),
    not_sent: _t("Not sent to the buyer"),
};
const CLASSES = {
    buyer: "text-bg-primary",
    unverified: "text-bg-warning",
    check: "text-bg-warning",
    notice: "text-bg-info",
    not_sent: "text-bg-secondary",
};

patch(Message.prototype, {
    /** A marketplace's message shows who wrote, not the technical address it was filed under. */
    get authorName() {
        const name = super.authorName;
        return this.marketplace_kind && !this.author_id ? name?.replace(/\s*<[^>]*>$/, "").replace(/^"|"$/g, "") : name;
    },

    get marketplaceLabel() {
        return LABELS[this.marketplace_kind];
    },

    get marketplaceClass() {
        return CLASSES[this.marketplace_kind];
    },
});
