"""How controllers make and delete the pods of what they manage, and which events tell of it."""

from __future__ import annotations

from collections.abc import Callable

from k9py.demo.api.events import Recorder
from k9py.demo.api.registry import SYSTEM, Deletion, Registry
from k9py.demo.controllers.controller import is_terminating
from k9py.demo.controllers.pods import Pod
from k9py.demo.core.status import StatusError
from k9py.demo.core.store import Obj

BURST = 500
"""So many pods of one object are made or deleted at once."""


class PodControl:
    """Makes and deletes pods in the name of one component."""

    def __init__(self, registry: Registry, recorder: Recorder) -> None:
        self._registry = registry
        self._recorder = recorder

    def create(self, owner: Obj, pod: Obj) -> Obj | None:
        """Make a pod; None in a namespace that is being deleted. StatusError if it is refused: an event says so."""
        pod["metadata"]["namespace"] = owner["metadata"]["namespace"]
        try:
            made = self._registry.make("pods", pod)
        except StatusError as error:
            if is_terminating(error):
                return None
            self._recorder.warning(owner, "FailedCreate", f"Error creating: {error.message}")
            raise
        self._recorder.normal(owner, "SuccessfulCreate", f"Created pod: {made['metadata']['name']}")
        return made

    def create_many(self, owner: Obj, count: int, pod: Callable[[], Obj]) -> None:
        """Make pods in batches of 1, 2, 4 and so on, until one is refused: then StatusError after its batch."""
        batch, left = 1, min(count, BURST)
        while left > 0:
            batch = min(batch, left)
            refused = [error for error in (self._try(owner, pod()) for _ in range(batch)) if error]
            if refused:
                raise refused[0]
            left -= batch
            batch *= 2

    def delete(self, owner: Obj, pod: Pod) -> None:
        """Delete a pod as its owner."""
        served = self._registry.catalog.storage("pods")
        try:
            self._registry.delete(served, pod.key.namespace, pod.name, Deletion(), SYSTEM)
        except StatusError as error:
            if error.code != 404:
                self._recorder.warning(owner, "FailedDelete", f"Error deleting: {error.message}")
                raise
            return
        self._recorder.normal(owner, "SuccessfulDelete", f"Deleted pod: {pod.name}")

    def _try(self, owner: Obj, pod: Obj) -> StatusError | None:
        try:
            self.create(owner, pod)
        except StatusError as error:
            return error
        return None
