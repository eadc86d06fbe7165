import { Component, status } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { CopyButton } from "@web/core/copy_button/copy_button";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useRecordChanges } from "../ticket/record_changes";

/** The steps to an account that works, with live ticks. */
export class Onboarding extends Component {
    static template = "helpdesk_mgmt_marketplace.Onboarding";
    static components = { CopyButton };
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.copied = _t("Copied");
        useRecordChanges(
            "marketplace.account",
            "marketplace_account_changed",
            () => this.props.record.resId,
            (id) => id === this.props.record.resId && this.load()
        );
    }

    get data() {
        return this.props.record.data[this.props.name];
    }

    /** What is to be done, each with whether it is. */
    get steps() {
        const { has_keys, has_own_keys, is_connected, sites, order } = this.data;
        const every = (check) => Boolean(sites.length) && sites.every(check);
        return [
            { name: "keys", title: has_own_keys ? _t("API keys") : _t("Keys of your application"), done: has_keys },
            { name: "authorized", title: has_own_keys ? _t("Connected") : _t("Authorized"), done: is_connected },
            { name: "addresses", title: _t("Addresses"), done: every((site) => site.address) },
            {
                name: "places",
                title: _t("Entered in %s", this.data.console),
                done: every((site) => site.has_mail || site.places.every((place) => place.done)),
            },
            { name: "test", title: _t("Test mail arrived"), done: every((site) => site.has_mail || site.test_received) },
            { name: "order", title: _t("Test order fetched"), done: Boolean(order) },
        ];
    }

    /** A form that somebody is editing keeps its values; one that was left has nothing to load. */
    async load() {
        if (status(this) !== "destroyed" && !(await this.props.record.isDirty())) {
            await this.props.record.load();
        }
    }

    async callSite(site, method, args = []) {
        await this.props.record.save();
        const action = await this.orm.call("marketplace.site", method, [[site.id], ...args]);
        if (action) {
            return this.action.doAction(action, { onClose: () => this.load() });
        }
        return this.load();
    }

    /** Proved mail is shown in gray, unproved mail in amber. */
    proofClass(site) {
        return ["unproved", "decision"].includes(site.proof.state) ? "text-warning-emphasis" : "text-muted";
    }

    togglePlace(site, place) {
        return this.callSite(site, "action_toggle_place", [place.code]);
    }

    async tickAll(place) {
        await this.props.record.save();
        await this.orm.call("marketplace.account", "action_tick_place", [[this.props.record.resId], place.code]);
        return this.load();
    }

    renewAddress(site) {
        this.dialog.add(ConfirmationDialog, {
            body: _t(
                "%s gets a new address, which you enter where the old one is. Mail to the old one still arrives.",
                site.name
            ),
            confirmLabel: _t("New address"),
            confirm: () => this.callSite(site, "action_renew_address"),
            cancel: () => {},
        });
    }

    openSite(site) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "marketplace.site",
            res_id: site.id,
            views: [[false, "form"]],
        });
    }

    fetchOrder() {
        return this.action.doAction("helpdesk_mgmt_marketplace.marketplace_order_find_action", {
            additionalContext: { default_account_id: this.props.record.resId },
            onClose: () => this.load(),
        });
    }
}

registry.category("fields").add("marketplace_onboarding", {
    component: Onboarding,
    supportedTypes: ["json"],
});

/** Where a value is found at the marketplace, below its field. */
export class Hint extends Component {
    static template = "helpdesk_mgmt_marketplace.Hint";
    static props = ["*"];

    get text() {
        return this.props.record.data.hints?.[this.props.field];
    }
}

registry.category("view_widgets").add("marketplace_hint", {
    component: Hint,
    extractProps: ({ attrs }) => ({ field: attrs.field }),
});
