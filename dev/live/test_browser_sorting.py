"""What an admin sets up so that tickets sort themselves, and what an agent sees of it, in headless Chromium."""

import os
import time
from pathlib import Path

import pytest
from common import eventually
from demo import AGENT, connect_walmart

SHOTS = os.environ.get("SHOTS")
FIELD = "x_marketplace_order_"
ROWS = ".o_field_widget[name=mapping_ids] .o_data_row"
GROUP = ".o_notebook .tab-pane.active"
WALMART_ORDER = "200000974400003"
OTHER_WALMART_ORDER = "200013186370005"
#: Fields made, and how many of them are mapped.
COUNTS = f"""
    SELECT count(*), count(m.id) FROM ir_model_fields f LEFT JOIN marketplace_field_mapping m ON m.field_id = f.id
     WHERE starts_with(f.name, '{FIELD}')"""


@pytest.fixture(scope="module")
def shop(open_shop):
    """Return a running shop with automation rules, both marketplaces and one ticket; nothing is mapped yet."""
    with open_shop("base_automation") as shop:
        [team] = shop.rpc("helpdesk.ticket.team", "search", [("name", "=", "Marketplace team")])
        connect_walmart(shop.odoo, shop.sandbox, team)
        for name, label, kind in (("x_paid", "Paid", "float"), ("x_wmt", "Walmart Status", "char")):
            shop.rpc("ir.model.fields", "create", [custom_field(shop, name, label, kind)])
        shop.rpc("helpdesk.ticket.category", "create", [{"name": "Orders"}])
        shop.rpc("helpdesk.ticket.tag", "create", [{"name": "by mail"}])
        shop.ticket(shop.deliver(shop.new_order(site="US")))
        yield shop


@pytest.fixture(scope="module")
def seen():
    """Return what the tests tell each other."""
    return {}


def custom_field(shop, name, label, kind):
    [model] = shop.rpc("ir.model", "search", [("model", "=", "helpdesk.ticket")])
    return {"model_id": model, "name": name, "field_description": label, "ttype": kind}


def shoot(browser, name):
    """Keep a picture where a person asked for them."""
    if SHOTS:
        time.sleep(0.7)
        browser.screenshot(Path(SHOTS) / f"{name}.png")


def open_settings(shop, admin, name, page):
    """Go from the marketplaces' cards to a page of one's settings."""
    admin.open(f"{shop.odoo.url}/odoo/marketplaces")
    admin.wait(".o_kanban_record", name)
    card = f"[...document.querySelectorAll('.o_kanban_record')].find(card => card.innerText.includes('{name}'))"
    admin.run(f"{card}.querySelector('.o_dropdown_kanban button').click()")
    admin.click(".o-dropdown--menu .dropdown-item", "Settings")
    admin.wait(".o_form_view h1")
    admin.click(".o_notebook .nav-link", page)


def cell(label, name):
    """Return the JavaScript of a cell in the mapping of an attribute."""
    is_it = f"e.querySelector('td[name=attribute]')?.innerText.trim() === '{label}'"
    return f"[...document.querySelectorAll('{ROWS}')].find(e => {is_it})?.querySelector('td[name={name}]')"


def choose(browser, selector, text, menu=".o-autocomplete--dropdown-item"):
    """Choose a record or an option by its name."""
    browser.click(f"{selector} input")
    browser.run(f"document.querySelector({selector + ' input'!r}).select()")
    browser.fill(f"{selector} input", text)
    browser.click(menu, text)
    # A click by script leaves the menu open.
    browser.press("Escape")


def save(browser):
    browser.click(".o_form_button_save")
    browser.wait_for("!document.querySelector('.o_form_status_indicator_buttons:not(.invisible)')")


def read(shop, ticket, *names):
    [values] = shop.rpc("helpdesk.ticket", "read", [ticket["id"]], list(names))
    return [values[name] for name in names]


def open_ticket(shop, browser, ticket):
    browser.open(f"{shop.odoo.url}/odoo/helpdesk.ticket/{ticket['id']}")
    browser.wait(".o_marketplace_lines tbody tr")


