"""Facts about Amazon's mails, each group with its source.

Sources: seven real amazon.it mails and masked amazon.com.br mails of August–September 2026, parsers of
sellers in DE, FR, ES, JP, US and PL (2016–2026), Seller Central help pages; gathered 2026-11-22.
"""

import re

from ..const import SITES

#: Storefront by the host of a mail address. All are compared whole: `marketplace.amazon.com.evil.example` and
#: `evilmarketplace.amazon.de` are nobody's. MX records of the relay hosts: August 2026; `m.` seen in one shop's data.
RELAY_HOSTS = {host: site.code for site in SITES for host in site.relay_hosts}
RELAY_HOSTS["m.marketplace.amazon.co.jp"] = "JP"
STORE_HOSTS = {site.host: site.code for site in SITES} | {"amazon.cn": None}
BOUNCE_HOSTS = {f"bounces.{host}": code for host, code in STORE_HOSTS.items()}
AMAZON_HOSTS = RELAY_HOSTS | STORE_HOSTS | BOUNCE_HOSTS
#: Hosts that belong to Amazon's cloud, not to the marketplace; anybody may send from them.
CLOUD_HOSTS = ("amazonaws.com", "amazonses.com", "awsapps.com")
#: Seller Central, the only hosts whose links in a mail are ours to read. `-japan` was the host of JP until ~2022.
CONSOLE_HOSTS = {f"sellercentral.{host}": code for host, code in STORE_HOSTS.items()} | {
    "sellercentral-europe.amazon.com": None,
    "sellercentral-japan.amazon.com": "JP",
}
#: DKIM domains that prove Amazon; amazonses.com alone proves only "somebody on SES".
SIGNERS = frozenset(STORE_HOSTS) | frozenset(RELAY_HOSTS)

#: Local parts inside the relay hosts that are no buyers.
NO_BUYERS = ("donotreply", "do-not-reply", "noreply", "no-reply", "nobody", "mailer-daemon", "postmaster", "bounce")
#: Senders that write for all storefronts from amazon.com: their host says nothing about the site.
ANY_SITE_SENDERS = ("donotreply", "do-not-reply", "auto-communication", "noreply", "no-reply", "nobody")

