"""Findings about the words of a reply, made of the places that :mod:`.reply_checks` finds. True for any marketplace."""

import re

from ..schema import Finding, Order, Site
from . import checks, forbidden_words, language

_INVISIBLE = re.compile("[\\s\u200b-\u200f\u2060\ufeff\xad]+")
_SHOWN = 3


def in_order(findings) -> list[Finding]:
    """Return findings, blocking ones first; None among them falls away."""
    return sorted(filter(None, findings), key=lambda finding: finding.level != "block")


def empty_text(text: str) -> Finding | None:
    """Return the finding about a reply without words, or None."""
    if _INVISIBLE.sub("", text):
        return None
    return Finding("empty", "block", "The answer is empty: write at least a sentence, with files too.")


def check_words(name: str, text: str, site: Site | None, order: Order | None, own_hosts, links_allowed="") -> list:
    """Return findings, some of them None, about what any marketplace forbids and what was forgotten.

    :param str name: the marketplace's.
    :param own_hosts: the marketplace's own that buyers may be sent to.
    :param str links_allowed: when it allows others.
    """
    found_links = checks.find_links(text, site.lang[:2] if site else "en")
    links = [link for link in found_links if not is_on_host(link, own_hosts)]
    return [
        finding("placeholder", checks.find_places(text), "Nobody filled {}: write what belongs there."),
        finding("html", checks.find_html(text), "The buyer would read {} as it stands: take it out."),
        finding("link", links, f"{name} forbids links to other sites{links_allowed}: {{}}."),
        finding("email", checks.find_emails(text), f"{name} forbids e-mail addresses: {{}}."),
        finding("phone", checks.find_phones(text, order), f"{name} forbids phone numbers: {{}}."),
        finding("coupon", found(forbidden_words.COUPON, text), f"{name} forbids coupons and advertising: {{}}."),
        finding(
            "review", found(forbidden_words.REVIEW, text), f"{name} forbids to ask for a review or its change: {{}}."
        ),
    ]


def finding(code: str, excerpts, words: str, level="warn") -> Finding | None:
    """Return a finding that names the first few places in ``words``' braces, or None when there are none."""
    if not excerpts:
        return None
    shown = [f"“{one if len(one) <= 60 else one[:57] + '…'}”" for one in excerpts[:_SHOWN]]
    more = f" and {len(excerpts) - _SHOWN} more" if len(excerpts) > _SHOWN else ""
    return Finding(code, level, words.format(", ".join(shown) + more), tuple(excerpts))


def found(pattern, text: str) -> list[str]:
    """Return the places in a text that a compiled pattern matches, each once."""
    return list(dict.fromkeys(" ".join(match[0].split()) for match in pattern.finditer(text)))


def is_on_host(link: str, hosts) -> bool:
    """Tell whether a link stays on one of these hosts, compared whole."""
    host = re.split(r"[/?#]", re.sub(r"^https?://", "", link, flags=re.IGNORECASE))[0].lower()
    return host.removesuffix(":443") in hosts


def wrong_language(text: str, site: Site | None, buyer_text: str | None, other_langs=()) -> Finding | None:
    """Return the finding about a reply in a language that the buyer may not read, or None.

    :param other_langs: languages allowed at the storefront beside its own.
    """
    if site is None:
        return None
    lang = language.find_language(text)
    allowed = {site.lang[:2], *other_langs}
    # Whoever wrote in another language can read it; what can't be told is no reason to warn.
    if lang is None or lang in allowed or lang == language.find_language(buyer_text or ""):
        return None
    named, wanted = language.language_name(lang), language.language_name(site.lang[:2])
    return Finding("language", "warn", f"This looks {named}; buyers at {site.name} are answered in {wanted}.")
