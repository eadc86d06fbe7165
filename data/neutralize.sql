-- A copied database must neither call a marketplace nor answer for one.
UPDATE marketplace_account
   SET state = 'draft', refresh_token_encrypted = NULL, access_token_encrypted = NULL, access_token_expires_at = NULL,
       state_message = NULL, search_token = NULL;
UPDATE marketplace_credential
   SET client_secret_encrypted = NULL;
UPDATE marketplace_mailbox
   SET is_paused = TRUE, error = NULL;
DELETE FROM marketplace_connect_site;
DELETE FROM marketplace_connect;
DELETE FROM marketplace_consent;

-- It holds no buyer's name, address, words or files either, wherever they were copied to: for tests and training it is
-- enough that orders, tickets and messages are there, with their numbers, items, amounts, kinds and times.
UPDATE marketplace_order
   SET buyer_name = NULL, buyer_company = NULL, buyer_purchase_order = NULL, relay = NULL, recipient = NULL,
       refunds = NULL, returns = NULL, error = NULL, purged_at = NOW() AT TIME ZONE 'UTC', next_fetch_at = NULL;
UPDATE marketplace_order_package
   SET tracking = NULL, url = NULL;
DELETE FROM marketplace_order_relay;
UPDATE marketplace_operation
   SET error = NULL;
UPDATE marketplace_mailbox_mail
   SET error = NULL;
UPDATE marketplace_conversation
   SET buyer_alias = NULL;
DELETE FROM marketplace_conversation_key
 WHERE type = 'alias';
UPDATE marketplace_message
   SET raw = NULL, subject = NULL, sender = NULL, reply_to = NULL, no_response_url = NULL, error = NULL, reading = NULL,
       words_digest = NULL,
       message_key = 'neutralized:' || id, dedup_key = NULL, signatures = NULL, check_next = NULL,
       purged_at = NOW() AT TIME ZONE 'UTC';
UPDATE marketplace_message
   SET state = 'ignored', reason = 'Neutralized before it was worked off', next_attempt = NULL
 WHERE state IN ('received', 'waiting_order', 'failed');
UPDATE marketplace_message
   SET reason = NULL
 WHERE state = 'quarantined';
UPDATE marketplace_reply
   SET recipient = NULL, subject = NULL, text = NULL, important_word = NULL, action_values = NULL, reason = NULL,
       refusal = NULL, next_attempt = NULL, lease_until = NULL, purged_at = NOW() AT TIME ZONE 'UTC',
       state = CASE WHEN state IN ('queued', 'sending') THEN 'failed' ELSE state END;
UPDATE marketplace_correction
   SET reason = '-';

-- What stands on the tickets of marketplaces, and on contacts that were made for buyers.
CREATE TEMPORARY TABLE neutralized_message ON COMMIT DROP AS
    SELECT id FROM mail_message
     WHERE marketplace_kind IS NOT NULL
        OR (model = 'helpdesk.ticket'
            AND res_id IN (SELECT id FROM helpdesk_ticket WHERE marketplace_site_id IS NOT NULL))
        OR (model = 'res.partner'
            AND res_id IN (SELECT id FROM res_partner WHERE marketplace_buyer_ref IS NOT NULL));
DELETE FROM mail_tracking_value
 WHERE mail_message_id IN (SELECT id FROM neutralized_message);
DELETE FROM mail_mail
 WHERE mail_message_id IN (SELECT id FROM neutralized_message);
UPDATE mail_notification
   SET mail_email_address = NULL, failure_reason = NULL
 WHERE mail_message_id IN (SELECT id FROM neutralized_message);
UPDATE mail_message
   SET body = '<p><em>Deleted: this database is a neutralized copy.</em></p>', subject = NULL, email_from = NULL,
       reply_to = NULL, incoming_email_to = NULL, incoming_email_cc = NULL, outgoing_email_to = NULL
 WHERE id IN (SELECT id FROM neutralized_message);
DELETE FROM mail_scheduled_message
 WHERE model = 'helpdesk.ticket' AND res_id IN (SELECT id FROM helpdesk_ticket WHERE marketplace_site_id IS NOT NULL);
UPDATE mail_activity
   SET summary = NULL, note = NULL, feedback = NULL, res_name = NULL
 WHERE res_model = 'helpdesk.ticket'
   AND res_id IN (SELECT id FROM helpdesk_ticket WHERE marketplace_site_id IS NOT NULL);
-- The next automatic cleaning deletes these from the disk (marketplace.deletion): SQL can't.
UPDATE ir_attachment
   SET name = 'Deleted', description = NULL, index_content = NULL, url = NULL, db_datas = NULL, res_field = NULL,
       access_token = NULL, res_model = 'marketplace.deletion', res_id = 0
 WHERE (res_model = 'helpdesk.ticket'
        AND res_id IN (SELECT id FROM helpdesk_ticket WHERE marketplace_site_id IS NOT NULL))
    OR res_model LIKE 'marketplace.%' AND type = 'binary'
    OR res_model IN ('mail.compose.message', 'mail.scheduled.message')
    OR id IN (SELECT attachment_id FROM message_attachment_rel
               WHERE message_id IN (SELECT id FROM neutralized_message))
    OR id IN (SELECT ir_attachment_id FROM marketplace_reply_attachment_rel);
UPDATE helpdesk_ticket
   SET name = 'Ticket ' || COALESCE(number, id::text), description = '', partner_name = NULL, partner_email = NULL,
       email_cc = NULL, properties = NULL
 WHERE marketplace_site_id IS NOT NULL;
UPDATE helpdesk_ticket
   SET partner_id = NULL
 WHERE partner_id IN (SELECT id FROM res_partner WHERE marketplace_buyer_ref IS NOT NULL);
DELETE FROM bus_bus;

DO $$
DECLARE
    found record;
BEGIN
    -- Custom fields of tickets, into which data of orders were mapped, and all that a contact made for a buyer says.
    FOR found IN
        SELECT table_name, column_name,
               CASE table_name WHEN 'helpdesk_ticket' THEN 'marketplace_site_id' ELSE 'marketplace_buyer_ref' END AS ours
          FROM information_schema.columns
         WHERE table_schema = current_schema() AND is_nullable = 'YES' AND is_generated = 'NEVER'
           AND (table_name = 'helpdesk_ticket' AND column_name LIKE 'x\_%'
                OR table_name = 'res_partner' AND data_type IN ('character varying', 'text', 'jsonb')
                   AND column_name NOT IN ('name', 'complete_name', 'lang', 'tz', 'type', 'marketplace_buyer_ref'))
    LOOP
        EXECUTE format('UPDATE %I SET %I = NULL WHERE %I IS NOT NULL', found.table_name, found.column_name, found.ours);
    END LOOP;
    -- Dialogs that were left open, and what some versions of Odoo or their add-ons keep of messages.
    FOR found IN
        SELECT table_name FROM information_schema.tables
         WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
           AND table_name IN (
               'mail_compose_message', 'mail_link_preview', 'mail_message_translation', 'mail_push', 'marketplace_answered',
               'marketplace_correct_link', 'marketplace_correct_merge', 'marketplace_correct_move',
               'marketplace_message_compose', 'marketplace_order_find', 'marketplace_order_open', 'marketplace_write_first')
    LOOP
        EXECUTE format('DELETE FROM %I', found.table_name);
    END LOOP;
END $$;

UPDATE res_partner
   SET name = 'Deleted buyer', complete_name = 'Deleted buyer', marketplace_buyer_ref = NULL, active = FALSE
 WHERE marketplace_buyer_ref IS NOT NULL;
