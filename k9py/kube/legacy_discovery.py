"""Discovery as servers before 1.26 know it, and some gateways still do: a list of versions, then each one's kinds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from k9py.kube.wire import Garbled, Sender
from k9py.values.errors import K9pyError
from k9py.values.request import Request
from k9py.values.resource import Gvr, Resource

_AT_ONCE = 10

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Discovery:
    """Kinds in order of preference, core first, and the group versions that could not be asked, with the reason."""

    resources: tuple[Resource, ...]
    failed: Mapping[str, str]


class _Version(msgspec.Struct, rename="camel"):
    group_version: str = ""


class _Group(msgspec.Struct, rename="camel"):
    versions: list[_Version] = []
    preferred_version: _Version = msgspec.field(default_factory=_Version)


class _Versions(msgspec.Struct):
    """APIVersions (core) or APIGroupList (the others)."""

    versions: list[str] = []
    groups: list[_Group] = []


class _ApiResource(msgspec.Struct, rename="camel"):
    name: str
    singular_name: str = ""
    namespaced: bool = False
    kind: str = ""
    verbs: list[str] = []
    short_names: list[str] | None = None
    categories: list[str] | None = None


class _ApiResourceList(msgspec.Struct):
    resources: list[_ApiResource] | None = None


async def discover_legacy(sender: Sender, path: str, body: bytes) -> Discovery:
    """Ask for the kinds of each version that the answer to /api or /apis names; those that fail are in `failed`."""
    names = list(_group_versions(decode(body, _Versions)))
    gate = asyncio.Semaphore(_AT_ONCE)
    answers = await asyncio.gather(*(_ask(sender, f"{path}/{name}", gate) for name in names))
    resources: list[Resource] = []
    failed: dict[str, str] = {}
    for name, answer in zip(names, answers, strict=True):
        if isinstance(answer, K9pyError):
            failed[name] = answer.message
        else:
            resources += _resources(name, answer)
    return Discovery(tuple(resources), failed)


def decode(body: bytes, kind: type[T]) -> T:
    """Read an answer of discovery. Garbled when it is not what an API server sends."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Garbled(f"discovery cannot be read: {error}", "is `server` in the kubeconfig an API server?") from error


async def _ask(sender: Sender, path: str, gate: asyncio.Semaphore) -> list[_ApiResource] | K9pyError:
    try:
        async with gate:
            response = await sender.send(Request("GET", path))
        return decode(response.body, _ApiResourceList).resources or []
    except K9pyError as error:
        return error


def _group_versions(found: _Versions) -> Iterator[str]:
    """The versions in order of preference: a group's preferred one first."""
    yield from found.versions
    for group in found.groups:
        names = (version.group_version for version in (group.preferred_version, *group.versions))
        yield from dict.fromkeys(name for name in names if name)


def _resources(group_version: str, found: list[_ApiResource]) -> Iterator[Resource]:
    group, _, version = group_version.rpartition("/")
    for resource in found:
        if "/" in resource.name:
            continue
        prefix = f"{resource.name}/"
        yield Resource(
            gvr=Gvr(group, version, resource.name),
            kind=resource.kind,
            singular=resource.singular_name,
            namespaced=resource.namespaced,
            verbs=frozenset(resource.verbs),
            short_names=tuple(resource.short_names or ()),
            categories=tuple(resource.categories or ()),
            subresources=frozenset(one.name.removeprefix(prefix) for one in found if one.name.startswith(prefix)),
        )
