"""A third marketplace from another add-on (dev/addons): it comes, works and goes, and Amazon notices nothing of it."""

from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from common import eventually, unique_text
from demo import TEAM
from live import RpcError
from postgres import HOME, ROOT
from replies import hire, settle

from marketplaces.tests.http_server import Server, says

ADDON = "helpdesk_mgmt_marketplace_pretend"
BUYER = "jo-17@relay.pretend.example"
KEYS = {"client_id": "pretend-key-1", "client_secret": "pretend-secret-1"}
ORDER = {
    "number": "P-1001",
    "status": "shipped",
    "total": "24.90",
    "buyer": "Jo Buyer",
    "relay": BUYER,
    "lines": [{"line": "1", "sku": "LAMP", "item": "77", "title": "Desk lamp", "quantity": 1, "total": "24.90"}],
}
PAGES = (
    ("marketplaces", ".o_kanban_record"),
    ("marketplace-accounts", ".o_data_row"),
    ("marketplace-sites", ".o_data_row"),
    ("marketplace-credentials", ".o_data_row"),
    ("helpdesk-tickets", ".o_data_row"),
)
MODELS = (
    "marketplace.app", "marketplace.account", "marketplace.site", "marketplace.credential", "marketplace.message",
    "marketplace.order", "marketplace.reply", "marketplace.operation", "helpdesk.ticket", "helpdesk.ticket.channel",
)  # fmt: skip
GONE = "no longer supported here"


@pytest.fixture(scope="module")
def api():
    """Return Pretend's API: keys, the seller, and one order."""
    server = Server()
    answers = {"/seller": {"id": "S-1", "shop": "Lamps & more"}, "/orders": {"orders": []}, "/orders/P-1001": ORDER}

    def answer(handler):
        asked, path = server.asked[-1], urlsplit(handler.path).path
        if path == "/token":
            is_right = KEYS["client_secret"].encode() in asked.body
            return says(200 if is_right else 401, {"token": "t-1", "seconds": 600})(handler)
        is_open = asked.headers["authorization"] == "Bearer t-1"
        return says(200 if path in answers and is_open else 404 if is_open else 401, answers.get(path, {}))(handler)

    server.will(answer)
    with server.running():
        yield server


@pytest.fixture(scope="module")
def shop(open_shop, api):
    """Return a shop with Amazon connected, whose server finds the other add-on."""
    running = open_shop()
    running.odoo.config["addons_path"] += f",{ROOT / 'dev/addons'}"
    running.odoo.env["MARKETPLACE_PRETEND_API_URL"] = api.url
    with running:
        running.rpc("ir.module.module", "update_list")
        press(running, "button_immediate_install")
        yield running


@pytest.fixture(scope="module")
def site(shop, api):
    """Return the storefront of an account that is connected through the dialog."""
    [app] = shop.rpc("marketplace.app", "search", [("code", "=", "pretend")])
    [dialog] = shop.rpc("marketplace.connect", "create", [{"app_id": app}])
    shop.rpc("marketplace.connect", "action_next", [dialog])
    shop.rpc("marketplace.connect", "write", [dialog], {**KEYS, "client_secret": "mistaken"})
    shop.rpc("marketplace.connect", "action_next", [dialog])
    [said] = shop.rpc("marketplace.connect", "read", [dialog], ["step", "error"])
    assert said["step"] == "keys" and "does not take this key" in said["error"]
    shop.rpc("marketplace.connect", "write", [dialog], KEYS)
    shop.rpc("marketplace.connect", "action_next", [dialog])
    account = shop.rpc("marketplace.connect", "action_finish", [dialog])["res_id"]
    [site] = shop.rpc("marketplace.site", "search_read", [("account_id", "=", account)], ["address", "seller_name"])
    [team] = shop.rpc("helpdesk.ticket.team", "search", [("name", "=", TEAM)])
    shop.rpc("marketplace.site", "write", [site["id"]], {"team_id": team})
    return site | {"account": account, "app": app}


@pytest.fixture(scope="module")
def ticket(shop, site):
    """Return the ticket of a buyer who wrote twice about an order."""
    first, second = (shop.ticket(write(shop, site)) for _turn in range(2))
    assert first["id"] == second["id"]
    return first["id"]


@pytest.fixture(scope="module")
def agent(shop):
    """Return an agent."""
    return hire(shop, 1)[0]


