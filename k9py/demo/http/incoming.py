"""The object in the body of a POST or PUT: it must be one of the kind that the path serves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from k9py.demo.api.convert import to_stored
from k9py.demo.api.gojson import kind_of, shown
from k9py.demo.api.gotypes import as_go, message_of
from k9py.demo.api.schema import check_fields
from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.status import bad_request, invalid, invalid_value
from k9py.demo.core.store import Obj
from k9py.demo.http.accepting import PROTOBUF
from k9py.demo.http.call import Call
from k9py.values.resource import Gvr

_SCHEME = 'in scheme "pkg/runtime/scheme.go:111"'
_HEAD = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'


def incoming(cluster: Cluster, call: Call) -> Obj:
    """The object. StatusError for what is none."""
    served = call.target.served
    obj: Obj = call.read()
    _check_head(call, obj)
    if served.custom:
        _check_custom(served, obj)
    else:
        obj.setdefault("kind", served.kind)
        obj.setdefault("apiVersion", served.gvr.api_version)
        check_kind(served, obj)
    body = b"" if call.request.content_type == PROTOBUF else call.body
    check_fields(cluster, served, obj, call.query.get("fieldValidation", ""), call.warnings, body)
    if served.custom and obj["apiVersion"] != served.gvr.api_version:
        sent, expected = obj["apiVersion"], served.gvr.api_version
        raise bad_request(f"the API version in the data ({sent}) does not match the expected API version ({expected})")
    return obj


def _check_head(call: Call, obj: Any) -> None:
    """An object, that says in text of which kind it is."""
    why = ""
    if not isinstance(obj, dict):
        why = f"json: cannot unmarshal {kind_of(obj)} into Go value of type {_HEAD}"
    else:
        wrong = next((name for name in ("apiVersion", "kind") if not isinstance(obj.get(name, ""), str)), "")
        if wrong:
            why = f"json: cannot unmarshal {kind_of(obj[wrong])} into Go struct field .{wrong} of type string"
    if why:
        raise _unrecognized(call, f"couldn't get version/kind; json parse error: {why}")
    if call.target.served.custom and not obj.get("kind"):
        raise _unrecognized(call, f"Object 'Kind' is missing in '{call.body.decode(errors='replace')}'")


def _unrecognized(call: Call, why: str) -> Exception:
    head = f"the object provided is unrecognized (must be of type {call.target.served.kind})"
    return bad_request(f"{head}: {why} ({shown(call.body)})")


def _check_custom(served: Served, obj: Obj) -> None:
    if obj["kind"] != served.kind:
        cause = invalid_value("kind", f'"{obj["kind"]}"', f"must be {served.kind}")
        raise invalid(served.group, obj["kind"], (obj.get("metadata") or {}).get("name", ""), [cause])
    obj.setdefault("apiVersion", "")


def check_kind(served: Served, obj: Obj) -> None:
    """StatusError (400) if it is of another kind or version."""
    why = kind_fault(served, obj)
    if why:
        version = obj["apiVersion"].rpartition("/")[2]
        raise bad_request(f'{obj["kind"]} in version "{version}" cannot be handled as a {served.kind}: {why}')


def kind_fault(served: Served, obj: Obj) -> str:
    """Why an object cannot be one of that kind, as the decoder says it; empty if it can."""
    kind, api_version = obj.get("kind", ""), obj.get("apiVersion", "")
    if (kind, api_version) == (served.kind, served.gvr.api_version):
        return ""
    if not message_of(api_version, kind):
        return f'no kind "{kind}" is registered for version "{api_version}" {_SCHEME}'
    version, package = api_version.rpartition("/")[2], served.group.partition(".")[0] or "core"
    return f"converting ({version}.{kind}) to ({package}.{served.kind}): unknown conversion"


def check_place(call: Call, obj: Obj) -> None:
    """Name and namespace must be those of the path; a missing namespace is filled in."""
    target, metadata = call.target, obj["metadata"]
    name = metadata.get("name", "")
    if not name:
        text = f"the name of the object ({target.name} based on URL) was undeterminable: name must be provided"
        raise bad_request(text)
    if name != target.name:
        raise bad_request(f"the name of the object ({name}) does not match the name on the URL ({target.name})")
    check_namespace(call, obj)


def check_namespace(call: Call, obj: Obj) -> None:
    """The namespace must be that of the path; a missing one is filled in."""
    target, metadata = call.target, obj["metadata"]
    if not target.served.namespaced:
        return
    if metadata.setdefault("namespace", target.namespace) != target.namespace:
        text = "the namespace of the provided object does not match the namespace sent on the request"
        raise bad_request(text)


def stored(cluster: Cluster, served: Served, obj: Obj) -> Obj:
    """An object as it is stored: as Go's types hold it, its defaults filled in."""
    converted = as_go(to_stored(served, obj, cluster.catalog.storage(served.storage).gvr.api_version))
    cluster.registry.strategy(served).default(converted)
    return converted


def pseudo(group: str, version: str, kind: str) -> Served:
    """Such a kind as if it were a resource, so that it is read and written like one."""
    plural = f"{kind.lower()}s"
    answered = {"group": group, "version": version, "kind": kind}
    entry = {"resource": plural, "responseKind": answered, "scope": "Namespaced", "verbs": []}
    return Served(Gvr(group, version, plural), entry, frozenset(), plural)


def read_as(cluster: Cluster, call: Call, served: Served) -> Obj:
    """The body as an object of that kind. StatusError if it is none."""
    obj = incoming(cluster, as_call(call, served))
    obj.setdefault("metadata", {})
    return obj


def as_call(call: Call, served: Served) -> Call:
    """The call as if its path served that kind."""
    return replace(call, target=replace(call.target, served=served))
