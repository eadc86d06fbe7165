"""What this module relies on in Odoo and helpdesk_mgmt: one table, with the signatures of series 19.

A row that changed on an upgrade is looked up in ``docs/ODOO.md``: why we need it, and what to look at.
"""

#: Methods of Odoo's models that we override: {(model, method): signature where it is first defined}.
#: ``base`` stands for any model.
OVERRIDES = {
    ("base", "_read_group_select"): "(self, aggregate_spec, query)",
    ("base", "_register_hook"): "(self)",
    ("base", "_search_display_name"): "(self, operator, value)",
    ("base", "create"): "(self, vals_list)",
    ("base", "default_get"): "(self, fields)",
    ("base", "onchange"): "(self, values, field_names, fields_spec)",
    ("base", "unlink"): "(self)",
    ("base", "write"): "(self, vals)",
    ("fetchmail.server", "_compute_display_name"): "(self)",
    ("fetchmail.server", "_fetch_mail"): "(self, batch_limit=50)",
    ("fetchmail.server", "_imap_login__"): "(self, connection)",
    ("fetchmail.server", "fetch_mail"): "(self)",
    ("fetchmail.server", "write"): "(self, vals)",
    ("helpdesk.ticket", "_auto_init"): "(self)",
    ("helpdesk.ticket", "_get_message_create_valid_field_names"): "(self)",
    ("helpdesk.ticket", "_get_thread_with_access"): "(self, thread_id, *, mode='read', **kwargs)",
    ("helpdesk.ticket", "_get_view"): "(self, view_id=None, view_type='form', **options)",
    ("helpdesk.ticket", "_get_view_cache_key"): "(self, view_id=None, view_type='form', **options)",
    ("helpdesk.ticket", "_message_get_suggested_recipients_batch"): (
        "(self, reply_discussion=False, reply_message=None, no_create=True, primary_email=False"
        ", additional_partners=None)"
    ),
    ("helpdesk.ticket", "_message_update_content"): (
        "(self, message, /, *, body, attachment_ids=None, partner_ids=None, strict=True, **kwargs)"
    ),
    ("helpdesk.ticket", "_notify_by_email_get_base_mail_values"): (
        "(self, message, recipients_data, additional_values=None)"
    ),
    ("helpdesk.ticket", "_notify_by_email_prepare_rendering_context"): (
        "(self, message, msg_vals=False, model_description=False, force_email_company=False"
        ", force_email_lang=False, force_record_name=False)"
    ),
    ("helpdesk.ticket", "_notify_by_web_push_prepare_payload"): (
        "(self, message, msg_vals=False, force_record_name=False)"
    ),
    ("helpdesk.ticket", "_notify_get_recipients"): "(self, message, msg_vals=False, **kwargs)",
    ("helpdesk.ticket", "_notify_thread_by_email"): (
        "(self, message, recipients_data, *, msg_vals=False, mail_auto_delete=True, model_description=False"
        ", force_email_company=False, force_email_lang=False, force_record_name=False, subtitles=None"
        ", force_send=True, send_after_commit=True, **kwargs)"
    ),
    ("helpdesk.ticket", "_notify_thread_with_out_of_office"): (
        "(self, message, recipients_data, msg_vals=False, **kwargs)"
    ),
    ("helpdesk.ticket", "_track_template"): "(self, changes)",
    ("helpdesk.ticket", "create"): "(self, vals_list)",
    ("helpdesk.ticket", "message_post"): (
        "(self, *, body='', subject=None, message_type='notification', email_from=None, author_id=None"
        ", parent_id=False, subtype_xmlid=None, subtype_id=False, partner_ids=None, outgoing_email_to=False"
        ", incoming_email_to=False, incoming_email_cc=False, attachments=None, attachment_ids=None"
        ", body_is_html=False, **kwargs)"
    ),
    ("helpdesk.ticket", "unlink"): "(self)",
    ("helpdesk.ticket", "write"): "(self, vals)",
    ("ir.attachment", "_compute_mimetype"): "(self, values)",
    ("ir.attachment", "_delete_and_notify"): "(self, message=None)",
    ("ir.attachment", "write"): "(self, vals)",
    ("ir.config_parameter", "create"): "(self, vals_list)",
    ("ir.config_parameter", "unlink"): "(self)",
    ("ir.config_parameter", "write"): "(self, vals)",
    ("ir.default", "_get_model_defaults"): "(self, model_name, condition=False)",
    ("ir.http", "get_frontend_session_info"): "(self)",
    ("ir.http", "session_info"): "(self)",
    ("ir.mail_server", "_get_test_email_from"): "(self)",
    ("ir.mail_server", "_get_test_email_to"): "(self)",
    ("ir.mail_server", "send_email"): (
        "(self, message, mail_server_id=None, smtp_server=None, smtp_port=None, smtp_user=None"
        ", smtp_password=None, smtp_encryption=None, smtp_ssl_certificate=None, smtp_ssl_private_key=None"
        ", smtp_debug=False, smtp_session=None)"
    ),
    ("ir.websocket", "_build_bus_channel_list"): "(self, channels)",
    ("mail.compose.message", "_action_send_mail_comment"): "(self, res_ids)",
    ("mail.compose.message", "_prepare_schedule_message_post_values"): "(self, post_values)",
    ("mail.message", "_get_forbidden_access"): "(self, operation)",
    ("mail.message", "_search"): (
        "(self, domain, offset=0, limit=None, order=None, *, active_test=True, bypass_access=False)"
    ),
    ("mail.message", "_to_store_defaults"): "(self, target)",
    ("mail.message", "create"): "(self, vals_list)",
    ("mail.message", "default_get"): "(self, fields)",
    ("mail.message", "unlink"): "(self)",
    ("mail.message", "write"): "(self, vals)",
    ("mail.thread", "message_process"): (
        "(self, model, message, custom_values=None, save_original=False, strip_attachments=False, thread_id=None)"
    ),
    ("mail.thread", "message_route"): "(self, message, message_dict, model=None, thread_id=None, custom_values=None)",
    ("res.company", "create"): "(self, vals_list)",
    ("res.company", "write"): "(self, vals)",
    ("res.config.settings", "get_values"): "(self)",
    ("res.config.settings", "set_values"): "(self)",
    ("res.users", "write"): "(self, vals)",
}