def press(shop, button):
    """Press a button of the add-on; again when a scheduled action was in its way."""

    def try_it():
        try:
            shop.rpc("ir.module.module", button, shop.rpc("ir.module.module", "search", [("name", "=", ADDON)]))
        except RpcError as error:
            if "scheduled action" not in str(error):
                raise
            return False
        return True

    eventually(try_it, pause=1)


def write(shop, site, subject="Order P-1001", sender=BUYER, **headers):
    """Let a buyer of Pretend's write, or Pretend itself; returns the token in the words."""
    text, token = unique_text()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Jo Buyer <{sender}>", site["address"], subject
    mail["Message-ID"] = f"<{token}@pretend.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    sent = shop.sandbox.send(mail.as_bytes(), site["address"], sender="bounce@pretend.example")
    assert shop.sandbox.wait(sent) and sent.state == "accepted"
    return token


def row_of(shop, token):
    """Wait until a mail is worked off and return (state, kind, reason, ticket)."""
    query = """SELECT state, kind, reason, ticket_id FROM marketplace_message
                WHERE message_key = %s AND state NOT IN ('received', 'waiting_order')"""
    return eventually(lambda: shop.sql(query, [f"<{token}@pretend.example>"]))[0]


def look_at_pages(shop, admin, records):
    """Open lists, and the forms of records; whatever fails in them opens a dialog."""
    forms = [(f"{model}/{id_}", ".o_form_view .o_form_sheet") for model, id_ in records.items()]
    for path, selector in (*PAGES, *forms):
        admin.open(f"{shop.odoo.url}/odoo/{path}")
        admin.wait(selector)
        assert not admin.run("document.querySelector('.o_error_dialog')?.innerText"), path
    assert admin.errors == []


def read_everything(shop):
    """Read all that a screen can ask for."""
    for model in MODELS:
        names = [*shop.rpc(model, "fields_get", attributes=["type"])]
        ids = shop.rpc(model, "search", [], context={"active_test": False})
        assert len(shop.rpc(model, "read", ids, names)) == len(ids) > 0, model


def mails_to(shop, address):
    """Return what reached an address."""
    return [mail for mail in shop.sandbox.mailboxes if mail.to == address]


def test_1_its_card_is_on_the_marketplaces_page_and_its_account_works(shop, site, admin):
    [account] = shop.rpc("marketplace.account", "read", [site["account"]], ["state", "seller_ref", "onboarding"])
    assert (account["state"], account["seller_ref"]) == ("connected", "S-1")
    assert [place["title"] for place in account["onboarding"]["places"]] == ["Contact address"]
    assert site["address"].startswith("pretend-nl-") and site["seller_name"] == "Lamps & more"
    admin.open(f"{shop.odoo.url}/odoo/marketplaces")
    admin.wait(".o_kanban_record", "Pretend")
    admin.screenshot(HOME / "log/third_marketplace_card.png")
    admin.run("[...document.querySelectorAll('.o_kanban_record')].find(e => e.innerText.includes('Pretend'))"
              ".querySelector('button[name=action_connect]').click()")  # fmt: skip
    admin.wait(".modal", "pretend.example")
    admin.screenshot(HOME / "log/third_marketplace_dialog.png")
    assert admin.errors == []


def test_2_a_buyers_mail_becomes_a_ticket_with_channel_and_order_and_the_second_joins_it(shop, ticket):
    [found] = shop.rpc("helpdesk.ticket", "read", [ticket])
    assert (found["channel_id"][1], found["partner_name"]) == ("Pretend", "Jo Buyer")
    assert (found["marketplace_order_ref"], found["marketplace_order_state"]) == ("P-1001", "known")
    order = found["marketplace_order_data"]["order"]
    assert [(line["title"], line["total"]) for line in order["lines"]] == [("Desk lamp", 24.9)]
    assert order["url"] == "https://seller.pretend.example/orders/P-1001"
    assert found["marketplace_reply_data"]["placeholders"]["items"] == "Desk lamp"


def test_3_a_notice_is_a_note_on_the_ticket_and_a_forged_mail_none(shop, site, ticket):
    notice = write(shop, site, sender="desk@pretend.example", X_Pretend_Notice="return_request")
    assert row_of(shop, notice)[::3] == ("done", ticket)
    strange = write(shop, site, sender="desk@elsewhere.example")
    assert row_of(shop, strange)[0] == "quarantined"


