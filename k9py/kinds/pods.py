"""Pods: in kubectl's words, with what they use of what they asked for. Enter leads to their containers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from k9py.kinds.kind import AGE, LABELS, NAME, NONE, Kind, Opening, always, count_cell, ratio_cell, text_cell
from k9py.kinds.pod import Pod, shape_pod
from k9py.kinds.pod_parts import PodObject
from k9py.kinds.usage import usage_columns
from k9py.kinds.valid import valid_column
from k9py.kinds.wellknown import CONTAINERS
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell, Tone


def _ready(pod: Pod, _joined: Joined) -> Cell:
    summary = pod.summary
    return ratio_cell(summary.ready, summary.total)


def _status(pod: Pod, _joined: Joined) -> Cell:
    summary = pod.summary
    return _status_cell(summary.status, summary.tone)


@lru_cache(maxsize=256)
def _status_cell(status: str, tone: Tone) -> Cell:
    return Cell(status, tone)


def _restarts(pod: Pod, _joined: Joined) -> Cell:
    """`14`, painted `14 (2m ago)` as kubectl writes it."""
    count, last = pod.summary.restarts, pod.summary.last_restart
    return count_cell(count) if last is None else Cell(str(count), Tone.PLAIN, count, last)


def _last_restart(pod: Pod, _joined: Joined) -> Cell:
    last = pod.summary.last_restart
    return NONE if last is None else Cell("", Tone.PLAIN, -last, last)


def _ip(pod: Pod, _joined: Joined) -> Cell:
    return Cell(pod.ip) if pod.ip else NONE


def _tone(pod: Pod, _joined: Joined) -> Tone:
    return pod.summary.tone


def _unready(pod: Pod) -> str:
    ready, total = pod.summary.ready, pod.summary.total
    return f"{ready} of {total} containers ready" if ready < total else ""


def _opens(pod: Pod) -> Opening:
    name, namespace = pod.metadata.name, pod.metadata.namespace

    def keep(row: Any) -> bool:
        return bool(row.pod == name and row.metadata.namespace == namespace)

    return Opening(CONTAINERS.gvr.full_name, f"pod {name}", namespace, keep, name)


KIND = Kind(
    "",
    "pods",
    PodObject,
    always(
        NAME,
        Column("READY", _ready, numeric=True),
        Column("STATUS", _status, glyph=True),
        Column("RESTARTS", _restarts, numeric=True),
        Column("LAST RESTART", _last_restart, numeric=True, wide=True),
        *usage_columns(lambda pod: pod.budget),
        Column("IP", _ip),
        Column("NODE", lambda pod, _: text_cell(pod.node)),
        Column("NOMINATED NODE", lambda pod, _: text_cell(pod.nominated_node), wide=True),
        Column("READINESS GATES", lambda pod, _: text_cell(pod.readiness_gates), wide=True),
        Column("QOS", lambda pod, _: text_cell(pod.qos_class), wide=True),
        Column("SERVICE-ACCOUNT", lambda pod, _: text_cell(pod.service_account), wide=True),
        LABELS,
        valid_column(_tone, lambda pod: pod.summary.status if pod.summary.status != "Running" else "", _unready),
        AGE,
    ),
    _tone,
    joins=frozenset({"usage"}),
    shape=shape_pod,
    opens=_opens,
)
