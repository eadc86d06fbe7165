"""Carriers' tracking pages."""

import pytest

from marketplaces.common.carriers import tracking_url


class TestTracking:
    @pytest.mark.parametrize(
        ("carrier", "country", "host"),
        [
            ("UPS", "US", "www.ups.com"),
            ("ups ground", None, "www.ups.com"),
            ("USPS", "US", "tools.usps.com"),
            ("FedEx SmartPost", "US", "www.fedex.com"),
            ("DHL Express", "FR", "www.dhl.com"),
            ("DHL", "DE", "www.dhl.de"),
            ("DPD", "GB", "www.dpd.co.uk"),
            ("DPD", "FR", "trace.dpd.fr"),
            ("Royal Mail Tracked 48", "GB", "www.royalmail.com"),
            ("Hermes", "DE", "www.myhermes.de"),
            ("Evri", "GB", "www.evri.com"),
            ("La Poste", "FR", "www.laposte.fr"),
            ("Colissimo", "FR", "www.laposte.fr"),
            ("Poste Italiane", "IT", "www.poste.it"),
            ("Correos", "ES", "www.correos.es"),
            ("ヤマト運輸", "JP", "jizen.kuronekoyamato.co.jp"),
            ("Canada Post", "CA", "www.canadapost-postescanada.ca"),
        ],
    )
    def test_well_known_carriers_have_a_page(self, carrier, country, host):
        assert tracking_url(carrier, "X1", country).split("/")[2] == host

    @pytest.mark.parametrize("carrier", [None, "", "Other", "Upstairs Couriers", "Correos Express", "Hermes", "???"])
    def test_unknown_carriers_have_none(self, carrier):
        assert tracking_url(carrier, "X1") is None

    def test_no_number_no_page(self):
        assert tracking_url("UPS", None) is None

    def test_the_number_can_not_change_the_address(self):
        url = tracking_url("UPS", "1Z/../?a=b#c&d{}")
        assert url == "https://www.ups.com/track?tracknum=1Z%2F..%2F%3Fa%3Db%23c%26d%7B%7D"
