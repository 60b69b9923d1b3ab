"""Daemon sets: on how many nodes they should run, and do. Enter leads to their pods."""

from __future__ import annotations

import msgspec

from k9py.kinds.kind import AGE, LABELS, NAME, Kind, Part, always, count_cell, join_labels
from k9py.kinds.parts import (
    Generations,
    Selecting,
    count_column,
    opens_selected,
    replicas_tone,
    selector_column,
    template_columns,
)
from k9py.kinds.valid import says_ready, valid_column
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell, Tone


class DaemonSetStatus(Part, frozen=True):
    """How far it is, counted in nodes."""

    observed_generation: int = 0
    desired_number_scheduled: int = 0
    current_number_scheduled: int = 0
    number_ready: int = 0
    updated_number_scheduled: int = 0
    number_available: int = 0
    number_misscheduled: int = 0


class DaemonSet(msgspec.Struct, frozen=True, gc=False):
    """A daemon set."""

    metadata: Generations
    spec: Selecting = Selecting()
    status: DaemonSetStatus = DaemonSetStatus()


def _tone(obj: DaemonSet, _joined: Joined) -> Tone:
    status = obj.status
    counts = (
        status.current_number_scheduled,
        status.number_ready,
        status.updated_number_scheduled,
        status.number_available,
    )
    tone = replicas_tone(obj.metadata, status.desired_number_scheduled, counts)
    if tone is Tone.OK and status.observed_generation < obj.metadata.generation:
        return Tone.BUSY
    return Tone.WARN if tone in (Tone.OK, Tone.DONE) and status.number_misscheduled else tone


def _misscheduled(obj: DaemonSet) -> str:
    count = obj.status.number_misscheduled
    return f"{count} where none should run" if count else ""


def _ready(obj: DaemonSet, joined: Joined) -> Cell:
    return count_cell(obj.status.number_ready)._replace(tone=_tone(obj, joined))


KIND = Kind(
    "apps",
    "daemonsets",
    DaemonSet,
    always(
        NAME,
        count_column("DESIRED", "desired_number_scheduled"),
        count_column("CURRENT", "current_number_scheduled"),
        Column("READY", _ready, numeric=True, glyph=True),
        count_column("UP-TO-DATE", "updated_number_scheduled"),
        count_column("AVAILABLE", "number_available"),
        Column("NODE SELECTOR", lambda obj, _: join_labels(obj.spec.template.spec.node_selector)),
        count_column("MISSCHEDULED", "number_misscheduled", wide=True),
        *template_columns(lambda obj: obj.spec.template),
        selector_column(),
        LABELS,
        valid_column(
            _tone,
            says_ready(lambda obj: obj.status.number_ready, lambda obj: obj.status.desired_number_scheduled),
            _misscheduled,
        ),
        AGE,
    ),
    _tone,
    opens=opens_selected("daemonset"),
)
