"""Odoo's automation rules on marketplace tickets, and workers that make tickets by one template at once."""

from collections import Counter
from secrets import token_hex

import pytest
from common import eventually, unique_text
from live import MODULE, Database, install

WORKERS = 8
XMLID = "automation_rule_example"


@pytest.fixture(scope="module")
def shop(open_shop):
    """Return one shop with automation rules, installed after our module, and no scheduled actions of its own."""
    with open_shop("base_automation", crons=0) as running:
        yield running


def find_id(shop, model, domain):
    """Return the id of the only such record, an archived one too."""
    [found] = shop.rpc(model, "search", domain, context={"active_test": False})
    return found


def field_id(shop, name):
    return find_id(shop, "ir.model.fields", [("model", "=", "helpdesk.ticket"), ("name", "=", name)])


def add_rule(shop, name, domain, **values):
    """Make a rule, as an admin does, that adds a tag of its name to tickets; return the tag's id."""
    model = find_id(shop, "ir.model", [("model", "=", "helpdesk.ticket")])
    [tag] = shop.rpc("helpdesk.ticket.tag", "create", [{"name": name}])
    action = {"name": name, "model_id": model, "usage": "base_automation", "state": "object_write"}
    action |= {"update_path": "tag_ids", "update_m2m_operation": "add", "resource_ref": f"helpdesk.ticket.tag,{tag}"}
    [action_id] = shop.rpc("ir.actions.server", "create", [action])
    rule = {"name": name, "model_id": model, "filter_domain": repr(domain), "action_server_ids": [action_id]}
    shop.rpc("base.automation", "create", [rule | values])
    return tag


def buyer_writes(shop, site="DE", ref=None, **values):
    """Let a buyer write, and return the order's number and the ticket's values once all is worked off."""
    text, token = unique_text()
    ref = ref or shop.new_order(site=site)
    shop.send(shop.make_mail(ref, text, site=site, **values), site=site)
    shop.work_off()
    shop.check_nothing_failed()
    return ref, shop.ticket(token)


def read(shop, ticket, *names):
    [values] = shop.rpc("helpdesk.ticket", "read", [ticket["id"]], list(names))
    return [values[name] for name in names]


@pytest.mark.full
def test_an_example_rule_waits_switched_off_when_our_add_on_comes_later():
    with Database.create(template="base") as db:
        install(db, "base_automation")
        install(db, MODULE)
        query = "SELECT active FROM base_automation r JOIN ir_model_data d ON d.res_id = r.id WHERE d.name = %s"
        assert db.sql(query, [XMLID]) == [(False,)]


def test_an_example_rule_waits_switched_off_when_automation_rules_come_later(shop):
    [[rule_id]] = shop.sql("SELECT res_id FROM ir_model_data WHERE name = %s", [XMLID])
    names = ["name", "active", "trigger", "action_server_ids"]
    [rule] = shop.rpc("base.automation", "read", [rule_id], names)
    assert (rule["name"], rule["active"]) == ("Orders from amazon.com go to the US team", False)
    team = find_id(shop, "helpdesk.ticket.team", [("name", "=", "US team")])
    shop.rpc("helpdesk.ticket.team", "write", [team], {"active": True})
    shop.rpc("base.automation", "write", [rule_id], {"active": True})
    _ref, ticket = buyer_writes(shop, site="US")
    assert read(shop, ticket, "team_id")[0][0] == team
    _ref, ticket = buyer_writes(shop, site="DE")
    assert read(shop, ticket, "team_id")[0][0] != team


def test_an_example_that_was_deleted_comes_back_by_the_button_only(shop):
    app = find_id(shop, "marketplace.app", [("code", "=", "amazon")])
    [[rule_id]] = shop.sql("SELECT res_id FROM ir_model_data WHERE name = %s", [XMLID])
    shop.rpc("base.automation", "unlink", [rule_id])
    shop.restart(crons=0)
    assert not shop.sql("SELECT res_id FROM ir_model_data WHERE name = %s", [XMLID])
    action = shop.rpc("marketplace.app", "action_example_rule", [app])
    assert shop.rpc("marketplace.app", "action_example_rule", [app])["res_id"] == action["res_id"]
    assert shop.rpc("base.automation", "read", [action["res_id"]], ["active"])[0]["active"] is False


def test_rules_on_creation_see_channel_site_and_the_orders_status(shop):
    channel = find_id(shop, "helpdesk.ticket.channel", [("name", "=", "Amazon")])
    site = find_id(shop, "marketplace.site", [("code", "=", "GB")])
    domain = [("channel_id", "=", channel), ("marketplace_site_id", "=", site)]
    tag = add_rule(shop, "british", [*domain, ("marketplace_order_status", "=", "shipped")], trigger="on_create")
    _ref, ticket = buyer_writes(shop, site="GB", ref=shop.new_order(site="GB", status="SHIPPED"))
    assert tag in read(shop, ticket, "tag_ids")[0]
    _ref, ticket = buyer_writes(shop, site="GB", ref=shop.new_order(site="GB", status="UNSHIPPED"))
    assert tag not in read(shop, ticket, "tag_ids")[0]


