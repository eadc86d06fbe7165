import { Message } from "@mail/core/common/message_model";
import { patch } from "@web/core/utils/patch";

patch(Message.prototype, {
    /** An answer given in the marketplace's console says in which. */
    get marketplaceLabel() {
        return this.marketplace_kind_label || super.marketplaceLabel;
    },

    get marketplaceClass() {
        return this.marketplace_kind === "answered" ? "text-bg-success" : super.marketplaceClass;
    },
});
