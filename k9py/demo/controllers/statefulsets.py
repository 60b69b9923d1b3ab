"""StatefulSets: pods with names that stay, made and replaced one after the other (pkg/controller/statefulset)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from k9py.demo.cluster import Cluster
from k9py.demo.controllers.controller import Controller
from k9py.demo.controllers.history import POD_LABEL, History, revision_template
from k9py.demo.controllers.owning import adopt, controller_ref
from k9py.demo.controllers.pods import Pod
from k9py.demo.controllers.rollout_math import scaled, wanted
from k9py.demo.controllers.stateful_pods import StatefulPods
from k9py.demo.core.status import StatusError
from k9py.demo.core.store import Change, Entry, Key, Obj
from k9py.values.selector import read_selector

SETS = "statefulsets.apps"


@dataclass(slots=True)
class _State:
    """One StatefulSet as it is found: its two revisions, its pods by their ordinals, and those beyond its size."""

    entry: Entry
    obj: Obj
    current: Obj
    update: Obj
    pods: dict[int, Pod]
    surplus: list[tuple[int, Pod]]

    @property
    def ordered(self) -> bool:
        """Whether one pod waits for the other."""
        return bool(self.obj["spec"].get("podManagementPolicy", "OrderedReady") != "Parallel")

    @property
    def ordinals(self) -> range:
        """Those that are asked for."""
        return ordinals(self.obj)

    @property
    def min_ready(self) -> int:
        """Seconds after which a ready pod is available."""
        seconds: int = self.obj["spec"].get("minReadySeconds", 0)
        return seconds

    @property
    def strategy(self) -> Obj:
        """spec.updateStrategy."""
        found: Obj = self.obj["spec"].get("updateStrategy") or {"type": "RollingUpdate"}
        return found

    @property
    def partition(self) -> int:
        """Pods of lower ordinals keep their revision."""
        number: int = (self.strategy.get("rollingUpdate") or {}).get("partition", 0)
        return number


class StatefulSets(Controller):
    """Takes each set one step further."""

    name: ClassVar[str] = "statefulset"
    component: ClassVar[str] = "statefulset-controller"

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.history = History(cluster.registry, "StatefulSet", "controller.kubernetes.io/hash", True)
        self.control = StatefulPods(cluster.registry, self.recorder)

    def start(self) -> None:
        """Watch sets and their pods."""
        self.watch(SETS)
        owners = self.owner(SETS, "StatefulSet")
        self.watch("pods", lambda change: (*owners(change), *self._adopters(change)))

    def reconcile(self, entry: Entry) -> None:
        """Make, delete or replace a pod, write the status."""
        state = self._look(entry)
        failed = False
        if not entry.meta.deletion_timestamp:
            try:
                self._act(state)
            except StatusError:
                failed = True
        self._write_status(state)
        live = {state.current["metadata"]["name"], state.update["metadata"]["name"]}
        live |= {pod.labels.get(POD_LABEL, "") for pod in self.pods.owned(entry.meta.uid)}
        self.history.truncate(entry.meta.uid, state.obj, live)
        if failed:
            self.enqueue(entry.key, self.backoff.failed(entry.key))
            return
        self.backoff.forget(entry.key)
        self._look_again(state)

    def _look(self, entry: Entry) -> _State:
        obj = entry.read()
        update = self.history.current(entry, obj)
        named = (obj.get("status") or {}).get("currentRevision")
        known = self.history.all(entry.meta.uid)
        current = next((one for one in known if one["metadata"]["name"] == named), update)
        pods = self._claim(entry, obj)
        asked = ordinals(obj)
        surplus = sorted(((one, pod) for one, pod in pods.items() if one not in asked), reverse=True)
        return _State(entry, obj, current, update, {one: pods[one] for one in asked if one in pods}, surplus)

    def _claim(self, entry: Entry, obj: Obj) -> dict[int, Pod]:
        """Its pods by their ordinals; an orphan that is named as one of them becomes one."""
        selector = read_selector(obj["spec"].get("selector"))
        owned = [pod for pod in self.pods.owned(entry.meta.uid) if selector.matches(pod.labels)]
        if not entry.meta.deletion_timestamp:
            for pod in self.pods.orphans(entry.key.namespace):
                named = ordinal_of(pod.name, entry.key.name) is not None
                if named and pod.active and selector.matches(pod.labels):
                    adopt(self.registry, pod.key, controller_ref(entry, "StatefulSet", "apps/v1"))
                    owned.append(pod)
        found = ((ordinal_of(pod.name, entry.key.name), pod) for pod in owned)
        return {number: pod for number, pod in found if number is not None}

    def _act(self, state: _State) -> None:
        for number in state.ordinals:
            if self._tend(state, number) and state.ordered:
                return
        for number, pod in state.surplus:
            if self._remove(state, number, pod) and state.ordered:
                return
        if state.strategy.get("type", "RollingUpdate") == "RollingUpdate":
            self._replace(state)

    def _tend(self, state: _State, number: int) -> bool:
        """Whether the pod of an ordinal has to be waited for. It is made where there is none."""
        pod = state.pods.get(number)
        if pod is None:
            revision = self._revision_for(state, number)
            name = revision["metadata"]["name"]
            self.control.create(state.entry, state.obj, number, revision_template(revision), name)
            return True
        if pod.finished:
            if not pod.leaving:
                self.control.delete(state.obj, pod)
            return True
        if pod.phase == "Pending":
            self.control.create_claims(state.entry, state.obj, pod.name, number)
        return self._unavailable(state, pod)

    def _remove(self, state: _State, number: int, pod: Pod) -> bool:
        """Take a pod beyond the size away; whether the next has to wait."""
        if pod.leaving:
            return True
        others = [*state.pods.values(), *(one for _, one in reversed(state.surplus))]
        sick = next((one for one in others if self._unavailable(state, one)), None)
        if state.ordered and self._unavailable(state, pod) and pod is not sick:
            return True
        self.control.give_claims(state.obj, pod, number)
        self.control.delete(state.obj, pod)
        return True

    def _replace(self, state: _State) -> None:
        """Delete pods of an old revision from the top down, no more at once than may be missing."""
        limit = scaled((state.strategy.get("rollingUpdate") or {}).get("maxUnavailable", 1), wanted(state.obj), up=True)
        missing = sum(1 for number in state.ordinals if self._unavailable(state, state.pods.get(number)))
        room = max(1, limit) - missing
        name = state.update["metadata"]["name"]
        for number in reversed(state.ordinals):
            pod = state.pods.get(number)
            if room <= 0 or number < state.ordinals.start + state.partition:
                return
            if pod and pod.labels.get(POD_LABEL) != name and not pod.leaving:
                self.control.delete(state.obj, pod)
                room -= 1

    def _revision_for(self, state: _State, number: int) -> Obj:
        """During an update, what is below the partition is made as it was."""
        if state.strategy.get("type", "RollingUpdate") != "RollingUpdate":
            return state.update
        kept = state.partition
        if "rollingUpdate" not in state.strategy:
            kept = (state.obj.get("status") or {}).get("currentReplicas", 0)
        return state.current if number < state.ordinals.start + kept else state.update

    def _unavailable(self, state: _State, pod: Pod | None) -> bool:
        if pod is None or pod.leaving or pod.phase != "Running":
            return True
        return not pod.available(state.min_ready, self.clock.now)

    def _write_status(self, state: _State) -> None:
        # a pod that has just been made or deleted counts as it is now
        pods = self._claim(state.entry, state.obj)
        self.write_status(state.entry.key, self._status(state, list(pods.values())))

    def _status(self, state: _State, pods: list[Pod]) -> Obj:
        obj, size = state.obj, wanted(state.obj)
        current, update = state.current["metadata"]["name"], state.update["metadata"]["name"]
        ready = [pod for pod in pods if pod.phase == "Running" and pod.ready]
        staying = [pod.labels.get(POD_LABEL) for pod in pods if not pod.leaving]
        counts = {
            "replicas": len(pods),
            "readyReplicas": len(ready),
            "currentReplicas": staying.count(current),
            "updatedReplicas": staying.count(update),
        }
        rolling = state.strategy.get("type", "RollingUpdate") == "RollingUpdate"
        if rolling and [counts[name] for name in ("replicas", "readyReplicas", "updatedReplicas")] == [size] * 3:
            current, counts["currentReplicas"] = update, counts["updatedReplicas"]
        status: dict[str, Any] = {"observedGeneration": obj["metadata"].get("generation", 1)}
        status |= {name: number for name, number in counts.items() if number or name == "replicas"}
        status["availableReplicas"] = sum(1 for pod in ready if pod.available(state.min_ready, self.clock.now))
        status |= {"currentRevision": current, "updateRevision": update}
        status["collisionCount"] = (obj.get("status") or {}).get("collisionCount", 0)
        return status

    def _look_again(self, state: _State) -> None:
        """When the next pod will have been ready for long enough."""
        now = self.clock.now
        times = [pod.available_at(state.min_ready) for pod in state.pods.values()] if state.min_ready else []
        waits = [time - now for time in times if time is not None and time > now]
        if waits:
            self.enqueue(state.entry.key, min(waits))

    def _adopters(self, change: Change) -> list[Key]:
        """The set whose pod an orphan is by its name."""
        entry = change.entry
        if entry.meta.controller or change.type == "DELETED" or change.old:
            return []
        key = Key(SETS, entry.key.namespace, entry.key.name.rpartition("-")[0])
        return [key] if self.store.get(key) else []


def ordinals(obj: Obj) -> range:
    """The ordinals that a set asks for."""
    start: int = (obj["spec"].get("ordinals") or {}).get("start", 0)
    return range(start, start + wanted(obj))


def ordinal_of(pod: str, owner: str) -> int | None:
    """The ordinal in the name of a pod of that set; None if it is none of its."""
    name, _, number = pod.rpartition("-")
    return int(number) if name == owner and number.isdecimal() else None
