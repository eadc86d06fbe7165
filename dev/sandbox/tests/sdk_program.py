"""Calls the Selling Partner API by Amazon's own SDK. Run by ``sdk.py`` with the Python of .odoo/sdk, where nothing of
ours can be imported: it reads one JSON object from standard input and writes a list of answers to standard output."""

import importlib
import json
import sys

from spapi import ApiClient, Configuration
from spapi.auth.lwa_request import AccessTokenCache
from spapi.rest import ApiException


def connect(told):
    """Return the SDK's client, which signs in at once.

    The SDK's own ``SPAPIClient`` does the same, but tries a refused sign-in again for 14 seconds.
    """
    configuration = Configuration()
    configuration.host = told["api"]
    tokens = AccessTokenCache(**told["keys"], oauth_endpoint=told["sign_in"], max_retries=0)
    configuration.access_token_cache = tokens
    return ApiClient(configuration=configuration)


def call(client, api, method, arguments, body=None):
    """Return what one call gave: the HTTP status, the answer as sent and as the SDK's model holds it.

    :param str api: module and class, below ``spapi.api``.
    :param body: name of a model and the values to make it of, or None.
    """
    module, name = api.rsplit(".", 1)
    loaded = importlib.import_module(f"spapi.api.{module}")
    models = f"spapi.models.{module.split('.')[0]}"
    if body is not None:
        arguments = {**arguments, "body": load(client, models, *body)}
    try:
        answer, status, _headers = getattr(getattr(loaded, name)(client), f"{method}_with_http_info")(**arguments)
    except ApiException as error:
        told = json.loads(error.body)
        held = {"errors": dump(client, load(client, models, "list[Error]", told["errors"]))}
        return {"status": error.status, "sent": told, "held": held}
    return {"status": status, "sent": json.loads(client.last_response.data), "held": dump(client, answer)}


def load(client, models, name, values):
    """Return a model of the SDK made of plain values; raise ValueError for values that it does not allow."""
    client.api_models_module = models
    return client._ApiClient__deserialize(values, name)


def dump(client, model):
    """Return the plain values of a model."""
    return client.sanitize_for_serialization(model)


def main():
    """Make the calls that standard input asks for."""
    told = json.load(sys.stdin)
    client = connect(told)
    json.dump([call(client, **one) for one in told["calls"]], sys.stdout)


if __name__ == "__main__":
    main()
