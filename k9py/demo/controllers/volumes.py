"""Volumes: Available, Bound, Released; those of claims that are gone are deleted where their class says so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from k9py.demo.controllers.claim_writes import PROVISIONED
from k9py.demo.controllers.claims import CLAIMS, VOLUMES
from k9py.demo.controllers.controller import Controller
from k9py.demo.controllers.owning import let_go
from k9py.demo.core.store import Change, Entry, Key, Obj
from k9py.values.age import parse_time

GUARD = "kubernetes.io/pv-protection"
UNMAKING = 1.0
"""Seconds that it takes to delete what is behind a volume."""


class Volumes(Controller):
    """Keeps the phases of volumes, and lets them go when nobody needs them."""

    name: ClassVar[str] = "persistentvolumes"

    def start(self) -> None:
        """Watch volumes and claims."""
        self.watch(VOLUMES)
        self.watch(CLAIMS, self._concerned)

    def reconcile(self, entry: Entry) -> None:
        """Write its phase, delete it, or take its protection away."""
        key, volume = entry.key, entry.read()
        phase = self._phase(volume)
        known = (volume.get("status") or {}).get("phase", "Pending")
        if phase != known:
            status = {"phase": phase, "lastPhaseTransitionTime": self.clock.stamp()}
            self.write_status(key, status)
        if entry.meta.deletion_timestamp:
            if phase != "Bound" and GUARD in entry.meta.finalizers:
                let_go(self.registry, key, GUARD)
        elif phase == "Released" and self._is_ours(volume):
            since = volume["status"].get("lastPhaseTransitionTime") if known == "Released" else self.clock.stamp()
            left = (parse_time(since) or 0.0) + UNMAKING - self.clock.now
            if left > 0:
                self.enqueue(key, left)
            else:
                self.registry.discard(VOLUMES, "", key.name, entry.meta.uid)

    def _phase(self, volume: Obj) -> str:
        ref = volume["spec"].get("claimRef")
        if not ref or not ref.get("uid"):
            return "Available"
        claim = self.store.get(Key(CLAIMS, ref["namespace"], ref["name"]))
        return "Bound" if claim and claim.meta.uid == ref["uid"] else "Released"

    def _is_ours(self, volume: Obj) -> bool:
        """Whether somebody has made it for its claim, and unmakes it."""
        policy = volume["spec"].get("persistentVolumeReclaimPolicy")
        return policy == "Delete" and PROVISIONED in (volume["metadata"].get("annotations") or {})

    def _concerned(self, change: Change) -> Iterable[Key]:
        name = change.entry.read()["spec"].get("volumeName")
        return [Key(VOLUMES, "", name)] if name else []
