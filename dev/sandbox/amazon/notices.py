"""Raw mails of Amazon that are not a buyer's words: requests, claims, copies, refusals."""

from dataclasses import dataclass
from html import escape
from secrets import token_hex

from .. import mime
from ..sites import get_site
from ..times import now
from . import identity
from .sellers import SELLERS
from .wording import language

#: Region in the watermark of Amazon's mails.
SPC_REGIONS = {"na": "US", "eu": "EU", "fe": "JP"}
_SELLER_CENTRAL = {
    "en": "Amazon Seller Central Notifications (Do Not Reply)",
    "de": "Amazon Seller Central Benachrichtigungen (nicht antworten)",
    "fr": "Notifications Amazon Seller Central (ne pas répondre)",
    "it": "Notifiche di Amazon Seller Central (non rispondere)",
    "es": "Notificaciones de Seller Central",
}


@dataclass(frozen=True)
class _Kind:
    """A kind of notice: its header, sender (``None``: Seller Central by name), subjects and bodies by language."""

    type: str | None
    sender: str
    subjects: dict
    bodies: dict
    name: str | None = None


KINDS = {
    "cancel_request": _Kind(
        "BRC_SELLER_NOTIFICATION",
        "donotreply@amazon.com",
        {
            "en": "Cancellation request for order number: {ref}",
            "de": "Stornierungsanfrage für Bestellnummer: {ref}",
            "fr": "Demande d'annulation pour la commande numéro : {ref}",
            "it": "Richiesta di annullamento per l'ordine numero: {ref}",
            "es": "Solicitud de cancelación del pedido para el número de pedido: {ref}",
        },
        {
            "en": "A buyer asks you to cancel an order. If it has not left yet, please cancel it. Order: {ref}",
            "de": "Ein Käufer bittet um Stornierung. Falls noch nicht versandt, bitte stornieren. Bestellung: {ref}",
        },
    ),
    "return_request": _Kind(
        "RETURN_REQUEST",
        "donotreply@amazon.com",
        {
            "en": "Return authorization notification for order # {ref}",
            "de": "Benachrichtigung über Rücksendegenehmigung für Bestellung {ref}",
            "fr": "Notification d'autorisation de retour pour la commande {ref}",
            "it": "Notifica di autorizzazione del reso per l'ordine {ref}",
            "es": "Notificación de autorización de devolución para el pedido {ref}",
        },
        {
            "en": "A customer wants to return items. Order ID: {ref}<br>Reason: defective<br>Customer comments: {text}",
            "de": "Ein Kunde möchte zurücksenden. Order ID: {ref}<br>Grund: defekt<br>Kommentar des Kunden: {text}",
        },
    ),
    "refund": _Kind(
        "REFUND_ISSUED",
        "donotreply@amazon.com",
        {
            "en": "Refund initiated for order {ref}",
            "de": "Erstattung veranlasst für Bestellung {ref}",
            "fr": "Remboursement initié pour la commande {ref}",
            "it": "Rimborso avviato - ordine {ref}",
            "es": "Reembolso iniciado para el pedido {ref}",
        },
        {"en": "A refund for order {ref} is on its way to the buyer."},
    ),
    "atoz_claim": _Kind(
        "A_Z_CLAIM_RESPONDENT_NOTIFY",
        "atoz-guarantee-no-reply@{host}",
        {
            "en": "Claim received on order {ref}",
            "de": "Neuer A-bis-z-Garantieantrag für Bestellung {ref}",
            "fr": "Réclamation reçue pour la commande {ref}",
            "it": "Richiesta di rimborso ricevuta per l’ordine {ref}",
            "es": "Su reclamación bajo la Garantía de la A a la Z: pedido {ref}",
        },
        {
            "en": "We received an A-to-z Guarantee claim on order {ref}. Please respond within 3 days.<br>{text}",
            "de": "Für die Bestellung {ref} liegt ein A-bis-z-Garantieantrag vor. Antworten Sie in 3 Tagen.<br>{text}",
        },
        name="Amazon A-to-z Guarantee",
    ),
    "reply_copy": _Kind(
        "BBC_MESSAGE_CONFIRMATION_TO_MERCHANT",
        "donotreply@amazon.com",
        {
            "en": "Your e-mail to {buyer}",
            "de": "Ihre E-Mail an {buyer}",
            "fr": "Votre e-mail à {buyer}",
            "it": "La tua e-mail a {buyer}",
            "es": "Su correo electrónico a {buyer}",
        },
        {
            "en": "Here is a copy of the e-mail that you sent to {buyer}.<br><br>{about}"
            "------------- Begin message -------------<br><br>{text}<br><br>------------- End message -------------"
        },
        name="{name}",
    ),
    "opt_out": _Kind(
        "BUYER_OPTED_OUT_BSM_MESSAGES",
        "auto-communication@amazon.com",
        {
            "en": "Your message to the buyer was not delivered.",
            "de": "Ihre Nachricht an den Käufer wurde nicht zugestellt.",
            "fr": "Votre message à l'acheteur n'a pas été remis.",
            "it": "Il tuo messaggio all'acquirente non è stato consegnato.",
            "es": "Su mensaje al comprador no se ha entregado.",
        },
        {
            "en": "We were unable to deliver the message you sent to {buyer} for order [{ref}] because the buyer has "
            "chosen to opt out of receiving unsolicited messages from sellers. If it is essential, put [Important] "
            'into the subject: <a href="mailto:{relay}?subject=%5BImportant%5D">{relay}</a>'
        },
        name="{name}",
    ),
}


