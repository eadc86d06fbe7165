{
    "name": "Helpdesk Marketplaces",
    "summary": "Answer Amazon buyers in the helpdesk: one ticket per order, the order beside the conversation",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "After-Sales",
    "author": "Helpdesk Marketplace contributors",
    "website": "https://github.com/OCA/helpdesk",
    "depends": ["helpdesk_mgmt"],
    "external_dependencies": {
        "python": ["cryptography", "lxml", "requests", "python-amazon-sp-api"],
    },
    "data": [
        # Security
        "security/marketplace_security.xml",
        "security/ir.model.access.csv",
        # Records
        "data/helpdesk_ticket_channel_data.xml",
        "data/marketplace_app_data.xml",
        "data/ir_cron_data.xml",
        "data/marketplace_notice_policy_data.xml",
        # Views
        "views/marketplace_app_views.xml",
        "views/marketplace_credential_views.xml",
        "views/marketplace_consent_templates.xml",
        "wizards/marketplace_connect_views.xml",
        "wizards/marketplace_delete_views.xml",
        "wizards/marketplace_order_find_views.xml",
        "views/marketplace_account_views.xml",
        "wizards/marketplace_mailbox_connect_views.xml",
        "views/marketplace_mailbox_views.xml",
        "views/marketplace_response_views.xml",
        "views/marketplace_site_views.xml",
        "views/marketplace_order_views.xml",
        "views/marketplace_message_views.xml",
        "wizards/marketplace_answered_views.xml",
        "views/helpdesk_ticket_views.xml",
        "views/helpdesk_ticket_clock_views.xml",
        "views/res_config_settings_views.xml",
        "views/menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "helpdesk_mgmt_marketplace/static/src/**/*",
        ],
        "web.assets_tests": [
            "helpdesk_mgmt_marketplace/static/tests/tours/**/*",
        ],
    },
    "uninstall_hook": "uninstall_hook",
    "application": False,
    "installable": True,
}