#: Private methods of Odoo's models that we call.
USED = {
    ("base", "_check_field_access"): "(self, field, operation)",
    ("base", "_field_to_sql"): "(self, alias, field_expr, query=None)",
    ("base", "_filtered_access"): "(self, operation)",
    ("base", "_get_html_link"): "(self, title=None)",
    ("base", "_read_group"): "(self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None)",
    ("bus.bus", "_sendone"): "(self, target, notification_type, message)",
    ("fetchmail.server", "_get_connection_type"): "(self)",
    ("helpdesk.ticket.team", "_get_applicable_stages"): "(self)",
    ("ir.actions.actions", "_for_xml_id"): "(self, full_xml_id)",
    ("ir.cron", "_commit_progress"): "(self, processed=0, *, remaining=None, deactivate=False)",
    ("ir.cron", "_trigger"): "(self, at=None)",
    ("ir.mail_server", "_build_email__"): (
        "(self, email_from, email_to, subject, body, email_cc=None, email_bcc=None, reply_to=False"
        ", attachments=None, message_id=None, references=None, object_id=False, subtype='plain', headers=None"
        ", body_alternative=None, subtype_alternative='plain')"
    ),
    ("ir.mail_server", "_connect__"): (
        "(self, host=None, port=None, user=None, password=None, encryption=None, smtp_from=None"
        ", ssl_certificate=None, ssl_private_key=None, smtp_debug=False, mail_server_id=None"
        ", allow_archived=False)"
    ),
    ("ir.mail_server", "_disable_send"): "(cls)",
    ("ir.mail_server", "_find_mail_server_allowed_domain"): "(self)",
    ("ir.mail_server", "_match_from_filter"): "(self, email_from, from_filter)",
    ("ir.model", "_get_id"): "(self, name)",
    ("ir.model.data", "_update_xmlids"): "(self, data_list, update=False)",
    ("ir.model.data", "_xmlid_to_res_id"): "(self, xmlid, raise_if_not_found=False)",
    ("ir.rule", "_compute_domain"): "(self, model_name, mode='read')",
    ("mail.compose.message", "_evaluate_res_ids"): "(self)",
    ("mail.thread", "_process_attachments_for_post"): "(self, attachments, attachment_ids, message_values)",
    ("res.users", "_is_internal"): "(self)",
    ("res.users", "_is_public"): "(self)",
}

#: Other functions and methods: {module:path: signature}.
FUNCTIONS = {
    "odoo.addons.helpdesk_mgmt.controllers.main:HelpdeskTicketController.support_ticket_close": "(self, **kw)",
    "odoo.addons.mail.tools.discuss:Store.Attr.__init__": (
        "(self, field_name, value=None, *, predicate=None, sudo=False)"
    ),
    "odoo.addons.portal.controllers.portal:CustomerPortal._document_check_access": (
        "(self, model_name, document_id, access_token=None)"
    ),
    "odoo.fields:Field._description_string": "(self, env)",
    "odoo.fields:Field.convert_to_cache": "(self, value, record, validate=True)",
    "odoo.fields:Field.convert_to_record": "(self, value, record)",
    "odoo.fields:Field.convert_to_write": "(self, value, record)",
    "odoo.fields:Selection._description_selection": "(self, env)",
    "odoo.service.model:retrying": "(func, env)",
    "odoo.sql_db:connection_info_for": "(db_or_uri, readonly=False)",
    "odoo.tools:hash_sign": "(env, scope, message_values, expiration=None, expiration_hours=None)",
    "odoo.tools:verify_hash_signed": "(env, scope, payload)",
}
#: Attributes with an underscore that are documented or as old as the ORM, and need no row.
ATTRIBUTES = ("_", "_abstract", "_fields", "_modules", "_origin", "_table", "_values")

#: What stands in Odoo's files, where there is nothing whose signature could be looked at: {file in Odoo: text}.
TEXTS = {
    # the log: which statement failed (models/privacy/silent_log.py)
    "sql_db.py": '_logger.error("bad query: %s\\nERROR: %s"',
    # past the automation rules (``getattr(type(x).create, "origin", …)``)
    "addons/base_automation/models/base_automation.py": "records = create.origin(",
    # waking the scheduled actions (models/queue/)
    "addons/base/models/ir_cron.py": "ODOO_NOTIFY_FUNCTION = ",
}

#: How many prototypes of Odoo's web client are patched, and how many places in its templates are looked for.
PATCHES = 6
XPATHS = 10
#: What a patched class has of the one that it extends.
INHERITED = {"Thread": "setup"}
#: Where Odoo keeps the templates that we extend.
TEMPLATES = {
    "mail.Chatter": "mail/static/src/chatter/web/chatter.xml",
    "mail.Composer": "mail/static/src/core/common/composer.xml",
    "mail.Composer.sendButton": "mail/static/src/core/common/composer.xml",
    "mail.Message": "mail/static/src/core/common/message.xml",
}