def notice(
    kind, order, *, site=None, to="seller@odoo.example", lang=None, buyer=None, text="", seller=None, when=None,
    seed=None,
):  # fmt: skip
    """Return a raw notice of Amazon about an order.

    :param str kind: one of ``KINDS``, or ``auto_reply`` (Amazon's answer to a mail that nobody reads).
    :param dict order: order of the API; its number and buyer are used.
    :param site: storefront, by default the order's.
    :param str text: the buyer's comment, or our own words in a copy of a reply.
    :return bytes:
    """
    site, when = get_site(site or order["salesChannel"]["marketplaceId"]), when or now()
    source = identity.rng(token_hex(8) if seed is None else seed, kind)
    if kind == "auto_reply":
        return _auto_reply(source, when, to, text)
    form, short = KINDS[kind], language(lang or site.lang)[:2]
    values = _values(order, site, buyer, seller)
    body = form.bodies.get(short, form.bodies["en"]).format(**values, text=escape(text).replace("\n", "<br>\n"))
    part = mime.text_part("html", _page(site, source, body, form.type))
    headers = _headers(form, short, values, site, source, when, to)
    return mime.mail(headers, mime.multipart("alternative", [part], source, when))


def _values(order, site, buyer, seller):
    seller = seller or next(s for s in SELLERS if s.region == site.region)
    buyer = buyer or order.get("buyer", {}).get("buyerName") or "Amazon Customer"
    return {
        "ref": order["orderId"],
        "about": f"Order ID {order['orderId']}:<br><br>" if order["orderId"] else "",  # none before a sale
        "buyer": buyer,
        "host": site.host,
        "relay": identity.relay_address(buyer, seller.merchant_id, site),
        "name": site.name.capitalize(),
    }


def _headers(form, short, values, site, source, when, to):
    name = (form.name or _SELLER_CENTRAL.get(short, _SELLER_CENTRAL["en"])).format(**values)
    sender = mime.address(name, form.sender.format(**values))
    return [
        ("Date", mime.date(when)),
        ("From", sender),
        ("Reply-To", sender),
        ("To", to),
        ("Message-ID", identity.ses_message_id(source, site.region, when)),
        ("Subject", form.subjects.get(short, form.subjects["en"]).format(**values)),
        ("X-Marketplace-ID", site.site_ref),
        ("X-Space-Notification-Type", form.type),
    ]


def _page(site, source, body, kind):
    watermark = f"SPC-{SPC_REGIONS[site.region]}Amazon-{identity.digits(source, 16)}"
    feedback = f"https://sellercentral.{site.host}/notifications/feedback?communicationName={kind}"
    return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><body>
<p>{body}</p>
<p style="font-size:11px"><a href="{feedback}">Amazon Seller Central</a></p>
<div id="spc-watermark"><p style="font-size:9px">{watermark}</p></div>
</body></html>
"""


def _auto_reply(source, when, to, text):
    headers = [
        ("Date", mime.date(when)),
        ("From", '"Amazon.com" <nobody@bounces.amazon.com>'),
        ("To", to),
        ("Message-ID", f"<{identity.hexadecimal(source, 32)}@mail-autoreply-{identity.digits(source, 4)}.amazon.com>"),
        ("Subject", f"Re: {text or 'your message'}"),
        ("X-Amazon-Auto-Reply", "true"),
    ]
    words = "Greetings from Amazon.com.\n\nYou wrote to an address that cannot accept incoming e-mail.\n"
    return mime.mail(headers, mime.text_part("plain", words))
