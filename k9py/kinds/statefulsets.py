"""Stateful sets: how far their pods, one after the other, are. Enter leads to them."""

from __future__ import annotations

import msgspec

from k9py.kinds.kind import AGE, LABELS, NAME, Kind, Part, always, ratio_cell, text_cell
from k9py.kinds.parts import Generations, Replicated, opens_selected, replicas_tone, selector_column, template_columns
from k9py.kinds.valid import says_ready, valid_column
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell, Tone


class StatefulSetSpec(Replicated, frozen=True):
    """What is wanted."""

    service_name: str = ""


class StatefulSetStatus(Part, frozen=True):
    """How far it is."""

    observed_generation: int = 0
    replicas: int = 0
    ready_replicas: int = 0
    updated_replicas: int = 0
    current_revision: str = ""
    update_revision: str = ""


class StatefulSet(msgspec.Struct, frozen=True, gc=False):
    """A stateful set."""

    metadata: Generations
    spec: StatefulSetSpec = StatefulSetSpec()
    status: StatefulSetStatus = StatefulSetStatus()

    @property
    def rolling(self) -> bool:
        """Whether a new revision is on its way, or not yet seen."""
        status = self.status
        return (
            status.observed_generation < self.metadata.generation or status.current_revision != status.update_revision
        )


def _tone(obj: StatefulSet, _joined: Joined) -> Tone:
    status = obj.status
    tone = replicas_tone(obj.metadata, obj.spec.replicas, (status.replicas, status.ready_replicas))
    return Tone.BUSY if tone is Tone.OK and obj.rolling else tone


def _ready(obj: StatefulSet, joined: Joined) -> Cell:
    return ratio_cell(obj.status.ready_replicas, obj.spec.replicas, _tone(obj, joined))


KIND = Kind(
    "apps",
    "statefulsets",
    StatefulSet,
    always(
        NAME,
        Column("READY", _ready, numeric=True, glyph=True),
        Column("SERVICE", lambda obj, _: text_cell(obj.spec.service_name)),
        *template_columns(lambda obj: obj.spec.template),
        selector_column(),
        LABELS,
        valid_column(
            _tone,
            says_ready(lambda obj: obj.status.ready_replicas, lambda obj: obj.spec.replicas),
            lambda obj: "a new revision is on its way" if obj.rolling else "",
        ),
        AGE,
    ),
    _tone,
    opens=opens_selected("statefulset"),
)
