"""Facts about writing to Amazon's buyers by mail, each with its source and the day it was read."""

import re

from ..schema import FileLimits

#: Endings of files that reach the buyer. The official list was not found: pdf, png, txt, doc, docx, tif and bmp are
#: what an implementer sends (2026), jpg, jpeg and gif stand in older guides. Source: Seller Central help 200389080 ("a
#: list of formats exists"), seller tools' guides; gathered 2026-11-22. An admin may change it.
FILE_ENDINGS = ("pdf", "jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "txt", "doc", "docx")
#: All files of a mail together. Source: Seller Central help 200389080 (10 MB), 2026-11-22. Whether a million or 2**20
#: is meant, and whether it is counted in the mail's encoding (a third more), is not said.
FILE_BYTES = 10_000_000
FILE_LIMITS = FileLimits(FILE_ENDINGS, bytes_total=FILE_BYTES)

#: The word that lets a mail pass although the buyer takes no unasked ones. [Important] is on the help page (G200383320)
#: for all storefronts, [Importante] in an amazon.it notice of 2026-09-10; about 2025 Amazon announced the end of the
#: word, so the notice decides, which also says which word it is.
IMPORTANT = "[Important]"
IMPORTANT_BY_LANG = {"it": "[Importante]"}
#: How a notice names it, as text and in its mailto: link.
IMPORTANT_WORD = re.compile(
    r"\[(?:Important|Importante|Wichtig|Belangrijk|Viktigt|Ważne|Önemli|重要|هام)\]", re.IGNORECASE
)
#: The subject of a mail that a seller writes first. Source: Seller Central help, sellers' mails of 2016–2026.
FIRST_SUBJECT = "Additional Information Required (Order: {ref})"

#: Days after the latest delivery within which a seller may write first. Source: Communication Guidelines ("within 30
#: days of order completion"), copies of 2020–2026, gathered 2026-11-22.
FIRST_DAYS = 30

#: Languages in which buyers of a storefront are written to beside the storefront's own. Source: languages that the
#: storefronts offer, 2026-11-22.
OTHER_LANGS = {
    "AE": ("ar",),
    "BE": ("nl", "de", "en"),
    "CA": ("fr",),
    "DE": ("en",),
    "EG": ("en",),
    "ES": ("pt", "en"),
    "IN": ("hi",),
    "JP": ("en", "zh"),
    "MX": ("en",),
    "NL": ("en",),
    "PL": ("en",),
    "SA": ("en",),
    "SE": ("en",),
    "SG": ("zh",),
    "TR": ("en", "ar"),
    "US": ("es", "zh"),
}
