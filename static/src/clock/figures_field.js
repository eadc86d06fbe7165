import { Component } from "@odoo/owl";
import { formatFloat, formatFloatTime } from "@web/views/fields/formatters";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useService } from "@web/core/utils/hooks";

/** How fast buyers were answered, over the windows that marketplaces judge by. */
export class FiguresField extends Component {
    static template = "helpdesk_mgmt_marketplace.FiguresField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    hours(value) {
        return value === null ? "–" : formatFloatTime(value);
    }

    share(value) {
        return value === null ? "–" : `${formatFloat(100 * value, { digits: [16, 1] })} %`;
    }

    async onOpen() {
        const { resModel, resId } = this.props.record;
        this.action.doAction(await this.orm.call(resModel, "action_open_responses", [[resId]]));
    }
}

registry.category("fields").add("marketplace_figures", {
    component: FiguresField,
    supportedTypes: ["json"],
});
