"""The room there is and what pods take of it: rows for nodes, namespaces or workloads. Enter leads to their pods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import msgspec

from k9py.kinds.kind import NAME, Kind, Opening, Standing, always, count_cell
from k9py.kinds.pod import Pod
from k9py.kinds.pod_budget import Budget
from k9py.kinds.usage import UNMEASURED, cpu_cell, memory_cell, millicore_cell, share_cell, size_cell
from k9py.kinds.wellknown import own
from k9py.store.column import Column, Joined
from k9py.store.order import Sort
from k9py.values.cell import Cell, Tone
from k9py.values.metadata import Metadata
from k9py.values.usage import Usage

CAPACITY = own("capacity", "Capacity", namespaced=False)
WORKLOAD_CAPACITY = own("capacity", "Capacity")


What = Literal["node", "namespace", "workload"]
"""What a row is about."""

_HASH = "pod-template-hash"


class Room(NamedTuple):
    """What pods can have on a node: thousandths of cores, bytes, and how many they may be."""

    cpu: int
    memory: int
    pods: int


class CapacityRow(msgspec.Struct, frozen=True, gc=False):
    """What pods take together. `room` and `usage` are None where there is none, and where nothing is measured."""

    metadata: Metadata
    what: What = "node"
    pods: int = 0
    claim: Budget = Budget(0, 0, 0, 0)
    room: Room | None = None
    usage: Usage | None = None


_NO_ROOM = Cell("", Tone.DIM)


def _pods(row: CapacityRow, _joined: Joined) -> Cell:
    return Cell(f"{row.pods}/{row.room.pods}", Tone.PLAIN, row.pods) if row.room else count_cell(row.pods)


def _of_room(cell: Callable[[Room, Budget], Cell]) -> Callable[[CapacityRow, Joined], Cell]:
    return lambda row, _: cell(row.room, row.claim) if row.room else _NO_ROOM


def _free(cell: Cell) -> Cell:
    """What is left; less than nothing is bad."""
    return Cell(cell.text, Tone.BAD, cell.value) if isinstance(cell.value, int) and cell.value < 0 else cell


def _columns(
    what: str,
    used: Callable[[Usage | None], Cell],
    say: Callable[[int], Cell],
    room: Callable[[Room], int],
    request: Callable[[Budget], int],
    limit: Callable[[Budget], int],
) -> tuple[Column, ...]:
    """The same columns of CPU and of memory."""
    cells: tuple[tuple[str, Callable[[Any, Joined], Cell]], ...] = (
        (what, lambda row, _: used(row.usage) if row.usage else UNMEASURED),
        (f"{what}/REQ", lambda row, _: say(request(row.claim))),
        (f"{what}/LIM", lambda row, _: say(limit(row.claim))),
        (f"{what}/ALLOC", _of_room(lambda own, _: say(room(own)))),
        (f"{what}/FREE", _of_room(lambda own, claim: _free(say(room(own) - request(claim))))),
        (f"%{what}/REQ", _of_room(lambda own, claim: share_cell(request(claim), room(own)))),
        (f"%{what}/LIM", _of_room(lambda own, claim: share_cell(limit(claim), room(own), warns=False))),
    )
    return tuple(Column(title, cell, "right", numeric=True) for title, cell in cells)


def workload_of(pod: Pod) -> tuple[str, str]:
    """What a pod belongs to: its controller, or the deployment that a replica set's name and pods' hash tell of."""
    metadata = pod.metadata
    owner = next((each for each in metadata.owner_references or () if each.controller), None)
    if owner is None:
        return metadata.namespace, f"pod/{metadata.name}"
    kind, name, hashed = owner.kind.lower(), owner.name, (metadata.labels or {}).get(_HASH, "")
    if kind == "replicaset" and hashed and name.endswith(f"-{hashed}"):
        kind, name = "deployment", name.removesuffix(f"-{hashed}")
    return metadata.namespace, f"{kind}/{name}"


def _stands_for(row: CapacityRow) -> Standing | None:
    return Standing("nodes", "", row.metadata.name, row.metadata.uid) if row.what == "node" else None


def _opens(row: CapacityRow) -> Opening:
    """The pods that it adds up."""
    name, namespace = row.metadata.name, row.metadata.namespace
    if row.what == "node":
        return Opening("pods", f"node {name}", "", lambda pod: bool(pod.node == name))
    if row.what == "namespace":
        return Opening("pods", f"namespace {name}", name, lambda _pod: True)
    return Opening("pods", name.replace("/", " "), namespace, lambda pod: workload_of(pod) == (namespace, name))


KIND = Kind(
    CAPACITY.gvr.group,
    CAPACITY.gvr.plural,
    CapacityRow,
    always(
        NAME,
        Column("PODS", _pods, "right", numeric=True),
        *_columns(
            *("CPU", cpu_cell, millicore_cell),
            *(lambda room: room.cpu, lambda claim: claim.cpu_request, lambda claim: claim.cpu_limit),
        ),
        *_columns(
            *("MEM", memory_cell, size_cell),
            *(lambda room: room.memory, lambda claim: claim.memory_request, lambda claim: claim.memory_limit),
        ),
    ),
    lambda _row, _joined: Tone.PLAIN,
    keep_whole=False,
    sort=Sort("NAME"),
    opens=_opens,
    stands_for=_stands_for,
)
