"""The annotation by which `kubectl apply` knows what it has applied, where `kubectl apply --server-side` follows it."""

from __future__ import annotations

import copy

import msgspec

from k9py.demo.api.managed_fields import Paths
from k9py.demo.api.managed_values import compare, paths_of
from k9py.demo.api.openapi import Node
from k9py.demo.core.catalog import Served
from k9py.demo.core.store import Obj

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def _annotation(obj: Obj) -> str:
    found: str = (obj["metadata"].get("annotations") or {}).get(LAST_APPLIED) or ""
    return found


def note_last_applied(obj: Obj, sent: Obj) -> None:
    """Keep the annotation, where there is one, at what was applied last."""
    if not _annotation(obj):
        return
    kept = copy.deepcopy(sent)
    (kept["metadata"].get("annotations") or {}).pop(LAST_APPLIED, None)
    obj["metadata"]["annotations"][LAST_APPLIED] = msgspec.json.encode(kept, order="sorted").decode() + "\n"


def own_by_last_applied(live: Obj, served: Served, node: Node | None) -> Paths:
    """The fields that kubectl has set by an apply of its own, and that are still as it set them."""
    try:
        last = msgspec.json.decode(_annotation(live))
    except msgspec.DecodeError:
        return set()
    if not isinstance(last, dict) or last.get("apiVersion") != served.gvr.api_version:
        return set()
    found = compare(last, live, node)
    return paths_of(last, node) - found.added - found.modified - found.removed
