import re

from odoo.modules.neutralize import get_neutralization_queries

from ..common import MarketplaceCase

#: Texts of our tables that stay in a neutralized copy: settings, codes, numbers, items; nothing of a buyer's.
KEPT = {
    "marketplace_account": "name participations region reminders seller_ref",
    "marketplace_app": "code field_memory file_endings name",
    "marketplace_conversation": "named_ref",
    "marketplace_conversation_key": "type value",
    "marketplace_correction": "kind order_ref target_order_ref",
    "marketplace_credential": "application_ref client_id name",
    "marketplace_field_mapping": "attribute edit field_name",
    "marketplace_flood": "address state",
    "marketplace_log": "kind name new old order_ref",
    "marketplace_mailbox": "name other_mail",
    "marketplace_mailbox_connect": "address finding other_mail sending_finding start",
    "marketplace_mailbox_mail": "digest state uid",
    "marketplace_mailbox_position": "folder",
    "marketplace_message": "address authentication kind notice order_ref proof typed",
    "marketplace_notice_policy": "code policy",
    "marketplace_operation": "name",
    "marketplace_order": "currency_code fulfilled_by order_ref programs promotions raw_status related_refs "
    "service_level state status",
    "marketplace_order_line": "image item_ref line_ref sku status title",
    "marketplace_order_package": "carrier package_ref status",
    "marketplace_order_ref": "name",
    "marketplace_receiver": "domain form",
    "marketplace_reply": "action_code kind message_ref sender",
    "marketplace_response": "how",
    "marketplace_site": "address alias_address code mailbox_address name reopen reply_signature seller_name setup_done "
    "site_ref state test_ref",
    "marketplace_ticket_template": "assign name priority text_above text_below title_pattern",
}
TEXTS = """
    SELECT table_name, column_name FROM information_schema.columns
     WHERE table_schema = current_schema() AND starts_with(table_name, 'marketplace_')
       AND udt_name IN ('varchar', 'text', 'json', 'jsonb', 'bytea')
"""


class TestNeutralize(MarketplaceCase):
    def read_queries(self):
        return "\n".join(get_neutralization_queries(["helpdesk_mgmt_marketplace"]))

    def test_a_copied_database_holds_no_secret_and_asks_nobody(self):
        self.env.flush_all()
        self.env.cr.execute(self.read_queries())
        self.env.invalidate_all()
        self.assertEqual(self.account.state, "draft")
        self.assertFalse(self.account._is_fetchable())
        self.assertFalse(self.account.refresh_token)
        self.assertFalse(self.account.credential_id.client_secret)

    def test_each_text_of_ours_goes_or_is_known_to_be_nobodys(self):
        queries = re.sub(r"--.*", "", self.read_queries())
        emptied = set(re.findall(r"DELETE FROM (\w+);", queries)) | set(re.findall(r"'(marketplace_\w+)'", queries))
        wiped = {}
        for table, columns in re.findall(r"UPDATE (\w+)\s+SET (.*?);", queries, re.DOTALL):
            wiped.setdefault(table, set()).update(re.findall(r"(\w+) =", columns))
        self.env.cr.execute(TEXTS)
        texts = [one for one in self.env.cr.fetchall() if one[0] not in emptied and one[1] not in wiped.get(one[0], ())]
        unknown = [f"{table}.{column}" for table, column in texts if column not in KEPT.get(table, "").split()]
        self.assertEqual(unknown, [], "Wipe them in data/neutralize.sql, or name them here.")
