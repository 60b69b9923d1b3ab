"""What both controllers of endpoints share: which Services concern a pod, and which pods a Service leads to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from k9py.demo.cluster import Cluster
from k9py.demo.controllers.controller import Controller
from k9py.demo.controllers.pods import Pod, read_map_selector
from k9py.demo.controllers.selections import Selections
from k9py.demo.core.store import Change, Entry, Key, Obj

SERVICES = "services"
HEADLESS = "service.kubernetes.io/headless"
TRIGGER = "endpoints.kubernetes.io/last-change-trigger-time"


class ServiceController(Controller):
    """Is asked to reconcile a Service when it, or a pod that it selects, changes."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.selections = Selections(self.pods)

    def start(self) -> None:
        """Watch Services and pods."""
        self.watch(SERVICES, self._learn)
        self.store.listen("pods", self._hear)

    def _hear(self, change: Change) -> None:
        if self.pods.is_news(change):
            for key in self.selections.concerned(change):
                self.enqueue(key)

    def _learn(self, change: Change) -> Iterable[Key]:
        key = change.entry.key
        spec = change.entry.read()["spec"]
        if change.type == "DELETED" or spec.get("type") == "ExternalName" or not spec.get("selector"):
            self.selections.drop(key)
        else:
            self.selections.set(key, read_map_selector(spec["selector"]))
        return [key]

    def backends(self, key: Key) -> list[Pod]:
        """The pods that have an address and have not ended."""
        return [pod for pod in self.selections.members(key) if pod.ip and not pod.finished]


def leads_to_pods(service: Obj) -> bool:
    """Whether it has a selector."""
    spec = service["spec"]
    return bool(spec.get("selector")) and spec.get("type") != "ExternalName"


def is_headless(service: Obj) -> bool:
    """Whether it has no address of its own."""
    return bool(service["spec"].get("clusterIP") == "None")


def is_ready(service: Obj, pod: Pod) -> bool:
    """Whether requests are to be led to a pod."""
    return bool(service["spec"].get("publishNotReadyAddresses")) or (pod.ready and not pod.leaving)


def target_of(pod: Pod) -> Obj:
    """The reference to a pod (targetRef)."""
    return {"kind": "Pod", "namespace": pod.key.namespace, "name": pod.name, "uid": pod.uid}


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
