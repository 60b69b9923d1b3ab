"""The scale of whatever has replicas (autoscaling/v1 Scale), built in or custom."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from aiohttp import web

from k9py.demo.api.apply import stamp
from k9py.demo.api.crds import scale_of
from k9py.demo.api.gojson import BadJson, kind_of, read_yaml
from k9py.demo.api.patching import MERGE_PATCH, merge, read_patch, unreadable
from k9py.demo.api.registry import another_object
from k9py.demo.api.schema_walk import Unfit
from k9py.demo.api.validation.words import at_least
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import MODIFIED, bad_request, conflict, invalid, no_such_path
from k9py.demo.core.store import Entry, Key, Obj
from k9py.demo.http.answers import respond
from k9py.demo.http.call import Call
from k9py.demo.http.forms import form_of
from k9py.demo.http.incoming import as_call, check_place, pseudo, read_as
from k9py.demo.http.options import PATCH, UPDATE, intent_of
from k9py.demo.http.writing import APPLY
from k9py.values.selector import read_selector

SCALE = pseudo("autoscaling", "v1", "Scale")


@dataclass(frozen=True, slots=True)
class Parts:
    """Where an object has what its scale says; `selector` answers the selector as text."""

    replicas: tuple[str, ...] = ("spec", "replicas")
    status: tuple[str, ...] = ("status", "replicas")
    selector: Callable[[Obj], str] = lambda obj: ""


def _selector(obj: Obj) -> str:
    return str(read_selector(obj["spec"].get("selector") or {}))


def _plain_selector(obj: Obj) -> str:
    return ",".join(f"{name}={value}" for name, value in sorted((obj["spec"].get("selector") or {}).items()))


_BUILT_IN: Mapping[str, Parts] = {
    "deployments.apps": Parts(selector=_selector),
    "replicasets.apps": Parts(selector=_selector),
    "statefulsets.apps": Parts(selector=_selector),
    "replicationcontrollers": Parts(selector=_plain_selector),
}


async def get(cluster: Cluster, call: Call) -> web.StreamResponse:
    """The scale of an object."""
    target = call.target
    entry = cluster.registry.entry(target.served, target.namespace, target.name)
    return _answer(cluster, call, scale(_parts(cluster, call), entry.read()))


async def update(cluster: Cluster, call: Call) -> web.StreamResponse:
    """Another scale, whole."""
    new = read_as(cluster, call, SCALE)
    check_place(as_call(call, SCALE), new)
    return _write(cluster, call, lambda old: new, UPDATE)


async def patch(cluster: Cluster, call: Call) -> web.StreamResponse:
    """Another scale, as a patch of any form."""
    kind = call.request.content_type
    change = _applied(call) if kind == APPLY else read_patch(cluster, SCALE, kind, call.body)

    def patched(old: Obj) -> Obj:
        new = change(copy.deepcopy(old))
        sent = copy.deepcopy(new)
        try:
            _decode(new)
        except Unfit as error:
            raise unreadable(MERGE_PATCH if kind == APPLY else kind, call.body, sent, str(error)) from None
        return new

    return _write(cluster, call, patched, PATCH)


def _decode(new: Obj) -> None:
    """Raises Unfit for what is no Scale."""
    replicas = (new.get("spec") or {}).get("replicas", 0)
    if not isinstance(replicas, int) or isinstance(replicas, bool):
        kind = kind_of(replicas)
        raise Unfit(f"json: cannot unmarshal {kind} into Go struct field ScaleSpec.spec.replicas of type int32")
    new.setdefault("metadata", {})


def _applied(call: Call) -> Callable[[Obj], Obj]:
    try:
        configuration = read_yaml(call.body)
    except BadJson as error:
        raise bad_request(f"error decoding YAML: {error}") from None
    return lambda old: merge(old, configuration)


def _write(cluster: Cluster, call: Call, change: Callable[[Obj], Obj], options: str) -> web.Response:
    """Set the replicas that the new scale has, if it was made of this object in this version."""
    target, parts = call.target, _parts(cluster, call)
    applies = call.request.content_type == APPLY
    intent = intent_of(call, options, applies)

    def resize(obj: Obj) -> Obj:
        new = change(scale(parts, obj))
        _check(call, new, obj)
        before = copy.deepcopy(obj)
        _put(obj, parts.replicas, (new.get("spec") or {}).get("replicas", 0))
        stamp(cluster, target.served, before, obj, intent, "Apply" if applies else "Update", "scale")
        return obj

    intent = replace(intent, trusted=not target.served.custom)  # a CRD may limit it
    obj = cluster.registry.update(target.served, target.namespace, target.name, resize, intent)
    return _answer(cluster, call, scale(parts, obj))


def _check(call: Call, new: Obj, obj: Obj) -> None:
    served, name, metadata = call.target.served, call.target.name, obj["metadata"]
    uid, version = new["metadata"].get("uid"), new["metadata"].get("resourceVersion")
    if uid and uid != metadata["uid"]:
        if call.request.method == "PATCH":
            text = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {metadata['uid']}"
            raise conflict(served.group, f"{served.plural}/scale", name, text)
        raise conflict(served.group, served.plural, name, another_object(served, metadata, uid))
    if version and version != metadata["resourceVersion"]:
        raise conflict(served.group, served.plural, name, MODIFIED)
    causes = list(at_least("spec.replicas", (new.get("spec") or {}).get("replicas", 0)))
    if causes:
        raise invalid("autoscaling", "Scale", name, causes)


def scale(parts: Parts, obj: Obj) -> Obj:
    """The Scale of an object. At zero its spec is empty."""
    metadata = obj["metadata"]
    names = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    replicas, selector = _find(obj, parts.replicas) or 0, parts.selector(obj)
    status: dict[str, Any] = {"replicas": _find(obj, parts.status) or 0}
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {name: metadata[name] for name in names if name in metadata},
        "spec": {"replicas": replicas} if replicas else {},
        "status": {**status, "selector": selector} if selector else status,
    }


def _parts(cluster: Cluster, call: Call) -> Parts:
    served = call.target.served
    if not served.custom:
        return _BUILT_IN[served.storage]
    found = scale_of(cluster.store, served)
    if found is None:
        raise no_such_path()
    at = _path(found.label_selector_path or "")
    return Parts(
        _path(found.spec_replicas_path), _path(found.status_replicas_path), lambda obj: str(_find(obj, at) or "")
    )


def _path(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(".") if part)


def _find(obj: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        obj = obj.get(name) if isinstance(obj, dict) else None
    return obj if path else None


def _put(obj: Obj, path: tuple[str, ...], value: int) -> None:
    for name in path[:-1]:
        obj = obj.setdefault(name, {})
    obj[path[-1]] = value


def _answer(cluster: Cluster, call: Call, found: Obj) -> web.Response:
    entry = Entry(
        Key("scales", call.target.namespace, call.target.name),
        msgspec.json.encode(found),
        int(found["metadata"]["resourceVersion"]),
    )
    return respond(form_of(cluster, call.request, SCALE).one(entry), 200, call.warnings)


ROUTES = {("GET", "*", "scale"): get, ("PUT", "*", "scale"): update, ("PATCH", "*", "scale"): patch}
