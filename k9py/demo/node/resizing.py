"""In-place resize (KEP-1287): a running container gets what its spec asks for now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k9py.demo.core.store import Obj

if TYPE_CHECKING:
    from k9py.demo.node.pod_run import PodRun

CONDITIONS = ("PodResizePending", "PodResizeInProgress")


def resize(run: PodRun, pod: Obj) -> None:
    """Give each running container its new resources."""


def conditions(run: PodRun) -> list[Obj]:
    """What the status says of a resize that is not done."""
    return []
