"""POST, PUT, PATCH and DELETE of objects."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from aiohttp import web

from k9py.demo.api.apply import apply, stamp, versioned
from k9py.demo.api.convert import from_stored
from k9py.demo.api.gojson import BadJson, kind_of, read_yaml
from k9py.demo.api.patching import read_patch, strange_parts, unreadable
from k9py.demo.api.registry import Deletion, Intent, check_version
from k9py.demo.api.schema import decode_fields
from k9py.demo.api.schema_walk import Unfit
from k9py.demo.api.select import selection
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import bad_request, invalid, invalid_value
from k9py.demo.core.store import Key, Obj
from k9py.demo.http.answers import answer
from k9py.demo.http.call import Call
from k9py.demo.http.incoming import check_namespace, check_place, incoming, kind_fault, stored
from k9py.demo.http.options import CREATE, DELETE, PATCH, UPDATE, deletion_causes, intent_of, read_deletion, refuse

APPLY = "application/apply-patch+yaml"

CREATED_BY_UPDATE = frozenset(
    {
        "clusterrolebindings.rbac.authorization.k8s.io",
        "clusterroles.rbac.authorization.k8s.io",
        "endpoints",
        "events",
        "leases.coordination.k8s.io",
        "limitranges",
        "rolebindings.rbac.authorization.k8s.io",
        "roles.rbac.authorization.k8s.io",
        "runtimeclasses.node.k8s.io",
        "services",
    }
)
"""Kinds of which a PUT makes an object that is not there."""

VERSION_REQUIRED = frozenset(
    {
        "csidrivers.storage.k8s.io",
        "csinodes.storage.k8s.io",
        "csistoragecapacities.storage.k8s.io",
        "customresourcedefinitions.apiextensions.k8s.io",
        "apiservices.apiregistration.k8s.io",
        "leases.coordination.k8s.io",
        "mutatingadmissionpolicies.admissionregistration.k8s.io",
        "mutatingadmissionpolicybindings.admissionregistration.k8s.io",
        "mutatingwebhookconfigurations.admissionregistration.k8s.io",
        "poddisruptionbudgets.policy",
        "runtimeclasses.node.k8s.io",
        "validatingadmissionpolicies.admissionregistration.k8s.io",
        "validatingadmissionpolicybindings.admissionregistration.k8s.io",
        "validatingwebhookconfigurations.admissionregistration.k8s.io",
        "volumeattachments.storage.k8s.io",
    }
)
"""Kinds of which a PUT must say which version it has seen; custom resources are such too."""

ANSWERED_WHOLE = ("pods", "services", "persistentvolumeclaims", "serviceaccounts")
"""Collections whose objects are answered when they are gone, where others answer a Status."""


async def create(cluster: Cluster, call: Call) -> web.StreamResponse:
    """A new object."""
    intent = intent_of(call, CREATE)
    obj = incoming(cluster, call)
    check_namespace(call, obj)
    return _create(cluster, call, obj, intent)


def _create(cluster: Cluster, call: Call, obj: Obj, intent: Intent) -> web.Response:
    served = call.target.served
    new = stored(cluster, served, obj)
    stamp(cluster, served, None, new, intent, "Update", call.target.subresource)
    return _done(call, cluster.registry.create(served, new, intent), intent, 201)


async def update(cluster: Cluster, call: Call) -> web.StreamResponse:
    """An object, or a subresource of it, as a whole."""
    target, intent = call.target, intent_of(call, UPDATE)
    served = target.served
    obj = incoming(cluster, call)
    check_place(call, obj)
    there = cluster.store.get(Key(served.storage, target.namespace, target.name))
    if there is None and served.storage in CREATED_BY_UPDATE and not target.subresource:
        return _create(cluster, call, obj, intent)
    new = stored(cluster, served, obj)

    def change(old: Obj) -> Obj:
        _check_seen(call, new)
        check_version(served, old, new)
        for name in ("uid", "creationTimestamp"):
            if name in old["metadata"]:
                new["metadata"].setdefault(name, old["metadata"][name])
        return _stamped(cluster, call, old, new, intent)

    found = cluster.registry.update(served, target.namespace, target.name, change, intent, target.subresource)
    return _done(call, found, intent)


def _check_seen(call: Call, new: Obj) -> None:
    served, name = call.target.served, call.target.name
    if new["metadata"].get("resourceVersion") or not (served.custom or served.storage in VERSION_REQUIRED):
        return
    cause = invalid_value("metadata.resourceVersion", "0", "must be specified for an update")
    raise invalid(served.group, served.plural, name, [cause])


def _stamped(cluster: Cluster, call: Call, old: Obj, new: Obj, intent: Intent) -> Obj:
    """The new object, and who has set what of it."""
    stamp(cluster, call.target.served, old, new, intent, "Update", call.target.subresource)
    return new


async def patch(cluster: Cluster, call: Call) -> web.StreamResponse:
    """A change of an object in one of the four forms; an apply makes it if it is not there."""
    target, served = call.target, call.target.served
    applies = call.request.content_type == APPLY
    intent = intent_of(call, PATCH, applies)
    if applies:
        return await _apply(cluster, call, intent)
    change_served = read_patch(cluster, served, call.request.content_type, call.body)

    def change(old: Obj) -> Obj:
        patched = _decoded(cluster, call, change_served(versioned(served, old)))
        check_place(call, patched)
        new = stored(cluster, served, patched)
        seen = {**new, "metadata": {**new["metadata"], "uid": ""}}
        check_version(served, old, seen)
        return _stamped(cluster, call, old, new, intent)

    found = cluster.registry.update(served, target.namespace, target.name, change, intent, target.subresource)
    return _done(call, found, intent)


def _decoded(cluster: Cluster, call: Call, patched: Obj) -> Obj:
    """What came out of a patch, as an object of the kind. StatusError (422) if it is none."""
    served, mode = call.target.served, call.query.get("fieldValidation", "")
    sent = copy.deepcopy(patched)
    try:
        _check_patch(call, patched, mode)
        patched.setdefault("kind", served.kind)
        patched.setdefault("apiVersion", served.gvr.api_version)
        decode_fields(cluster, served, patched, mode, call.warnings, call.body)
    except Unfit as error:
        raise unreadable(call.request.content_type, call.body, sent, str(error)) from None
    if patched["kind"] != served.kind:
        cause = invalid_value("kind", f'"{patched["kind"]}"', f"must be {served.kind}")
        raise invalid(served.group, patched["kind"], call.target.name, [cause])
    return patched


def _check_patch(call: Call, patched: Obj, mode: str) -> None:
    """Unfit if the patch has parts that mean nothing, or makes another kind of it."""
    strange = strange_parts(call.request.content_type, call.body)
    if strange and mode == "Strict":
        raise Unfit(f"strict decoding error: {', '.join(strange)}")
    if mode != "Ignore":
        call.warnings.extend(strange)
    fault = "" if call.target.served.custom or not patched else kind_fault(call.target.served, patched)
    if fault:
        raise Unfit(fault)


async def _apply(cluster: Cluster, call: Call, intent: Intent) -> web.StreamResponse:
    """Server-side apply (KEP-555)."""
    obj, created = apply(cluster, call.target, _configuration(call), call.flag("force"), intent)
    return _done(call, obj, intent, 201 if created else 200)


def _configuration(call: Call) -> Obj:
    try:
        found = read_yaml(call.body)
    except BadJson as error:
        raise bad_request(f"error decoding YAML: error converting YAML to JSON: {error}") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        why = f"json: cannot unmarshal {kind_of(found)} into Go value of type map[string]interface {{}}"
        raise bad_request(f"error decoding YAML: error unmarshaling JSON: while decoding JSON: {why}")
    return found


async def delete(cluster: Cluster, call: Call) -> web.StreamResponse:
    """One object. It answers the object if it is still on its way, and for most kinds a Status if it is gone."""
    target = call.target
    how, intent = _deletion(call)
    obj, gone = cluster.registry.delete(target.served, target.namespace, target.name, how, intent)
    if gone and target.served.storage not in ANSWERED_WHOLE:
        details = {"name": target.name, "group": target.served.group, "kind": target.served.plural}
        details["uid"] = obj["metadata"]["uid"]
        kept = {key: value for key, value in details.items() if value}
        status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": kept}
        return answer(status, 200, call.warnings)
    return _done(call, obj, intent)


async def delete_collection(cluster: Cluster, call: Call) -> web.StreamResponse:
    """All objects that the selectors keep."""
    target = call.target
    how, intent = _deletion(call)
    keep, served = selection(cluster, target, call.query), target.served
    deleted = []
    for entry in cluster.store.entries(served.storage, target.namespace):
        if keep(entry):
            obj, _ = cluster.registry.delete(served, entry.key.namespace, entry.key.name, how, intent)
            deleted.append(from_stored(served, obj))
    metadata = {"resourceVersion": str(cluster.store.version)}
    head = {"kind": f"{served.kind}List", "apiVersion": served.gvr.api_version}
    return answer({**head, "metadata": metadata, "items": deleted}, 200, call.warnings)


def _done(call: Call, obj: Obj, intent: Intent, code: int = 200) -> web.Response:
    return answer(from_stored(call.target.served, copy.deepcopy(obj)), code, intent.warnings)


def _deletion(call: Call) -> tuple[Deletion, Intent]:
    """DeleteOptions out of the body; out of the parameters only where there is none. And how the deletion is meant."""
    options: dict[str, Any] = call.read() if call.body.strip() else _deletion_query(call)
    if not isinstance(options, dict):
        raise bad_request("DeleteOptions are not an object")
    policy = options.get("propagationPolicy") or ""
    orphan = options.get("orphanDependents")
    dry_run: list[str] = options.get("dryRun") or []
    refuse(DELETE, list(deletion_causes(policy, orphan, dry_run)))
    how = read_deletion(options)
    propagation = policy if orphan is None else "Orphan" if orphan else "Background"
    intent = Intent(call.user.name, call.user.name, bool(dry_run), trusted=False, warnings=call.warnings)
    return replace(how, propagation=propagation), intent


def _deletion_query(call: Call) -> dict[str, Any]:
    query = call.request.query
    return {
        "propagationPolicy": query.get("propagationPolicy", ""),
        "gracePeriodSeconds": call.number("gracePeriodSeconds"),
        "dryRun": list(query.getall("dryRun", ())),
    }
