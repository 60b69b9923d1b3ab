"""Persistent volumes: how large they are, how they feel and whose they are. Enter leads to the claim."""

from __future__ import annotations

import msgspec

from k9py.kinds.kind import AGE, LABELS, NAME, Kind, Opening, Part, always
from k9py.kinds.parts import opens_one
from k9py.kinds.valid import valid_column
from k9py.kinds.volumes import ATTRIBUTES, MODE, STATUS, Capacity, StorageMetadata, modes_cell, size_cell, storage_tone
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell


class ClaimRef(Part, frozen=True):
    """Whose it is."""

    namespace: str = ""
    name: str = ""


class VolumeSpec(Part, frozen=True):
    """What is wanted."""

    capacity: Capacity | None = None
    access_modes: tuple[str, ...] | None = None
    persistent_volume_reclaim_policy: str = ""
    claim_ref: ClaimRef | None = None
    storage_class_name: str = ""
    volume_attributes_class_name: str | None = None
    volume_mode: str | None = None


class VolumeStatus(Part, frozen=True):
    """How it is."""

    phase: str = ""
    reason: str = ""


class Volume(msgspec.Struct, frozen=True, gc=False):
    """A persistent volume."""

    metadata: StorageMetadata
    spec: VolumeSpec = VolumeSpec()
    status: VolumeStatus = VolumeStatus()


def _claim(volume: Volume, _joined: Joined) -> Cell:
    claim = volume.spec.claim_ref
    return Cell(f"{claim.namespace}/{claim.name}" if claim else "")


def _opens(volume: Volume) -> Opening | None:
    claim = volume.spec.claim_ref
    if claim is None:
        return None
    return opens_one("persistentvolumeclaims", f"volume {volume.metadata.name}", claim.name, claim.namespace)


KIND = Kind(
    "",
    "persistentvolumes",
    Volume,
    always(
        NAME,
        Column("CAPACITY", lambda volume, _: size_cell(volume.spec.capacity), "right", numeric=True),
        Column("ACCESS MODES", lambda volume, _: modes_cell(volume.spec.access_modes)),
        Column("RECLAIM POLICY", lambda volume, _: Cell(volume.spec.persistent_volume_reclaim_policy)),
        STATUS,
        Column("CLAIM", _claim),
        Column("STORAGECLASS", lambda volume, _: Cell(volume.metadata.named_class(volume.spec.storage_class_name))),
        Column("REASON", lambda volume, _: Cell(volume.status.reason)),
        ATTRIBUTES,
        MODE,
        LABELS,
        valid_column(storage_tone, lambda obj: str(obj.status.phase)),
        AGE,
    ),
    storage_tone,
    opens=_opens,
)
