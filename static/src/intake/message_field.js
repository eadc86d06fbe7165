import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** How often a marketplace that is busy is asked before somebody is told. */
const TRIES = 5;

/** What the marketplace would send about an order: asked for once the dialog is open, then chosen and filled in. */
export class MessageField extends Component {
    static template = "helpdesk_mgmt_marketplace.MessageField";
    static components = { DateTimeInput };
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ isAsking: false, error: "" });
        onMounted(() => this.offer || this.ask());
        onWillUnmount(() => {
            browser.clearTimeout(this.timeout);
            this.isGone = true;
        });
    }

    get record() {
        return this.props.record;
    }

    get offer() {
        return this.record.data[this.props.name];
    }

    get error() {
        return this.state.error || this.offer?.error;
    }

    get marketplace() {
        return this.record.data.marketplace;
    }

    get review() {
        return this.offer.review;
    }

    /** All that can be chosen, the request for a review last. */
    get choices() {
        const { actions, review } = this.offer;
        return review && !review.why_not ? [...actions, review] : actions;
    }

    get chosen() {
        return this.choices.find((action) => action.code === this.record.data.action_code);
    }

    get content() {
        return this.record.data.content || {};
    }

    /** Those of the chosen message's fields that are filled in here; the others are fields of the dialog. */
    get fields() {
        return this.chosen.fields.filter((field) => ["text", "date"].includes(field.kind));
    }

    get hasWords() {
        return this.chosen.fields.some((field) => ["text", "html"].includes(field.kind));
    }

    get filesField() {
        return this.chosen.fields.find((field) => field.kind === "files");
    }

    async ask(tries = 1) {
        Object.assign(this.state, { isAsking: true, error: "" });
        try {
            const isLast = tries >= TRIES;
            const wait = await this.orm.call(this.record.resModel, "action_ask", [[this.record.resId], isLast]);
            if (this.isGone) {
                return;
            }
            if (wait) {
                this.timeout = browser.setTimeout(() => this.ask(tries + 1), wait * 1000);
                return;
            }
            await this.record.load();
        } catch (error) {
            this.state.error = error.data?.message || _t("Odoo did not answer.");
        }
        this.state.isAsking = false;
    }

    /** What was found speaks against what stood there before. */
    change(values) {
        const stale = this.record.data.findings ? { findings: false, can_override: false } : {};
        this.record.update({ ...values, ...stale });
    }

    choose(action) {
        this.change({ action_code: action.code });
    }

    fill(field, value) {
        this.change({ content: { ...this.content, [field.name]: value } });
    }

    length(field) {
        return (this.content[field.name] || "").length;
    }

    date(field) {
        return this.content[field.name] ? deserializeDate(this.content[field.name]) : false;
    }

    fillDate(field, value) {
        this.fill(field, value ? serializeDate(value) : false);
    }
}

registry.category("fields").add("marketplace_message", {
    component: MessageField,
    supportedTypes: ["json"],
    fieldDependencies: [
        { name: "action_code", type: "char" },
        { name: "can_override", type: "boolean" },
        { name: "content", type: "json" },
        { name: "findings", type: "json" },
        { name: "marketplace", type: "char" },
    ],
});

/** What speaks against a message; what can't be overridden first. */
export class FindingsField extends Component {
    static template = "helpdesk_mgmt_marketplace.FindingsField";
    static props = { ...standardFieldProps };

    get findings() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("marketplace_findings", {
    component: FindingsField,
    supportedTypes: ["json"],
});
