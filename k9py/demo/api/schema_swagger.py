"""OpenAPI 2 (Swagger), as servers before 1.24 describe themselves: made of the documents of OpenAPI 3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from k9py.demo.api.schema_documents import REF

_OLD = "#/definitions/"
_METHODS = frozenset({"get", "put", "post", "delete", "patch", "options", "head"})


@lru_cache(4)
def swagger(documents: tuple[bytes, ...], version: str) -> bytes:
    """One document of all of them."""
    paths: dict[str, Any] = {}
    definitions: dict[str, Any] = {}
    for raw in documents:
        found = msgspec.json.decode(raw)
        paths |= {path: _path(item) for path, item in found.get("paths", {}).items()}
        definitions |= {name: _schema(one) for name, one in found.get("components", {}).get("schemas", {}).items()}
    info = {"title": "Kubernetes", "version": version}
    ordered = dict(sorted(definitions.items()))
    return msgspec.json.encode({"swagger": "2.0", "info": info, "paths": paths, "definitions": ordered})


def _schema(value: Any) -> Any:
    """References stand alone there, and there is no choice between schemas, no null."""
    if isinstance(value, list):
        return [_schema(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    found = {key: _schema(each) for key, each in value.items() if key not in ("nullable", "oneOf", "anyOf", "not")}
    reference = next((one["$ref"] for one in value.get("allOf", ()) if isinstance(one, Mapping) and "$ref" in one), "")
    if reference:
        del found["allOf"]
        found.pop("default", None)
        found["$ref"] = reference.replace(REF, _OLD)
    elif isinstance(found.get("$ref"), str):
        found["$ref"] = found["$ref"].replace(REF, _OLD)
    if value.get("oneOf") and "type" not in found:
        found["type"] = "string"
    if value.get("nullable") is True or value.get("x-kubernetes-preserve-unknown-fields") is True:
        for name in ("type", "properties", "items"):
            found.pop(name, None)
    return found


def _path(item: Mapping[str, Any]) -> dict[str, Any]:
    found = {method: _operation(one) for method, one in item.items() if method in _METHODS}
    return found | ({"parameters": _parameters(item["parameters"])} if "parameters" in item else {})


def _operation(operation: Mapping[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    answered = operation.get("responses", {}).get("200", {}).get("content", {})
    parameters = _parameters(operation.get("parameters", ()))
    if body:
        schema = _schema(next(iter(body.values())).get("schema", {}))
        parameters.append({"name": "body", "in": "body", "required": True, "schema": schema})
    kept = {key: operation[key] for key in ("description", "operationId", "tags") if key in operation}
    extensions = {key: value for key, value in operation.items() if key.startswith("x-")}
    responses = {code: _response(one) for code, one in operation.get("responses", {}).items()}
    forms = {"consumes": list(body) or ["*/*"], "produces": list(answered), "schemes": ["https"]}
    return {**kept, **forms, "parameters": parameters, "responses": responses, **extensions}


def _parameters(parameters: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What a schema says of a parameter stands beside its name."""
    return [
        {**{key: value for key, value in one.items() if key != "schema"}, **_schema(one.get("schema", {}))}
        for one in parameters
    ]


def _response(response: Mapping[str, Any]) -> dict[str, Any]:
    found = {"description": response.get("description", "")}
    for form in response.get("content", {}).values():
        return {**found, "schema": _schema(form.get("schema", {}))}
    return found