def test_01_one_click_makes_the_fields_and_a_second_one_none(shop, admin):
    open_settings(shop, admin, "Amazon", "Sites")
    shoot(admin, "01_sites")
    admin.click(".o_notebook .nav-link", "Answers")
    shoot(admin, "01_answers")
    admin.click(".o_notebook .nav-link", "Ticket Fields")
    shoot(admin, "01_fields_empty")
    admin.click("button[name=action_set_up_fields]")
    admin.wait(".o_notification", "Fields made: ")
    admin.wait(f"{ROWS} td[name=attribute]", "Order Status")
    shoot(admin, "01_fields")
    [before] = shop.sql(COUNTS)
    assert before[0] == before[1] > 30
    admin.click("button[name=action_set_up_fields]")
    admin.wait(".o_notification", "Fields made: 0")
    assert shop.sql(COUNTS) == [before]
    assert admin.errors == []


def test_02_an_admin_chooses_a_typed_field_what_follows_and_who_edits(shop, admin):
    admin.run(f"{cell('Order Total', 'field_id')}.click()")
    choose(admin, ".o_selected_row td[name=field_id]", "Paid")
    admin.run(f"{cell('Order Status', 'follow')}.querySelector('input').click()")
    admin.run(f"{cell('Service Level', 'edit')}.click()")
    admin.click(".o_selected_row td[name=edit] input")
    admin.click(".o_select_menu_item", "Agents")
    shoot(admin, "02_chosen")
    save(admin)
    query = "SELECT attribute, field_name, follow, edit FROM marketplace_field_mapping WHERE attribute = ANY(%s)"
    assert sorted(shop.sql(query, [["total", "status", "service_level"]])) == [
        ("service_level", f"{FIELD}service_level", None, "agents"),
        ("status", f"{FIELD}status", True, "nobody"),
        ("total", "x_paid", None, "nobody"),
    ]
    assert admin.errors == []


def test_03_an_admin_makes_a_template_that_shows_what_it_does(shop, admin):
    admin.click(".o_menu_sections button", "Configuration")
    admin.wait(".o-dropdown--menu .o-dropdown-item", "Marketplace Ticket Templates")
    shoot(admin, "03_menu")
    admin.click(".o-dropdown--menu .o-dropdown-item", "Marketplace Ticket Templates")
    admin.click(".o_list_button_add")
    admin.fill(".o_field_widget[name=name] input", "American orders")
    admin.fill(".o_field_widget[name=title_pattern] input", "{order} on {site}: {topic}")
    choose(admin, ".o_field_widget[name=category_id]", "Orders")
    choose(admin, ".o_field_widget[name=tag_ids]", "by mail")
    admin.click(".o_field_widget[name=assign] label", "In turn")
    admin.wait(".o_field_widget[name=preview_title]", "on amazon.com: Buyer's message")
    save(admin)
    shoot(admin, "03_template")
    for page in ("Placeholders", "Rotation", "Used By"):
        admin.click(".o_notebook .nav-link", page)
        shoot(admin, f"03_template_{page}")
    admin.open(f"{shop.odoo.url}/odoo/marketplace-sites")
    admin.click(".o_data_row td[name=name]", "amazon.com")
    choose(admin, ".o_field_widget[name=template_id]", "American orders")
    save(admin)
    shoot(admin, "03_site")
    assert admin.errors == []


def test_04_an_admin_switches_the_example_of_a_rule_on(shop, admin):
    open_settings(shop, admin, "Amazon", "Sites")
    admin.click("button[name=action_example_rule]")
    admin.wait(".o_form_view .oe_title", "")
    admin.wait_for("[...document.querySelectorAll('input')].some(e => e.value.includes('go to the US team'))")
    shoot(admin, "04_rule")
    domain, archived = [("name", "=", "US team")], {"active_test": False}
    [team] = shop.rpc("helpdesk.ticket.team", "search", domain, context=archived)
    people = shop.rpc("res.users", "search", [("login", "in", ("admin", AGENT))])
    shop.rpc("helpdesk.ticket.team", "write", [team], {"active": True, "user_ids": [(6, 0, people)]})
    admin.click(".o_cp_action_menus .o-dropdown, .o_cp_action_menus button")
    shoot(admin, "04_menu")
    admin.click(".o-dropdown--menu .o-dropdown-item", "Unarchive")
    rule = "SELECT active FROM base_automation WHERE trigger = 'on_create'"
    eventually(lambda: shop.sql(rule) == [(True,)])
    assert admin.errors == []


