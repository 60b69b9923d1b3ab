"""A scripted API server that also says what it serves, who asks, what they may do, and takes changes."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from k9py.kinds.wellknown import DEPLOYMENTS, NODES, PODS
from k9py.values.resource import Gvr, Resource
from tests.kube.scripted import ObjectStore, ScriptedServer, refuse
from tests.kube.scripted.faults import Fault, status_of
from tests.kube.scripted.server import Seen, Target, listening, parse_path
from tests.kube.scripted.store import Object

_ALL = frozenset({"create", "delete", "get", "list", "patch", "update", "watch"})
SERVICES = Resource(Gvr("", "v1", "services"), "Service", "service", True, _ALL, ("svc",), ("all",))
SECRETS = Resource(Gvr("", "v1", "secrets"), "Secret", "secret", True, _ALL)
NAMESPACES = Resource(Gvr("", "v1", "namespaces"), "Namespace", "namespace", False, _ALL, ("ns",))
NODE_METRICS = Resource(Gvr("metrics.k8s.io", "v1beta1", "nodes"), "NodeMetrics", "", False, frozenset({"get", "list"}))
POD_METRICS = Resource(Gvr("metrics.k8s.io", "v1beta1", "pods"), "PodMetrics", "", True, frozenset({"get", "list"}))
GADGETS = Resource(Gvr("example.com", "v1", "gadgets"), "Gadget", "gadget", True, _ALL, ("gd",))
"""Of a CRD that is not there in the beginning."""
SERVED = (PODS, NODES, NAMESPACES, SERVICES, SECRETS, DEPLOYMENTS, NODE_METRICS, POD_METRICS)


class Objects(ObjectStore):
    """The store, with more to an object's metadata than its name."""

    def put(
        self,
        collection: str,
        name: str,
        namespace: str = "",
        *,
        metadata: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> Object:
        """Make or replace an object. `metadata` is what it has besides names, uid and times, or instead of them."""
        obj = super().put(collection, name, namespace, **fields)
        obj["metadata"].update({**(metadata or {}), "resourceVersion": obj["metadata"]["resourceVersion"]})
        for part in sorted(fields.keys() - {"kind", "apiVersion"}):  # metadata come first, as of a real server
            obj[part] = obj.pop(part)
        return obj

    def merge(self, collection: str, old: Object, patch: Mapping[str, Any]) -> Object:
        """Apply a merge patch (RFC 7386) to an object."""
        new = merge_patch(old, patch)
        metadata = new.pop("metadata")
        return self.put(collection, metadata["name"], metadata.get("namespace", ""), metadata=metadata, **new)


def merge_patch(old: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    merged = copy.deepcopy(old) if isinstance(old, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


@dataclass(frozen=True, slots=True)
class Change:
    """A request that changes something, as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    content_type: str
    body: Any


@dataclass
class Rules:
    """What the user may not do: an RBAC verb and a resource as `deployments.apps/scale`, with the reason given."""

    denied: dict[tuple[str, str], str] = field(default_factory=dict)

    def review(self, attributes: Mapping[str, str]) -> Mapping[str, Any]:
        name = ".".join(part for part in (attributes["resource"], attributes.get("group", "")) if part)
        what = "/".join(part for part in (name, attributes.get("subresource", "")) if part)
        reason = self.denied.get((attributes["verb"], what))
        return {"allowed": True} if reason is None else {"allowed": False, "reason": reason}


class ApiServer(ScriptedServer):
    """A small cluster. `served` is what discovery tells, `changes` what was sent to change it."""

    def __init__(self) -> None:
        super().__init__()
        self.store: Objects = Objects()
        self.served: tuple[Resource, ...] = SERVED
        self.rules = Rules()
        self.changes: list[Change] = []
        self.refusals: dict[str, Fault] = {}
        """How changes of a path are answered, as long as it stands here."""
        self.warnings: list[str] = []
        """What every answer to a change warns of."""
        self._talks: Mapping[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] = {
            "/version": self._version,
            "/api": self._discovery,
            "/apis": self._discovery,
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews": self._may,
            "/apis/authentication.k8s.io/v1/selfsubjectreviews": self._whoami,
        }

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.method == "PATCH":
            return await self._patch(request)
        talk = self._talks.get(request.path)
        if talk is None:
            return await super().handle(request)
        self.requests.append(Seen("get", request.path, dict(request.query), dict(request.headers)))
        self._wake()
        faults = self._faults[request.path, "get"]
        return await (faults.popleft() if faults else talk)(request)

    async def _version(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"major": "1", "minor": "36", "gitVersion": "v1.36.3"})

    async def _whoami(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"status": {"userInfo": {"username": "tester"}}})

    async def _may(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        return web.json_response({"status": self.rules.review(asked["spec"]["resourceAttributes"])}, status=201)

    async def _discovery(self, request: web.Request) -> web.StreamResponse:
        core = request.path == "/api"
        groups = sorted({resource.gvr.group for resource in self.served if bool(resource.gvr.group) is not core})
        items = [describe_group(group, [r for r in self.served if r.gvr.group == group]) for group in groups]
        return web.json_response({"kind": "APIGroupDiscoveryList", "items": items})

    async def _get(self, request: web.Request, target: Target) -> web.StreamResponse:
        obj = self.store.get(target.collection, target.name, target.namespace)
        if obj is not None and target.subresource == "scale":
            return web.json_response(scale_of(obj))
        return await super()._get(request, target)

    async def _patch(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.changes.append(Change("PATCH", request.path, dict(request.query), request.content_type, body))
        self._wake()
        if refusal := self.refusals.get(request.path):
            return await refusal(request)
        target = parse_path(request.path)
        obj = self.store.get(target.collection, target.name, target.namespace)
        if obj is None:
            return await refuse(404, "NotFound", f'{target.collection} "{target.name}" not found')(request)
        uid = body.get("metadata", {}).get("uid")
        if uid not in (None, obj["metadata"]["uid"]):
            return replaced(target, uid, obj)
        new = self.store.merge(target.collection, obj, body)
        response = web.json_response(scale_of(new) if target.subresource else new)
        for warning in self.warnings:
            response.headers.add("Warning", f'299 - "{warning}"')
        return response


def scale_of(obj: Object) -> Mapping[str, Any]:
    """Its Scale (autoscaling/v1). One at zero has an empty spec."""
    replicas = obj["spec"].get("replicas", 0)
    spec = {"replicas": replicas} if replicas else {}
    return {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": obj["metadata"], "spec": spec}


def replaced(target: Target, uid: str, obj: Object) -> web.Response:
    """What a server says to a uid that is another object's: of a subresource this, of the object itself that."""
    found = obj["metadata"]["uid"]
    if target.subresource:
        text = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {found}"
        return web.json_response(status_of(409, "Conflict", text), status=409)
    text = f'{target.name} is invalid: metadata.uid: Invalid value: "{uid}": field is immutable'
    causes = {"details": {"causes": [{"reason": "FieldValueInvalid", "field": "metadata.uid"}]}}
    return web.json_response({**status_of(422, "Invalid", text), **causes}, status=422)


def describe_group(group: str, resources: Iterable[Resource]) -> Mapping[str, Any]:
    """One group of aggregated discovery (apidiscovery.k8s.io/v2)."""
    versions: dict[str, list[Mapping[str, Any]]] = {}
    for resource in resources:
        versions.setdefault(resource.gvr.version, []).append(describe(resource))
    found = [{"version": version, "resources": described} for version, described in versions.items()]
    return {"metadata": {"name": group} if group else {}, "versions": found}


def describe(resource: Resource) -> Mapping[str, Any]:
    return {
        "resource": resource.gvr.plural,
        "responseKind": {"group": resource.gvr.group, "version": resource.gvr.version, "kind": resource.kind},
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": sorted(resource.verbs),
        "shortNames": list(resource.short_names),
        "categories": list(resource.categories),
        "subresources": [{"subresource": name, "verbs": ["get", "patch"]} for name in sorted(resource.subresources)],
    }


@asynccontextmanager
async def serve_cluster() -> AsyncIterator[ApiServer]:
    """A server without objects on a loopback port of its own, until the block ends."""
    server = ApiServer()
    async with listening(server.handle) as server.url:
        yield server


def dump_kubeconfig(contexts: Mapping[str, str], current: str) -> str:
    """A kubeconfig of contexts with the addresses of their servers; cluster and context have one name."""
    return json.dumps(
        {
            "current-context": current,
            "contexts": [{"name": name, "context": {"cluster": name, "user": "tester"}} for name in contexts],
            "clusters": [{"name": name, "cluster": {"server": url}} for name, url in contexts.items()],
            "users": [{"name": "tester", "user": {"token": "secret"}}],
        }
    )
