"""A marketplace that nobody here knows any more: its add-on was uninstalled, and its records are still there."""

from .base import Marketplace


class Gone(Marketplace):
    """Knows nothing of its mails, storefronts and orders, so that what is stored of them can be shown all the same."""

    code = name = console_name = ""

    @classmethod
    def claims_mail(cls, mail):
        return False

    @classmethod
    def owns_mail(cls, mail):
        return False

    @classmethod
    def is_relay_address(cls, address):
        return False
