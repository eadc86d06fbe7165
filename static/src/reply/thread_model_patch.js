import { Thread } from "@mail/core/common/thread_model";
import { patch } from "@web/core/utils/patch";

patch(Thread.prototype, {
    setup() {
        super.setup(...arguments);
        /** What the ticket says about answering its buyer: label, to, sender, why_not, placeholders. */
        this.marketplaceReply = undefined;
        /** What spoke against the answer that was to be sent: its body, the findings, whether they block. */
        this.marketplaceFindings = undefined;
    },
});
