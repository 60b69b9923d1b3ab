"""What a story is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from k9py.demo.world.shop import Shop

BEGINNING = 20.0
"""Seconds after the cluster's start until it begins."""


@dataclass(frozen=True, slots=True)
class Story:
    """An incident. What is wrong shows in its symptoms only; the summary gives a hint."""

    name: str
    summary: str
    """One line."""
    plot: str
    """What happens, and how it can be mended: for the documentation."""
    begin: Callable[[Shop], None]
    """Let it happen, now."""
