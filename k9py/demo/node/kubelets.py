"""The kubelets of all nodes: what runs where, for logs, exec and metrics."""

from __future__ import annotations

import msgspec

from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Change, Entry
from k9py.demo.node.heartbeat import RENEW
from k9py.demo.node.images import Images
from k9py.demo.node.kubelet import Kubelet
from k9py.demo.node.pod_run import PodRun
from k9py.demo.node.usage import Usage


class _Container(msgspec.Struct, gc=False):
    image: str = ""


class _Spec(msgspec.Struct, gc=False, rename="camel"):
    node_name: str = ""
    containers: list[_Container] = []


class _State(msgspec.Struct, gc=False):
    running: object = None


class _ContainerStatus(msgspec.Struct, gc=False):
    state: _State


class _Status(msgspec.Struct, gc=False, rename="camel"):
    phase: str = ""
    pod_ip: str = msgspec.field(default="", name="podIP")
    container_statuses: list[_ContainerStatus] = []


class _Pod(msgspec.Struct, gc=False):
    spec: _Spec
    status: _Status = msgspec.field(default_factory=_Status)

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.status.phase in ("Succeeded", "Failed")

    @property
    def settled(self) -> bool:
        """Whether all of it runs, or it has ended."""
        statuses = self.status.container_statuses
        return self.over or (bool(statuses) and all(one.state.running is not None for one in statuses))


_read = msgspec.json.Decoder(_Pod).decode


class Kubelets:
    """All nodes' kubelets."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.images = Images()
        self._kubelets: dict[str, Kubelet] = {}
        self._where: dict[str, Kubelet] = {}
        """By the uid of each pod that a kubelet has."""
        self.usage = Usage(cluster, self._kubelets, self._where)
        self._started = False

    def start(self) -> None:
        """Begin: a kubelet for each node, and for each that is added; pods that are bound already are taken over."""
        store = self.cluster.store
        for entry in store.entries("nodes"):
            self._hear_node(Change("ADDED", entry, None))
        store.listen("nodes", self._hear_node)
        for entry in store.entries("pods"):
            self._hear_pod(Change("ADDED", entry, None))
        store.listen("pods", self._hear_pod)
        self._started = True
        self.cluster.clock.every(RENEW, self._beat)

    def stop(self, node: str) -> None:
        """A machine goes down: its containers are gone, and nothing is heard of it any more."""
        self._kubelets[node].go_down()

    def resume(self, node: str) -> None:
        """It is started again."""
        self._kubelets[node].come_back()

    def press(self, node: str, kind: str, on: bool = True) -> None:
        """A condition of a node turns bad, or good again: MemoryPressure, DiskPressure, PIDPressure; Ready too.

        Under pressure of memory or disk the kubelet evicts one pod after the other.
        """
        self._kubelets[node].press(kind, on)

    def find(self, uid: str) -> PodRun | None:
        """What runs of a pod, by its uid."""
        kubelet = self._where.get(uid)
        return kubelet.find(uid) if kubelet else None

    def bound(self, node: str) -> list[Entry]:
        """The pods of a node that its kubelet has, as the store has them."""
        kubelet = self._kubelets.get(node)
        return kubelet.bound() if kubelet else []

    def on(self, node: str) -> Kubelet | None:
        """The kubelet of a node; None if there is no such node."""
        return self._kubelets.get(node)

    def refresh(self) -> None:
        """All nodes have new images: their status says so with the next heartbeat."""
        for kubelet in self._kubelets.values():
            kubelet.heartbeat.dirty = True

    def _beat(self) -> None:
        for kubelet in self._kubelets.values():
            kubelet.heartbeat.beat()

    def _hear_node(self, change: Change) -> None:
        name = change.entry.key.name
        if change.type == "DELETED":
            self._kubelets.pop(name, None)
            return
        node = change.entry.read()
        kubelet = self._kubelets.get(name)
        if kubelet is not None:
            kubelet.heartbeat.cordon(bool(node["spec"].get("unschedulable")))
        elif node.get("status", {}).get("nodeInfo"):
            # one that somebody has only written down has no kubelet
            self._kubelets[name] = Kubelet(self, change.entry)
            if self._started:
                self._kubelets[name].heartbeat.announce()

    def _hear_pod(self, change: Change) -> None:
        uid = change.entry.meta.uid
        kubelet = self._where.get(uid)
        if kubelet is None:
            if change.type != "DELETED":
                self._bind(change.entry)
        elif change.type == "DELETED":
            del self._where[uid]
            kubelet.drop(uid)
        else:
            kubelet.seen(change.entry)

    def _bind(self, entry: Entry) -> None:
        pod = _read(entry.raw)
        kubelet = self._kubelets.get(pod.spec.node_name)
        if kubelet is None:
            return
        self._where[entry.meta.uid] = kubelet
        if pod.status.pod_ip:
            kubelet.reserve(pod.status.pod_ip)
        if not pod.status.container_statuses and not pod.over:
            kubelet.add(entry)
            return
        kubelet.adopt(entry)
        if entry.meta.deletion_timestamp or not (pod.settled and self._is_idle(pod)):
            kubelet.find(entry.meta.uid)

    def _is_idle(self, pod: _Pod) -> bool:
        return pod.over or all(self.images.program_idle(one.image) for one in pod.spec.containers)
