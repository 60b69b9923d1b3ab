"""What would run on the nodes of a cluster: its logs, and what it uses, as tests say it. Stands in for the kubelets."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from k9py.demo.cluster import Cluster
from k9py.demo.core.clock import Clock
from k9py.demo.core.store import Key
from k9py.demo.node.container import EPHEMERAL, INIT, MAIN
from k9py.demo.node.kubelets import Kubelets
from k9py.demo.node.log import Log
from k9py.demo.node.program import Load
from k9py.demo.node.usage import PodUsage
from k9py.values.age import parse_time
from k9py.values.quantity import parse_quantity


class ContainerLog:
    """The log of one container, the same for its run before; tests say when a line was written."""

    def __init__(self) -> None:
        self.start_anew()

    def write(self, stamp: str, text: str | bytes) -> None:
        when = parse_time(stamp)
        assert when is not None
        self._clock.advance(when - self._clock.now)
        self.kept.write(text)

    def end(self) -> None:
        """The container has stopped: followers get the end of their stream."""
        self.kept.end()

    def log_of(self, run: str) -> Log:
        """As the kubelet's containers: the log of a run."""
        return self.kept

    def start_anew(self) -> None:
        """Another container of the same name: the log begins again."""
        self._clock = Clock(0)
        self.kept = Log(self._clock)
        self.kept.lines = deque()  # none of them is forgotten


@dataclass
class _Run:
    containers: dict[str, ContainerLog]


@dataclass
class _Node:
    name: str
    address: str = "10.0.0.2"
    down: bool = False

    def all_images(self) -> dict[str, int]:
        return {}


class Running:
    """By namespace, pod and container: logs; by namespace (or none) and name: what a pod or a node uses."""

    def __init__(self, cluster: Cluster) -> None:
        self.logs: defaultdict[tuple[str, str, str], ContainerLog] = defaultdict(ContainerLog)
        self.used: dict[tuple[str, str], Load] = {}
        self._cluster = cluster
        self.time = cluster.clock.now
        cluster.kubelets = cast(Kubelets, self)

    def use(self, name: str, namespace: str, cpu: str, memory: str) -> None:
        """Quantities, as in a manifest."""
        self.used[namespace, name] = Load(parse_quantity(cpu), parse_quantity(memory))

    # what is asked of the kubelets

    @property
    def usage(self) -> Running:
        return self

    def on(self, node: str) -> Any:
        return _Node(node)

    def find(self, uid: str) -> Any:
        pod = next((entry for entry in self._cluster.store.entries("pods") if entry.meta.uid == uid), None)
        if pod is None:
            return None
        spec = pod.read()["spec"]
        names = [one["name"] for kind in (MAIN, INIT, EPHEMERAL) for one in spec.get(kind, ())]
        return _Run({name: self.logs[pod.key.namespace, pod.key.name, name] for name in names})

    def pods(self, namespace: str = "") -> Iterator[PodUsage]:
        for (place, name), load in self.used.items():
            entry = self._cluster.store.get(Key("pods", place, name))
            if entry and place and namespace in ("", place):
                yield PodUsage(entry, {"main": load})

    def of_node(self, name: str) -> list[PodUsage]:
        return [usage for usage in self.pods() if usage.entry.read()["spec"].get("nodeName") == name]

    def node(self, name: str) -> Load | None:
        return self.used.get(("", name))
