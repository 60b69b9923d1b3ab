"""The forms of a patch: JSON patch (RFC 6902), merge patch (RFC 7386) and strategic merge patch."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from k9py.demo.api.gojson import BadJson, go_text, kind_of, read_json, read_object
from k9py.demo.api.jsonpatch import PatchFailed, apply_operations
from k9py.demo.api.openapi import node_of
from k9py.demo.api.strategic import BadPatch, strategic_merge
from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.status import StatusError, bad_request, unsupported_media_type
from k9py.demo.core.store import Obj

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"

MAX_OPERATIONS = 10_000

_CUSTOM_TYPES = (
    "the body of the request was in an unknown format - accepted media types include: "
    "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
)

Change = Callable[[Obj], Obj]


def _rejected() -> StatusError:
    """A JSON patch that cannot be done."""
    return StatusError(422, "Invalid", "the server rejected our request due to an error in our request", {})


class Failed(StatusError):
    """An error that the real server passes on as it is: 500 without a reason."""

    def __init__(self, text: str) -> None:
        super().__init__(500, "", text)

    def status(self) -> dict[str, Any]:
        """The Status object."""
        return {name: value for name, value in super().status().items() if name != "reason"}


def read_patch(cluster: Cluster, served: Served, content_type: str, body: bytes) -> Change:
    """The change that the body asks for, of the object in the version of the path. StatusError (415) for others."""
    read = _FORMS.get(content_type)
    if read is None or (served.custom and content_type == STRATEGIC):
        raise (
            unsupported_media_type(_CUSTOM_TYPES)
            if served.custom
            else StatusError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
        )
    return read(cluster, served, body)


def _json_patch(cluster: Cluster, served: Served, body: bytes) -> Change:
    operations = _operations(body)

    def change(obj: Obj) -> Obj:
        try:
            found = apply_operations(obj, operations)
        except PatchFailed:
            raise _rejected() from None
        return _object(found)

    return change


def _operations(body: bytes) -> list[dict[str, Any]]:
    try:
        found = read_json(body)
        if not isinstance(found, list):
            raise BadJson(f"json: cannot unmarshal {kind_of(found)} into Go value of type []handlers.jsonPatchOp")
        wrong = next((item for item in found if not isinstance(item, dict)), None)
        if wrong is not None:
            raise BadJson(f"json: cannot unmarshal {kind_of(wrong)} into Go value of type handlers.jsonPatchOp")
    except BadJson as error:
        raise bad_request(f"error decoding patch: {error}") from None
    if len(found) > MAX_OPERATIONS:
        text = f"The allowed maximum operations in a JSON patch is {MAX_OPERATIONS}, got {len(found)}"
        raise StatusError(413, "RequestEntityTooLarge", text)
    return found


def _object(found: Any) -> Obj:
    if not isinstance(found, dict):
        raise _rejected()
    return found


def _merge_patch(cluster: Cluster, served: Served, body: bytes) -> Change:
    try:
        patch = read_object(body)
    except BadJson as error:
        raise bad_request(f"error decoding patch: {error}") from None
    if body.strip() == b"null":
        raise bad_request("Invalid JSON Patch")
    return lambda obj: _object(merge(obj, patch))


def _strategic_patch(cluster: Cluster, served: Served, body: bytes) -> Change:
    try:
        patch = read_object(body)
    except BadJson as error:
        raise bad_request(str(error)) from None

    def change(obj: Obj) -> Obj:
        try:
            return strategic_merge(obj, patch, node_of(cluster, served))
        except BadPatch as error:
            raise bad_request(str(error)) if error.client else Failed(str(error)) from None

    return change


_FORMS: Mapping[str, Callable[[Cluster, Served, bytes], Change]] = {
    JSON_PATCH: _json_patch,
    MERGE_PATCH: _merge_patch,
    STRATEGIC: _strategic_patch,
}


def merge(old: Any, patch: Any) -> Any:
    """A merge patch (RFC 7386)."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    merged = dict(old) if isinstance(old, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


def strange_parts(content_type: str, body: bytes) -> list[str]:
    """The parts of JSON patch operations that mean nothing, as field validation names them."""
    if content_type != JSON_PATCH:
        return []
    return [
        f'json patch unknown field "[{index}].{name}"'
        for index, operation in enumerate(read_json(body))
        for name in sorted(operation.keys() - {"op", "path", "from", "value"})
    ]


def unreadable(content_type: str, body: bytes, patched: Obj, why: str) -> StatusError:
    """What comes out of a patch is no object of the kind: `why` in the words of the decoder."""
    sent = read_json(body)
    if content_type == STRATEGIC:
        shown, why = go_text(sent), _restoring(why)
    else:
        touched = sent if isinstance(sent, dict) else _touched(sent)
        shown = msgspec.json.encode(_sorted_where(patched, touched)).decode()
    quoted = msgspec.json.encode(shown).decode()
    message = f"Invalid value: {quoted}: {why}"
    cause = {"reason": "FieldValueInvalid", "message": message, "field": "patch"}
    return StatusError(422, "Invalid", f' "" is invalid: patch: {message}', {"causes": [cause]})


def _touched(operations: list[dict[str, Any]]) -> dict[str, Any]:
    """The containers that the paths of operations lead through."""
    root: dict[str, Any] = {}
    for operation in operations:
        at = root
        for part in operation["path"].split("/")[1:]:
            at = at.setdefault(part, {})
    return root


def _sorted_where(found: Any, touched: Any) -> Any:
    """What a patch has taken apart is put together in the order of its keys; the rest stays as it was."""
    if not isinstance(found, dict) or not isinstance(touched, dict):
        return found
    return {name: _sorted_where(found[name], touched.get(name)) for name in sorted(found)}


def _restoring(why: str) -> str:
    """A strategic patch is not decoded but restored from maps, which is worded otherwise."""
    if why.startswith("illegal base64"):
        return f"error decoding from json: {why}"
    match = _UNMARSHAL.fullmatch(why)
    if not match:
        return why
    found, kind = match.groups()
    form = {"[]": "slice", "ma": "map"}.get(kind[:2], "struct" if "." in kind else "")
    if not form:
        return (
            "cannot convert int64 to string" if (found, kind) == ("number", "string") else f"unrecognized type: {kind}"
        )
    return f"cannot restore {form} from{':' if form == 'struct' else ''} {_GO_KINDS.get(found, found)}"


_UNMARSHAL = re.compile(r"json: cannot unmarshal (\w+) into Go struct field \S+ of type (.+)")
_GO_KINDS = {"object": "map", "array": "slice", "number": "int64"}
