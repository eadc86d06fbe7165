# A third marketplace that does not exist, brought by another add-on: an example for developers, and what
# dev/live/test_third_marketplace.py installs. It is no part of helpdesk_mgmt_marketplace, whose dev/ Odoo never loads.
{
    "name": "Helpdesk Marketplaces: Pretend (example)",
    "summary": "A small marketplace that does not exist: how another add-on brings one",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Hidden",
    "author": "Helpdesk Marketplace contributors",
    "website": "https://github.com/OCA/helpdesk",
    "depends": ["helpdesk_mgmt_marketplace"],
    "data": ["data/marketplace_app_data.xml"],
    "installable": True,
}