def test_05_a_buyers_ticket_is_sorted_when_the_agent_sees_it(shop, agent, seen):
    ref = seen["ref"] = shop.new_order(site="US", status="UNSHIPPED")
    ticket = seen["ticket"] = shop.ticket(shop.deliver(ref))
    names = ("name", "team_id", "category_id", "tag_ids", "user_id", "x_paid", f"{FIELD}status", f"{FIELD}number")
    name, team, category, tags, user, paid, status, number = read(shop, ticket, *names)
    assert (name, team[1], category[1]) == (f"{ref} on amazon.com: Buyer's message", "US team", "Orders")
    assert user and len(tags) == 1 and paid > 0 and (status, number) == ("Unshipped", ref)
    agent.open(f"{shop.odoo.url}/odoo/helpdesk-tickets")
    agent.click(".o_data_row td[name=name]", ref)
    agent.wait(GROUP, "Country of the Site")
    agent.wait(f".o_field_widget[name={FIELD}status]", status)
    shoot(agent, "05_ticket")
    agent.run(f"document.querySelector('.o_field_widget[name={FIELD}status]').scrollIntoView()")
    shoot(agent, "05_ticket_fields")
    agent.click(".o_cp_action_menus .o-dropdown, .o_cp_action_menus button")
    shoot(agent, "05_actions")
    assert agent.errors == []


def test_06_fields_search_and_group_the_list(shop, agent, seen):
    agent.open(f"{shop.odoo.url}/odoo/helpdesk-tickets")
    agent.wait(".o_data_row")
    agent.fill(".o_searchview_input", seen["ref"])
    agent.wait(".o_searchview_autocomplete .o-dropdown-item", "Marketplace Order Number")
    shoot(agent, "06_search")
    agent.click(".o_searchview_autocomplete .o-dropdown-item", "Marketplace Order Number")
    agent.wait(".o_facet_value", seen["ref"])
    agent.click(".o_searchview_dropdown_toggler")
    agent.wait(".o_group_by_menu .o-dropdown-item", "Country of the Site")
    shoot(agent, "06_menu")
    agent.click(".o_group_by_menu .o-dropdown-item", "Country of the Site")
    agent.wait(".o_group_header", "US (1)")
    shoot(agent, "06_grouped")
    assert agent.errors == []


def test_07_what_follows_the_order_changes_and_a_rule_fires(shop, agent, seen):
    [model] = shop.rpc("ir.model", "search", [("model", "=", "helpdesk.ticket")])
    [field] = shop.rpc("ir.model.fields", "search", [("model_id", "=", model), ("name", "=", f"{FIELD}status")])
    action = {"name": "Urgent", "model_id": model, "state": "code", "code": "record.write({'priority': '3'})"}
    rule = {"name": "Shipped", "model_id": model, "trigger": "on_write", "trigger_field_ids": [(4, field)]}
    rule |= {"filter_domain": f"[('{FIELD}status', '=', 'Shipped')]", "action_server_ids": [(0, 0, action)]}
    shop.rpc("base.automation", "create", [rule])
    open_ticket(shop, agent, seen["ticket"])
    shop.sandbox.orders.change(seen["ref"], "ship")
    agent.click(".o_marketplace_refresh, .o_marketplace_order button", "Refresh")
    eventually(lambda: read(shop, seen["ticket"], "priority", f"{FIELD}status") == ["3", "Shipped"])
    agent.wait(f".o_field_widget[name={FIELD}status]", "Shipped")
    shoot(agent, "07_shipped")
    assert agent.errors == []


