"""Messaging, Solicitations and Uploads of the Selling Partner API: one seller account's messages about orders."""

import re
from io import BytesIO
from urllib.parse import urlsplit

from ..errors import Refused, Unavailable, Unreadable
from ..schema import UploadedFile
from ..transport import json_values
from ..transport.answer import Deadline
from . import library, messages
from .client import Client
from .orders import normalize_ref

_WHO = "Amazon"
_HEADER = re.compile(r"[!-9;-~]{1,100}")
#: Of our own connection, not Amazon's to set.
_OUR_HEADERS = ("host", "content-length", "transfer-encoding", "connection")


class MessageClient(Client):
    """One seller account's messages; each method makes one counted request."""

    def get_actions(self, order_ref, site):
        """Return the actions that Amazon allows for an order now and that we know, in the order of the menu."""
        allowed = self._get_actions("getMessagingActionsForOrder", library.messaging_api, order_ref, site)
        return [action for action in messages.MESSAGE_ACTIONS if action.code in allowed]

    def get_review_action(self, order_ref, site):
        """Return the request for a review, or None when Amazon doesn't allow it now."""
        allowed = self._get_actions("getSolicitationActionsForOrder", library.solicitations_api, order_ref, site)
        return messages.REVIEW_ACTION if messages.REVIEW in allowed else None

    def get_buyer_lang(self, order_ref, site):
        """Return the buyer's language ("en-US"), or None when Amazon doesn't tell."""
        ref = check_ref(order_ref)
        with self._open() as wire:
            api = library.messaging_api(self._sender(wire, "GetAttributes"), site.site_ref)
            data = api.get_attributes(ref, marketplaceIds=site.site_ref)
        return json_values.text(json_values.dig(data, "buyer", "locale"))

    def send_message(self, order_ref, action_code, content, site):
        """Send a message; ``content`` as the contract says."""
        ref, operation = check_ref(order_ref), _operation(action_code)
        body = messages.make_body(action_code, content)
        with self._open() as wire:
            api = library.messaging_api(self._sender(wire, operation.name, once=True), site.site_ref)
            getattr(api, operation.method)(ref, body=body)

    def request_review(self, order_ref, site):
        """Ask for a review."""
        ref, operation = check_ref(order_ref), "createProductReviewAndSellerFeedbackSolicitation"
        with self._open() as wire:
            api = library.solicitations_api(self._sender(wire, operation, once=True), site.site_ref)
            api.create_product_review_and_seller_feedback_solicitation(ref, marketplaceIds=site.site_ref)

    def upload(self, order_ref, action_code, site, name, content_type, content):
        """Bring a file to where Amazon wants it, and return what names it in a message.

        Each file is about fifteen minutes good. The second request goes to a store of Amazon's: it counts against no
        limit of ours, and our token must not go there.
        """
        ref, operation = check_ref(order_ref), "createUploadDestinationForResource"
        _operation(action_code)
        resource = f"messaging/v1/orders/{ref}/messages/{action_code}"
        with self._open() as wire:
            api = library.upload_api(self._sender(wire, operation), site.site_ref)
            data = api.upload_document(resource, BytesIO(content), content_type)
        told = json_values.mapping(json_values.dig(data, "payload"))
        file_ref, url = json_values.text(told.get("uploadDestinationId")), json_values.text(told.get("url"))
        if not file_ref or not url or not self._may_upload_to(url):
            raise Unreadable(f"{_WHO}'s answer to {operation} names no place to upload to.")
        self._put(url, _clean_headers(told.get("headers"), content_type), content)
        return UploadedFile(file_ref, name)

    def _get_actions(self, operation, open_api, order_ref, site):
        """Return the names of the actions that an answer lists."""
        ref = check_ref(order_ref)
        with self._open() as wire:
            api = open_api(self._sender(wire, operation), site.site_ref)
            is_messaging = operation == "getMessagingActionsForOrder"
            call = api.get_messaging_actions_for_order if is_messaging else api.get_solicitation_actions_for_order
            data = call(ref, marketplaceIds=site.site_ref)
        actions = json_values.dig(data, "_links", "actions")
        if not isinstance(actions, list):
            raise Unreadable(f"{_WHO}'s answer to {operation} holds no list of “actions”.")
        return {_action_name(action) for action in json_values.mappings(actions)} - {None}

    def _may_upload_to(self, url):
        """Tell whether a file may go to an address that Amazon named: over TLS, but in the sandbox."""
        return urlsplit(url).scheme in ("https", urlsplit(self._base_url).scheme)

    def _put(self, url, headers, content):
        with library.open_wire(Deadline(self._seconds), self._transport) as wire:
            answer = wire.request("PUT", url, content=content, headers=headers)
        if answer.status == 403:  # the address is too old, or what we sent is not what we announced
            raise Refused(f"{_WHO} no longer takes this file (HTTP 403): try again.")
        if answer.status not in (200, 201, 204):
            raise Unavailable(f"{_WHO} did not take the file (HTTP {answer.status}); try again later.")


def check_ref(order_ref):
    """Return an order number as the API writes it.

    :raise Refused: the text can't be one.
    """
    ref = normalize_ref(order_ref)
    if not ref:
        raise Refused("This is no Amazon order number: one looks like 123-1234567-1234567.")
    return ref


def _operation(code):
    if code not in messages.OPERATIONS:
        raise Refused(f"Amazon has no message of the kind “{code}”.")
    return messages.OPERATIONS[code]


def _action_name(action):
    """Return an action's name; where it lacks one, the last part of its path is it."""
    path = urlsplit(json_values.text(action.get("href")) or "").path
    return json_values.text(action.get("name")) or path.rpartition("/")[2] or None


def _clean_headers(told, content_type):
    """Return the headers that Amazon wants an upload to have, as far as they are ours to send."""
    headers = {"content-type": content_type}
    for name, value in json_values.mapping(told).items():
        text = json_values.text(value)
        if text and text.isprintable() and _HEADER.fullmatch(name) and name.lower() not in _OUR_HEADERS:
            headers[name.lower()] = text
    return headers
