"""Destinations of uploaded files (Uploads 2020-11-01): made for one message, valid for fifteen minutes."""

import base64
import hashlib
import hmac
import re
import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..times import now

#: How long an address for a file is good. Source: issues of the models' repository, 2020–2024.
LIFE = timedelta(minutes=15)
PATH = "/store"
_RESOURCE = re.compile(r"messaging/v1/orders/(\d{3}-\d{7}-\d{7})/messages/(\w+)")


@dataclass
class Place:
    """The destination of one file; ``content`` is None until it was uploaded."""

    place_ref: str
    seller: str
    order_ref: str
    action: str
    md5: str
    type: str | None
    signature: str
    content: bytes | None = field(default=None, repr=False)
    made: datetime = field(default_factory=now)


class Uploads:
    """All places."""

    def __init__(self):
        self._places = {}
        self._lock = threading.Lock()

    def make(self, seller, resource, md5, type_):
        """Return a new destination, or None when nothing can be uploaded for this resource."""
        match = _RESOURCE.fullmatch(resource.strip("/"))
        if not match:
            return None
        ref = f"sc/{secrets.token_hex(16)}"
        place = Place(ref, seller, match[1], match[2], md5, type_, secrets.token_hex(32))
        with self._lock:
            self._places[ref] = place
        return place

    def put(self, ref, signature, headers, content):
        """Take a file and return 200, or how the store refuses it: status and code."""
        place = self._places.get(ref)
        if not place or not hmac.compare_digest(place.signature, signature or ""):
            return 403, "SignatureDoesNotMatch"
        if now() - place.made > LIFE:
            return 403, "AccessDenied"
        # What was announced is part of the signature.
        if headers.get("Content-MD5") != place.md5 or place.type and headers.get("Content-Type") != place.type:
            return 403, "SignatureDoesNotMatch"
        if base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode() != place.md5:
            return 400, "BadDigest"
        place.content = content
        return 200, ""

    def find(self, ref, seller, order_ref, action):
        """Return the place of a file that may be used in a message, or None."""
        place = self._places.get(ref)
        if not place or place.content is None or now() - place.made > LIFE:
            return None
        return place if (place.seller, place.order_ref, place.action) == (seller, order_ref, action) else None

    def expire(self):
        """Expire all uploaded files."""
        with self._lock:
            for place in self._places.values():
                place.made -= LIFE

    def clear(self):
        """Forget all files."""
        with self._lock:
            self._places.clear()


def is_md5(text):
    """Tell whether a text is an MD5 in base64, as it must be; hexadecimal is refused."""
    try:
        return len(base64.b64decode(text, validate=True)) == 16
    except ValueError:
        return False
