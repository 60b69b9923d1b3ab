"""The conditions of a status as a table: to be read at a glance."""

from __future__ import annotations

from k9py.insight.describe.facts import Obj, each, text, when
from k9py.insight.describe.sheet import Cell, Said, Sheet

_TIMES = {
    "LastHeartbeatTime": "lastHeartbeatTime",
    "LastTransitionTime": "lastTransitionTime",
    "LastProbeTime": "lastProbeTime",
}


def conditions_of(sheet: Sheet, found: Obj, *times: str, expected: str = "") -> None:
    """Type, status, the times asked for, reason and message; nothing where there are no conditions.

    What is not `expected` is to be seen at once: of most kinds nobody but its controller knows what that is.
    """
    conditions = [condition for condition in each(found, "status", "conditions") if "type" in condition]
    if conditions:
        sheet.section("Conditions")
        titles = ("Type", "Status", *times, "Reason", "Message")
        sheet.table(titles, [_row(condition, times, expected) for condition in conditions])


def _row(condition: Obj, times: tuple[str, ...], expected: str) -> tuple[Said, ...]:
    status = text(condition, "status")
    wrong = status == "Unknown" or (expected and status != expected)
    return (
        text(condition, "type"),
        Cell(status, "bad" if wrong else None),
        *(when(condition, _TIMES[time]) for time in times),
        text(condition, "reason"),
        text(condition, "message"),
    )
