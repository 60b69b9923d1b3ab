"""ResourceQuota: what objects count for, and who may not have more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k9py.demo.core.catalog import Served
from k9py.demo.core.store import Obj

if TYPE_CHECKING:
    from k9py.demo.api.registry import Registry


def charge(registry: Registry, served: Served, obj: Obj, old: Obj | None) -> None:
    """StatusError (403) if a quota of its namespace does not allow it."""
