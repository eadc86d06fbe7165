import { registerMessageAction } from "@mail/core/common/message_actions";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Reload conversations whose messages came from or went to another ticket. */
function readAnew(store, ids) {
    for (const id of ids) {
        const thread = store.Thread.get({ model: "helpdesk.ticket", id });
        if (thread?.isLoaded) {
            thread.messages = [];
            thread.isLoaded = false;
            thread.fetchNewMessages();
        }
    }
}

/** Reload the conversations for everybody who has one of the tickets open. */
registry.category("services").add("marketplace_corrections", {
    dependencies: ["bus_service", "mail.store"],
    start(env, { bus_service: bus, "mail.store": store }) {
        bus.subscribe("marketplace_messages_moved", ({ ids }) => readAnew(store, ids));
    },
});

/** Show the ticket where the messages are now to whoever made the correction. */
registry.category("actions").add("marketplace_corrected", (env, { params }) => {
    readAnew(env.services["mail.store"], params.ids);
    const current = env.services.action.currentController;
    const { resModel, resId } = current?.props || {};
    if (resModel === "helpdesk.ticket" && (current.currentState?.resId || resId) === params.ticket_id) {
        return { type: "ir.actions.act_window_close" };
    }
    return {
        type: "ir.actions.act_window",
        res_model: "helpdesk.ticket",
        res_id: params.ticket_id,
        views: [[false, "form"]],
    };
});

registerMessageAction("marketplace-move", {
    condition: ({ message, thread }) => thread?.model === "helpdesk.ticket" && message.isFromMarketplaceBuyer,
    icon: "fa fa-share-square-o",
    name: _t("Move to another ticket"),
    onSelected: async ({ message, store, thread }) => {
        const { action, orm } = store.env.services;
        const args = [[thread.id], message.id];
        await action.doAction(await orm.call("helpdesk.ticket", "action_marketplace_open_move", args));
    },
    sequence: 60,
});
