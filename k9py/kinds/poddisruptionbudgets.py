"""Disruption budgets, in the server's columns, and what they count. Enter leads to the pods that they guard."""

from __future__ import annotations

from k9py.kinds.kind import Part, count_cell
from k9py.kinds.parts import opens_selected
from k9py.kinds.server_columns import PartialObject, TableRow, ToldStatus, row_tone, server_kind
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell, Tone, worst
from k9py.values.selector import LabelSelector


class BudgetSpec(Part, frozen=True):
    """What is wanted."""

    selector: LabelSelector | None = None


class BudgetStatus(ToldStatus, frozen=True):
    """What its controller has counted."""

    disruptions_allowed: int = 0
    current_healthy: int = 0
    desired_healthy: int = 0
    expected_pods: int = 0


class Budget(PartialObject, gc=False):
    """A budget."""

    spec: BudgetSpec = BudgetSpec()


class BudgetRow(TableRow, gc=False):
    """A row of it."""

    object: Budget
    told: BudgetStatus = BudgetStatus()


def _tone(row: BudgetRow, joined: Joined) -> Tone:
    """Fewer pods are well than should be: bad. No pod may go: nobody can drain its node."""
    counted = row.told
    if counted.current_healthy < counted.desired_healthy:
        own = Tone.BAD
    elif not counted.expected_pods:
        own = Tone.DONE
    else:
        own = Tone.OK if counted.disruptions_allowed else Tone.WARN
    return worst((row_tone(row, joined), own))


def _current(row: BudgetRow, joined: Joined) -> Cell:
    return count_cell(row.told.current_healthy)._replace(tone=_tone(row, joined))


def _count(title: str, field: str) -> Column:
    return Column(title, lambda row, _: count_cell(getattr(row.told, field)), "right", numeric=True)


KIND = server_kind(
    "policy",
    "poddisruptionbudgets",
    Column("CURRENT", _current, numeric=True, glyph=True),
    _count("DESIRED", "desired_healthy"),
    _count("EXPECTED", "expected_pods"),
    row=BudgetRow,
    tone=_tone,
    opens=lambda row: opens_selected("budget")(row.object),
)
