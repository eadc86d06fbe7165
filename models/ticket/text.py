"""How plain text is shown on a ticket."""

from markupsafe import Markup, escape

#: Longer texts stay readable in the attached file only.
TEXT_LIMIT = 50_000
#: Class of the line of ours above words that were sent before.
AGAIN = "o_marketplace_again"


def as_html(text):
    """Return plain text as harmless HTML: links stay text, direction follows the language."""
    lines = escape(text[:TEXT_LIMIT]).replace("\n", Markup("<br/>"))
    return Markup('<div dir="auto">%s</div>') % lines


def with_link(text, ticket):
    """Return the HTML of a sentence of ours with a link to a ticket in place of its ``%s``."""
    return Markup("<p>%s</p>") % Markup(text) % ticket._get_html_link(title=ticket.number)
