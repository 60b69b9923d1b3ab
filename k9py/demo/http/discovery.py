"""What is served, told in both forms: aggregated (apidiscovery.k8s.io, KEP-3352) and legacy (APIGroup and so on)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from aiohttp import web

from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.status import method_not_allowed, no_such_path
from k9py.demo.http.accepting import JSON, accepted, not_acceptable
from k9py.demo.http.answers import answer, encode
from k9py.demo.http.call import Page

_FORMS = ("", "*/*", "application/*", "application/json", "application/yaml")
LISTED = "APIGroupDiscoveryList"
STORAGE_VERSIONS: Mapping[str, str] = {
    "customresourcedefinitions.apiextensions.k8s.io": "v1beta1",
    "mutatingadmissionpolicies.admissionregistration.k8s.io": "v1beta1",
    "mutatingadmissionpolicybindings.admissionregistration.k8s.io": "v1beta1",
}
"""In which version the real server stores what it does not store in the one that is served."""


def legacy_page(cluster: Cluster, path: str) -> Page | None:
    """The page of `/apis/GROUP`, `/apis/GROUP/VERSION` or `/api/v1`; None for what may be a resource.

    A path that is nothing at all has a page too: the one that says so.
    """
    parts = path.strip("/").split("/")
    if path == "/":
        return _root
    if parts[0] == "api" and len(parts) <= 2:
        return (_core, _resources)[len(parts) - 1]
    if parts[0] == "apis" and len(parts) <= 3:
        return (_groups, _group, _resources)[len(parts) - 1]
    known = parts[0] == "api" or (parts[0] == "apis" and _is_known(cluster, parts[1:]))
    return None if known else nowhere


def _is_known(cluster: Cluster, parts: list[str]) -> bool:
    """Whether the group has a handler that says what is not there. For custom resources nobody has."""
    group, version, *rest = parts
    if group not in cluster.catalog.groups():
        return False
    namespaced = rest[0] == "namespaces" and len(rest) > 2
    found = cluster.catalog.find(group, version, rest[2] if namespaced else rest[0])
    return found is not None or not _is_custom(cluster, group)


def _is_custom(cluster: Cluster, group: str) -> bool:
    return all(served.custom for served in cluster.catalog if served.group == group)


async def nowhere(cluster: Cluster, request: web.Request) -> web.StreamResponse:
    """What the server answers where there is nothing: plain text, not a Status."""
    headers = {"X-Content-Type-Options": "nosniff"}
    return web.Response(text="404 page not found\n", status=404, headers=headers)


async def _root(cluster: Cluster, request: web.Request) -> web.StreamResponse:
    groups = cluster.catalog.groups()
    apis = {
        path
        for group, versions in groups.items()
        for path in (f"/apis/{group}", *(f"/apis/{group}/{version}" for version in versions))
        if group
    }
    own = {"/api", "/api/v1", "/apis", "/apis/", "/healthz", "/livez", "/metrics", "/openapi/v2", "/readyz", "/version"}
    newer = set() if "openapi-v3" in cluster.off else {"/openapi/v3", "/openapi/v3/"}
    return answer({"paths": sorted(apis | own | newer)})


async def _core(cluster: Cluster, request: web.Request) -> web.StreamResponse:
    aggregated = _aggregated(cluster, request, [""])
    if aggregated is not None:
        return aggregated
    address = {"clientCIDR": "0.0.0.0/0", "serverAddress": request.host}
    versions = cluster.catalog.groups()[""]
    return _legacy(request, {"kind": "APIVersions", "versions": versions, "serverAddressByClientCIDRs": [address]})


async def _groups(cluster: Cluster, request: web.Request) -> web.StreamResponse:
    groups = [group for group in cluster.catalog.groups() if group]
    aggregated = _aggregated(cluster, request, groups)
    if aggregated is not None:
        return aggregated
    found = [_api_group(cluster, group) for group in groups]
    return _legacy(request, {"kind": "APIGroupList", "apiVersion": "v1", "groups": found})


async def _group(cluster: Cluster, request: web.Request) -> web.StreamResponse:
    group = request.path.strip("/").split("/")[1]
    if group not in cluster.catalog.groups():
        return await nowhere(cluster, request)
    return _legacy(request, {"kind": "APIGroup", "apiVersion": "v1", **_api_group(cluster, group)})


async def _resources(cluster: Cluster, request: web.Request) -> web.StreamResponse:
    """All resources of a group version with their subresources."""
    parts = request.path.strip("/").split("/")
    group, version = ("", parts[1]) if parts[0] == "api" else (parts[1], parts[2])
    versions = cluster.catalog.groups().get(group)
    if versions is None or (version not in versions and _is_custom(cluster, group)):
        return await nowhere(cluster, request)
    if version not in versions:
        raise no_such_path()
    resources = [
        one for served in cluster.catalog.in_version(group, version) for one in _api_resources(cluster, served)
    ]
    named = {"apiVersion": "v1"} if group else {}
    head = {"kind": "APIResourceList", **named, "groupVersion": f"{group}/{version}" if group else version}
    return _legacy(request, {**head, "resources": resources})


def _api_group(cluster: Cluster, group: str) -> Mapping[str, Any]:
    versions = [
        {"groupVersion": f"{group}/{version}", "version": version} for version in cluster.catalog.groups()[group]
    ]
    return {"name": group, "versions": versions, "preferredVersion": versions[0]}


def _api_resources(cluster: Cluster, served: Served) -> Iterator[Mapping[str, Any]]:
    """A resource as its APIResource, and then its subresources."""
    entry = served.entry
    own = (served.group, served.gvr.version)
    more = {name: entry[name] for name in ("shortNames", "categories") if entry.get(name)}
    hashed = {"storageVersionHash": _storage_hash(cluster, served)} if {"list", "create"} <= served.verbs else {}
    single = entry.get("singularResource", "")
    yield {**_api_resource(served, served.plural, single, entry["responseKind"], entry["verbs"], own), **more, **hashed}
    for sub in entry.get("subresources", ()):
        name = f"{served.plural}/{sub['subresource']}"
        yield _api_resource(served, name, "", sub["responseKind"], sub["verbs"], own)


def _api_resource(
    served: Served, name: str, single: str, kind: Mapping[str, str], verbs: list[str], own: tuple[str, str]
) -> Mapping[str, Any]:
    """`own` is the group and version that go without saying."""
    answered = (kind.get("group", ""), kind.get("version", ""))
    other = {} if answered in (own, ("", "")) else dict(zip(("group", "version"), answered, strict=True))
    head = {"name": name, "singularName": single, "namespaced": served.namespaced, **other}
    return {**head, "kind": kind["kind"], "verbs": verbs}


def _storage_hash(cluster: Cluster, served: Served) -> str:
    """Tells clients that two resources are one in the storage (StorageVersionHash in apimachinery's discovery)."""
    stored = cluster.catalog.storage(served.storage)
    version = STORAGE_VERSIONS.get(served.storage, stored.gvr.version)
    text = f"{stored.group}/{version}/{stored.kind}"
    return base64.b64encode(hashlib.sha256(text.encode()).digest()[:8]).decode()


def _aggregated(cluster: Cluster, request: web.Request, groups: list[str]) -> web.Response | None:
    """The aggregated form, if it is accepted and there is one; it is not sent again to who has it."""
    version = "v2beta1" if "aggregated-discovery-v2" in cluster.off else "v2"
    if "aggregated-discovery" in cluster.off or not _accepts(request, version) or request.path.endswith("/"):
        return None
    head = {"kind": LISTED, "apiVersion": f"apidiscovery.k8s.io/{version}", "metadata": {}}
    body = encode({**head, "items": [_discovered(cluster, group) for group in groups]})
    tag = f'"{hashlib.sha512(body).hexdigest().upper()}"'
    headers = {"ETag": tag, "Cache-Control": "public", "Vary": "Accept"}
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=headers)
    headers["Content-Type"] = f"application/json;g=apidiscovery.k8s.io;v={version};as={LISTED}"
    return web.Response(body=body, headers=headers)


def _discovered(cluster: Cluster, group: str) -> Mapping[str, Any]:
    versions = [
        {
            "version": version,
            "resources": [served.entry for served in cluster.catalog.in_version(group, version)],
            "freshness": "Current",
        }
        for version in cluster.catalog.groups()[group]
    ]
    return {"metadata": {"name": group} if group else {}, "versions": versions}


def _accepts(request: web.Request, version: str) -> bool:
    wanted = {"g": "apidiscovery.k8s.io", "v": version, "as": LISTED}
    return any(one.media == JSON and wanted.items() <= one.parameters.items() for one in accepted(request))


def _legacy(request: web.Request, obj: Mapping[str, Any]) -> web.Response:
    """StatusError (406) for a client that takes other forms only."""
    if request.method not in ("GET", "HEAD"):
        raise method_not_allowed()
    if not any(one.media in _FORMS and not one.parameters.get("as") for one in accepted(request)):
        raise not_acceptable()
    response = answer(obj)
    response.headers["Cache-Control"] = "no-cache, private"
    return response


PAGES: tuple[tuple[str, Page], ...] = ()
