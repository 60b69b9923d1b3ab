"""Which events are told: similar ones become one, and who says too much is not heard (client-go's EventCorrelator)."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

COMBINED = "(combined from similar events): "
SIMILAR = 10
"""From so many different messages on, they are combined."""
INTERVAL = 600.0
"""Seconds without one after which they are told one by one again."""
BURST = 25
"""So many events of one object are told at once."""
REFILL = 300.0
"""Seconds until one more is told."""
REMEMBERED = 4096


class _Used(Protocol):
    last: float


_Value = TypeVar("_Value", bound=_Used)


class _Recent(OrderedDict[tuple[str, ...], _Value], Generic[_Value]):
    """Remembers what has been used of late, for so many seconds after which it is as good as new."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def keep(self, key: tuple[str, ...], value: _Value, now: float) -> _Value:
        self[key] = value
        self.move_to_end(key)
        oldest = next(iter(self))
        if len(self) > REMEMBERED or self[oldest].last + self._seconds < now:
            del self[oldest]
        return value


@dataclass(slots=True)
class _Similar:
    messages: dict[str, None] = field(default_factory=dict)
    last: float = 0.0


@dataclass(slots=True)
class _Bucket:
    tokens: float
    last: float


class Correlator:
    """What one component has said of late."""

    def __init__(self) -> None:
        self._similar: _Recent[_Similar] = _Recent(INTERVAL)
        self._buckets: _Recent[_Bucket] = _Recent(BURST * REFILL)

    def combine(self, what: tuple[str, ...], message: str, now: float) -> bool:
        """Whether this message is told as one of many. `what` is the object, the type and the reason."""
        found = self._similar.get(what)
        if found is None or now - found.last > INTERVAL:
            found = _Similar(last=now)
        self._similar.keep(what, found, now)
        found.messages[message] = None
        found.last = now
        if len(found.messages) < SIMILAR:
            return False
        del found.messages[next(iter(found.messages))]
        return True

    def admit(self, uid: str, now: float) -> bool:
        """Whether one more event of an object is told."""
        found = self._buckets.get((uid,)) or _Bucket(BURST, now)
        self._buckets.keep((uid,), found, now)
        found.tokens = min(BURST, found.tokens + (now - found.last) / REFILL)
        found.last = now
        if found.tokens < 1:
            return False
        found.tokens -= 1
        return True
