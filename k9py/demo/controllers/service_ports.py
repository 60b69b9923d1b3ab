"""Which ports of a pod a Service leads to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from k9py.demo.core.store import Entry, Obj


class _Port(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    container_port: int
    name: str | None = None
    protocol: str | None = None


class _Container(msgspec.Struct, frozen=True, gc=False):
    ports: tuple[_Port, ...] | None = None


class _Spec(msgspec.Struct, frozen=True, gc=False):
    containers: tuple[_Container, ...] = ()
    hostname: str | None = None
    subdomain: str | None = None


class _View(msgspec.Struct, frozen=True, gc=False):
    spec: _Spec


_decode = msgspec.json.Decoder(_View).decode


@lru_cache(maxsize=512)
def _view(raw: bytes) -> _View:
    """Several Services, and two controllers, ask for the same pod."""
    return _decode(raw)


Ports = tuple[tuple[tuple[str, Any], ...], ...]
"""Ports as they stand in an endpoint, in a form that can be compared."""


def resolve_ports(service: Obj, entry: Entry) -> Ports:
    """The ports of a pod for a Service; a named one that the pod does not have is left out."""
    ports: Sequence[Mapping[str, Any]] = service["spec"].get("ports") or ()
    found = []
    for port in ports:
        number = _number(port, entry)
        if number:
            protocol = port.get("protocol", "TCP")
            item = {"name": port.get("name", ""), "port": number, "protocol": protocol}
            item |= {"appProtocol": port["appProtocol"]} if port.get("appProtocol") else {}
            found.append(tuple(item.items()))
    return tuple(found)


def _number(port: Mapping[str, Any], entry: Entry) -> int:
    target = port.get("targetPort") or port["port"]
    if isinstance(target, int):
        return target
    for container in _view(entry.raw).spec.containers:
        for one in container.ports or ():
            if one.name == target and (one.protocol or "TCP") == port.get("protocol", "TCP"):
                return one.container_port
    return 0


def hostname_in(service: Obj, entry: Entry) -> str:
    """The name of a pod in the DNS of a headless Service; empty if it has none there."""
    spec = _view(entry.raw).spec
    return (spec.hostname or "") if spec.subdomain == service["metadata"]["name"] else ""
