"""The scheduler: binds pods to nodes, says why it cannot, and makes room for those that matter more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, NamedTuple

from k9py.demo.api.binding import bind
from k9py.demo.api.conditions import set_in_place
from k9py.demo.api.registry import Intent
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.backoff import Backoff
from k9py.demo.controllers.controller import Controller
from k9py.demo.controllers.scheduling import preemption, scoring, volumes
from k9py.demo.controllers.scheduling.affinity import filters_for
from k9py.demo.controllers.scheduling.filters import Refusal, Round, refusal
from k9py.demo.controllers.scheduling.reports import Announcer, explain, explain_no_victims
from k9py.demo.controllers.scheduling.views import NodeView, PodView, glance, view_of
from k9py.demo.core.store import Change, Entry, Key, Obj

FLUSH = 300.0
"""Seconds after which a pod is tried again though nothing seems to have changed."""


class Waiting(NamedTuple):
    """A pod that no node suits. Those that matter most are tried first."""

    order: int
    """Its priority, the highest first."""
    due: float
    """When it may be tried again at the earliest."""


class Scheduler(Controller):
    """kube-scheduler, with its default profile."""

    name: ClassVar[str] = "scheduler"

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.nodes: dict[str, NodeView] = {}
        self.events = Announcer(cluster, "default-scheduler", "demo-control-plane")
        self.intent = Intent("kube-scheduler", "system:kube-scheduler")
        self.backoff = Backoff(1.0, 10.0)
        self._bound: dict[str, str] = {}
        """The node of each pod that is bound, by uid."""
        self._nominated: dict[str, str] = {}
        """The node on which room has been made for a pod, by uid."""
        self._waiting: dict[Key, Waiting] = {}
        self._chosen: dict[Key, str] = {}
        """The node of pods that only wait for their volumes."""

    def start(self) -> None:
        """Look at all nodes and pods, then hear of their changes."""
        self.store.follow("nodes", self._hear_node)
        self.watch("pods", self._concerned)
        for collection in ("persistentvolumeclaims", "persistentvolumes"):
            self.store.listen(collection, lambda _: self._retry_all())

    def reconcile(self, entry: Entry) -> None:
        """Try to place a pod."""
        if entry.meta.uid in self._bound or entry.meta.deletion_timestamp:
            self.forget(entry.key)
            return
        seen = glance(entry.raw)
        if seen.spec.node_name or seen.spec.scheduler_name != "default-scheduler" or seen.over:
            return
        if seen.spec.scheduling_gates:
            self._tell(entry.key, "SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates")
        else:
            self._place(view_of(entry))

    def turn_away(self, pod: PodView) -> None:
        """The room that was made for a pod goes to one that matters more."""
        self._tell(pod.key, nominated="")
        self.enqueue(pod.key, 1.0)

    # what there is

    def _node(self, name: str) -> NodeView:
        node = self.nodes.get(name)
        if node is None:
            node = self.nodes[name] = NodeView(name)
        return node

    def _hear_node(self, change: Change) -> None:
        name = change.entry.key.name
        if change.type == "DELETED":
            self.nodes.pop(name, None)
        elif self._node(name).take(change.entry):
            self._retry_all()

    def _concerned(self, change: Change) -> Iterable[Key]:
        """Keep the sums; answer the pod if it waits for a node."""
        entry = change.entry
        seen = glance(entry.raw)
        if change.type == "DELETED" or seen.over:
            self._free(entry)
            return ()
        if seen.spec.node_name:
            self._note(entry, seen.spec.node_name, change.old)
            return ()
        self._nominate(entry, seen.status.nominated_node_name)
        return (entry.key,) if entry.key not in self._waiting or _spec_changed(change) else ()

    def _note(self, entry: Entry, name: str, old: Entry | None) -> None:
        """A pod is bound. Of a status alone nothing is to be learned."""
        uid = entry.meta.uid
        if uid in self._bound and old is not None and old.meta.generation == entry.meta.generation:
            return
        self._bound[uid] = name
        self._node(name).bind(view_of(entry))
        self._nominate(entry, "")
        self.forget(entry.key)

    def _nominate(self, entry: Entry, name: str) -> None:
        uid = entry.meta.uid
        before = self._nominated.pop(uid, "")
        if before in self.nodes:
            self.nodes[before].nominated.pop(uid, None)
        if name:
            self._nominated[uid] = name
            self._node(name).nominated[uid] = view_of(entry)

    def forget(self, key: Key) -> None:
        """It waits no longer."""
        self._waiting.pop(key, None)
        self._chosen.pop(key, None)
        self.backoff.forget(key)

    def _free(self, entry: Entry) -> None:
        """A pod is gone, or has ended: what it had is free for others."""
        uid = entry.meta.uid
        self.forget(entry.key)
        had = bool(self._nominated.get(uid))
        self._nominate(entry, "")
        node = self.nodes.get(self._bound.pop(uid, ""))
        if node and uid in node.pods:
            node.release(uid)
            had = True
        if had:
            self._retry_all()

    def _retry_all(self) -> None:
        """Something has changed that those who wait may profit from."""
        for key, waiting in sorted(self._waiting.items(), key=lambda one: (one[1].order, one[0])):
            self.enqueue(key, max(0.0, waiting.due - self.clock.now))

    # placing

    def _place(self, pod: PodView) -> None:
        attempt = Round({name: node for name, node in self.nodes.items() if node.allocatable})
        problem = volumes.problem(self.cluster, pod)
        if problem:
            self._fail(pod, f"0/{len(attempt.nodes)} nodes are available: {problem}. not found")
            return
        attempt.extra = [*volumes.filters_for(self.cluster, pod), *filters_for(attempt, pod)]
        found = {name: refusal(attempt, pod, node) for name, node in attempt.nodes.items()}
        fitting = [attempt.nodes[name] for name, why in found.items() if why is None]
        if not fitting:
            self._preempt(attempt, pod, {name: why for name, why in found.items() if why})
            return
        wanted = self._chosen.pop(pod.key, pod.nominated)
        kept = next((node for node in fitting if node.name == wanted), None)
        self._bind(pod, kept or scoring.best(attempt, pod, fitting, self.cluster.random))

    def _preempt(self, attempt: Round, pod: PodView, refusals: dict[str, Refusal]) -> None:
        """Make room for it, unless that is on its way, or not allowed."""
        why, listed = preemption.ineligible(attempt, pod, refusals), refusals.values()
        if why:
            self._fail(pod, explain(listed, why), pod.nominated)
            return
        nominated = preemption.make_room(self, attempt, pod, refusals)
        self._fail(pod, explain(listed, "" if nominated else explain_no_victims(listed)), nominated)

    def _bind(self, pod: PodView, node: NodeView) -> None:
        if not volumes.select_node(self.cluster, pod, node.name):
            self._chosen[pod.key] = node.name
            self.enqueue(pod.key, 1.0)
            return
        where = pod.key.namespace, pod.key.name
        binding = {"metadata": {"uid": pod.uid}, "target": {"name": node.name}}
        obj = bind(self.cluster, *where, binding, self.intent)
        text = f"Successfully assigned {'/'.join(where)} to {node.name}"
        self.events.say(obj, "Normal", "Scheduled", "Binding", text)

    def _fail(self, pod: PodView, text: str, nominated: str = "") -> None:
        """Say why, and wait for a change."""
        self._waiting[pod.key] = Waiting(-pod.priority, self.clock.now + self.backoff.failed(pod.key))
        obj = self._tell(pod.key, "Unschedulable", text, nominated)
        self.events.say(obj, "Warning", "FailedScheduling", "Scheduling", text)
        self.enqueue(pod.key, FLUSH)

    def _tell(self, key: Key, reason: str = "", message: str = "", nominated: str = "") -> Obj:
        """Write why a pod waits, if there is a reason, and on which node room is made for it."""
        now = self.clock.stamp()

        def change(obj: Obj) -> Obj:
            status = obj.setdefault("status", {})
            status.pop("nominatedNodeName", None)
            if reason:
                new: Obj = {"type": "PodScheduled", "status": "False", "reason": reason, "message": message}
                new |= {"observedGeneration": obj["metadata"].get("generation", 1)} if reason == "Unschedulable" else {}
                status["conditions"] = set_in_place(status.get("conditions"), {**new, "lastProbeTime": None}, now)
            if nominated:
                status["nominatedNodeName"] = nominated
            return obj

        served = self.cluster.catalog.storage("pods")
        return self.registry.update(served, key.namespace, key.name, change, self.intent, "status")


def _spec_changed(change: Change) -> bool:
    """Labels, gates and the like; not what the scheduler itself writes into the status."""
    old, new = change.old, change.entry
    return old is None or (old.meta.generation, old.meta.labels) != (new.meta.generation, new.meta.labels)