def test_4_an_agents_answer_leaves_for_the_relay_and_nothing_else_does(shop, site, ticket, agent):
    reply = agent.answer(ticket, "Hello Jo,\n\nit is on its way.")
    assert settle(shop, [reply]) == {reply: "handed_over"}
    [mail] = mails_to(shop, BUYER)
    assert mail.sender == site["address"] and mail.subject == "Re: Order P-1001"
    assert mail.text.replace("\r\n", "\n").startswith("Hello Jo,\n\nit is on its way.")
    finding = agent.rpc("helpdesk.ticket", "action_marketplace_reply", [ticket], "See www.elsewhere.com")["findings"]
    assert [one["code"] for one in finding] == ["link"]
    values = {"subject": "No answer", "email_to": BUYER, "email_from": site["address"], "body_html": "<p>Hello</p>"}
    other = shop.rpc("mail.mail", "create", [values])
    shop.rpc("mail.mail", "send", other)
    [said] = shop.rpc("mail.mail", "read", other, ["state", "failure_reason"])
    assert said["state"] == "exception" and "Nothing was sent" in said["failure_reason"]
    assert mails_to(shop, BUYER) == [mail]


def test_5_without_the_add_on_all_stays_readable_and_nothing_breaks(shop, site, ticket, agent, admin):
    press(shop, "button_immediate_uninstall")
    [found] = shop.rpc("helpdesk.ticket", "read", [ticket], ["channel_id", "marketplace_order_data"])
    assert found["channel_id"] and found["channel_id"][1] == "Pretend"
    assert found["marketplace_order_data"]["order"]["lines"][0]["title"] == "Desk lamp"
    read_everything(shop)
    records = {"marketplace.account": site["account"], "marketplace.site": site["id"], "helpdesk.ticket": ticket}
    look_at_pages(shop, admin, records)
    [app] = shop.rpc("marketplace.app", "read", [site["app"]], ["health", "health_message"])
    assert app["health"] == "danger" and GONE in app["health_message"]
    for call in (
        lambda: shop.rpc("marketplace.app", "action_connect", [site["app"]]),
        lambda: shop.rpc("marketplace.account", "action_test_connection", [site["account"]]),
        lambda: agent.answer(ticket, "Hello?"),
    ):
        with pytest.raises(RpcError, match=GONE):
            call()
    # What a form saves besides.
    shop.rpc("marketplace.account", "write", [site["account"]], {"name": "Former"})
    shop.rpc("marketplace.site", "write", [site["id"]], {"seller_name": "Former"})


def test_6_without_the_add_on_its_mail_is_kept_and_amazon_goes_on(shop, site):
    logged = len(shop.odoo.read_log())
    kept = write(shop, site)
    state, _kind, reason, _ticket = row_of(shop, kept)
    assert state == "quarantined" and GONE in reason
    shop.sql("UPDATE marketplace_account SET searched_until = NULL, search_token = NULL")
    shop.sql("UPDATE marketplace_order SET next_fetch_at = now() - interval '1 day' WHERE order_ref = 'P-1001'")
    for name in ("fetch_orders", "refresh_orders", "process_messages", "send_replies", "watch", "purge"):
        shop.run_cron(f"ir_cron_{name}")
    shop.run_cron("autovacuum_job", "base")
    assert shop.ticket(shop.deliver(shop.new_order()))["marketplace_order_state"] == "known"
    query = "SELECT count(*) FROM marketplace_account a JOIN marketplace_app p ON p.id = a.app_id AND p.code = 'amazon'"
    assert shop.sql(f"{query} WHERE searched_until IS NULL") == [(0,)]
    assert "Traceback" not in shop.odoo.read_log()[logged:]


def test_7_with_the_add_on_again_all_goes_on_where_it_was(shop, site, ticket, agent):
    press(shop, "button_immediate_install")
    [kept] = shop.rpc("marketplace.message", "search", [("state", "=", "quarantined"), ("reason", "like", GONE)])
    shop.rpc("marketplace.message", "action_retry", [kept])
    eventually(lambda: shop.rpc("marketplace.message", "read", [kept], ["ticket_id"])[0]["ticket_id"])
    assert shop.rpc("marketplace.message", "read", [kept], ["ticket_id"])[0]["ticket_id"][0] == ticket
    reply = agent.answer(ticket, "Here we are again.")
    assert settle(shop, [reply]) == {reply: "handed_over"}
