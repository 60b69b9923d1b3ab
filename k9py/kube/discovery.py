"""Which kinds a cluster serves: two requests where it knows aggregated discovery (1.26 and up), else one a version.

An aggregated API that is down is the usual state of some cluster somewhere: it is named in `failed`, and the rest is
there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import msgspec

from k9py.kube.legacy_discovery import Discovery, decode, discover_legacy
from k9py.kube.wire import Sender
from k9py.values.errors import K9pyError
from k9py.values.request import JSON, Request
from k9py.values.resource import Gvr, Resource

__all__ = ["Discovery", "discover", "server_version"]

_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v={};as=APIGroupDiscoveryList"
_ACCEPT = ",".join([_AGGREGATED.format("v2"), _AGGREGATED.format("v2beta1"), JSON])


class _Kind(msgspec.Struct):
    kind: str = ""


class _Subresource(msgspec.Struct):
    subresource: str


class _ResourceDiscovery(msgspec.Struct, rename="camel"):
    resource: str
    response_kind: _Kind | None = None
    scope: str = ""
    singular_resource: str = ""
    verbs: list[str] = []
    short_names: list[str] | None = None
    categories: list[str] | None = None
    subresources: list[_Subresource] | None = None


class _VersionDiscovery(msgspec.Struct):
    version: str
    resources: list[_ResourceDiscovery] | None = None
    freshness: str = ""


class _Metadata(msgspec.Struct):
    name: str = ""


class _GroupDiscovery(msgspec.Struct):
    metadata: _Metadata
    versions: list[_VersionDiscovery] = []


class _GroupDiscoveryList(msgspec.Struct):
    kind: str
    items: list[_GroupDiscovery] = []


async def discover(sender: Sender) -> Discovery:
    """Ask for all kinds. Raises what `send` raises only when neither the core nor any other group can be had."""
    core, others = await asyncio.gather(
        _discover_half(sender, "/api"), _discover_half(sender, "/apis"), return_exceptions=True
    )
    if isinstance(core, BaseException) and isinstance(others, BaseException):
        raise core
    halves = [_or_failed(core, "v1"), _or_failed(others, "/apis")]
    return Discovery(
        tuple(resource for half in halves for resource in half.resources),
        {name: reason for half in halves for name, reason in half.failed.items()},
    )


async def server_version(sender: Sender) -> str:
    """The server's version as `kubectl version` writes it: v1.36.3."""
    response = await sender.send(Request("GET", "/version"))
    return decode(response.body, _Version).git_version


class _Version(msgspec.Struct, rename="camel"):
    git_version: str = ""


async def _discover_half(sender: Sender, path: str) -> Discovery:
    """The core group, or all the others."""
    response = await sender.send(Request("GET", path, accept=_ACCEPT))
    found = decode(response.body, _GroupDiscoveryList)
    if found.kind != "APIGroupDiscoveryList":
        return await discover_legacy(sender, path, response.body)
    versions = [(group.metadata.name, version) for group in found.items for version in group.versions]
    resources = (resource for group, version in versions for resource in _resources(group, version))
    stale = {
        Gvr(group, version.version, "").api_version: "its server does not answer"
        for group, version in versions
        if version.freshness == "Stale"
    }
    return Discovery(tuple(resources), stale)


def _resources(group: str, version: _VersionDiscovery) -> Iterator[Resource]:
    for found in version.resources or ():
        if found.response_kind is None:  # only its subresources are served
            continue
        yield Resource(
            gvr=Gvr(group, version.version, found.resource),
            kind=found.response_kind.kind,
            singular=found.singular_resource,
            namespaced=found.scope == "Namespaced",
            verbs=frozenset(found.verbs),
            short_names=tuple(found.short_names or ()),
            categories=tuple(found.categories or ()),
            subresources=frozenset(item.subresource for item in found.subresources or ()),
        )


def _or_failed(half: Discovery | BaseException, name: str) -> Discovery:
    if isinstance(half, Discovery):
        return half
    if isinstance(half, K9pyError):
        return Discovery((), {name: half.message})
    raise half
