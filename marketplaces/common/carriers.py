"""Where a person can follow a parcel: carriers' public tracking pages."""

import re
from urllib.parse import quote

#: Carrier (lower case, letters and digits only) → address of its public tracking page.
#: Source: the carriers' own tracking pages, from general knowledge, November 2026; not called by us.
_PAGES = {
    "4px": "https://track.4px.com/#/result/0/{}",
    "amazonlogistics": "https://track.amazon.com/tracking/{}",
    "amazonshipping": "https://track.amazon.com/tracking/{}",
    "anpost": "https://www.anpost.com/Post-Parcels/Track/History?item={}",
    "australiapost": "https://auspost.com.au/mypost/track/details/{}",
    "austrianpost": "https://www.post.at/sv/sendungsdetails?snr={}",
    "bpost": "https://track.bpost.cloud/btr/web/#/search?itemCode={}",
    "bring": "https://tracking.bring.com/tracking/{}",
    "brt": "https://vas.brt.it/vas/sped_det_show.hsm?referer=sped_numspe_par.htm&Nspediz={}",
    "canadapost": "https://www.canadapost-postescanada.ca/track-reperage/en#/details/{}",
    "chronopost": "https://www.chronopost.fr/tracking-no-cms/suivi-page?listeNumerosLT={}",
    "correos": "https://www.correos.es/es/es/herramientas/localizador/envios/detalle?tracking-number={}",
    "deutschepost": "https://www.deutschepost.de/de/s/sendungsverfolgung.html?piececode={}",
    "dhl": "https://www.dhl.com/global-en/home/tracking.html?tracking-id={}",
    "dpd": "https://tracking.dpd.de/status/en_US/parcel/{}",
    "evri": "https://www.evri.com/track/parcel/{}",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr={}",
    "gls": "https://gls-group.com/GROUP/en/parcel-tracking?match={}",
    "inpost": "https://inpost.pl/sledzenie-przesylek?number={}",
    "japanpost": "https://trackings.post.japanpost.jp/services/srv/search/direct?reqCodeNo1={}&locale=en",
    "lasership": "https://www.lasership.com/track/{}",
    "laposte": "https://www.laposte.fr/outils/suivre-vos-envois?code={}",
    "ontrac": "https://www.ontrac.com/tracking/?number={}",
    "parcelforce": "https://www.parcelforce.com/track-trace?trackNumber={}",
    "pocztapolska": "https://emonitoring.poczta-polska.pl/?numer={}",
    "posteitaliane": "https://www.poste.it/cerca/index.html#/risultati-spedizioni/{}",
    "postnl": "https://jouw.postnl.nl/track-and-trace/{}",
    "postnord": "https://tracking.postnord.com/en/?id={}",
    "purolator": "https://www.purolator.com/en/shipping/tracker?pin={}",
    "royalmail": "https://www.royalmail.com/track-your-item#/tracking-results/{}",
    "sagawa": "https://k2k.sagawa-exp.co.jp/p/web/okurijosearch.do?okurijoNo={}",
    "seur": "https://www.seur.com/livetracking/?segOnlineIdentificador={}",
    "swisspost": "https://service.post.ch/ekp-web/ui/entry/search/{}",
    "tnt": "https://www.tnt.com/express/en_us/site/shipping-tools/tracking.html?searchType=con&cons={}",
    "ups": "https://www.ups.com/track?tracknum={}",
    "usps": "https://tools.usps.com/go/TrackConfirmAction?tLabels={}",
    "yamato": "https://jizen.kuronekoyamato.co.jp/jizen/servlet/crjz.b.NQ0010?id={}",
    "yodel": "https://www.yodel.co.uk/tracking/{}",
}
#: Where the page depends on the country the parcel goes to: {carrier: {country: page}}.
_COUNTRY_PAGES = {
    "dhl": {"DE": "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode={}"},
    "dpd": {
        "GB": "https://www.dpd.co.uk/apps/tracking/?reference={}",
        "FR": "https://trace.dpd.fr/fr/trace/{}",
    },
    "hermes": {
        "DE": "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#{}",
        "GB": _PAGES["evri"],
    },
}
#: Other names of the same carriers.
_ALIASES = {
    "amazon": "amazonlogistics",
    "amzl": "amazonlogistics",
    "auspost": "australiapost",
    "bartolini": "brt",
    "colissimo": "laposte",
    "federalexpress": "fedex",
    "hermesworld": "hermes",
    "japanpostoffice": "japanpost",
    "kuroneko": "yamato",
    "myhermes": "hermes",
    "osterreichischepost": "austrianpost",
    "österreichischepost": "austrianpost",
    "postat": "austrianpost",
    "postedeutschland": "deutschepost",
    "poste": "posteitaliane",
    "sda": "posteitaliane",
    "unitedparcelservice": "ups",
    "unitedstatespostalservice": "usps",
    "ゆうパック": "japanpost",
    "日本郵便": "japanpost",
    "ヤマト運輸": "yamato",
    "佐川急便": "sagawa",
}
#: Names that begin like a carrier's but are another company, whose page we don't know.
_OTHERS = ("correosexpress", "dhlecommerce", "dpdlocal", "posteexpress")


def tracking_url(carrier: str | None, tracking: str | None, country: str | None = None) -> str | None:
    """Return the address of the carrier's page for a parcel.

    :param str carrier: as the seller wrote it: "UPS", "Royal Mail Tracked 48", "DHL Express".
    :param str country: ISO 3166-1 alpha-2 code of where the parcel goes.
    :return: None when carrier or number is unknown.
    """
    name = _known_carrier(carrier or "")
    page = _COUNTRY_PAGES.get(name, {}).get(country) or _PAGES.get(name)
    return page.format(quote(tracking, safe="")) if page and tracking else None


def _known_carrier(carrier):
    """Return our key of the carrier whose name the words begin with, longest first."""
    words = re.findall(r"[^\W_]+", carrier.lower())
    for end in range(len(words), 0, -1):
        key = "".join(words[:end])
        if key in _OTHERS:
            return None
        key = _ALIASES.get(key, key)
        if key in _PAGES or key in _COUNTRY_PAGES:
            return key
    return None
