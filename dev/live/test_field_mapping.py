"""Mapped fields drive Odoo's own automation rules on a real server, and outlive the module."""

import pytest
from common import eventually

FIELD = "x_marketplace_order_status"


@pytest.fixture(scope="module")
def shop(open_shop):
    """Return a running shop with automation rules and with the fields of Amazon's orders set up."""
    with open_shop("base_automation") as shop:
        app = shop.rpc("marketplace.app", "search", [("code", "=", "amazon")])
        shop.rpc("marketplace.app", "action_set_up_fields", app)
        yield shop


def add_rule(shop, trigger, value, priority, **values):
    """Let an admin make a rule: tickets whose order has a status get a priority."""
    [model] = shop.rpc("ir.model", "search", [("model", "=", "helpdesk.ticket")])
    code = f"record.write({{'priority': '{priority}'}})"
    action = {"name": "Set priority", "model_id": model, "state": "code", "code": code}
    rule = {"name": trigger, "model_id": model, "trigger": trigger, "filter_domain": f"[('{FIELD}', '=', '{value}')]"}
    return shop.rpc("base.automation", "create", [rule | {"action_server_ids": [(0, 0, action)]} | values])


def test_a_rule_on_creation_sees_what_the_order_tells(shop):
    add_rule(shop, "on_create", "Shipped", 3)
    shipped = shop.ticket(shop.deliver(shop.new_order(status="SHIPPED")))
    other = shop.ticket(shop.deliver(shop.new_order(status="UNSHIPPED")))
    priorities = {one["id"]: one["priority"] for one in read(shop, shipped, other)}
    assert priorities == {shipped["id"]: "3", other["id"]: "1"}


def test_a_rule_on_change_fires_when_the_order_that_is_followed_changes(shop):
    [mapping] = shop.rpc("marketplace.field.mapping", "search", [("attribute", "=", "status")])
    shop.rpc("marketplace.field.mapping", "write", [mapping], {"follow": True})
    [field] = shop.rpc("ir.model.fields", "search", [("model", "=", "helpdesk.ticket"), ("name", "=", FIELD)])
    add_rule(shop, "on_write", "Shipped", 2, trigger_field_ids=[(4, field)])
    ref = shop.new_order(status="UNSHIPPED")
    ticket = shop.ticket(shop.deliver(ref))
    shop.sandbox.orders.change(ref, "ship")
    shop.rpc("helpdesk.ticket", "action_marketplace_refresh", [ticket["id"]])
    eventually(lambda: read(shop, ticket)[0]["priority"] == "2")
    assert read(shop, ticket)[0][FIELD] == "Shipped"


def test_tickets_stay_readable_with_their_fields_after_an_uninstallation(shop):
    ticket = shop.ticket(shop.deliver(shop.new_order(status="SHIPPED")))
    [module] = shop.rpc("ir.module.module", "search", [("name", "=", "helpdesk_mgmt_marketplace")])
    shop.rpc("ir.module.module", "button_immediate_uninstall", [module])
    assert read(shop, ticket)[0][FIELD] == "Shipped"
    form = shop.rpc("helpdesk.ticket", "get_views", [(False, "form"), (False, "list")])["views"]["form"]["arch"]
    assert "marketplace" not in form


def read(shop, *tickets):
    """Return what tickets hold now."""
    return shop.rpc("helpdesk.ticket", "read", [one["id"] for one in tickets], ["priority", FIELD])
