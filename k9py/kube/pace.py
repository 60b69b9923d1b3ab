"""Time and chance of everything that tries again: one place, so that a test can own both."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

HEALTHY = 10.0
"""After so many seconds without a failure the next one counts as the first."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How to wait, what time it is (epoch seconds), and a number in [0, 1)."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    now: Callable[[], float] = time.time
    chance: Callable[[], float] = random.random

    def between(self, least: float, most: float) -> float:
        """A number in that range, so that many clients do not all come at once."""
        return least + (most - least) * self.chance()


class Backoff:
    """Waiting times that double from `first` to `most` seconds, each a random part of its second half."""

    def __init__(self, pace: Pace, first: float = 0.2, most: float = 30.0) -> None:
        self._pace = pace
        self._first = first
        self._most = most
        self._next = first

    def reset(self) -> None:
        """Begin anew: it has been well for a while."""
        self._next = self._first

    def advance(self) -> float:
        """The seconds to wait now."""
        wait = self._next
        self._next = min(wait * 2, self._most)
        return self._pace.between(wait / 2, wait)
