"""Server-side apply and managedFields (KEP-555)."""

from __future__ import annotations

from k9py.demo.api.registry import Intent
from k9py.demo.api.target import Target
from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.status import unsupported_media_type
from k9py.demo.core.store import Obj


def stamp(
    cluster: Cluster, served: Served, old: Obj | None, new: Obj, intent: Intent, operation: str, subresource: str
) -> None:
    """Record in managedFields, in place, that the manager has set what differs between old and new."""


def apply(cluster: Cluster, target: Target, configuration: Obj, force: bool, intent: Intent) -> tuple[Obj, bool]:
    """Apply a configuration: the object as it is stored then, and whether it is new. StatusError (409): conflicts."""
    raise unsupported_media_type("apply is not there yet")
