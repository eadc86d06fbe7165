"""Facts about writing to Walmart's buyers by mail, each with its source and the day it was read."""

import re

from ..schema import FileLimits

#: Seller Center's inbox takes 5 files of 5 MB each (a seller's notes of 2026-04); what the relay of mails takes was not
#: found, nor which kinds of files: pictures and documents that any buyer can open. An admin may change it.
FILE_ENDINGS = ("pdf", "jpg", "jpeg", "png", "gif", "txt", "doc", "docx")
FILE_LIMITS = FileLimits(FILE_ENDINGS, count=5, bytes_each=5_000_000)

#: The subject of a mail that a seller writes first, as Seller Center makes it. Source: a seller's program, gathered
#: 2026-11-22.
FIRST_SUBJECT = "Regarding Walmart order# {ref}"

#: Support is given in English; what is known of Canada is that it has two languages. Source: Customer Care policy,
#: marketplacelearn.walmart.com, 2026-11-22.
OTHER_LANGS = {"CA": ("fr",)}

#: Walmart forbids to move the talk elsewhere. Source: Customer Care policy, 2026-11-22.
ELSEWHERE = re.compile(
    r"(?:contact|reach|e-?mail|text|message|write(?: to)?|call|find|follow) (?:us|me) (?:directly|outside|off\b|"
    r"privately|"
    r"(?:on|via|at|by|through) (?:our |my |your )?(?:own )?(?:web ?site|site|store|shop|e-?mail|phone))|"
    r"\b(?:on|via|through|over|sur) (?:whats ?app|facebook|instagram|telegram|wechat|messenger|tiktok)\b|"
    r"(?:our|my) (?:own )?(?:web ?site|online (?:store|shop)|amazon|ebay|etsy|shopify)\b|"
    r"(?:buy|order|purchase|pay)\b[^.!?\n]{0,30} (?:directly from us|from us directly|(?:outside(?: of)?|off) walmart)|"
    r"notre (?:propre )?site",
    re.IGNORECASE,
)
