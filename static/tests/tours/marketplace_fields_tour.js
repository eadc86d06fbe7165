import { registry } from "@web/core/registry";

const STATUS = ".o_field_widget[name=x_marketplace_order_status]";

registry.category("web_tour.tours").add("marketplace_set_up_fields", {
    steps: () => [
        {
            content: "A marketplace's card leads to its settings",
            trigger: ".o_kanban_record:contains('Amazon') .o_dropdown_kanban button:not(:visible)",
            run: "click",
        },
        { trigger: ".o-dropdown--menu .dropdown-item:contains('Settings')", run: "click" },
        { trigger: ".o_notebook .nav-link:contains('Ticket Fields')", run: "click" },
        { trigger: "button[name=action_set_up_fields]", run: "click" },
        {
            content: "Each attribute has a field",
            trigger: ".o_field_widget[name=mapping_ids] .o_data_row:contains('Order Status'):contains('Filled')",
        },
    ],
});

registry.category("web_tour.tours").add("marketplace_ticket_fields", {
    steps: () => [
        { trigger: ".o_data_row:contains('302-5669388-0000002') td[name=name]", run: "click" },
        {
            content: "The ticket tells what its order told, and nobody may change it",
            trigger: `${STATUS}.o_readonly_modifier:contains('Shipped')`,
        },
        {
            content: "What the order does not tell takes no room",
            trigger: ".o_form_view:not(:has(.o_field_widget[name=x_marketplace_order_buyer_po]))",
        },
    ],
});
