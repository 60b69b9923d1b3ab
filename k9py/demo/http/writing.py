"""POST, PUT, PATCH and DELETE of objects."""

from __future__ import annotations

import copy
from typing import Any

from aiohttp import web

from k9py.demo.api.apply import apply, stamp
from k9py.demo.api.convert import from_stored, to_stored
from k9py.demo.api.patching import read_patch
from k9py.demo.api.registry import Deletion, Intent, check_version
from k9py.demo.api.schema import check_fields
from k9py.demo.api.select import selection
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import bad_request
from k9py.demo.core.store import Obj
from k9py.demo.http.answers import answer
from k9py.demo.http.call import Call

APPLY = "application/apply-patch+yaml"


async def create(cluster: Cluster, call: Call) -> web.StreamResponse:
    """A new object."""
    target, intent = call.target, call.intent()
    obj = _incoming(cluster, call)
    metadata = obj["metadata"]
    if metadata.get("namespace", target.namespace) != target.namespace:
        raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
    if target.served.namespaced:
        metadata["namespace"] = target.namespace
    stored = _stored(cluster, call, obj)
    stamp(cluster, target.served, None, stored, intent, "Update", target.subresource)
    return _done(call, cluster.registry.create(target.served, stored, intent), intent, 201)


async def update(cluster: Cluster, call: Call) -> web.StreamResponse:
    """An object, or a subresource of it, as a whole."""
    target, intent = call.target, call.intent()
    obj = _incoming(cluster, call)
    name = obj["metadata"].get("name", "")
    if name != target.name:
        text = f"the name of the object ({name}) does not match the name on the URL ({target.name})"
        raise bad_request(text)
    new = _stored(cluster, call, obj)

    def change(old: Obj) -> Obj:
        check_version(target.served, old, new)
        new["metadata"].setdefault("managedFields", old["metadata"].get("managedFields"))
        stamp(cluster, target.served, old, new, intent, "Update", target.subresource)
        return new

    stored = cluster.registry.update(target.served, target.namespace, target.name, change, intent, target.subresource)
    return _done(call, stored, intent)


async def patch(cluster: Cluster, call: Call) -> web.StreamResponse:
    """A change of an object in one of the four forms; an apply makes it if it is not there."""
    target, intent = call.target, call.intent()
    if call.request.content_type == APPLY:
        return await _apply(cluster, call, intent)
    change_served = read_patch(cluster, target.served, call.request.content_type, call.read())

    def change(old: Obj) -> Obj:
        served = change_served(from_stored(target.served, copy.deepcopy(old)))
        check_fields(cluster, target.served, served, call.query.get("fieldValidation", ""), call.warnings)
        new = _stored(cluster, call, served)
        check_version(target.served, old, new)
        stamp(cluster, target.served, old, new, intent, "Update", target.subresource)
        return new

    stored = cluster.registry.update(target.served, target.namespace, target.name, change, intent, target.subresource)
    return _done(call, stored, intent)


async def _apply(cluster: Cluster, call: Call, intent: Intent) -> web.StreamResponse:
    """Server-side apply (KEP-555)."""
    obj, created = apply(cluster, call.target, call.read(), call.flag("force"), intent)
    return _done(call, obj, intent, 201 if created else 200)


async def delete(cluster: Cluster, call: Call) -> web.StreamResponse:
    """One object. It answers the object if it is still on its way, and for most kinds a Status if it is gone."""
    target, intent = call.target, call.intent()
    how = _deletion(call, intent)
    obj, gone = cluster.registry.delete(target.served, target.namespace, target.name, how, intent)
    if gone and target.served.storage not in ("pods", "services", "persistentvolumeclaims", "serviceaccounts"):
        details = {"name": target.name, "group": target.served.group, "kind": target.served.plural}
        details["uid"] = obj["metadata"]["uid"]
        kept = {key: value for key, value in details.items() if value}
        status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": kept}
        return answer(status, 200, call.warnings)
    return _done(call, obj, intent)


async def delete_collection(cluster: Cluster, call: Call) -> web.StreamResponse:
    """All objects that the selectors keep."""
    target, intent = call.target, call.intent()
    keep, how = selection(cluster, target, call.query), _deletion(call, intent)
    served = target.served
    deleted = []
    for entry in cluster.store.entries(served.storage, target.namespace):
        if keep(entry):
            obj, _ = cluster.registry.delete(served, entry.key.namespace, entry.key.name, how, intent)
            deleted.append(from_stored(served, obj))
    metadata = {"resourceVersion": str(cluster.store.version)}
    head = {"kind": f"{served.kind}List", "apiVersion": served.gvr.api_version}
    return answer({**head, "metadata": metadata, "items": deleted}, 200, call.warnings)


def _incoming(cluster: Cluster, call: Call) -> Obj:
    """The object of the body; it must be of the kind that the path serves."""
    obj = call.read()
    served = call.target.served
    if not isinstance(obj, dict):
        raise bad_request("the body of the request is not an object")
    obj.setdefault("kind", served.kind)
    obj.setdefault("apiVersion", served.gvr.api_version)
    sent, expected = f"{obj['apiVersion']}, Kind={obj['kind']}", f"{served.gvr.api_version}, Kind={served.kind}"
    if sent != expected:
        raise bad_request(
            f"{obj['kind']} in version {obj['apiVersion']!r} cannot be handled as a {served.kind}: "
            f"no kind {obj['kind']!r} is registered for version {obj['apiVersion']!r} here"
        )
    if not isinstance(obj.setdefault("metadata", {}), dict):
        raise bad_request("metadata is not an object")
    check_fields(cluster, served, obj, call.query.get("fieldValidation", ""), call.warnings, call.body)
    return obj


def _stored(cluster: Cluster, call: Call, obj: Obj) -> Obj:
    storage = cluster.catalog.storage(call.target.served.storage)
    return to_stored(call.target.served, obj, storage.gvr.api_version)


def _done(call: Call, obj: Obj, intent: Intent, code: int = 200) -> web.Response:
    return answer(from_stored(call.target.served, copy.deepcopy(obj)), code, intent.warnings)


def _deletion(call: Call, intent: Intent) -> Deletion:
    """DeleteOptions out of the body or the parameters. A dry run may be asked for in either."""
    options: dict[str, Any] = call.read() if call.body.strip() else {}
    if not isinstance(options, dict):
        raise bad_request("DeleteOptions are not an object")
    intent.dry_run = intent.dry_run or bool(options.get("dryRun"))
    preconditions = options.get("preconditions") or {}
    grace = options.get("gracePeriodSeconds")
    return Deletion(
        call.number("gracePeriodSeconds") if grace is None else grace,
        options.get("propagationPolicy") or call.query.get("propagationPolicy", ""),
        preconditions.get("uid", ""),
        preconditions.get("resourceVersion", ""),
    )
