"""Replica sets: how many pods they want and have. Enter leads to them."""

from __future__ import annotations

import msgspec

from k9py.kinds.conditions import Conditions, holds
from k9py.kinds.kind import AGE, LABELS, NAME, Kind, Part, always, count_cell
from k9py.kinds.parts import (
    Generations,
    Replicated,
    count_column,
    opens_selected,
    replicas_tone,
    selector_column,
    template_columns,
)
from k9py.kinds.valid import says_conditions, says_ready, valid_column
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell, Tone


class ReplicaSetStatus(Part, frozen=True):
    """How far it is."""

    replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    conditions: Conditions = None


class ReplicaSet(msgspec.Struct, frozen=True, gc=False):
    """A replica set."""

    metadata: Generations
    spec: Replicated = Replicated()
    status: ReplicaSetStatus = ReplicaSetStatus()


def _tone(obj: ReplicaSet, _joined: Joined) -> Tone:
    status = obj.status
    counts = (status.replicas, status.ready_replicas)
    failed = holds(status.conditions, "ReplicaFailure")
    return replicas_tone(obj.metadata, obj.spec.replicas, counts, failed=failed)


def _ready(obj: ReplicaSet, joined: Joined) -> Cell:
    return count_cell(obj.status.ready_replicas)._replace(tone=_tone(obj, joined))


KIND = Kind(
    "apps",
    "replicasets",
    ReplicaSet,
    always(
        NAME,
        Column("DESIRED", lambda obj, _: count_cell(obj.spec.replicas), "right", numeric=True),
        count_column("CURRENT", "replicas"),
        Column("READY", _ready, numeric=True, glyph=True),
        *template_columns(lambda obj: obj.spec.template),
        selector_column(),
        LABELS,
        valid_column(
            _tone, says_ready(lambda obj: obj.status.ready_replicas, lambda obj: obj.spec.replicas), says_conditions
        ),
        AGE,
    ),
    _tone,
    opens=opens_selected("replicaset"),
)
