"""What tests of connecting share: a dialog that is filled in, a browser that goes to Seller Central and back."""

from urllib.parse import parse_qs, urlsplit

from ..common import MarketplaceCase


class ConnectCase(MarketplaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.base_url = cls.env["ir.config_parameter"].get_param("web.base.url")
        cls.seller = cls.sandbox.add_seller("NEW-EU", "eu", ("DE", "FR"), name="New Trading")

    def open_dialog(self, *codes, account=None, keys=None, region="eu"):
        """Return the dialog at its last step, with these countries' storefronts chosen.

        :param keys: what has ``client_id`` and ``client_secret``, by default the new seller's.
        """
        Dialog = self.env["marketplace.connect"].with_user(self.env.ref("base.user_admin"))
        if account:
            return Dialog.with_context(**account.action_connect()["context"]).create({})
        keys = keys or self.seller
        dialog = Dialog.create({"region": region, "app_id": self.app.id, "credential_id": False})
        refs = [self.app._get_class().get_site(code).site_ref for code in codes or ("DE", "FR")]
        dialog.line_ids.filtered(lambda line: line.site_ref in refs).is_chosen = True
        dialog.action_next()
        dialog.write({"credential_id": False, "client_id": keys.client_id, "client_secret": keys.client_secret})
        dialog.action_next()
        return dialog

    def paste(self, dialog, seller=None, **values):
        """Paste a seller's token; return the account that is shown, or none if the dialog stays."""
        seller = seller or self.seller
        pasted = {"way": "paste", "seller_ref": seller.merchant_id, "refresh_token": seller.refresh_token}
        dialog.write(pasted | values)
        action = self.press(dialog, "action_paste")
        is_account = action["res_model"] == "marketplace.account"
        return self.env["marketplace.account"].browse(action["res_id"] if is_account else [])

    def go(self, account, user=None):
        """Press "Go to authorize"; return the address that the browser goes to."""
        return self.press(account, "action_authorize", user=user)["url"]

    def query(self, url):
        """Return the query of an address that comes back to us."""
        self.assertTrue(url.startswith(f"{self.base_url}/marketplace/amazon/"), url)
        return {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}

    def come_back(self, params, user=None, code="amazon"):
        """Return the account that a browser comes back for."""
        return self.press(self.env["marketplace.consent"], "_finish", code, params, user=user).with_env(self.env)
