"""Jobs that ask for it are deleted some time after they have ended (pkg/controller/ttlafterfinished)."""

from __future__ import annotations

from typing import ClassVar

from k9py.demo.api.conditions import find
from k9py.demo.controllers.controller import Controller
from k9py.demo.controllers.jobs import JOBS, outcome
from k9py.demo.core.store import Entry
from k9py.values.age import parse_time


class FinishedJobs(Controller):
    """Deletes a finished Job when its ttlSecondsAfterFinished are over."""

    name: ClassVar[str] = "ttl-after-finished"

    def start(self) -> None:
        """Watch Jobs."""
        self.watch(JOBS)

    def reconcile(self, entry: Entry) -> None:
        """Delete it, or look again when its time is over."""
        key = entry.key
        if entry.meta.deletion_timestamp:
            return
        obj = entry.read()
        seconds = obj["spec"].get("ttlSecondsAfterFinished")
        ended = find((obj.get("status") or {}).get("conditions"), outcome(obj))
        if seconds is None or ended is None:
            return
        left = (parse_time(ended["lastTransitionTime"]) or 0.0) + seconds - self.clock.now
        if left > 0:
            self.enqueue(key, left)
        else:
            self.registry.discard(JOBS, key.namespace, key.name, entry.meta.uid, "Foreground")
