"""Completed indexes of an Indexed Job as its status writes them: `0-2,5`."""

from __future__ import annotations

from collections.abc import Iterable


def parse_indexes(text: str | None) -> set[int]:
    """The numbers that a text names."""
    found: set[int] = set()
    for part in filter(None, (text or "").split(",")):
        low, _, high = part.partition("-")
        found.update(range(int(low), int(high or low) + 1))
    return found


def write_indexes(numbers: Iterable[int]) -> str:
    """The text that names them: runs of three and more, and of two, as the real one writes them."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(_write_run(run) for run in runs)


def _write_run(run: list[int]) -> str:
    if len(run) < 3:
        return ",".join(map(str, run))
    return f"{run[0]}-{run[-1]}"
