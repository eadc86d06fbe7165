"""A fresh install: nothing entered, nothing learnt; the marketplaces sign, and a name server tells their keys."""

import os
import re
from datetime import timedelta
from unittest.mock import patch

import freezegun
from freezegun import freeze_time

from odoo import fields

from ...marketplaces.mail.resolver import KEPT_TIMEOUT
from ..common import PARAM, MarketplaceCase

_RESULTS = re.compile(rb"^Authentication-Results:.*?\r\n(?=\S)", re.DOTALL | re.MULTILINE)
_SIGNATURE = re.compile(rb"^DKIM-Signature:.*?\r\n(?=\S)", re.DOTALL | re.MULTILINE)


def strip(raw, signed, stamped):
    """Return a raw mail without the marketplace's signature or our server's verdict."""
    raw = raw if stamped else _RESULTS.sub(b"", raw)
    return raw if signed else _SIGNATURE.sub(b"", raw)


class VerificationCase(MarketplaceCase):
    sandbox_options = {"signs": True}

    @classmethod
    def build_world(cls):
        result = super().build_world()
        # The library that asks name servers ends its wait by the clock.
        freezegun.configure(extend_ignore_list=["dns"])
        cls.env["ir.config_parameter"].set_param(PARAM + "authserv_id", False)
        cls.nameserver = cls.sandbox.nameserver
        cls.enterClassContext(patch.dict(os.environ, {"MARKETPLACE_NAMESERVER": cls.nameserver.address}))
        return result

    def setUp(self):
        super().setUp()
        self.nameserver.is_silent = False
        self.addCleanup(setattr, self.nameserver, "is_silent", False)
        self.forget_keys()

    def forget_keys(self):
        """Have the process know no key, as after a restart."""
        self.env["marketplace.message"]._get_key_finder()._known.clear()

    def mail_in(self, text="Where is my parcel?", signed=True, stamped=False, **values):
        """Let a buyer write and put the mail into the ledger, by default without our server's verdict."""
        [raw] = self.buyer_mails(text, **values)
        return self.receive(strip(raw, signed, stamped))

    def settle(self):
        """Let the scheduled actions do all that is to be done now, signatures too."""
        self.process()
        self.run_cron("check_signatures")
        return super().settle()

    def clock(self):
        """Return a clock that stands still."""
        return freeze_time(fields.Datetime.now() + timedelta(seconds=1))

    def pass_time(self, freezer, **delta):
        """Let time go by, as long as it takes a silent name server to be asked again."""
        assert KEPT_TIMEOUT < 60
        freezer.tick(**delta)
        self.forget_keys()
