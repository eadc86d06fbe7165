"""Who may do what: every model, public method and foreign field of ours, by the role of the user.

Roles are those of ``trust_common.GROUPS``, and ``public``. A record belongs to the first company; "beta" is the manager
of another one. What is not named here may be done by nobody; what is new and not classified fails the test.
"""

ADMIN = ("admin",)
MANAGERS = ("manager", "admin")
HELPDESK = ("own", "team", "agent", "manager", "admin")
HELPDESK_ANYWHERE = (*HELPDESK, "beta")
INTERNAL = (*HELPDESK_ANYWHERE, "plain")

ALL = dict.fromkeys(("read", "write", "create", "unlink"), ADMIN)
READ_BY_ADMIN = {"read": ADMIN}
READ_BY_MANAGERS = {"read": MANAGERS}
#: An agent sees what belongs to a ticket that they may see.
WITH_TICKET = {"read": HELPDESK}

#: Models with records of their own: operation → roles.
MODELS = {
    "marketplace.account": ALL,
    "marketplace.app": {"read": HELPDESK_ANYWHERE, "write": ADMIN, "create": ADMIN, "unlink": ADMIN},
    "marketplace.consent": READ_BY_ADMIN,
    "marketplace.conversation": READ_BY_ADMIN,
    "marketplace.conversation.key": READ_BY_ADMIN,
    "marketplace.correction": WITH_TICKET,
    "marketplace.credential": ALL,
    "marketplace.field.mapping": {
        "read": (*MANAGERS, "beta"), "write": ADMIN, "create": ADMIN, "unlink": ADMIN,
    },
    "marketplace.flood": READ_BY_MANAGERS,
    "marketplace.log": READ_BY_MANAGERS,
    "marketplace.mailbox": ALL,
    "marketplace.mailbox.mail": READ_BY_ADMIN,
    "marketplace.mailbox.position": READ_BY_ADMIN,
    "marketplace.message": READ_BY_MANAGERS,
    "marketplace.notice.policy": {"read": ADMIN, "write": ADMIN},
    "marketplace.operation": READ_BY_ADMIN,
    "marketplace.order": {**ALL, "read": HELPDESK},
    "marketplace.order.line": {**ALL, "read": HELPDESK},
    "marketplace.order.package": {**ALL, "read": HELPDESK},
    "marketplace.order.ref": {**ALL, "read": HELPDESK},
    "marketplace.order.relay": READ_BY_ADMIN,
    "marketplace.receiver": READ_BY_ADMIN,
    "marketplace.reply": READ_BY_MANAGERS,
    "marketplace.response": WITH_TICKET,
    "marketplace.site": {**ALL, "read": HELPDESK},
    "marketplace.ticket.template": ALL,
    "marketplace.ticket.turn": READ_BY_ADMIN,
}  # fmt: skip

#: Dialogs: who may open one.
DIALOGS = {
    "marketplace.answered": HELPDESK_ANYWHERE,
    "marketplace.connect": ADMIN,
    "marketplace.connect.site": ADMIN,
    "marketplace.correct.link": HELPDESK_ANYWHERE,
    "marketplace.correct.merge": HELPDESK_ANYWHERE,
    "marketplace.correct.move": HELPDESK_ANYWHERE,
    "marketplace.delete": ADMIN,
    "marketplace.mailbox.connect": ADMIN,
    "marketplace.message.compose": HELPDESK_ANYWHERE,
    "marketplace.order.find": ADMIN,
    "marketplace.order.open": HELPDESK_ANYWHERE,
    "marketplace.trust": ADMIN,
    "marketplace.write.first": HELPDESK_ANYWHERE,
}

#: Public methods that are Odoo's, which we extend: what they may do is in the tables of models and fields.
HOOKS = {
    "create", "write", "unlink", "default_get", "onchange", "message_process", "message_route", "message_post",
    "fetch_mail", "send_email", "get_values", "set_values", "session_info", "get_frontend_session_info",
}  # fmt: skip

