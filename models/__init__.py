from .privacy import silent_log
from .ticket import marketplace_guard_mixin
from .privacy import marketplace_defaults_mixin
from .privacy import marketplace_evidence_mixin
from .privacy import marketplace_log
from .connection import marketplace_secret_mixin
from .connection import marketplace_home
from .connection import marketplace_account_api
from .site import marketplace_site_address
from .connection import marketplace_health_mixin
from .clock import marketplace_figures_mixin
from .connection import marketplace_account_onboarding
from .connection import marketplace_keys_mixin
from .connection import marketplace_account_watch
from .site import marketplace_ticket_policy_mixin
from .template import marketplace_ticket_text_mixin
from .connection import marketplace_example_rule_mixin
from .connection import marketplace_app
from .fields import marketplace_field_mapping
from .fields import marketplace_field_setup
from .connection import marketplace_credential
from .connection import marketplace_account
from .connection import marketplace_operation
from .connection import marketplace_consent
from .privacy import marketplace_deletion
from .mailbox import fetchmail_server
from .mailbox import marketplace_mailbox
from .mailbox import marketplace_mailbox_position
from .mailbox import marketplace_mailbox_mail
from .mailbox import mailbox_reader
from .mailbox import marketplace_mailbox_walk
from .mailbox import mailbox_imap
from .mailbox import mailbox_pop
from .template import marketplace_ticket_template
from .template import marketplace_ticket_turn
from .site import marketplace_site
from .order import marketplace_order
from .order import marketplace_order_number
from .order import marketplace_order_relay
from .order import marketplace_order_snapshot
from .order import marketplace_order_fetch
from .order import marketplace_order_search
from .order import marketplace_order_line
from .order import marketplace_order_package
from .order import marketplace_order_ref
from .intake import marketplace_conversation as intake_marketplace_conversation
from .intake import marketplace_conversation_doubt
from .correction import marketplace_conversation as correction_marketplace_conversation
from .intake import marketplace_conversation_key
from .intake import marketplace_message
from .proof import marketplace_receiver
from .proof import marketplace_message as proof_marketplace_message
from .proof import marketplace_flood
from .intake import marketplace_intake as intake_marketplace_intake
from .site import marketplace_notice_policy
from .correction import marketplace_correction
from .correction import marketplace_intake as correction_marketplace_intake
from .clock import marketplace_response
from .reply import marketplace_reply
from .reply import marketplace_reply_outcome
from .reply import marketplace_reply_api
from .reply import marketplace_reply_sender
from .ticket import helpdesk_ticket as ticket_helpdesk_ticket
from .intake import helpdesk_ticket as intake_helpdesk_ticket
from .ticket import ir_attachment as ticket_ir_attachment
from .fields import helpdesk_ticket as fields_helpdesk_ticket
from .clock import helpdesk_ticket as clock_helpdesk_ticket
from .reply import helpdesk_ticket_message
from .ticket import helpdesk_ticket_number
from .reply import helpdesk_ticket as reply_helpdesk_ticket
from .reply import helpdesk_ticket_outcome
from .ticket import helpdesk_ticket_rules
from .template import helpdesk_ticket as template_helpdesk_ticket
from .correction import move
from .correction import helpdesk_ticket as correction_helpdesk_ticket
from .correction import helpdesk_ticket_correct_open
from .correction import helpdesk_ticket_merge
from .correction import helpdesk_ticket_join
from .ticket import helpdesk_ticket_sale
from .ticket import helpdesk_ticket_notify
from .ticket import res_company
from .privacy import helpdesk_ticket as privacy_helpdesk_ticket
from .reply import ir_attachment
from .privacy import ir_config_parameter
from .queue import ir_cron
from .fields import ir_http
from .reply import ir_mail_server
from .ticket import ir_websocket
from .reply import mail_canned_response
from .ticket import mail_message
from .intake import mail_thread
from . import res_config_settings
from .intake import res_partner
from .reply import res_users
