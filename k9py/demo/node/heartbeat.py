"""Signs of life: each node renews its lease every ten seconds, and says how it is every five minutes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from k9py.demo.core.store import Obj
from k9py.demo.node.leases import renew_lease
from k9py.demo.node.nodes import BAD, GOOD, conditions

if TYPE_CHECKING:
    from k9py.demo.node.kubelet import Kubelet

RENEW = 10.0
"""Seconds between renewals (a quarter of the lease's duration)."""
REPORT = 300.0
"""Seconds between reports when nothing has changed (nodeStatusReportFrequency)."""
IMAGES = 50
"""So many images, the largest, stand in a node's status (nodeStatusMaxImages)."""


class Heartbeat:
    """The heartbeat of one node."""

    def __init__(self, kubelet: Kubelet) -> None:
        self._kubelet = kubelet
        self.pressed: set[str] = set()
        self.dirty = False
        """Whether there is something to tell before the next report is due."""
        self._cordoned = False
        self._reported = kubelet.cluster.clock.now - kubelet.cluster.random.uniform(0, REPORT)

    def beat(self) -> None:
        """Renew the lease, and report if it is time."""
        cluster = self._kubelet.cluster
        if self._kubelet.down:
            return
        renew_lease(cluster, self._kubelet.name, self._kubelet.uid)
        if self.dirty or cluster.clock.now - self._reported >= REPORT:
            self.report()

    def announce(self) -> None:
        """What a kubelet says when it begins."""
        self._say("Starting", "Starting kubelet.")
        for kind in ("MemoryPressure", "DiskPressure", "PIDPressure"):
            self._say_state(GOOD[kind].reason.replace("Kubelet", "Node", 1))
        self._say("NodeAllocatableEnforced", "Updated Node Allocatable limit across pods")
        self._say_state("NodeReady")

    def cordon(self, on: bool) -> None:
        """The node is cordoned, or no longer: its kubelet says so with its next look at itself."""
        if on != self._cordoned:
            self._cordoned = on
            word = "NodeNotSchedulable" if on else "NodeSchedulable"
            delay = self._kubelet.cluster.random.uniform(0.5, RENEW)
            self._kubelet.cluster.clock.after(delay, lambda: self._say_state(word))

    def _say_state(self, word: str) -> None:
        self._say(word, f"Node {self._kubelet.name} status is now: {word}")

    def _say(self, reason: str, message: str) -> None:
        if not self._kubelet.down:
            self._kubelet.recorder.normal(self._kubelet.reference(), reason, message)

    def press(self, kind: str, on: bool) -> None:
        """A pressure begins or ends, and is reported at once."""
        (self.pressed.add if on else self.pressed.discard)(kind)
        word = (BAD if on else GOOD)[kind]
        reason = word.reason.replace("Kubelet", "Node", 1) if kind != "Ready" else f"Node{'Not' * on}Ready"
        self._say_state(reason)
        self.report()

    def report(self) -> None:
        """Write the status of the node."""
        cluster = self._kubelet.cluster
        self.dirty = False
        self._cordoned = False
        self._reported = cluster.clock.now
        now = cluster.clock.stamp()

        def change(node: Obj) -> Obj:
            status = node.setdefault("status", {})
            old = {one["type"]: one for one in status.get("conditions", ())}
            others = [one for kind, one in old.items() if kind not in GOOD]
            status["conditions"] = [*others, *conditions(now, old, self.pressed)]
            status["images"] = list(self._images())
            return node

        served = cluster.catalog.storage("nodes")
        cluster.registry.update(served, "", self._kubelet.name, change, self._kubelet.intent, "status")

    def _images(self) -> Iterable[Obj]:
        largest = sorted(self._kubelet.all_images().items(), key=lambda one: (-one[1], one[0]))[:IMAGES]
        return ({"names": self._kubelet.names_of(name), "sizeBytes": size} for name, size in largest)