def test_rules_on_updates_see_each_notice_and_the_first_fill(shop):
    notice = add_rule(
        shop,
        "returned",
        [("marketplace_last_notice", "=", "return_request")],
        trigger="on_create_or_write",
        trigger_field_ids=[field_id(shop, "marketplace_last_notice_at")],
    )
    filled = add_rule(
        shop,
        "filled",
        [("marketplace_order_state", "=", "known")],
        trigger="on_create_or_write",
        trigger_field_ids=[field_id(shop, "marketplace_order_state")],
    )
    ref, ticket = buyer_writes(shop)
    assert filled in read(shop, ticket, "tag_ids")[0]
    for _time in range(2):
        assert notice not in read(shop, ticket, "tag_ids")[0]
        shop.write(ref, "", notice="return_request")
        shop.sandbox.wait()
        shop.work_off()
        assert notice in read(shop, ticket, "tag_ids")[0]
        shop.rpc("helpdesk.ticket", "write", [ticket["id"]], {"tag_ids": [(3, notice)]})


def test_rules_by_time_run_when_the_deadline_has_passed(shop):
    tag = add_rule(
        shop,
        "late",
        [("marketplace_site_id", "!=", False)],
        trigger="on_time",
        trg_date_id=field_id(shop, "marketplace_deadline"),
        trg_date_range=0,
        trg_date_range_type="minutes",
        trg_date_range_mode="after",
    )
    _ref, late = buyer_writes(shop)
    _ref, early = buyer_writes(shop)
    shop.sql(
        "UPDATE helpdesk_ticket SET marketplace_deadline = now() - interval '1 minute' WHERE id = %s", [late["id"]]
    )
    shop.run_cron("ir_cron_data_base_automation_check", module="base_automation")
    assert eventually(lambda: tag in read(shop, late, "tag_ids")[0])
    assert tag not in read(shop, early, "tag_ids")[0]


def make_template(shop, users=3):
    """Return the ids of users who take turns by a template that the German site has."""
    logins = [f"turn-{token_hex(4)}" for _number in range(users)]
    user_ids = shop.rpc("res.users", "create", [{"name": login, "login": login} for login in logins])
    values = {"name": "Turns", "assign": "turns", "user_ids": user_ids, "title_pattern": "{order} {topic}"}
    [template] = shop.rpc("marketplace.ticket.template", "create", [values])
    site = find_id(shop, "marketplace.site", [("code", "=", "DE")])
    shop.rpc("marketplace.site", "write", [site], {"template_id": template})
    return user_ids


def test_eight_workers_hand_out_tickets_in_turn(shop, full, figures):
    users, count = make_template(shop), 60 if full else 24
    refs = [shop.new_order() for _number in range(count)]
    shop.send(*(shop.make_mail(ref, unique_text()[0]) for ref in refs))
    reports = shop.crew(WORKERS)
    shop.check_nothing_failed()
    query = "SELECT user_id, count(*) FROM helpdesk_ticket WHERE marketplace_order_ref = ANY(%s) GROUP BY user_id"
    assert dict(shop.sql(query, [refs])) == Counter(dict.fromkeys(users, count // 3))
    seconds = max(report["seconds"] for report in reports if report["number"] < WORKERS)
    figures(f"template: {WORKERS} processes, {count} orders, 3 users in turn in {seconds:.1f} s: {count // 3} each")


def test_eight_messages_at_once_make_one_new_ticket_after_a_closed_one(shop, full, figures):
    rounds = 6 if full else 1
    site = find_id(shop, "marketplace.site", [("code", "=", "DE")])
    shop.rpc("marketplace.site", "write", [site], {"reopen": "new", "reopen_days": 5})
    [stage] = shop.rpc("helpdesk.ticket.stage", "search", [("closed", "=", True)], limit=1)
    for _round in range(rounds):
        ref, first = buyer_writes(shop)
        shop.rpc("helpdesk.ticket", "write", [first["id"]], {"stage_id": stage})
        query = """UPDATE helpdesk_ticket SET closed_date = now() - interval '6 days',
                   last_stage_update = now() - interval '6 days' WHERE id = %s"""
        shop.sql(query, [first["id"]])
        pairs = [unique_text() for _number in range(WORKERS)]
        shop.send(*(shop.make_mail(ref, text) for text, _token in pairs))
        shop.crew(WORKERS)
        shop.check_nothing_failed()
        [new] = {shop.find_token(token) for _text, token in pairs}
        rows = shop.sql("SELECT id FROM helpdesk_ticket WHERE marketplace_order_ref = %s ORDER BY id", [ref])
        assert rows == [(first["id"],), (new,)]
        link = shop.sql("SELECT marketplace_previous_ticket_id FROM helpdesk_ticket WHERE id = %s", [new])
        assert link == [(first["id"],)]
        pointer = "SELECT ticket_id FROM marketplace_conversation c JOIN marketplace_order o ON o.id = c.order_id"
        assert shop.sql(f"{pointer} WHERE o.order_ref = %s", [ref]) == [(new,)]
    figures(f"reopen: {rounds} × 8 messages at once about a closed ticket: 1 new ticket each time")
