"""PodDisruptionBudgets: how many pods may be evicted right now (pkg/controller/disruption)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, NamedTuple

from k9py.demo.api.conditions import set_in_place
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.controller import Controller
from k9py.demo.controllers.pods import Pod
from k9py.demo.controllers.rollout_math import scaled
from k9py.demo.controllers.scales import Scale, find_scale
from k9py.demo.controllers.selections import Selections
from k9py.demo.core.store import Change, Entry, Key, Obj
from k9py.values.age import parse_time
from k9py.values.selector import read_selector

BUDGETS = "poddisruptionbudgets.policy"
FORGET = 120.0
"""Seconds in which an evicted pod must have begun to go; then it counts again."""


class _Counts(NamedTuple):
    """How many pods there are to be, and how many must be healthy."""

    expected: int
    desired: int


class _Unknown(Exception):
    """The number of pods cannot be told."""


class Disruptions(Controller):
    """Writes the status of each budget when its pods change."""

    name: ClassVar[str] = "disruption"
    component: ClassVar[str] = "controllermanager"

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.selections = Selections(self.pods)

    def start(self) -> None:
        """Watch budgets, pods, and what pods are controlled by."""
        self.watch(BUDGETS, self._learn)
        self.store.listen("pods", self._hear)
        for collection in ("deployments.apps", "statefulsets.apps", "replicasets.apps", "replicationcontrollers"):
            self.store.listen(collection, self._resized)

    def _learn(self, change: Change) -> Iterable[Key]:
        key = change.entry.key
        if change.type == "DELETED":
            self.selections.drop(key)
        else:
            self.selections.set(key, read_selector(change.entry.read()["spec"].get("selector")))
        return [key]

    def _hear(self, change: Change) -> None:
        for key in self.selections.concerned(change):
            self.enqueue(key)

    def _resized(self, change: Change) -> None:
        """A size has changed: that of a budget in percent with it."""
        if change.old is None or change.old.meta.generation == change.entry.meta.generation:
            return
        for key in self.selections.of_namespace(change.entry.key.namespace):
            self.enqueue(key)

    def reconcile(self, entry: Entry) -> None:
        """Count, and write the status."""
        key, obj = entry.key, entry.read()
        pods = self.selections.members(key)
        if not pods:
            self.recorder.normal(obj, "NoPods", "No matching pods found")
        disrupted = self._disrupted(key, obj, pods)
        try:
            counts = self._counts(obj, pods)
        except _Unknown as error:
            self.recorder.warning(
                obj, "CalculateExpectedPodCountFailed", f"Failed to calculate the number of expected pods: {error}"
            )
            self._fail(entry, obj, str(error))
            return
        healthy = sum(1 for pod in pods if pod.ready and not pod.leaving and pod.name not in disrupted)
        self._write(key, obj, counts, healthy, disrupted)

    def _disrupted(self, key: Key, obj: Obj, pods: list[Pod]) -> dict[str, str]:
        """Pods whose eviction has been allowed, and that are not on their way yet."""
        known: dict[str, str] = (obj.get("status") or {}).get("disruptedPods") or {}
        present = {pod.name: pod for pod in pods}
        found = {}
        for name, time in known.items():
            left = (parse_time(time) or 0.0) + FORGET - self.clock.now
            if name in present and not present[name].leaving and left > 0:
                found[name] = time
                self.enqueue(key, left)
        return found

    def _counts(self, obj: Obj, pods: list[Pod]) -> _Counts:
        spec = obj["spec"]
        if spec.get("maxUnavailable") is not None:
            expected = self._expected(pods)
            return _Counts(expected, max(0, expected - scaled(spec["maxUnavailable"], expected, up=True)))
        least = spec.get("minAvailable", 1)
        if isinstance(least, int):
            return _Counts(len(pods), least)
        expected = self._expected(pods)
        return _Counts(expected, scaled(least, expected, up=True))

    def _expected(self, pods: list[Pod]) -> int:
        """The sum of the sizes of all that controls these pods. Pods without a controller do not count."""
        found: dict[str, int] = {}
        for pod in pods:
            if pod.entry.meta.controller is None:
                continue
            scale = self._controller(pod.entry)
            if scale is None:
                raise _Unknown(f'found no controllers for pod "{pod.name}"')
            found[scale.entry.meta.uid] = scale.wanted
        return sum(found.values())

    def _controller(self, entry: Entry) -> Scale | None:
        """What a pod belongs to in the end: the Deployment of its ReplicaSet."""
        found = None
        while owner := entry.meta.controller:
            scale = find_scale(self.cluster, owner.api_version, owner.kind, entry.key.namespace, owner.name)
            if scale is None or scale.entry.meta.uid != owner.uid:
                break
            found, entry = scale, scale.entry
        return found

    def _write(self, key: Key, obj: Obj, counts: _Counts, healthy: int, disrupted: dict[str, str]) -> None:
        allowed = max(0, healthy - counts.desired) if counts.expected > 0 else 0
        generation = obj["metadata"].get("generation", 1)
        status: Obj = {
            "currentHealthy": healthy,
            "desiredHealthy": counts.desired,
            "disruptionsAllowed": allowed,
            "expectedPods": counts.expected,
            "observedGeneration": generation,
        }
        status |= {"disruptedPods": disrupted} if disrupted else {}
        word = "SufficientPods" if allowed else "InsufficientPods"
        status["conditions"] = self._conditions(obj, "True" if allowed else "False", word, "")
        self.write_status(key, status)

    def _fail(self, entry: Entry, obj: Obj, text: str) -> None:
        status = {**(obj.get("status") or {}), "disruptionsAllowed": 0}
        status.setdefault("currentHealthy", 0)
        status.setdefault("desiredHealthy", 0)
        status.setdefault("expectedPods", 0)
        status["observedGeneration"] = obj["metadata"].get("generation", 1)
        status["conditions"] = self._conditions(obj, "False", "SyncFailed", text)
        self.write_status(entry.key, status)

    def _conditions(self, obj: Obj, status: str, reason: str, text: str) -> list[Obj]:
        new = {
            "type": "DisruptionAllowed",
            "status": status,
            "reason": reason,
            "message": text,
            "observedGeneration": obj["metadata"].get("generation", 1),
        }
        return set_in_place((obj.get("status") or {}).get("conditions"), new, self.clock.stamp())