#: X-Space-Notification-Type → kind or notice. The first fragment found in the value decides.
NOTIFICATION_TYPES = (
    ("SENT_TO_MERCHANT", "buyer_message"),
    ("CONFIRMATION_TO_MERCHANT", "reply_copy"),
    ("OPTED_OUT", "undelivered"),
    ("UNDELIVER", "undelivered"),
    ("NOT_DELIVERED", "undelivered"),
    ("DELIVERY_FAIL", "undelivered"),
    ("MESSAGE_FAIL", "undelivered"),
    ("MESSAGE_REJECT", "undelivered"),
    ("MESSAGE_BLOCK", "undelivered"),
    ("A_Z_", "atoz_claim"),
    ("A_TO_Z", "atoz_claim"),
    ("ATOZ", "atoz_claim"),
    ("CHARGEBACK", "chargeback"),
    ("RETURN_REQUEST", "return_request"),
    ("RETURN_AUTH", "return_request"),
    ("REFUND", "refund"),
    ("BRC_", "cancel_request"),
    ("CANCEL_REQUEST", "cancel_request"),
    ("CANCELLATION_REQUEST", "cancel_request"),
    ("ORDER_CANCEL", "cancelled"),
    ("NEW_ORDER", "new_order"),
    ("ORDER_PLACED", "new_order"),
    ("FBA_", "fba"),
    ("DISBURSEMENT", "payment"),
    ("PAYMENT", "payment"),
    ("ACCOUNT_", "account"),
)
#: Local part of the sender at amazon.<ending> → notice.
SENDERS = {
    "atoz-guarantee-no-reply": "atoz_claim",
    "seller-guarantee": "atoz_claim",
    "cb-seller-notification": "chargeback",
    "cb-seller-query": "chargeback",
    "seller-notification": "new_order",
    "fba-noreply": "fba",
    "fba-ship-confirm": "fba",
    "ship-notify": "fba",
    "payments-messages": "payment",
    "payments-update": "payment",
    "account-update": "account",
    "konto-aktualisierung": "account",
    "seller-performance": "account",
    "no-reply": "account",
    "customer-reviews-messages": "review",
    "qla": "listing",
    "store-news": "news",
    "auto-confirm": "consumer",
    "order-update": "consumer",
    "return": "consumer",
    "versandbestaetigung": "consumer",
    "bestellbestaetigung": "consumer",
    "bestellstatus-antwort": "consumer",
    "shipment-tracking": "consumer",
    "ship-confirm": "consumer",
    "cs-reply": "consumer",
    "marketplace-messages": "consumer",
}
#: Senders of several kinds of notices: the subject tells which, before the table above does.
SENDERS_BY_SUBJECT = (
    "donotreply",
    "do-not-reply",
    "auto-communication",
    "order-update",
    "seller-notification",
    "no-reply",
)
#: Words in a subject (case-folded, straight apostrophes) → kind or notice; the first that is found decides.
#: IT, ES, EN, FR and the JP cancellation were seen; the other languages are the same words translated.
SUBJECTS = (
    (
        "undelivered",
        "non è stato consegnato|could not be delivered|not delivered|was not sent|konnte nicht zugestellt|"
        "nicht zugestellt|pas été remis|pas pu être|no se ha entregado|no se ha podido entregar|"
        "no se pudo entregar|não foi entregue|niet worden bezorgd|niet bezorgd|"
        "nie została dostarczona|nie został dostarczony|kunde inte levereras|"
        "teslim edilemedi|配信できません|送信されません|配信されません",
    ),
    (
        "reply_copy",
        "your e-mail to |your email to |ihre e-mail an |deine e-mail an |votre e-mail à |su correo electrónico a |"
        "tu correo electrónico a |la tua e-mail a |il tuo messaggio a |seu e-mail para |uw e-mail aan |je e-mail aan |"
        "twój e-mail do |ditt e-postmeddelande till |へのeメール",
    ),
    (
        "atoz_claim",
        "a-to-z|a to z|a-bis-z|a bis z|dalla a alla z|de la a a la z|a à z|a-z guarantee|a-tot-z|"
        "マーケットプレイス保証|richiesta di rimborso ricevuta|claim received on order|claim decision on order",
    ),
    ("chargeback", "chargeback|charge dispute|rückbuchung|rétrofacturation|contraccusa|contracargo|チャージバック"),
    (
        "cancel_request",
        "cancellation request|cancelation request|request to cancel|requested to cancel|richiesta di annullamento|"
        "solicitud de cancelación|demande d'annulation|stornierungsanfrage|stornierungsantrag|stornierung angefragt|"
        "annuleringsverzoek|solicitação de cancelamento|begäran om avbokning|begäran om annullering|"
        "prośba o anulowanie|iptal talebi|キャンセルリクエスト|طلب إلغاء",
    ),
    (
        "cancelled",
        "cancelled|canceled|order cancellation|storniert|annulée|annulé|annullato|cancelado|cancelada|geannuleerd|"
        "anulowan|avbeställd|annullerad|iptal edildi|キャンセル",
    ),
    (
        "return_request",
        "return authorization|return authorization|return request|autorizzazione del reso|richiesta di reso|"
        "autorización de devolución|solicitud de devolución|autorisation de retour|demande de retour|"
        "rücksendeantrag|rücksendegenehmigung|rücksendung|rückgabe|retourverzoek|retourautorisatie|"
        "autorização de devolução|solicitação de devolução|returbegäran|wniosek o zwrot|iade talebi|返品",
    ),
    (
        "refund",
        "refund|rimborso|remboursement|erstattung|reembolso|terugbetaling|återbetalning|zwrot|para iadesi|返金",
    ),
    ("new_order", "sold, ship now|sold, dispatch now|verkauft, jetzt versenden|vendu, |venduto, |vendido, |注文確定"),
)
#: What the body says when neither type nor subject do. Source: notices of 2017 (US) and 2026 (IT), copies of 2020.
BODIES = (
    ("undelivered", "opt out of receiving unsolicited|non ricevere messaggi non richiesti|did not meet our"),
    ("reply_copy", "copy of the e-mail that you sent|copy of the email that you sent|[commmgrtok:"),
)

