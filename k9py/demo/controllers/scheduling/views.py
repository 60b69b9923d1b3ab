"""Pods and nodes as the scheduler keeps them: read once, so that nothing is decoded for each decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypedDict

import msgspec

from k9py.demo.api.podresources import pod_amounts
from k9py.demo.api.quantities import numbers
from k9py.demo.core.store import Entry, Key, Obj
from k9py.values.age import parse_time

Labels = Mapping[str, str]
Amounts = dict[str, float]
"""By name of the resource, in its own unit: cores, bytes, pieces. Exact numbers would be too slow."""
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"

LEAST = (0.1, 200 * 2.0**20)
"""Cores and bytes that a pod which asks for nothing is taken to need (GetNonzeroRequests)."""


@dataclass(slots=True, eq=False)
class PodView:
    """What the scheduler knows of one pod."""

    key: Key
    uid: str
    labels: Labels
    spec: Obj
    """Only of those that wait, or that have rules of affinity; else empty."""
    requests: Amounts
    weight: tuple[float, float]
    """Cores and bytes that it is taken to need: more than nothing even if it asks for nothing."""
    priority: int
    ports: frozenset[tuple[str, str, int]]
    owner: str
    started: float
    leaving: bool
    nominated: str
    """The node on which room has been made for it."""


@dataclass(slots=True, eq=False)
class NodeView:
    """What the scheduler knows of one node, and the sums of what is bound to it."""

    name: str
    labels: Labels = field(default_factory=dict)
    taints: tuple[Obj, ...] = ()
    allocatable: Amounts = field(default_factory=dict)
    unschedulable: bool = False
    used: Amounts = field(default_factory=dict)
    cores: float = 0.0
    memory: float = 0.0
    """The weights of the pods that are here."""
    pods: dict[str, PodView] = field(default_factory=dict)
    picky: dict[str, PodView] = field(default_factory=dict)
    """Those that want no others of some kind beside them (required anti-affinity)."""
    ports: dict[tuple[str, str, int], int] = field(default_factory=dict)
    nominated: dict[str, PodView] = field(default_factory=dict)
    """Pods for which room has been made here."""
    owners: dict[str, int] = field(default_factory=dict)
    """How many pods of each controller are here."""

    def take(self, entry: Entry) -> bool:
        """Read the node anew. Answers whether anything has changed that pods may wait for."""
        node = entry.read()
        spec, status = node.get("spec", {}), node.get("status", {})
        before = (self.labels, self.taints, self.allocatable, self.unschedulable)
        self.labels = dict(entry.meta.labels)
        self.taints = tuple(spec.get("taints", ()))
        self.allocatable = floats(numbers(status.get("allocatable")))
        self.unschedulable = bool(spec.get("unschedulable"))
        return before != (self.labels, self.taints, self.allocatable, self.unschedulable)

    def bind(self, pod: PodView) -> None:
        """A pod is here now."""
        if pod.uid in self.pods:
            self.release(pod.uid)
        self.pods[pod.uid] = pod
        self._add(pod.requests, 1)
        self.cores += pod.weight[0]
        self.memory += pod.weight[1]
        for port in pod.ports:
            self.ports[port] = self.ports.get(port, 0) + 1
        if pod.owner:
            self.owners[pod.owner] = self.owners.get(pod.owner, 0) + 1
        if anti_affinity(pod.spec):
            self.picky[pod.uid] = pod

    def release(self, uid: str) -> None:
        """It is gone, or has ended."""
        pod = self.pods.pop(uid)
        self.picky.pop(uid, None)
        self._add(pod.requests, -1)
        self.cores -= pod.weight[0]
        self.memory -= pod.weight[1]
        for port in pod.ports:
            self.ports[port] -= 1
        if pod.owner:
            self.owners[pod.owner] -= 1
            if not self.owners[pod.owner]:
                del self.owners[pod.owner]

    def _add(self, requests: Amounts, sign: int) -> None:
        for name, value in requests.items():
            self.used[name] = self.used.get(name, 0.0) + sign * value


def floats(exact: Mapping[str, Fraction]) -> Amounts:
    """Amounts as the scheduler adds them up."""
    return {name: float(value) for name, value in exact.items()}


def anti_affinity(spec: Obj) -> list[Obj]:
    """The required terms."""
    terms: list[Obj] = spec.get("affinity", {}).get("podAntiAffinity", {}).get(REQUIRED, [])
    return terms


class _Port(TypedDict, total=False):
    hostPort: int
    protocol: str
    hostIP: str


class _Container(TypedDict, total=False):
    resources: dict[str, Any]
    ports: list[_Port]
    restartPolicy: str


class _Needs(TypedDict, total=False):
    """Of a pod's spec what matters of those that are bound already."""

    containers: list[_Container]
    initContainers: list[_Container]
    resources: dict[str, Any]
    overhead: dict[str, Any]
    nodeName: str
    priority: int
    affinity: dict[str, Any]


class _Status(msgspec.Struct, gc=False, rename="camel"):
    phase: str = ""
    start_time: str = ""
    nominated_node_name: str = ""


class _Pod(msgspec.Struct, gc=False):
    spec: _Needs
    status: _Status = msgspec.field(default_factory=_Status)


_read = msgspec.json.Decoder(_Pod).decode


def view_of(entry: Entry) -> PodView:
    """A pod as the scheduler sees it."""
    pod = _read(entry.raw)
    spec = pod.spec
    controller = entry.meta.controller
    requests = floats(pod_amounts(dict(spec), "requests"))
    return PodView(
        key=entry.key,
        uid=entry.meta.uid,
        labels=dict(entry.meta.labels),
        spec=entry.read()["spec"] if not spec.get("nodeName") or "affinity" in spec else {},
        requests=requests,
        weight=(requests.get("cpu") or LEAST[0], requests.get("memory") or LEAST[1]),
        priority=spec.get("priority", 0),
        ports=frozenset(_host_ports(spec)),
        owner=controller.uid if controller else "",
        started=parse_time(pod.status.start_time) or 0.0,
        leaving=entry.meta.deletion_timestamp is not None,
        nominated=pod.status.nominated_node_name,
    )


def _host_ports(spec: _Needs) -> Iterator[tuple[str, str, int]]:
    for container in spec["containers"]:
        for port in container.get("ports", ()):
            if number := port.get("hostPort"):
                yield port.get("hostIP") or "0.0.0.0", port.get("protocol", "TCP"), number


class _Spec(msgspec.Struct, gc=False, rename="camel"):
    node_name: str = ""
    scheduler_name: str = "default-scheduler"
    scheduling_gates: list[object] = []


class Glance(msgspec.Struct, gc=False):
    """As little of a pod as tells whether it concerns the scheduler."""

    spec: _Spec
    status: _Status = msgspec.field(default_factory=_Status)

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.status.phase in ("Succeeded", "Failed")


glance = msgspec.json.Decoder(Glance).decode
