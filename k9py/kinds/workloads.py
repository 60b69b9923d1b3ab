"""Workloads: what runs pods, of whatever kind, in one table. Keys and enter on a row are those of the object itself.

What another one has made is left out: the replica sets of deployments, the jobs of cron jobs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from k9py.kinds import cronjobs, daemonsets, deployments, jobs, replicasets, statefulsets
from k9py.kinds.kind import AGE, LABELS, NAME, Kind, Opening, Standing, Whole, always, ratio_cell, text_cell
from k9py.kinds.wellknown import (
    CRONJOBS,
    DAEMONSETS,
    DEPLOYMENTS,
    JOBS,
    REPLICASETS,
    STATEFULSETS,
    WORKLOADS,
)
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell, Tone
from k9py.values.metadata import Metadata
from k9py.values.resource import Resource


class _Member(NamedTuple):
    """A kind among the workloads, and which pods or completions of it there are, of how many that are wanted."""

    resource: Resource
    kind: Kind
    ready: Callable[[Any], Cell]


def _replicas(obj: Any) -> Cell:
    return ratio_cell(obj.status.ready_replicas, obj.spec.replicas)


def _nodes(obj: daemonsets.DaemonSet) -> Cell:
    return ratio_cell(obj.status.number_ready, obj.status.desired_number_scheduled)


def _active(obj: cronjobs.CronJob) -> Cell:
    count = len(obj.status.active or ())
    return Cell(f"{count} active", Tone.PLAIN, 1.0)


_MEMBERS: Mapping[str, _Member] = {
    resource.kind: _Member(resource, kind, ready)
    for resource, kind, ready in (
        (DEPLOYMENTS, deployments.KIND, _replicas),
        (STATEFULSETS, statefulsets.KIND, _replicas),
        (DAEMONSETS, daemonsets.KIND, _nodes),
        (REPLICASETS, replicasets.KIND, _replicas),
        (JOBS, jobs.KIND, jobs.completions),
        (CRONJOBS, cronjobs.KIND, _active),
    )
}
_WORDS = {
    Tone.OK: "OK",
    Tone.BUSY: "Progressing",
    Tone.WARN: "Warning",
    Tone.BAD: "Degraded",
    Tone.DONE: "Idle",
    Tone.GOING: "Terminating",
}


class WorkloadRow(msgspec.Struct, frozen=True, gc=False):
    """One of them: its kind, and what the table of that kind reads."""

    metadata: Metadata
    word: str
    obj: Any


def _make(resource: Resource, obj: Any, _whole: Whole) -> Iterable[tuple[tuple[str, str], WorkloadRow]]:
    metadata: Metadata = obj.metadata
    if any(owner.controller and owner.kind in _MEMBERS for owner in metadata.owner_references or ()):
        return
    yield (metadata.namespace, f"{resource.singular}/{metadata.name}"), WorkloadRow(metadata, resource.kind, obj)


def _tone(row: WorkloadRow, joined: Joined) -> Tone:
    return _MEMBERS[row.word].kind.tone(row.obj, joined)


def _status(row: WorkloadRow, joined: Joined) -> Cell:
    """In the object's own word where it has one."""
    tone = _tone(row, joined)
    return Cell(getattr(row.obj, "state", "") or _WORDS.get(tone, ""), tone)


def _ready(row: WorkloadRow, _joined: Joined) -> Cell:
    return _MEMBERS[row.word].ready(row.obj)


def _of_its_own(title: str) -> Column:
    """A column that each of the kinds has."""
    found = {
        word: column for word, member in _MEMBERS.items() for column in member.kind.columns(()) if column.title == title
    }
    return Column(title, lambda row, joined: found[row.word].cell(row.obj, joined), wide=True)


def _opens(row: WorkloadRow) -> Opening | None:
    return _MEMBERS[row.word].kind.opens(row.obj)


def _stands_for(row: WorkloadRow) -> Standing:
    metadata = row.metadata
    return Standing(_MEMBERS[row.word].resource.gvr.full_name, metadata.namespace, metadata.name, metadata.uid)


KIND = Kind(
    WORKLOADS.gvr.group,
    WORKLOADS.gvr.plural,
    WorkloadRow,
    always(
        Column("KIND", lambda row, _: text_cell(row.word)),
        NAME,
        Column("READY", _ready, numeric=True),
        Column("STATUS", _status, glyph=True),
        _of_its_own("CONTAINERS"),
        _of_its_own("IMAGES"),
        LABELS,
        AGE,
    ),
    _tone,
    keep_whole=False,
    opens=_opens,
    made_of=tuple(member.resource for member in _MEMBERS.values()),
    make=_make,
    stands_for=_stands_for,
)
