import { Component, useEffect, useState } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Statuses that need no more doing, and those that a person should notice. */
const BADGES = {
    delivered: "text-bg-success",
    shipped: "text-bg-success",
    cancelled: "text-bg-danger",
    refunded: "text-bg-danger",
    unshipped: "text-bg-warning",
    partially_shipped: "text-bg-warning",
};

/** The order beside the conversation (chatter_patch.js loads it again when it changed). */
export class OrderTab extends Component {
    static template = "helpdesk_mgmt_marketplace.OrderTab";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.state = useState({ saleOrders: [] });
        useEffect(
            (id) => {
                this.findSaleOrders(id);
            },
            () => [this.order && this.data.has_sale_orders && this.props.record.resId, this.order?.state]
        );
    }

    /** Asked for afterwards: the sales orders of a large company are not found in no time. */
    async findSaleOrders(id) {
        const found = id ? await this.orm.call("helpdesk.ticket", "marketplace_find_sale_orders", [[id]]) : [];
        if (!id || id === this.props.record.resId) {
            this.state.saleOrders = found;
        }
    }

    get data() {
        return this.props.record.data[this.props.name];
    }

    get order() {
        return this.data?.order;
    }

    get badge() {
        return BADGES[this.order.status] || "text-bg-secondary";
    }

    get recipientLines() {
        const { name, lines, city, state, postcode, country, phone } = this.order.recipient;
        const place = [postcode, city, state].filter(Boolean).join(" ");
        return [name, ...(lines || []), place, country, phone].filter(Boolean);
    }

    get totals() {
        const { amount_shipping, amount_discount, amount_tax, amount_total } = this.order;
        return [
            { label: _t("Shipping"), amount: amount_shipping },
            { label: _t("Discounts"), amount: amount_discount && -amount_discount },
            { label: _t("Taxes"), amount: amount_tax },
            { label: _t("Total"), amount: amount_total, strong: true },
        ].filter((row) => row.amount || row.strong);
    }

    get hasPrices() {
        return Boolean(this.order.currency);
    }

    money(amount) {
        if (!this.hasPrices) {
            return "";
        }
        const lang = user.lang.replace("_", "-");
        return new Intl.NumberFormat(lang, { style: "currency", currency: this.order.currency }).format(
            amount
        );
    }

    /** A marketplace's code as words. */
    words(code) {
        const text = (code || "").replaceAll("_", " ");
        return text === text.toUpperCase() ? text.charAt(0) + text.slice(1).toLowerCase() : text;
    }

    time(value) {
        return value ? toLocaleDateTimeString(deserializeDateTime(value)) : "";
    }

    async onRefresh() {
        await this.orm.call("helpdesk.ticket", "action_marketplace_refresh", [[this.props.record.resId]]);
        this.notification.add(_t("Asked %s for the order. It updates here by itself.", this.data.marketplace), {
            type: "info",
        });
    }

    async onLink() {
        const { resId } = this.props.record;
        const action = await this.orm.call("helpdesk.ticket", "action_marketplace_open_link", [[resId]]);
        await this.action.doAction(action, { onClose: () => this.props.record.load() });
    }

    openTicket(id) {
        this.openRecord("helpdesk.ticket", id);
    }

    openRecord(model, id) {
        this.action.doAction({ type: "ir.actions.act_window", res_model: model, res_id: id, views: [[false, "form"]] });
    }
}

registry.category("fields").add("marketplace_order", {
    component: OrderTab,
    supportedTypes: ["json"],
});
