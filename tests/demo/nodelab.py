"""A small cluster for the tests of nodes: kubelets, a scheduler, and programs that do as they are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from k9py.demo.api.bootstrap import bootstrap
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.nodelifecycle import NodeLifecycle
from k9py.demo.controllers.scheduler import Scheduler
from k9py.demo.core.store import Obj
from k9py.demo.node.images import Image
from k9py.demo.node.kubelets import Kubelets
from k9py.demo.node.nodes import make_node
from k9py.demo.node.pod_run import PodRun
from k9py.demo.node.program import Load, Process, Program

START = 1_795_626_380.0


class Told(Program):
    """Ends after so many seconds with a code; answers probes as `says` does."""

    def __init__(
        self,
        seconds: float | None = None,
        code: int = 0,
        reason: str = "",
        says: Callable[[Process, str], str] | None = None,
        stubborn: bool = False,
    ) -> None:
        self.seconds, self.code, self.reason = seconds, code, reason
        self.says, self.stubborn = says, stubborn
        self.asked: list[str] = []
        self.processes: list[Process] = []

    def start(self, process: Process) -> None:
        self.processes.append(process)
        process.log("hello")
        if self.seconds is not None:
            process.after(self.seconds, lambda: process.exit(self.code, self.reason))

    def stop(self, process: Process) -> None:
        if not self.stubborn:
            process.exit(143)

    def load(self, process: Process) -> Load:
        return Load(0.25, 64 * 2**20)

    def steady(self, process: Process) -> bool:
        return self.says is None

    def probe(self, process: Process, kind: str, handler: Obj) -> str:
        self.asked.append(kind)
        return self.says(process, kind) if self.says else ""


class Lab:
    """The cluster, and what tests do with it."""

    def __init__(self, nodes: int = 2, schedule: bool = True, off: frozenset[str] = frozenset()) -> None:
        self.cluster = Cluster(START, 7, off)
        bootstrap(self.cluster)
        self.kubelets = self.cluster.kubelets = Kubelets(self.cluster)
        self.kubelets.start()
        if schedule:
            Scheduler(self.cluster).start()
            NodeLifecycle(self.cluster).start()
        for number in range(1, nodes + 1):
            make_node(self.cluster, f"node{number}", cores=4, memory="8Gi")

    def image(self, name: str, program: Program | None = None, **fields: Any) -> str:
        """An image that is on every node."""
        fields.setdefault("everywhere", True)
        self.kubelets.images.add(name, Image(program or Program(), **fields))
        return name

    def pod(self, name: str, *containers: Obj, labels: Obj | None = None, **spec: Any) -> Obj:
        """Make a pod; one container of the image `plain` if none is given."""
        common = {"name": "main", "image": "plain", "imagePullPolicy": "IfNotPresent"}
        listed = [common | one for one in containers or ({},)]
        metadata: Obj = {"name": name, "namespace": "default", "labels": labels or {}}
        found = {"containers": listed, **spec}
        return self.cluster.registry.make(
            "pods", {"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": found}
        )

    def read(self, name: str) -> Obj:
        """A pod as it is now."""
        found = self.cluster.registry.read("pods", "default", name)
        assert found is not None, f"{name} is gone"
        return found

    def status(self, name: str) -> Obj:
        """Of a pod."""
        status: Obj = self.read(name)["status"]
        return status

    def first(self, name: str) -> Obj:
        """The status of its first container."""
        status: Obj = self.status(name)["containerStatuses"][0]
        return status

    def condition(self, name: str, kind: str) -> Obj:
        """One of its conditions."""
        return next(one for one in self.status(name)["conditions"] if one["type"] == kind)

    def events(self, name: str) -> list[tuple[str, str]]:
        """Reasons and messages of what was said of an object, in order."""
        listed = [entry.read() for entry in self.cluster.store.entries("events")]
        mine = [one for one in listed if one["involvedObject"]["name"] == name]
        mine.sort(key=lambda one: int(one["metadata"]["resourceVersion"]))
        return [(one["reason"], one["message"]) for one in mine]

    def run(self, name: str) -> PodRun:
        """What runs of a pod."""
        found = self.kubelets.find(self.read(name)["metadata"]["uid"])
        assert found is not None
        return found

    def delete(self, name: str, grace: int | None = None) -> None:
        """As kubectl delete does."""
        from k9py.demo.api.registry import SYSTEM, Deletion

        served = self.cluster.catalog.storage("pods")
        self.cluster.registry.delete(served, "default", name, Deletion(grace=grace), SYSTEM)

    def gone(self, name: str) -> bool:
        """Whether a pod is not there any more."""
        return self.cluster.registry.read("pods", "default", name) is None

    def watch(self) -> list[Obj]:
        """All states of pods from now on."""
        seen: list[Obj] = []
        self.cluster.store.listen("pods", lambda change: seen.append(change.entry.read()))
        return seen
