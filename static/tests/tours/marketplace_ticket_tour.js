import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("marketplace_ticket", {
    steps: () => [
        {
            content: "The list shows where the ticket comes from",
            trigger: ".o_data_row:contains('302-5669388-0000002'):contains('amazon.de') td[name=name]",
            run: "click",
        },
        {
            content: "The ticket opens on its order",
            trigger: ".o_marketplace_order:contains('302-5669388-0000002'):contains('Shipped')",
        },
        { trigger: ".o_marketplace_lines tbody a[href^='https://www.amazon.de/dp/']" },
        { trigger: ".o-mail-Message .o_marketplace_kind:contains('Buyer')" },
        {
            content: "A note says that it stays here",
            trigger: ".o-mail-Chatter-logNote",
            run: "click",
        },
        { trigger: ".o_marketplace_note_top:contains('never sent')" },
        { trigger: ".o-mail-Composer-input", run: "edit Not for the buyer" },
        { trigger: ".o-mail-Composer-send:enabled:contains('Log')", run: "click" },
        { trigger: ".o-mail-Message:contains('Not for the buyer'):not(:has(.o_marketplace_kind))" },
    ],
});
