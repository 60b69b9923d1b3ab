"""How long a controller waits before it tries again what has failed."""

from __future__ import annotations

from k9py.demo.core.store import Key

BASE = 0.005
MOST = 1000.0


class Backoff:
    """Twice as long after each failure, from 5 ms to 1000 s (client-go's DefaultTypedControllerRateLimiter)."""

    def __init__(self, base: float = BASE, most: float = MOST) -> None:
        self._base = base
        self._most = most
        self._failures: dict[Key, int] = {}
        self._until: dict[Key, float] = {}

    def failed(self, key: Key) -> float:
        """Seconds to wait after one more failure."""
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        return min(self._base * 2.0 ** min(failures, 60), self._most)

    def due(self, key: Key, now: float) -> float:
        """Seconds until it may fail again; 0 counts a failure now. After twice the longest wait all is forgiven."""
        until = self._until.get(key, 0.0)
        if until > now:
            return until - now
        if until and now - until > 2 * self._most:
            self._failures.pop(key, None)
        self._until[key] = now + self.failed(key)
        return 0.0

    def forget(self, key: Key) -> None:
        """It has succeeded, or is gone."""
        self._failures.pop(key, None)
        self._until.pop(key, None)
