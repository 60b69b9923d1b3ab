"""What both controllers of endpoints share: which Services concern a pod, and which pods a Service leads to."""

from __future__ import annotations

from collections.abc import Iterable

from k9py.demo.cluster import Cluster
from k9py.demo.controllers.controller import Controller
from k9py.demo.controllers.pods import Pod, read_map_selector
from k9py.demo.controllers.selections import Selections
from k9py.demo.core.store import Change, Key, Obj

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
