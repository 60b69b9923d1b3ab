"""The scheduler: binds pods to nodes, says why it cannot, and makes room for those that matter more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from k9py.demo.api.registry import Intent
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.controller import Controller
from k9py.demo.controllers.scheduling import preemption, scoring, volumes
from k9py.demo.controllers.scheduling.affinity import filters_for
from k9py.demo.controllers.scheduling.filters import Refusal, Round, refusal
from k9py.demo.controllers.scheduling.reports import Announcer, explain
from k9py.demo.controllers.scheduling.views import NodeView, PodView, glance, view_of
from k9py.demo.core.store import Change, Entry, Key, Obj

FLUSH = 300.0
"""Seconds after which a pod is tried again though nothing seems to have changed."""
BACKOFF = (1.0, 10.0)
"""Seconds before the next attempt: after the first, and at most."""


class Scheduler(Controller):
    """kube-scheduler, with its default profile."""

    name: ClassVar[str] = "scheduler"

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.nodes: dict[str, NodeView] = {}
        self.events = Announcer(cluster, "default-scheduler", "demo-control-plane")
        self.intent = Intent("kube-scheduler", "system:kube-scheduler")
        self._bound: dict[str, str] = {}
        """The node of each pod that is bound, by uid."""
        self._waiting: dict[Key, int] = {}
        """Pods that no node suits, and how often they have been tried."""
        self._chosen: dict[Key, str] = {}
        """The node of pods that only wait for their volumes."""

    def start(self) -> None:
        """Look at all nodes and pods, then hear of their changes."""
        for entry in self.store.entries("nodes"):
            self._hear_node(Change("ADDED", entry, None))
        self.store.listen("nodes", self._hear_node)
        self.watch("pods", self._concerned)
        for collection in ("persistentvolumeclaims", "persistentvolumes"):
            self.store.listen(collection, lambda _: self._retry_all())

    def reconcile(self, key: Key) -> None:
        """Try to place a pod."""
        entry = self.store.get(key)
        if entry is None or entry.meta.uid in self._bound or entry.meta.deletion_timestamp:
            self._waiting.pop(key, None)
            return
        seen = glance(entry.raw)
        if seen.spec.scheduling_gates:
            self._gate(entry)
            return
        if seen.spec.node_name or seen.spec.scheduler_name != "default-scheduler" or seen.over:
            return
        self._place(entry)

    # what there is

    def _hear_node(self, change: Change) -> None:
        name = change.entry.key.name
        if change.type == "DELETED":
            self.nodes.pop(name, None)
            return
        node = self.nodes.get(name)
        if node is None:
            node = self.nodes[name] = NodeView(name)
        if node.take(change.entry):
            self._retry_all()

    def _concerned(self, change: Change) -> Iterable[Key]:
        """Keep the sums; answer the pod if it waits for a node."""
        entry = change.entry
        uid = entry.meta.uid
        node = self.nodes.get(self._bound.get(uid, ""))
        if change.type == "DELETED":
            self._forget(uid, node)
            self._waiting.pop(entry.key, None)
            self._chosen.pop(entry.key, None)
            return ()
        seen = glance(entry.raw)
        if seen.over:
            self._forget(uid, node)
            return ()
        if seen.spec.node_name:
            self._note(entry, seen.spec.node_name, change.old)
            return ()
        return (entry.key,) if entry.key not in self._waiting or _spec_changed(change) else ()

    def _note(self, entry: Entry, name: str, old: Entry | None) -> None:
        uid = entry.meta.uid
        known = uid in self._bound
        if known and old is not None and old.meta.generation == entry.meta.generation:
            return
        self._bound[uid] = name
        node = self.nodes.get(name)
        if node is None:
            node = self.nodes[name] = NodeView(name)
        node.bind(view_of(entry))
        self._waiting.pop(entry.key, None)

    def _forget(self, uid: str, node: NodeView | None) -> None:
        """A pod is gone, or has ended: what it had is free for others."""
        if self._bound.pop(uid, None) is not None and node and uid in node.pods:
            node.release(uid)
            self._retry_all()

    def _retry_all(self) -> None:
        """Something has changed that those who wait may profit from."""
        for key, tried in sorted(self._waiting.items(), key=lambda one: one[0]):
            first, most = BACKOFF
            self.enqueue(key, min(first * 2 ** max(0, min(tried - 1, 30)), most))

    # placing

    def _place(self, entry: Entry) -> None:
        pod = view_of(entry)
        attempt = Round({name: node for name, node in self.nodes.items() if node.allocatable})
        problem = volumes.problem(self.cluster, pod)
        if problem:
            text = f"0/{len(attempt.nodes)} nodes are available: {problem}. not found"
            self._fail(entry, pod, text)
            return
        attempt.extra = [*volumes.filters_for(self.cluster, pod), *filters_for(attempt, pod)]
        refusals: dict[str, Refusal] = {}
        fitting = []
        for node in attempt.nodes.values():
            why = refusal(attempt, pod, node)
            if why is None:
                fitting.append(node)
            else:
                refusals[node.name] = why
        if fitting:
            chosen = self._chosen.pop(entry.key, "")
            kept = next((node for node in fitting if node.name == chosen), None)
            self._bind(entry, pod, kept or scoring.best(attempt, pod, fitting, self.cluster.random))
            return
        nominated = preemption.make_room(self, attempt, pod, refusals)
        self._fail(entry, pod, explain(refusals.values(), bool(nominated)), nominated)

    def _bind(self, entry: Entry, pod: PodView, node: NodeView) -> None:
        if not volumes.select_node(self.cluster, pod, node.name):
            self._chosen[entry.key] = node.name
            self.enqueue(entry.key, 1.0)
            return
        now = self.clock.stamp()

        def change(obj: Obj) -> Obj:
            obj["spec"]["nodeName"] = node.name
            status = obj.setdefault("status", {})
            rest = [one for one in status.get("conditions", ()) if one["type"] != "PodScheduled"]
            done: Obj = {"type": "PodScheduled", "status": "True", "lastProbeTime": None, "lastTransitionTime": now}
            status["conditions"] = [*rest, done]
            status.pop("nominatedNodeName", None)
            return obj

        served = self.cluster.catalog.storage("pods")
        obj = self.registry.update(served, entry.key.namespace, entry.key.name, change, self.intent, "binding")
        who = f"{entry.key.namespace}/{entry.key.name}"
        self.events.say(obj, "Normal", "Scheduled", "Binding", f"Successfully assigned {who} to {node.name}")

    def _fail(self, entry: Entry, pod: PodView, text: str, nominated: str = "") -> None:
        """Say why, and wait for a change."""
        tried = self._waiting[entry.key] = self._waiting.get(entry.key, 0) + 1
        obj = self._condition(entry, "Unschedulable", text, nominated)
        self.events.say(obj, "Warning", "FailedScheduling", "Scheduling", text)
        self.enqueue(entry.key, 1.0 + tried if nominated else FLUSH)

    def _gate(self, entry: Entry) -> None:
        self._condition(entry, "SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates", "")

    def _condition(self, entry: Entry, reason: str, message: str, nominated: str) -> Obj:
        now = self.clock.stamp()

        def change(obj: Obj) -> Obj:
            status = obj.setdefault("status", {})
            found = status.setdefault("conditions", [])
            old = next((one for one in found if one["type"] == "PodScheduled"), None)
            since = old["lastTransitionTime"] if old and old["status"] == "False" else now
            new: Obj = {"type": "PodScheduled", "status": "False", "reason": reason, "message": message}
            new |= {"observedGeneration": obj["metadata"].get("generation", 1)} if reason == "Unschedulable" else {}
            new |= {"lastProbeTime": None, "lastTransitionTime": since}
            status["conditions"] = [*(one for one in found if one["type"] != "PodScheduled"), new]
            if nominated:
                status["nominatedNodeName"] = nominated
            return obj

        served = self.cluster.catalog.storage("pods")
        return self.registry.update(served, entry.key.namespace, entry.key.name, change, self.intent, "status")


def _spec_changed(change: Change) -> bool:
    """Labels, gates and the like; not what the scheduler itself writes into the status."""
    old = change.old
    return old is None or (old.meta.generation, old.meta.labels) != (
        change.entry.meta.generation,
        change.entry.meta.labels,
    )


CONTROLLER = Scheduler
