"""Titles and descriptions with placeholders in braces, such as {order} {site} {topic}."""

import re

from ...marketplaces.reply.placeholders import COMMON

#: One or two pairs of braces; what stands inside is looked up without regard to case.
_BRACES = re.compile(r"\{\{?\s*([^{}]*?)\s*\}?\}")
#: What a value that is missing leaves behind: empty brackets, two separators in a row.
_HOLES = re.compile(r"\(\s*\)|\[\s*\]")
_TWICE = re.compile(r"([-–—·|/:,;])(?:\s*[-–—·|/:,;])+(?=\s|$)")
_ENDS = " -–—·|/:,;"
#: Characters of a title, and of one value in it.
TITLE_LIMIT, VALUE_LIMIT = 250, 120
#: What an order says that a title or a description may hold: nothing about the buyer, and nothing a buyer wrote.
ORDER_FACTS = {one.name: one for one in COMMON if one.name in ("items", "skus", "order_date", "total")}


def find_unknown(text, known):
    """Return what stands in braces in a text and is not known, a brace without its partner as well."""
    unknown = [f"{{{name}}}" for name in _BRACES.findall(text) if name.lower() not in known]
    return unknown + [brace for brace in "{}" if brace in _BRACES.sub("", text)]


def fill(text, values):
    """Return a text with its placeholders filled; those without a value, or not known, are left out."""
    return _BRACES.sub(lambda match: values.get(match[1].lower()) or "", text)


def fill_title(pattern, values):
    """Return a title on one line, without the separators around values that are missing."""
    title = fill(pattern, values)
    if any(not values.get(name.lower()) for name in _BRACES.findall(pattern)):
        title = _TWICE.sub(r"\1", _HOLES.sub(" ", title)).rstrip(f"{_ENDS}#").lstrip(_ENDS)
    return " ".join(title.split())[:TITLE_LIMIT]