def test_08_an_agent_edits_what_agents_may_and_nothing_else(shop, agent, seen):
    open_ticket(shop, agent, seen["ticket"])
    agent.wait(f".o_field_widget[name={FIELD}status].o_readonly_modifier", "Shipped")
    agent.fill(f".o_field_widget[name={FIELD}service_level] input", "Checked ")
    save(agent)
    assert "Checked" in read(shop, seen["ticket"], f"{FIELD}service_level")[0]
    call = f"""odoo.__WOWL_DEBUG__.root.env.services.orm.write(
        'helpdesk.ticket', [{seen["ticket"]["id"]}], {{ {FIELD}status: 'Mine' }}
    ).then(() => 'written', error => error.data.message)"""
    assert "you may not change it" in agent.run(call)
    assert read(shop, seen["ticket"], f"{FIELD}status") == ["Shipped"]
    assert agent.errors == []


def test_09_a_field_deleted_by_hand_costs_no_ticket(shop, admin):
    admin.open(f"{shop.odoo.url}/odoo/action-base.action_model_fields")
    admin.wait(".o_data_row")
    admin.fill(".o_searchview_input", f"{FIELD}carrier")
    admin.wait(".o_searchview_autocomplete .o-dropdown-item", f"{FIELD}carrier")
    admin.press("Enter")
    admin.click(".o_data_row td[name=name]", f"{FIELD}carrier")
    admin.wait(".o_form_view .o_field_widget[name=field_description]")
    admin.click(".o_cp_action_menus .o-dropdown, .o_cp_action_menus button")
    admin.click(".o-dropdown--menu .o-dropdown-item", "Delete")
    admin.click(".modal footer button", "Delete")
    eventually(lambda: not shop.sql("SELECT 1 FROM ir_model_fields WHERE name = %s", [f"{FIELD}carrier"]))
    ref = shop.new_order(site="US")
    assert read(shop, shop.ticket(shop.deliver(ref)), f"{FIELD}number") == [ref]
    shop.check_nothing_failed()
    open_settings(shop, admin, "Amazon", "Ticket Fields")
    admin.wait_for(f"{cell('Carrier', 'state')}?.innerText.includes('Gone')")
    admin.run(f"{cell('Carrier', 'state')}.scrollIntoView()")
    shoot(admin, "09_gone")
    assert admin.errors == []


def test_10_walmart_has_a_mapping_of_its_own(shop, agent):
    [app] = shop.rpc("marketplace.app", "search", [("code", "=", "walmart")])
    row = {"app_id": app, "attribute": "status", "field_name": "x_wmt"}
    before = shop.ticket(shop.deliver(WALMART_ORDER))
    open_ticket(shop, agent, before)
    shop.rpc("marketplace.field.mapping", "create", [row])
    ticket = shop.ticket(shop.deliver(OTHER_WALMART_ORDER))
    status, amazons = read(shop, ticket, "x_wmt", f"{FIELD}status")
    assert status and not amazons
    open_ticket(shop, agent, ticket)
    agent.wait(".o_field_widget[name=x_wmt]", status)
    assert not agent.run(f"Boolean(document.querySelector('.o_field_widget[name={FIELD}status]'))")
    shoot(agent, "10_walmart")
    assert agent.errors == []


def test_11_a_merged_ticket_keeps_its_sorting_and_tells_of_the_correction(shop, agent, seen):
    other = shop.ticket(shop.deliver(shop.new_order(site="US")))
    into = seen["ticket"]
    shop.rpc("helpdesk.ticket", "action_marketplace_merge", [other["id"]], into["id"], "The same buyer.")
    open_ticket(shop, agent, into)
    agent.click(".o_notebook .nav-link", "Corrections")
    agent.wait(".o_field_widget[name=marketplace_correction_ids] .o_data_row", "The same buyer.")
    shoot(agent, "11_corrections")
    assert read(shop, into, f"{FIELD}number", f"{FIELD}status") == [seen["ref"], "Shipped"]
    assert agent.errors == []
