import { Component, onMounted, onPatched, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const PAUSE = 1000;
/** Looks after which the order takes long. */
const LONG = 15;

/** Waits for an order that is being fetched, then goes where the dialog leads. */
export class OrderWaitField extends Component {
    static template = "helpdesk_mgmt_marketplace.OrderWaitField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ looks: 0 });
        onMounted(() => this.start());
        onPatched(() => this.start());
        onWillUnmount(() => {
            browser.clearTimeout(this.timeout);
            this.isGone = true;
        });
    }

    get isWaiting() {
        return this.props.record.data[this.props.name];
    }

    /** The dialog that finds orders shows what it found first. */
    get opensTicket() {
        return !("is_found" in this.props.record.data);
    }

    get takesLong() {
        return this.state.looks > LONG;
    }

    start() {
        if (this.isWaiting && !this.timeout) {
            this.timeout = browser.setTimeout(() => this.look(), PAUSE);
        }
    }

    async look() {
        const { resModel, resId } = this.props.record;
        const found = await this.orm.silent.call(resModel, "action_look", [[resId]]);
        if (this.isGone) {
            return;
        }
        this.timeout = undefined;
        if (found === true) {
            await this.props.record.load();
        } else if (found) {
            await this.action.doAction(found);
        } else {
            this.state.looks++;
            this.start();
        }
    }
}

registry.category("fields").add("marketplace_order_wait", {
    component: OrderWaitField,
    supportedTypes: ["boolean"],
});
