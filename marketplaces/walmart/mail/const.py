"""Facts about Walmart's mails, each group with its source.

Sources: bodies of buyers' mails of 2016–2019 in a seller's program, tools of sellers and buyers of 2023–2026, guides on
marketplacelearn.walmart.com (Inbox, Customer Care policy); gathered 2026-11-22. No raw mail after 2020 was found, and
none of walmart.ca: whatever can't be matched falls back to the whole mail. French is English translated.
"""

from ..const import SITES

#: Storefront by the host of a mail address. All are compared whole: `relay.walmart.com.evil.example` is nobody's.
#: Source of walmart.ca's: a seller's guide.
RELAY_HOSTS = {host: site.code for site in SITES for host in site.relay_hosts}
STORE_HOSTS = {site.host: site.code for site in SITES} | {"wal-mart.com": "US", "walmartone.com": "US"}
NOTICE_HOSTS = {
    "es.relay.walmart.com": "US",
    "em.business.walmart.com": "US",
    "business.walmart.com": "US",
    "seller.walmart.com": "US",
    "marketplace.walmart.com": "US",
    "email.walmart.com": "US",
    "email.wal-mart.com": "US",
    "seller.walmart.ca": "CA",
}
WALMART_HOSTS = RELAY_HOSTS | STORE_HOSTS | NOTICE_HOSTS
#: DKIM domains that prove Walmart.
SIGNERS = frozenset(WALMART_HOSTS)

#: What the API gives instead of a buyer's address that is not ready. Source: developer.walmart.com/us-marketplace/docs/
#: get-all-orders, 2026-09-04.
PLACEHOLDER_ADDRESS = "nocxemail@walmartone.com"
#: c customer, pc customer before a purchase, none in the API's orders; s a shop that writes to a buyer: to us.
BUYER_LOCAL = r"(?:(?:c|pc)-)?([0-9a-f]{32})"
SHOP_LOCAL = r"s-[0-9a-f]{32}"
#: In the local part of an address that nobody reads.
NO_BUYERS = (
    r"no-?_?reply|do-?_?not-?_?reply|payment|mailer-daemon|postmaster|\bbounces?\b|\bnobody\b|notification|newsletter|"
    r"marketing|\bnocxemail\b"
)
#: Local part, or else host, of the sender → notice.
SENDERS = {
    "mp-payments": "payment",
    "no-reply-acnt": "account",
    "partnerhelp": "seller_help",
    "em.business.walmart.com": "news",
    "es.relay.walmart.com": "account",
}
CONSUMER_SENDERS = ("help@walmart.com", "help@walmart.ca")
#: Senders of one kind of notice whatever the subject says.
SURE_SENDERS = ("mp-payments", "no-reply-acnt", "partnerhelp", "em.business.walmart.com")

#: A message that Walmart's customer care writes for a buyer: by subject, or how its body begins.
AGENT_SUBJECT = r"(?:re:\s*)*please contact (?:the|your) customer\b"
AGENT_BODY = r"\W{0,10}this is an escalation\b\W{0,10}"
BUYER_SUBJECT = r"walmart\.(com|ca) customer\s*:"
FIRST_SUBJECT = r"regarding walmart order\s*#?"