#: Our own public methods, which anybody can try to call: model → {method: roles}. Those of dialogs are for whoever
#: opened the dialog.
METHODS = {
    "fetchmail.server": dict.fromkeys(
        ("action_marketplace_accept_certificate", "action_marketplace_verify_certificate"), ADMIN
    ),
    "helpdesk.ticket": {
        **dict.fromkeys(
            (
                "action_marketplace_answered", "action_marketplace_checked", "action_marketplace_confirm_buyer",
                "action_marketplace_join", "action_marketplace_link_order",
                "action_marketplace_merge", "action_marketplace_messages", "action_marketplace_move",
                "action_marketplace_no_response", "action_marketplace_open_link", "action_marketplace_open_merge",
                "action_marketplace_open_move", "action_marketplace_refresh", "action_marketplace_reply",
                "action_marketplace_send_message", "action_marketplace_split", "marketplace_find_sale_orders",
                "marketplace_get_reply_states",
            ),
            HELPDESK,
        ),
    },
    "marketplace.account": dict.fromkeys(
        (
            "action_add_sites", "action_authorize", "action_claim_home", "action_connect", "action_delete",
            "action_disconnect",
            "action_open_credential", "action_open_responses", "action_test_connection", "action_tick_place",
        ),
        ADMIN,
    ),
    "marketplace.app": {
        **dict.fromkeys(
            ("action_connect", "action_example_rule", "action_open_accounts", "action_set_up_fields"), ADMIN
        ),
        "action_open_sites": HELPDESK_ANYWHERE,
    },
    "marketplace.flood": dict.fromkeys(("action_look", "action_release"), MANAGERS),
    "marketplace.mailbox": dict.fromkeys(
        (
            "action_accept_certificate", "action_verify_certificate",
            "action_connect", "action_pause", "action_read_now", "action_resume", "action_show_mails",
            "action_switch_on", "action_test_reading",
        ),
        ADMIN,
    ),
    "marketplace.mailbox.mail": {"action_retry": ADMIN},
    "marketplace.message": dict.fromkeys(("action_accept", "action_retry"), MANAGERS),
    "marketplace.order": {"action_refresh": HELPDESK},
    "marketplace.receiver": dict.fromkeys(("action_decide", "action_distrust"), ADMIN),
    "marketplace.reply": dict.fromkeys(("action_retry", "action_send_important"), HELPDESK),
    "marketplace.site": {
        **dict.fromkeys(
            (
                "action_create_address", "action_decide_trust", "action_delete", "action_open_account",
                "action_renew_address", "action_send_test_mail", "action_test_reading", "action_toggle_place",
                "action_use_alias", "action_use_mailbox",
            ),
            ADMIN,
        ),
        "action_open_responses": MANAGERS,
    },
}  # fmt: skip

#: Our fields on models of others: model → {field: (who may read it, who may write it)}.
FIELDS = {
    "fetchmail.server": dict.fromkeys(
        (
            "marketplace_certificate", "marketplace_certificate_at", "marketplace_certificate_by",
            "marketplace_certificate_note", "marketplace_certificate_seen", "marketplace_is_undecided",
            "marketplace_mailbox_ids",
        ),
        (ADMIN, ()),
    ),
    "helpdesk.ticket": dict.fromkeys(
        (
            "marketplace_amber_at", "marketplace_app_id", "marketplace_check", "marketplace_claim_deadline",
            "marketplace_claimed_at", "marketplace_console", "marketplace_correction_ids", "marketplace_deadline",
            "marketplace_doubt", "marketplace_doubt_text", "marketplace_named_ref",
            "marketplace_has_messages", "marketplace_is_unanswered", "marketplace_item_ref", "marketplace_last_notice",
            "marketplace_last_notice_at", "marketplace_next_ticket_id", "marketplace_next_ticket_ids",
            "marketplace_number", "marketplace_order_data", "marketplace_order_id", "marketplace_order_ref",
            "marketplace_order_state", "marketplace_order_status", "marketplace_previous_ticket_id",
            "marketplace_reply_count", "marketplace_reply_data", "marketplace_response_id", "marketplace_site_id",
        ),
        (HELPDESK, ()),
    ),
    "mail.canned.response": {"marketplace_placeholders": (INTERNAL, ())},
    "mail.mail": dict.fromkeys(("marketplace_kind", "marketplace_reply"), (ADMIN, ())),
    "mail.message": dict.fromkeys(("marketplace_kind", "marketplace_reply"), (HELPDESK, ())),
    "res.company": {"marketplace_words_by_mail": (ADMIN, ADMIN)},
    "res.partner": {"marketplace_buyer_ref": (ADMIN, ())},
    "res.users": {
        "marketplace_app_ids": (ADMIN, ADMIN),
        "marketplace_barred_app_ids": (ADMIN, ADMIN),
        "marketplace_buyer_ref": (ADMIN, ()),
    },
}  # fmt: skip
#: Dialogs of Odoo's, whose values are their user's own.
FOREIGN_DIALOGS = ("mail.compose.message", "res.config.settings")
