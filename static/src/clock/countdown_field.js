import { Component } from "@odoo/owl";
import { toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { describeDeadline, useClock } from "./clock";

const CLASSES = {
    danger: "text-bg-danger",
    warning: "text-bg-warning",
    calm: "text-bg-light border",
};

/** Until when a buyer must be answered, as a countdown. */
export class CountdownField extends Component {
    static template = "helpdesk_mgmt_marketplace.CountdownField";
    static props = { ...standardFieldProps };

    setup() {
        this.clock = useClock();
    }

    get deadline() {
        return this.props.record.data[this.props.name];
    }

    get countdown() {
        return describeDeadline(this.deadline, this.props.record.data.marketplace_amber_at, this.clock.now);
    }

    get badge() {
        return CLASSES[this.countdown.level];
    }

    get title() {
        return _t("Answer before %s", toLocaleDateTimeString(this.deadline));
    }
}

registry.category("fields").add("marketplace_countdown", {
    component: CountdownField,
    displayName: _t("Countdown"),
    supportedTypes: ["datetime"],
    fieldDependencies: [{ name: "marketplace_amber_at", type: "datetime" }],
    listViewWidth: 125,
    isEmpty: (record, name) => !record.data[name],
});
