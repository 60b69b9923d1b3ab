"""DaemonSets: one pod on each node that fits (pkg/controller/daemon)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from k9py.demo.cluster import Cluster
from k9py.demo.controllers.backoff import Backoff
from k9py.demo.controllers.controller import Controller
from k9py.demo.controllers.daemon_pods import Wish, by_node, daemon_pod, wish_for
from k9py.demo.controllers.daemon_update import Steps, is_rolling, limits, replacing, surging
from k9py.demo.controllers.history import POD_LABEL, History
from k9py.demo.controllers.owning import adopt, controller_ref
from k9py.demo.controllers.placement import Site, site_of
from k9py.demo.controllers.podcontrol import BURST, PodControl
from k9py.demo.controllers.pods import Pod
from k9py.demo.core.status import StatusError
from k9py.demo.core.store import Change, Entry, Key, Obj
from k9py.values.selector import read_selector

SETS = "daemonsets.apps"
BATCH = 0.2
"""Seconds in which changes of pods and nodes are gathered: a set on many nodes would be looked at all the time."""


class DaemonSets(Controller):
    """Makes and deletes the pods of each set when it, a pod of it, or what nodes are like changes."""

    name: ClassVar[str] = "daemonset"
    component: ClassVar[str] = "daemonset-controller"

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.history = History(cluster.registry, "DaemonSet", POD_LABEL, True)
        self.control = PodControl(self.registry, self.recorder)
        self.failures = Backoff(1.0, 900.0)
        self.sites: dict[str, Site] = {}
        self.wishes: dict[Key, tuple[tuple[str, int], dict[str, tuple[Site, Wish]]]] = {}
        """What each set in its present generation wants of the nodes as they are."""

    def start(self) -> None:
        """Watch sets, pods, and nodes."""
        self.watch(SETS)
        owners = self.owner(SETS, "DaemonSet")
        self.watch("pods", lambda change: owners(change) if self.pods.is_news(change) else (), BATCH)
        self.watch("nodes", self._concerned, BATCH)

    def forget(self, key: Key) -> None:
        """Neither its wishes nor its failures matter any more."""
        super().forget(key)
        self.wishes.pop(key, None)
        for node in self.sites:
            self.failures.forget(Key(key.namespace, key.name, node))

    def reconcile(self, entry: Entry) -> None:
        """Make what is missing, delete what is too much, replace what is old, write the status."""
        key, obj = entry.key, entry.read()
        if entry.meta.deletion_timestamp:
            return
        revision = self.history.hash(self.history.current(entry, obj))
        wishes = self._wishes(entry, obj)
        error = None
        try:
            self._manage(entry, obj, revision, wishes)
        except StatusError as refused:
            error = refused
        live = {f"{key.name[:223]}-{pod.labels.get(POD_LABEL, '')}" for pod in self.pods.owned(entry.meta.uid)}
        self.history.truncate(entry.meta.uid, obj, {f"{key.name[:223]}-{revision}", *live})
        self._write_status(entry, obj, revision, wishes)
        if error:
            self.enqueue(key, self.backoff.failed(key))
        else:
            self.backoff.forget(key)

    def _concerned(self, change: Change) -> Iterable[Key]:
        """All sets, if a node has come or gone, or has other labels or taints."""
        name = change.entry.key.name
        before = self.sites.get(name)
        if change.type == "DELETED":
            self.sites.pop(name, None)
        else:
            self.sites[name] = site_of(change.entry)
        if self.sites.get(name) == before:
            if before:
                self.sites[name] = before
            return ()
        self.sites = dict(sorted(self.sites.items()))
        return [entry.key for entry in self.store.entries(SETS)]

    def _wishes(self, entry: Entry, obj: Obj) -> dict[str, Wish]:
        """What it wants of each node; worked out anew where the node, or the set itself, is another."""
        present = (entry.meta.uid, entry.meta.generation)
        past, known = self.wishes.get(entry.key, (present, {}))
        if past != present:
            known = {}
        found = {}
        for name, site in self.sites.items():
            before = known.get(name)
            found[name] = before if before and before[0] is site else (site, wish_for(obj, site))
        self.wishes[entry.key] = (present, found)
        return {name: wish for name, (_, wish) in found.items()}

    def _claim(self, entry: Entry, obj: Obj) -> dict[str, list[Pod]]:
        """Its pods by their nodes; orphans that match become its own."""
        selector = read_selector(obj["spec"].get("selector"))
        owned = [pod for pod in self.pods.owned(entry.meta.uid) if selector.matches(pod.labels)]
        for pod in self.pods.orphans(entry.key.namespace):
            if selector.requirements and pod.active and selector.matches(pod.labels):
                adopt(self.registry, pod.key, controller_ref(entry, "DaemonSet", "apps/v1"))
                owned.append(pod)
        return by_node(owned)

    def _manage(self, entry: Entry, obj: Obj, revision: str, wishes: dict[str, Wish]) -> None:
        nodes = self._claim(entry, obj)
        steps = Steps()
        surge, missing = limits(obj, sum(wish.run for wish in wishes.values()))
        for name, wish in wishes.items():
            self._tend(entry, obj, name, wish, nodes.get(name, []), steps, surge > 0)
        for name in nodes.keys() - wishes.keys():
            steps.delete += [pod for pod in nodes[name] if not pod.leaving and not pod.node]
        self._apply(entry, obj, revision, steps)
        if steps.create or steps.delete or not is_rolling(obj):
            return
        staying = {name: pods for name, pods in nodes.items() if wishes.get(name, Wish(False, False)).stay}
        update = surging(staying, revision, surge, self._test(obj)) if surge else None
        self._apply(entry, obj, revision, update or replacing(staying, revision, missing, self._test(obj)))

    def _tend(self, entry: Entry, obj: Obj, node: str, wish: Wish, pods: list[Pod], steps: Steps, surge: bool) -> None:
        """What is missing or too much on one node."""
        if not wish.stay:
            steps.delete += [pod for pod in pods if not pod.leaving]
            return
        if wish.run and not pods:
            steps.create.append(node)
            return
        running = []
        for pod in pods:
            if pod.leaving:
                continue
            if not pod.finished:
                running.append(pod)
            elif self._bury(entry, obj, node, pod):
                steps.delete.append(pod)
        if surge and wish.run and not running:
            steps.create.append(node)
        steps.delete += running[2 if surge else 1 :]

    def _bury(self, entry: Entry, obj: Obj, node: str, pod: Pod) -> bool:
        """Whether a pod that has ended goes now; one that keeps failing waits longer and longer."""
        where = f"{pod.key.namespace}/{pod.name} on node {node}"
        if pod.phase == "Succeeded":
            text = f"Found succeeded daemon pod {where}, will try to delete it"
            self.recorder.normal(obj, "SucceededDaemonPod", text)
            return True
        key = Key(entry.key.namespace, entry.key.name, node)
        wait = self.failures.due(key, self.clock.now)
        if wait > 0:
            self.enqueue(entry.key, wait)
            return False
        self.recorder.warning(obj, "FailedDaemonPod", f"Found failed daemon pod {where}, will try to kill it")
        return True

    def _apply(self, entry: Entry, obj: Obj, revision: str, steps: Steps) -> None:
        for node in steps.create[:BURST]:
            self.control.create(obj, daemon_pod(entry, obj, node, revision))
        for pod in steps.delete[:BURST]:
            self.control.delete(obj, pod)

    def _test(self, obj: Obj) -> Any:
        delay, now = obj["spec"].get("minReadySeconds", 0), self.clock.now
        return lambda pod: pod.available(delay, now)

    def _write_status(self, entry: Entry, obj: Obj, revision: str, wishes: dict[str, Wish]) -> None:
        nodes = by_node(self.pods.owned(entry.meta.uid))
        wanted = [name for name, wish in wishes.items() if wish.run]
        first = [nodes[name][0] for name in wanted if nodes.get(name)]
        ready = [pod for pod in first if pod.ready]
        available = sum(map(self._test(obj), ready))
        status: Obj = {
            "currentNumberScheduled": len(first),
            "numberMisscheduled": sum(1 for name, wish in wishes.items() if not wish.run and nodes.get(name)),
            "desiredNumberScheduled": len(wanted),
            "numberReady": len(ready),
            "observedGeneration": obj["metadata"].get("generation", 1),
        }
        optional = {
            "updatedNumberScheduled": sum(1 for pod in first if pod.labels.get(POD_LABEL) == revision),
            "numberAvailable": available,
            "numberUnavailable": len(wanted) - available,
        }
        status |= {name: number for name, number in optional.items() if number}
        self.write_status(entry.key, status)
        delay = obj["spec"].get("minReadySeconds", 0)
        if delay and len(ready) != available:
            times = [pod.ready_since + delay - self.clock.now for pod in ready]
            self.enqueue(entry.key, min((wait for wait in times if wait > 0), default=float(delay)))
