"""Pods and nodes as the scheduler keeps them: read once, so that nothing is decoded for each decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from k9py.demo.core.store import Entry, Key, Obj
from k9py.demo.node.quality import Amounts, add, amounts, total_of
from k9py.values.age import parse_time

Labels = Mapping[str, str]
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
        self.allocatable = amounts(status.get("allocatable"))
        self.unschedulable = bool(spec.get("unschedulable"))
        return before != (self.labels, self.taints, self.allocatable, self.unschedulable)

    def bind(self, pod: PodView) -> None:
        """A pod is here now."""
        if pod.uid in self.pods:
            self.release(pod.uid)
        self.pods[pod.uid] = pod
        add(self.used, pod.requests)
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
        add(self.used, {name: -value for name, value in pod.requests.items()})
        self.cores -= pod.weight[0]
        self.memory -= pod.weight[1]
        for port in pod.ports:
            self.ports[port] -= 1
        if pod.owner:
            self.owners[pod.owner] -= 1
            if not self.owners[pod.owner]:
                del self.owners[pod.owner]


def anti_affinity(spec: Obj) -> list[Obj]:
    """The required terms."""
    terms: list[Obj] = spec.get("affinity", {}).get("podAntiAffinity", {}).get(REQUIRED, [])
    return terms


class _Resources(msgspec.Struct, gc=False):
    requests: dict[str, str | int | float] = {}


class _Port(msgspec.Struct, gc=False, rename="camel"):
    host_port: int = 0
    protocol: str = "TCP"
    host_ip: str = msgspec.field(default="", name="hostIP")


class _Container(msgspec.Struct, gc=False, rename="camel"):
    resources: _Resources = msgspec.field(default_factory=_Resources)
    ports: list[_Port] = []
    restart_policy: str = ""


class _Needs(msgspec.Struct, gc=False, rename="camel"):
    containers: list[_Container] = []
    init_containers: list[_Container] = []
    resources: _Resources = msgspec.field(default_factory=_Resources)
    overhead: dict[str, str | int | float] = {}
    node_name: str = ""
    priority: int = 0
    affinity: dict[str, Any] | None = None


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
    requests = _requested(spec)
    return PodView(
        key=entry.key,
        uid=entry.meta.uid,
        labels=dict(entry.meta.labels),
        spec=entry.read()["spec"] if not spec.node_name or spec.affinity else {},
        requests=requests,
        weight=(requests.get("cpu") or LEAST[0], requests.get("memory") or LEAST[1]),
        priority=spec.priority,
        ports=frozenset(_host_ports(spec)),
        owner=controller.uid if controller else "",
        started=parse_time(pod.status.start_time) or 0.0,
        leaving=entry.meta.deletion_timestamp is not None,
        nominated=pod.status.nominated_node_name,
    )


def _requested(spec: _Needs) -> Amounts:
    total = total_of(
        [amounts(one.resources.requests) for one in spec.containers],
        [(amounts(one.resources.requests), one.restart_policy == "Always") for one in spec.init_containers],
    )
    total.update(amounts(spec.resources.requests))
    return add(total, amounts(spec.overhead))


def _host_ports(spec: _Needs) -> Iterator[tuple[str, str, int]]:
    for container in spec.containers:
        for port in container.ports:
            if port.host_port:
                yield port.host_ip or "0.0.0.0", port.protocol, port.host_port


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
