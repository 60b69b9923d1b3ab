"""The forms of a patch: JSON patch (RFC 6902), merge patch (RFC 7386) and strategic merge patch."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.status import unsupported_media_type
from k9py.demo.core.store import Obj


def read_patch(cluster: Cluster, served: Served, content_type: str, body: Any) -> Callable[[Obj], Obj]:
    """The change that the body asks for, of the object in the version of the path. StatusError (415) for others."""
    if content_type in ("application/merge-patch+json", "application/strategic-merge-patch+json"):
        return lambda obj: merge(obj, body)
    raise unsupported_media_type(f"{content_type} is not there yet")


def merge(old: Any, patch: Any) -> Any:
    """A merge patch (RFC 7386)."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    merged = dict(old) if isinstance(old, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged
