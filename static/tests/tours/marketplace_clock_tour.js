import { clock } from "@helpdesk_mgmt_marketplace/clock/clock";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

/** Let time go by in the browser only: nothing asks the server how late it is. */
function wait(hours) {
    clock.now = clock.now.plus({ hours });
}

const COUNTDOWN = ".o_marketplace_countdown";

registry.category("web_tour.tours").add("marketplace_clock", {
    steps: () => [
        {
            content: "The list shows how long there is",
            trigger: `.o_data_row:contains('302-5669388-0000002') ${COUNTDOWN}:not(.text-bg-warning):contains('20 h left')`,
            run: () => wait(17),
        },
        {
            content: "It turns amber for the last quarter",
            trigger: `.o_data_row:contains('302-5669388-0000002') ${COUNTDOWN}.text-bg-warning:contains('3 h left')`,
            run: () => wait(6),
        },
        {
            content: "And red when it is over",
            trigger: `.o_data_row:contains('302-5669388-0000002') ${COUNTDOWN}.text-bg-danger:contains('overdue 2 h')`,
            run: () => wait(-23),
        },
        { trigger: ".o_data_row:contains('302-5669388-0000002') td[name=name]", run: "click" },
        { trigger: `.o_form_view ${COUNTDOWN}:contains('20 h left')` },
        {
            content: "An answer that was given elsewhere is recorded",
            trigger: "button[name=action_marketplace_answered]:contains('Answered in'):contains('Seller Central')",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=text] textarea", run: "edit I offered a refund." },
        { trigger: ".modal button[name=action_record]", run: "click" },
        {
            content: "The message says where, and the clock is gone",
            trigger:
                ".o_form_view:not(:has(.o_marketplace_countdown)) .o-mail-Message:contains('I offered a refund.') .o_marketplace_kind:contains('Answered in Seller Central')",
        },
        { trigger: ".breadcrumb-item:contains('To Answer') a", run: "click" },
        { trigger: ".o_data_row:contains('114-1853564-0000022') td[name=name]", run: "click" },
        {
            content: "No response needed: the browser opens the marketplace's own link",
            trigger: "button[name=action_marketplace_no_response]",
            async run({ click }) {
                browser.open = (url) => {
                    document.body.dataset.opened = url;
                    return { closed: false };
                };
                await click();
            },
        },
        { trigger: "body[data-opened*='/messaging/no-response-needed?']" },
        { trigger: ".o_form_view:not(:has(.o_marketplace_countdown)) .o-mail-Message:contains('No response needed.')" },
    ],
});
