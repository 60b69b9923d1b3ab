"""Deployments: how far they are from what is wanted. Enter leads to their pods."""

from __future__ import annotations

import msgspec

from k9py.kinds.conditions import Conditions, holds
from k9py.kinds.kind import AGE, LABELS, NAME, Kind, Part, always, count_cell, ratio_cell
from k9py.kinds.parts import (
    Generations,
    Replicated,
    opens_selected,
    replicas_tone,
    selector_column,
    template_columns,
)
from k9py.kinds.valid import says_conditions, says_ready, valid_column
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell, Tone


class DeploymentSpec(Replicated, frozen=True):
    """What is wanted."""

    paused: bool = False


class DeploymentStatus(Part, frozen=True):
    """How far it is."""

    observed_generation: int = 0
    replicas: int = 0
    ready_replicas: int = 0
    updated_replicas: int = 0
    available_replicas: int = 0
    conditions: Conditions = None


class Deployment(msgspec.Struct, frozen=True, gc=False):
    """A deployment."""

    metadata: Generations
    spec: DeploymentSpec = DeploymentSpec()
    status: DeploymentStatus = DeploymentStatus()


def _tone(deployment: Deployment, _joined: Joined) -> Tone:
    spec, status = deployment.spec, deployment.status
    failed = holds(status.conditions, "Progressing", "False") or holds(status.conditions, "ReplicaFailure")
    counts = (status.replicas, status.ready_replicas, status.updated_replicas, status.available_replicas)
    tone = replicas_tone(deployment.metadata, spec.replicas, counts, failed=failed)
    rolling = spec.paused or status.observed_generation < deployment.metadata.generation
    return Tone.BUSY if rolling and tone in (Tone.OK, Tone.DONE) else tone


def _ready(deployment: Deployment, joined: Joined) -> Cell:
    return ratio_cell(deployment.status.ready_replicas, deployment.spec.replicas, _tone(deployment, joined))


def _up_to_date(deployment: Deployment, _joined: Joined) -> Cell:
    return count_cell(deployment.status.updated_replicas)


def _available(deployment: Deployment, _joined: Joined) -> Cell:
    return count_cell(deployment.status.available_replicas)


KIND = Kind(
    "apps",
    "deployments",
    Deployment,
    always(
        NAME,
        Column("READY", _ready, numeric=True, glyph=True),
        Column("UP-TO-DATE", _up_to_date, numeric=True),
        Column("AVAILABLE", _available, numeric=True),
        *template_columns(lambda obj: obj.spec.template),
        selector_column(),
        LABELS,
        valid_column(
            _tone,
            says_ready(lambda obj: obj.status.ready_replicas, lambda obj: obj.spec.replicas),
            says_ready(lambda obj: obj.status.updated_replicas, lambda obj: obj.spec.replicas, "up to date"),
            says_conditions,
        ),
        AGE,
    ),
    _tone,
    opens=opens_selected("deployment"),
    brief=("NAME", "READY", "UP-TO-DATE", "AGE"),
)
