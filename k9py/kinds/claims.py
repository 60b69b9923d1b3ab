"""How full the volumes of claims are: a row for each claim. Enter leads to the pods that mount it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from k9py.kinds.kind import NAME, Kind, Opening, Standing, always, join_texts
from k9py.kinds.pod import Pod
from k9py.kinds.usage import UNMEASURED
from k9py.kinds.volumes import Capacity, size_cell
from k9py.kinds.wellknown import own
from k9py.store.column import Column, Joined
from k9py.store.order import Sort
from k9py.values.cell import Cell, Tone, worst
from k9py.values.metadata import Metadata
from k9py.values.quantity import say_size
from k9py.values.usage import Fill

CLAIMS = own("claims", "Claim")
FULL = 80
"""Percent from which on it is time to look at a volume."""
OVERFULL = 95
"""Percent from which on it is about to stop what writes there."""


class ClaimRow(msgspec.Struct, frozen=True, gc=False):
    """A claim, who mounts it, and how full it is. `remark` says why that is not known."""

    metadata: Metadata
    phase: str = "Bound"
    requested: Capacity = Capacity()
    storage_class: str = ""
    volume: str = ""
    pods: tuple[str, ...] = ()
    fill: Fill | None = None
    remark: str = ""


def _feel(share: int | None) -> Tone:
    if share is None:
        return Tone.DIM
    if share >= OVERFULL:
        return Tone.BAD
    return Tone.WARN if share >= FULL else Tone.OK


def _share(read: Callable[[Fill], int | None]) -> Callable[[ClaimRow, Joined], Cell]:
    def cell(row: ClaimRow, _joined: Joined) -> Cell:
        share = read(row.fill) if row.fill else None
        return UNMEASURED if share is None else Cell(str(share), _feel(share), share)

    return cell


def _size(read: Callable[[Fill], int]) -> Callable[[ClaimRow, Joined], Cell]:
    def cell(row: ClaimRow, _joined: Joined) -> Cell:
        size = read(row.fill) if row.fill else 0
        known = row.fill and (size or row.fill.share is not None)
        return Cell(say_size(size), Tone.PLAIN, size) if known else UNMEASURED

    return cell


def _remark(row: ClaimRow, _joined: Joined) -> Cell:
    return Cell(row.remark, Tone.BAD if row.phase == "Lost" else Tone.DIM)


def _tone(row: ClaimRow, _joined: Joined) -> Tone:
    if row.metadata.deletion_timestamp:
        return Tone.GOING
    if row.fill is None:
        return Tone.BAD if row.phase == "Lost" else Tone.PLAIN
    known: Sequence[int | None] = (row.fill.share, row.fill.inode_share)
    return worst(_feel(share) for share in known if share is not None)


def _opens(row: ClaimRow) -> Opening:
    name, namespace = row.metadata.name, row.metadata.namespace

    def mounts(pod: Pod) -> bool:
        return name in pod.volume_claims

    return Opening("pods", f"claim {name}", namespace, mounts)


def _stands_for(row: ClaimRow) -> Standing:
    metadata = row.metadata
    return Standing("persistentvolumeclaims", metadata.namespace, metadata.name, metadata.uid)


KIND = Kind(
    CLAIMS.gvr.group,
    CLAIMS.gvr.plural,
    ClaimRow,
    always(
        NAME,
        Column("%USED", _share(lambda fill: fill.share), "right", numeric=True, glyph=True),
        Column("USED", _size(lambda fill: fill.used), "right", numeric=True),
        Column("FREE", _size(lambda fill: fill.free), "right", numeric=True),
        Column("CAPACITY", _size(lambda fill: fill.capacity), "right", numeric=True),
        Column("REMARK", _remark),
        Column("REQUESTED", lambda row, _: size_cell(row.requested), "right", numeric=True),
        Column("%INODES", _share(lambda fill: fill.inode_share), "right", numeric=True, glyph=True),
        Column("CLASS", lambda row, _: Cell(row.storage_class)),
        Column("MOUNTED BY", lambda row, _: join_texts(row.pods)),
        Column("VOLUME", lambda row, _: Cell(row.volume)),
    ),
    _tone,
    keep_whole=False,
    sort=Sort("%USED", True),
    opens=_opens,
    stands_for=_stands_for,
)
