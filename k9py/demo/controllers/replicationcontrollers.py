"""ReplicationControllers: ReplicaSets of an older day, with a map for a selector."""

from __future__ import annotations

from typing import ClassVar

from k9py.demo.controllers.pods import read_map_selector
from k9py.demo.controllers.replicasets import ReplicaSets
from k9py.demo.core.store import Obj
from k9py.values.selector import Selector


class ReplicationControllers(ReplicaSets):
    """The same rules for the older kind (pkg/controller/replication)."""

    name: ClassVar[str] = "replicationcontroller"
    collection: ClassVar[str] = "replicationcontrollers"
    kind: ClassVar[str] = "ReplicationController"
    api_version: ClassVar[str] = "v1"
    component: ClassVar[str] = "replication-controller"
    counts_terminating: ClassVar[bool] = False

    def selector(self, obj: Obj) -> Selector:
        """Which pods it may own."""
        return read_map_selector(obj["spec"].get("selector"))
