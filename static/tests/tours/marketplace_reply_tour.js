import { registry } from "@web/core/registry";

const ROW = ".o_data_row:contains('302-5669388-0000002') td[name=name]";
const INPUT = ".o-mail-Composer-input";

registry.category("web_tour.tours").add("marketplace_reply", {
    steps: () => [
        { trigger: ROW, run: "click" },
        {
            content: "The hotkey of the message button opens the answer to the buyer",
            trigger: ".o-mail-Chatter-sendMessage:enabled:contains('Amazon reply')",
            run: "press alt+m",
        },
        { trigger: ".o_marketplace_reply_top:contains('302-5669388-0000002'):contains('@shop.example')" },
        { trigger: INPUT, run: "edit Schreiben Sie uns an kontakt@shop.example" },
        { trigger: ".o-mail-Composer-send:enabled", run: "click" },
        {
            content: "What speaks against it is shown, and the text stays",
            trigger: ".o_marketplace_findings:contains('e-mail addresses'):contains('send it anyway')",
        },
        { trigger: INPUT, run: "edit Schreiben Sie uns gern noch einmal" },
        {
            content: "Control and enter send it",
            trigger: INPUT,
            run: "press ctrl+Enter",
        },
        {
            content: "It stands in the conversation with its state",
            trigger: ".o-mail-Message:contains('gern noch einmal') .o_marketplace_reply_state:contains('Queued')",
        },
        { trigger: ".o-mail-Chatter:not(:has(.o_marketplace_findings)):not(:has(.o-mail-Composer))" },
    ],
});

registry.category("web_tour.tours").add("marketplace_send_next", {
    steps: () => [
        { trigger: ROW, run: "click" },
        { trigger: ".o-mail-Chatter-sendMessage:enabled", run: "click" },
        {
            content: "Templates are found by keyboard",
            trigger: INPUT,
            run: "edit ::wher",
        },
        { trigger: ".o-mail-Composer-suggestion:contains('where')", run: "click" },
        {
            content: "They come with what the order says",
            trigger: INPUT,
            run() {
                const { value } = document.querySelector(".o-mail-Composer-input");
                if (!value.includes("Bestellung 302-5669388-0000002 ist unterwegs")) {
                    throw new Error(`The placeholder was not filled: ${value}`);
                }
            },
        },
        { trigger: ".o_marketplace_send_next:enabled", run: "click" },
        {
            content: "The next ticket is there, and the answer to it open",
            trigger: ".o_marketplace_order:contains('114-1853564-0000022')",
        },
        { trigger: ".o_marketplace_reply_top:contains('114-1853564-0000022')" },
        { trigger: INPUT, run: "edit It is on its way to you" },
        { trigger: ".o_marketplace_send_next:enabled", run: "click" },
        { trigger: ".o_notification:contains('No other buyer waits')" },
    ],
});

registry.category("web_tour.tours").add("marketplace_refused", {
    steps: () => [
        { trigger: ROW, run: "click" },
        {
            content: "The answer says that it did not reach the buyer, and why",
            trigger: ".o-mail-Message:contains('unterwegs') .o_marketplace_reply_state.text-danger:contains('Refused')",
        },
        { trigger: ".o_marketplace_reply_reason:contains('important')" },
        {
            content: "The clock runs again and there is something to do",
            trigger: ".o_form_view:has(.o_marketplace_countdown) .o-mail-Activity:contains('did not get your answer')",
        },
        { trigger: ".o_marketplace_important", run: "click" },
        { trigger: ".o-mail-Message:contains('unterwegs') .o_marketplace_reply_state:contains('Queued')" },
    ],
});
