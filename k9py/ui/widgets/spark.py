"""Numbers as little bars: a history in a line, a share in one character."""

from __future__ import annotations

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"


def bar(fraction: float) -> str:
    """One bar for a share of 1; the lowest is still to be seen, what is above 1 is full."""
    step = int(max(0.0, min(fraction, 1.0)) * len(_BARS))
    return _BARS[min(step, len(_BARS) - 1)]


def sparkline(values: Sequence[float], width: int, top: float = 1.0) -> str:
    """The last `width` values as shares of `top`, the newest at the right; blank at the left where there are fewer."""
    bars = "".join(bar(value / top if top > 0 else 0.0) for value in values[-width:]) if width > 0 else ""
    return bars.rjust(max(0, width))
