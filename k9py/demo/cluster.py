"""One embedded cluster: what its parts share."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from k9py.demo.api.registry import Registry
from k9py.demo.core.catalog import load_catalog
from k9py.demo.core.clock import Clock
from k9py.demo.core.store import COMPACTION, Store

if TYPE_CHECKING:
    from k9py.demo.api.target import User
    from k9py.demo.node.kubelets import Kubelets


class Cluster:
    """Time, storage, rules and nodes. `off` names the parts that this server lacks, as old ones do."""

    def __init__(self, start: float, seed: int = 0, off: frozenset[str] = frozenset()) -> None:
        self.random = Random(seed)
        self.clock = Clock(start)
        self.store = Store()
        self.catalog = load_catalog(off)
        self.registry = Registry(self.store, self.catalog, self.clock, self.random)
        self.off = off
        self.tokens: dict[str, User] = {}
        """Who bears which token."""
        self.quiet = False
        """No events are recorded, no leader's lease renewed: whoever lives through what is long past needs none."""
        self._compacted = self.store.version
        self.clock.every(COMPACTION, self._compact)
        self.kubelets: Kubelets
        """Set by whoever starts the controllers."""

    def _compact(self) -> None:
        """Forget what was past already when this was done last."""
        self.store.forget(self._compacted)
        self._compacted = self.store.version
