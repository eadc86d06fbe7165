-- A copied database must neither call a marketplace nor answer for one.
UPDATE marketplace_account
   SET state = 'draft', refresh_token_encrypted = NULL, access_token_encrypted = NULL, access_token_expires_at = NULL;
UPDATE marketplace_credential
   SET client_secret_encrypted = NULL;
UPDATE marketplace_mailbox
   SET is_paused = TRUE;
DELETE FROM marketplace_connect_site;
DELETE FROM marketplace_connect;
DELETE FROM marketplace_consent;
