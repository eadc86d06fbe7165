"""Checks requests and answers against an official Swagger 2.0 model of Amazon's.

Used by our contract tests and by the sandbox's. Both checks return a list of sentences, empty when all is well.
"""

import json
import os
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

import jsonschema

from marketplaces.tests.shared_data import FOLDER


def find_models():
    """Return the folder of the model files, or None where this machine has none."""
    folder = Path(os.environ.get("MARKETPLACE_MODELS") or FOLDER / "sp-api-models")
    return folder if folder.is_dir() else None


def load(name):
    """Return a model by its file name without ending."""
    return json.loads((find_models() / f"{name}.json").read_text())


def examples(model, operation):
    """Return the (parameters, answer) pairs that Amazon's own sandbox gives for an operation, status 200."""
    answer = _find_operation(model, operation)["responses"]["200"]
    pairs = [
        ({name: told["value"] for name, told in example["request"]["parameters"].items()}, example["response"])
        for example in answer.get("x-amzn-api-sandbox", {}).get("static", [])
    ]
    return pairs + [({}, shown) for shown in answer.get("examples", {}).values()]


def check_request(model, method, path, query, body=None):
    """Return what is wrong with a request.

    :param str path: as sent, without query.
    :param dict query: name → value or list of values, decoded.
    :param body: decoded JSON, or None.
    """
    template, operation = _match(model, method, path)
    if not operation:
        return [f"{method} {path} is no operation of the model."]
    parameters = [_resolve(model, told) for told in operation.get("parameters", [])]
    problems = [f"“{name}” is no query parameter." for name in query if name not in _names(parameters, "query")]
    sent = {"query": {name: _single(value) for name, value in query.items()}, "path": _path_values(template, path)}
    for parameter in parameters:
        if parameter["in"] in sent:
            problems += _check_parameter(parameter, sent[parameter["in"]].get(parameter["name"]))
        elif parameter["in"] == "body" and (body is not None or parameter.get("required")):
            problems += _check_schema(model, parameter["schema"], body)
    if body is not None and not _names(parameters, "body"):
        problems.append("A body is sent, none is wanted.")
    return problems


def check_response(model, operation, status, body):
    """Return what is wrong with an answer.

    :param str operation: its ``operationId``.
    :param body: decoded JSON.
    """
    answer = _find_operation(model, operation)["responses"].get(str(status))
    if answer is None:
        return [f"{operation} never answers with {status}."]
    return _check_schema(model, answer["schema"], body) if "schema" in answer else []


def _operations(model):
    for template, methods in model["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, dict) and "responses" in operation:
                yield template, method.upper(), operation


def _find_operation(model, name):
    return next(operation for _path, _method, operation in _operations(model) if operation["operationId"] == name)


def _pattern(template):
    """Return a path's pattern; a "resource" is itself a path, with its slashes (Uploads)."""
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template))
    return pattern.replace("(?P<resource>[^/]+)", "(?P<resource>.+)")


def _match(model, method, path):
    for template, known, operation in _operations(model):
        if known == method.upper() and re.fullmatch(_pattern(template), path):
            return template, operation
    return None, None


def _path_values(template, path):
    found = re.fullmatch(_pattern(template), path).groupdict()
    return {name: unquote(value) for name, value in found.items()}


def _names(parameters, place):
    return [parameter["name"] for parameter in parameters if parameter["in"] == place]


def _single(value):
    return value if isinstance(value, str) else ",".join(value)


def _resolve(model, data):
    while "$ref" in data:
        found = model
        for key in data["$ref"].removeprefix("#/").split("/"):
            found = found[key]
        data = found
    return data


def _check_parameter(parameter, value):
    name = parameter["name"]
    if value is None:
        return [f"“{name}” is missing."] if parameter.get("required") else []
    if parameter["type"] != "array":
        return _check_value(name, parameter, value)
    items = value.split(",")
    problems = [problem for item in items for problem in _check_value(name, parameter["items"], item)]
    if len(items) > parameter.get("maxItems", len(items)):
        problems.append(f"“{name}” holds more than {parameter['maxItems']} values.")
    return problems


def _check_value(name, rules, value):
    problems = []
    if rules.get("enum") and value not in rules["enum"]:
        problems.append(f"“{name}” can't be {value!r}.")
    if rules["type"] in ("integer", "number") and not re.fullmatch(r"-?\d+(\.\d+)?", value):
        problems.append(f"“{name}” is no number: {value!r}.")
    if len(value) > rules.get("maxLength", len(value)):
        problems.append(f"“{name}” is longer than {rules['maxLength']}.")
    if rules.get("format") == "date-time" and not _is_time(value):
        problems.append(f"“{name}” is no ISO 8601 time with a zone: {value!r}.")
    return problems


def _is_time(value):
    try:
        return datetime.fromisoformat(value.replace("Z", "+00:00")).tzinfo is not None
    except ValueError:
        return False


def _check_schema(model, schema, body):
    whole = _clean({**schema, "definitions": model["definitions"]})
    validator = jsonschema.Draft4Validator(whole)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]


def _clean(schema):
    """Return a schema without Amazon's own keys, which are no JSON Schema."""
    if isinstance(schema, dict):
        return {key: _clean(value) for key, value in schema.items() if not key.startswith("x-")}
    return [_clean(item) for item in schema] if isinstance(schema, list) else schema