#: A message written by Amazon's customer service for a buyer. Source: US 2016–2020 verbatim, IT 2026 (parser).
AGENT_SUBJECTS = ("an inquiry from one of our customers", "an enquiry from one of our customers")
#: Labels of the line that says what it is about, the best first.
AGENT_LABELS = (
    "details|dettagli|détails|détail|einzelheiten|detalles|detalhes|szczegóły|detaljer|ayrıntılar|詳細|"
    "comments|commenti|reason|motivo|motif|grund|reden|powód|anledning|neden|理由"
).split("|")
AGENT_END = (
    "to respond to this customer",
    "please respond",
    "please reply",
    "thank you",
    "sincerely",
    "grazie",
    "cordial",
)

#: Sentences above the buyer's words when nothing marks them. The frame itself is read by shape, not by these.
INTROS = tuple(
    (
        "you have received a message|you received a message|du hast eine nachricht erhalten|"
        "sie haben eine nachricht erhalten|vous avez reçu un message|hai ricevuto un messaggio|ha recibido un mensaje|"
        "has recibido un mensaje|você recebeu uma mensagem|otrzymałeś wiadomość|je hebt een bericht|"
        "du har fått ett meddelande|bir mesaj aldınız|メッセージを受信|لقد تلقيت رسالة"
    ).split("|")
)
#: Headings right above the words in HTML without its ``<pre>``.
MESSAGE_LABELS = frozenset(
    "message nachricht messaggio mensaje mensagem bericht meddelande wiadomość mesaj メッセージ رسالة الرسالة".split()
)
#: Words that close the frame; needed only when one of its two markers is lost.
END_WORDS = frozenset(
    (
        "end ende fin fine final finalizar encerrar fim koniec zakończ einde slut slutet sonu son نهاية "
        "メッセージはここまで"
    ).split()
)
#: Lines of Amazon's footer; two of them, or one of the first three, prove that it is there.
FOOTER_PROOFS = ("SPC-", "[commMgrTok:", "For Your Information: To help")
FOOTERS = tuple(
    (
        "https://sellercentral|copyright |droits d'auteur|derechos de autor|direitos autorais|"
        "dieser service wird ausschließlich|wir speichern den nachrichtenverkehr|este servicio se proporciona|"
        "amazon eu s.à r.l.|pour votre information|nota informativa|was this email helpful|resolve case|"
        "report questionable activity|view message|war diese e-mail hilfreich|fall lösen|"
        "verdächtige aktivitäten melden|nachricht anzeigen|cet e-mail a-t-il été utile|"
        "résoudre le problème|signaler une activité|"
        "questa e-mail è stata utile|risolvi caso|segnala attività sospetta|¿te pareció útil|resolver caso|"
        "informar de actividad sospechosa|ver mensaje|este e-mail foi útil|solucionar o caso|denunciar atividade|"
        "czy ten e-mail był pomocny|rozwiąż sprawę|zgłoś wątpliwą|このeメールは"
    ).split("|")
)
#: Words for "buyer" that stand where a name should be, besides everything that has "Amazon" in it.
PLACEHOLDERS = frozenset(
    "buyer customer guest kunde kundin käufer käuferin client cliente acheteur acquirente comprador klant koper kund "
    "köpare klient kupujący müşteri alıcı 購入者 お客様 カスタマー عميل المشتري".split()
)
OWN_NAMES = ("amazon", "アマゾン", "亚马逊", "亞馬遜", "أمازون", "امازون")

#: How a notice names the word that lets a mail pass (``replies.IMPORTANT``), as text and in its mailto: link.
IMPORTANT_WORD = re.compile(
    r"\[(?:Important|Importante|Wichtig|Belangrijk|Viktigt|Ważne|Önemli|重要|هام)\]", re.IGNORECASE
)
