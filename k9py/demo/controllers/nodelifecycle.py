"""Node lifecycle: a node that is not heard of is doubted, tainted, and its pods are sent away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from k9py.demo.api.conditions import find, set_in_place
from k9py.demo.api.disruption import mark
from k9py.demo.api.events import Recorder
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.controller import Controller
from k9py.demo.controllers.placement import bears
from k9py.demo.core.clock import Timer
from k9py.demo.core.parts import version_of
from k9py.demo.core.store import Change, Entry, Key, Obj

MONITOR = 5.0
"""Seconds between two looks (--node-monitor-period)."""
LEASES = "leases.coordination.k8s.io"

NOT_READY, UNREACHABLE = "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"
_PRESSURES = {
    "MemoryPressure": "node.kubernetes.io/memory-pressure",
    "DiskPressure": "node.kubernetes.io/disk-pressure",
    "PIDPressure": "node.kubernetes.io/pid-pressure",
    "NetworkUnavailable": "node.kubernetes.io/network-unavailable",
}
_UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
_OWN = frozenset({NOT_READY, UNREACHABLE, _UNSCHEDULABLE, *_PRESSURES.values()})
"""Taints that this controller keeps."""


class NodeLifecycle(Controller):
    """The node-lifecycle and taint-eviction controllers."""

    name: ClassVar[str] = "node-lifecycle"
    component: ClassVar[str] = "node-controller"

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.evictions = Recorder(cluster, "taint-eviction-controller")
        self._seen: dict[str, float] = {}
        """When each node was last heard of."""
        self._looked = self.clock.now
        self._grace = 50.0 if version_of(cluster.off) >= (1, 32) else 40.0
        """Seconds without a sign of life after which a node is doubted (--node-monitor-grace-period)."""
        self._leaving: dict[str, dict[Key, Timer]] = {}
        """Pods that are to leave a node, by its name."""

    def start(self) -> None:
        """Watch nodes and their leases."""
        self.watch("nodes", self._keys)
        self.store.listen(LEASES, self._hear_lease)
        self.store.listen("pods", self._hear_pod)
        self.clock.every(MONITOR, self._monitor)

    def reconcile(self, entry: Entry) -> None:
        """Bring the taints of a node in line with its conditions, and send away the pods that do not bear them."""
        node = entry.read()
        old = node["spec"].get("taints", [])
        new = _taints(node, self.clock.stamp())
        if new != old:
            self.registry.patch("nodes", ("", entry.key.name), lambda obj: _with_taints(obj, new))
        self._evict(entry.key.name, [one for one in new if one["effect"] == "NoExecute"])

    def _keys(self, change: Change) -> Iterable[Key]:
        name = change.entry.key.name
        if change.type == "DELETED":
            self._seen.pop(name, None)
            self._stay(name)
            text = f"Node {name} event: Removing Node {name} from Controller"
            self.recorder.normal(change.entry.read(), "RemovingNode", text)
            return ()
        if name not in self._seen:
            self._seen[name] = self.clock.now
            text = f"Node {name} event: Registered Node {name} in Controller"
            self.recorder.normal(change.entry.read(), "RegisteredNode", text)
        return (change.entry.key,)

    def _hear_lease(self, change: Change) -> None:
        if change.entry.key.namespace == "kube-node-lease" and change.type != "DELETED":
            self._seen[change.entry.key.name] = self.clock.now

    def _monitor(self) -> None:
        """Doubt the nodes that have not been heard of. Time that was skipped counts for nothing."""
        now = self.clock.now
        skipped = now - self._looked - MONITOR
        self._looked = now
        if skipped > MONITOR:
            for name in self._seen:
                self._seen[name] += skipped
        for name, seen in self._seen.items():
            if now - seen > self._grace:
                self._doubt(name)

    def _doubt(self, name: str) -> None:
        entry = self.store.get(Key("nodes", "", name))
        if entry is None:
            return
        node = entry.read()
        ready = find(node["status"].get("conditions"), "Ready")
        if ready and ready["status"] == "Unknown":
            return
        now = self.clock.stamp()

        def change(obj: Obj) -> Obj:
            obj["status"]["conditions"] = [_unknown(one, now) for one in obj["status"].get("conditions", ())]
            return obj

        self.registry.patch("nodes", ("", name), change, "status")
        self.recorder.normal(node, "NodeNotReady", f"Node {name} status is now: NodeNotReady")
        self._mark_pods(name)

    def _mark_pods(self, name: str) -> None:
        """Pods of a node that is not ready are not ready either."""
        for entry in self.cluster.kubelets.bound(name):
            pod = entry.read()
            conditions = pod["status"].get("conditions")
            ready = find(conditions, "Ready")
            if ready and ready["status"] == "True":
                changed = set_in_place(conditions, {**ready, "status": "False"}, self.clock.stamp())
                self.registry.set_status(entry.key, {**pod["status"], "conditions": changed})
                self.recorder.warning(pod, "NodeNotReady", "Node is not ready")

    # evictions

    def _evict(self, name: str, taints: list[Obj]) -> None:
        """Each pod stays as long as it tolerates all taints."""
        if not taints:
            self._stay(name)
            return
        planned = self._leaving.setdefault(name, {})
        for entry in self.cluster.kubelets.bound(name):
            if entry.key not in planned and not entry.meta.deletion_timestamp:
                self._plan(entry, taints, planned)

    def _plan(self, entry: Entry, taints: list[Obj], planned: dict[Key, Timer]) -> None:
        tolerations = entry.read()["spec"].get("tolerations", [])
        stay = _seconds(tolerations, taints)
        if stay is not None:
            uid = entry.meta.uid
            planned[entry.key] = self.clock.after(stay, lambda: self._delete(entry.key, uid))

    def _delete(self, key: Key, uid: str) -> None:
        entry = self.store.get(key)
        if entry is None or entry.meta.uid != uid or entry.meta.deletion_timestamp:
            return
        text = f"Marking for deletion Pod {key.namespace}/{key.name}"
        self.evictions.normal(entry.read(), "TaintManagerEviction", text)
        where, why = (key.namespace, key.name), "Taint manager: deleting due to NoExecute taint"
        mark(self.cluster, where, "DeletionByTaintManager", why)
        self.registry.discard("pods", key.namespace, key.name, uid)

    def _stay(self, name: str) -> None:
        """The taints are gone: nobody has to leave."""
        for key, timer in self._leaving.pop(name, {}).items():
            if timer.do and timer.when > self.clock.now:
                timer.cancel()
                self._spare(key)

    def _spare(self, key: Key) -> None:
        entry = self.store.get(key)
        if entry is not None and not entry.meta.deletion_timestamp:
            text = f"Cancelling deletion of Pod {key.namespace}/{key.name}"
            self.evictions.normal(entry.read(), "TaintManagerEviction", text)

    def _hear_pod(self, change: Change) -> None:
        """One that comes to a node with taints may have to leave it again."""
        if change.type != "DELETED" and self._leaving:
            name = change.entry.read()["spec"].get("nodeName")
            if name in self._leaving and change.entry.key not in self._leaving[name]:
                self.enqueue(Key("nodes", "", name))


def _with_taints(node: Obj, taints: list[Obj]) -> Obj:
    node["spec"].pop("taints", None)
    if taints:
        node["spec"]["taints"] = taints
    return node


def _unknown(condition: Obj, now: str) -> Obj:
    """Nothing is known any more of what the kubelet used to say."""
    if condition["type"] not in ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure"):
        return condition
    return {
        **condition,
        "status": "Unknown",
        "reason": "NodeStatusUnknown",
        "message": "Kubelet stopped posting node status.",
        "lastTransitionTime": now,
    }


def _taints(node: Obj, now: str) -> list[Obj]:
    """The taints that the conditions ask for, beside those of others. What is there already keeps its time."""
    found: dict[str, Any] = {one["type"]: one["status"] for one in node.get("status", {}).get("conditions", ())}
    wanted: list[tuple[str, str]] = []
    ready = found.get("Ready", "False")
    if ready != "True":
        key = UNREACHABLE if ready == "Unknown" else NOT_READY
        wanted += [(key, "NoSchedule"), (key, "NoExecute")]
    wanted += [(key, "NoSchedule") for kind, key in _PRESSURES.items() if found.get(kind) == "True"]
    if node["spec"].get("unschedulable"):
        wanted.append((_UNSCHEDULABLE, "NoSchedule"))
    old = node["spec"].get("taints", [])
    kept = [one for one in old if one["key"] not in _OWN or (one["key"], one["effect"]) in wanted]
    have = {(one["key"], one["effect"]) for one in kept}
    new = [{"key": key, "effect": effect, "timeAdded": now} for key, effect in wanted if (key, effect) not in have]
    return [*kept, *new]


def _seconds(tolerations: list[Obj], taints: list[Obj]) -> float | None:
    """How long a pod bears all of these taints; None for ever."""
    limits: list[float] = []
    for taint in taints:
        bearing = [one for one in tolerations if bears([one], taint)]
        if not bearing:
            return 0.0
        limits += [one["tolerationSeconds"] for one in bearing if one.get("tolerationSeconds") is not None]
    return min(limits, default=None)
