"""LimitRange: what containers get when they say nothing, and how far they may go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k9py.demo.core.store import Obj

if TYPE_CHECKING:
    from k9py.demo.api.registry import Registry


def limit_pod(pod: Obj, registry: Registry) -> None:
    """Fill in the limits of its namespace. StatusError if it goes beyond them."""


def limit_claim(claim: Obj, registry: Registry) -> None:
    """StatusError if a claim asks for more or less than its namespace allows."""
