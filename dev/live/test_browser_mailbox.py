"""What an admin does to have a mailbox read, in headless Chromium, with a real mail server."""

import pytest
from common import stamped
from mailboxes import ADDRESS
from sandbox.mailserver import PASSWORD

USER = "browser"
PRIVATE = b"From: Jo <jo@private.example>\r\nTo: service@myshop.example\r\nMessage-ID: <p@x>\r\n\r\nHi\r\n"


@pytest.fixture(scope="module")
def shop(open_shop):
    """Return one running shop for all tests here: its first page takes the longest."""
    with open_shop() as running:
        yield running


def create_server(admin, mail_server):
    """Create an incoming mail server from within the dialog, with a wrong password."""
    admin.fill(".modal .o_field_widget[name=server_id] input", "Shop mail")
    admin.click(".modal .dropdown-item", "Create and edit")
    admin.fill(".o_field_widget[name=server] input", mail_server.host)
    admin.click(".o_field_widget[name=is_ssl] input")
    admin.run("document.querySelector('.o_field_widget[name=port] input').select()")
    admin.fill(".o_field_widget[name=port] input", str(mail_server.imap_port))
    admin.fill(".o_field_widget[name=user] input", USER)
    admin.fill(".o_field_widget[name=password] input", "mistaken")
    admin.run("[...document.querySelectorAll('.modal .o_form_button_save')].pop().click()")
    admin.wait_for("document.querySelectorAll('.modal').length === 1")


def test_an_admin_connects_tests_and_reads_a_mailbox_and_finds_the_ticket(shop, admin, mail_server):
    ref = shop.new_order()
    raw = stamped(shop.make_mail(ref, "Where is my parcel?", to=ADDRESS), ADDRESS)
    mail_server.deliver(PRIVATE, raw, user=USER)
    shop.sql("UPDATE ir_mail_server SET from_filter = 'myshop.example'")
    admin.open(f"{shop.odoo.url}/odoo/marketplace-sites")
    admin.click(".o_data_row td[name=name]", "amazon.de")
    admin.click("button[name=action_use_mailbox]")
    create_server(admin, mail_server)
    admin.fill(".o_field_widget[name=address] input", ADDRESS)
    admin.click("button[name=action_test]")
    admin.wait(".modal .alert-danger", "refuses the login of browser")
    shop.sql("UPDATE fetchmail_server SET password = %s", [PASSWORD])
    admin.click("button[name=action_test]")
    admin.wait(".modal .alert-success", "2 mails in the inbox. Of the newest 2, 1 come from a marketplace.")
    admin.click(".o_field_widget[name=start] input[data-value=days]")
    admin.click("button[name=action_start]")
    admin.wait(".o_field_widget[name=address]", ADDRESS)
    admin.click("button[name=action_send_test_mail]")
    admin.wait(".o_notification", "Test mail sent")
    mail_server.deliver(shop.sandbox.mailboxes[-1].raw, user=USER)
    admin.click(".o_field_widget[name=mailbox_id] a, .o_field_widget[name=mailbox_id] .o_form_uri", "Shop mail")
    admin.click("button[name=action_read_now]")
    admin.wait(".o_notification", "The mailbox was read")
    admin.wait(".oe_stat_button", "Left Alone")
    shop.finish()
    admin.open(f"{shop.odoo.url}/odoo/helpdesk-tickets")
    admin.click(".o_data_row td[name=name]", ref)
    admin.wait(".o-mail-Message", "Where is my parcel?")
    assert shop.sql("SELECT test_received_at IS NOT NULL FROM marketplace_site WHERE mailbox_id IS NOT NULL") == [
        (True,)
    ]
    assert admin.errors == []


def test_a_mailbox_that_was_switched_off_is_switched_on_with_one_click(shop, admin, mail_server):
    server = {"name": "Box", "server": "127.0.0.1", "port": mail_server.imap_port, "user": "off", "password": PASSWORD}
    [server_id] = shop.rpc("fetchmail.server", "create", [server])
    [dialog] = shop.rpc("marketplace.mailbox.connect", "create", [{"server_id": server_id}])
    shop.rpc("marketplace.mailbox.connect", "action_start", [dialog])
    shop.sql("UPDATE ir_cron SET active = FALSE WHERE cron_name LIKE '%%Read Mailboxes%%'")
    admin.open(f"{shop.odoo.url}/odoo/marketplace-mailboxes")
    admin.click(".o_data_row td[name=name]", "Box")
    admin.wait(".alert-danger", "Odoo's scheduled actions are switched off")
    admin.click("button[name=action_switch_on]")
    admin.wait(".o_field_widget[name=status]", "Being Read")
    assert shop.sql("SELECT DISTINCT active FROM ir_cron WHERE cron_name LIKE '%%Read Mailboxes%%'") == [(True,)]
    assert admin.errors == []
