import re

from odoo import models

#: What browsers show or play without running anything of it, and the forms of office programs: `xml` only in these.
HARMLESS = re.compile(
    r"(?:image/(?!svg)|audio/|video/)[\w.-]+|text/(?:plain|csv|calendar)|"
    r"application/(?:pdf|zip|gzip|rtf|msword|vnd\.(?:openxmlformats-officedocument|oasis\.opendocument|ms-)[\w.-]*)"
)


class IrAttachment(models.Model):
    """Files of buyers and marketplaces: whatever they are called, nothing of them runs in a browser."""

    _inherit = "ir.attachment"

    def _compute_mimetype(self, values):
        """Store a file of a mail as plain text or as mere bytes where a browser would run it by its kind.

        Odoo goes by the name, and takes care of HTML and XML only: a script would be served as one.
        """
        mimetype = super()._compute_mimetype(values)
        if not self.env.context.get("marketplace_files") or HARMLESS.fullmatch(mimetype):
            return mimetype
        is_text = mimetype.startswith("text/") or re.search("xml|html|script|json", mimetype)
        return "text/plain" if is_text else "application/octet-stream"
