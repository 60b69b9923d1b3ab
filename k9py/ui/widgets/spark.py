"""Numbers as little bars: a history in a line or several, a share in one character."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

_BARS = "▁▂▃▄▅▆▇█"


def bar(fraction: float) -> str:
    """One bar for a share of 1; the lowest is still to be seen, what is above 1 is full."""
    step = int(max(0.0, min(fraction, 1.0)) * len(_BARS))
    return _BARS[min(step, len(_BARS) - 1)]


def sparkline(values: Sequence[float], width: int, top: float = 1.0) -> str:
    """The last `width` values as shares of `top`, the newest at the right; blank at the left where there are fewer."""
    bars = "".join(bar(value / top if top > 0 else 0.0) for value in values[-width:]) if width > 0 else ""
    return bars.rjust(max(0, width))


def thin(values: Sequence[float], most: int) -> list[float]:
    """At most so many values: where there are more, the highest of each stretch, so that no peak is lost."""
    count = len(values)
    if count <= most:
        return list(values)
    return [max(values[place * count // most : (place + 1) * count // most]) for place in range(most)]


def bars(values: Sequence[float], width: int, height: int, top: float) -> list[str]:
    """Upright bars in `height` lines, the highest line first; `top` fills them. What is more than nothing is seen."""
    shown = thin(values, max(0, width))
    steps = len(_BARS)
    heights = [min(ceil(value / top * height * steps), height * steps) if top > 0 else 0 for value in shown]
    parts = " " + _BARS
    return [
        "".join(parts[max(0, min(each - below, steps))] for each in heights).rjust(max(0, width))
        for below in range((height - 1) * steps, -1, -steps)
    ]