#: Words in the subject of a machine's mail → kind or notice; the first that is found decides.
SUBJECTS = (
    (
        "undelivered",
        r"(?:message|e-?mail|reply|response)\b.{0,60}\b(?:not|n't|never)\b.{0,10}\b(?:delivered|sent)|undeliver|"
        r"(?:mail|message) delivery fail|delivery status notification|returned mail",
    ),
    ("reply_copy", r"copy of (?:your|the) (?:message|reply|response|answer|e-?mail)"),
    (
        "consumer",
        r"item\(s\) cancel|your walmart(?:\.com|\.ca)? order|thanks for your (?:\w+ )?order|order confirmation|"
        r"^your (?:package|delivery|items?)\b",
    ),
    ("cancel_request", r"cancell?ation request|cancel request|request(?:s|ed|ing)? (?:to cancel|(?:a )?cancell?ation)"),
    ("cancelled", r"cancelled|canceled|annulée"),
    ("return_request", r"return (?:request|initiated|authori[sz]ation|created|started)|(?:new|requested a) return\b"),
    ("refund", r"\brefund|\brembours"),
    ("new_order", r"new order|order received|you have (?:an|new) order|order (?:is )?ready to ship"),
    ("payment", r"\bpayments?\b|\bsettlement\b|\bpayout|remittance|disbursement|paiement"),
    ("news", r"newsletter|webinar"),
    (
        "account",
        r"\baccount\b|password|verification code|one-?time (?:pass)?code|sign-? ?in|log-? ?in|suspen|"
        r"performance|compliance|polic(?:y|ies)\b|\bcompte\b",
    ),
)
#: How a copy of our own answer begins. The foot of buyers' mails speaks of copies too: only what stands above counts.
COPY_HEAD = (
    r"copy of (?:your|the) (?:message|reply|response|answer|e-?mail)|"
    r"(?:message|reply|response|e-?mail) (?:that )?you (?:have )?sent (?:to|your)\b|"
    r"you (?:have )?(?:sent|replied)\b.{0,40}\bto (?:the|your) (?:customer|buyer)"
)

# --- the frame around a buyer's words ------------------------------------------------------------------

#: "NAME wants to connect with you regarding the following order:"
INTRO = (
    r"(?:wants|would like|is trying|has asked|souhaite|veut) (?:to )?"
    r"(?:connect|get in touch|communiquer|entrer en contact) (?:with|avec) (?:you|vous) "
    r"(?:regarding|about|concerning|on|au sujet|à propos|concernant)\b|"
    r"(?:has sent you a message|vous a envoyé un message) (?:regarding|about|concerning|au sujet|à propos|concernant)\b"
)
#: Sales Order ID is the number of the customer's order. Source: 2016–2019; the variant "Order number" has no date.
ORDER_LABEL = (
    r"(?:sales |customer |walmart )?order(?: id| number| no\.?|#| #)|purchase order(?: id| number|#| #)?|po ?#|"
    r"(?:numéro|no|n°) de (?:la )?commande"
)
ITEM_LABEL = r"item id|item name/number|item number|item ?#|numéro d['’]article"
#: Labels of the lines above the words.
HEAD_LABEL = (
    rf"{ORDER_LABEL}|{ITEM_LABEL}|item name|item|order|product name|product|quantity|order date|topic|reason|article"
)
MESSAGE_LABEL = r"(?:customer(?:['’]s)? |buyer(?:['’]s)? )?(?:message|comments?)"
GREETING = r"(?:hi|hello|dear|bonjour)\b[^\n]{0,120}[,!:]?"
#: The sentence below the words, between asterisks.
NOTE_START = r"[*_ ]{0,6}note ?:"
#: What it must say, all of a row.
NOTE_PROOFS = (
    (r"received this message",),
    (r"\b(?:customer|client)\b", r"\b(?:respond|reply|business day|hours|répond)"),
)
THANKS = r"(?:thank you|thanks|merci|sincerely|regards)[ ,.!]*"
TEAM = (
    r"(?:the )?walmart(?:\.com|\.ca)? (?:customer (?:service|care)|marketplace)(?: team)?|"
    r"(?:l['’]équipe du )?service à la clientèle (?:de )?walmart(?:\.ca)?"
)
#: Beginnings of the paragraph on keeping messages, and what else stands at the very end.
RETENTION = (
    r"we will send a copy of your message to the customer|we will keep a copy of each email|"
    r"by using this messaging service|a copy of this message will be sent to"
)
REF_ID = r"ref ?id ?: ?[0-9a-f-]{8,40}"
#: What stands where a name should be.
PLACEHOLDERS = frozenset(
    "a customer|customer|a buyer|buyer|the customer|walmart customer|a walmart customer|guest|"
    "un client|client|une cliente|customer name|null|none|undefined|n/a".split("|")
)
