"""Conditions in a status: finding one, setting one, as each kind's own rules of times ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Conditions = list[dict[str, Any]]


def find(conditions: Sequence[dict[str, Any]] | None, kind: str) -> dict[str, Any] | None:
    """The condition of that type."""
    return next((one for one in conditions or () if one["type"] == kind), None)


def is_true(conditions: Sequence[dict[str, Any]] | None, kind: str) -> bool:
    """Whether it is there and says True."""
    found = find(conditions, kind)
    return found is not None and found["status"] == "True"


def without(conditions: Sequence[dict[str, Any]] | None, kind: str) -> Conditions:
    """All but that one."""
    return [one for one in conditions or () if one["type"] != kind]


def set_in_place(conditions: Sequence[dict[str, Any]] | None, new: dict[str, Any], now: str) -> Conditions:
    """With that condition in its place; lastTransitionTime moves with its status only (meta.SetStatusCondition)."""
    old = find(conditions, new["type"])
    moved = old["lastTransitionTime"] if old and old["status"] == new["status"] else now
    made = {**new, "lastTransitionTime": moved}
    if old is None:
        return [*(conditions or ()), made]
    return [made if one is old else one for one in conditions or ()]
