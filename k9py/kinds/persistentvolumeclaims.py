"""Claims of volumes: whether they have one, and of what size. Enter leads to it."""

from __future__ import annotations

import msgspec

from k9py.kinds.kind import AGE, LABELS, NAME, Kind, Opening, Part, always
from k9py.kinds.parts import opens_one
from k9py.kinds.valid import valid_column
from k9py.kinds.volumes import ATTRIBUTES, MODE, STATUS, Capacity, StorageMetadata, modes_cell, size_cell, storage_tone
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell


class Wanted(Part, frozen=True):
    """How much is asked for."""

    requests: Capacity = Capacity()


class ClaimSpec(Part, frozen=True):
    """What is wanted."""

    resources: Wanted = Wanted()
    volume_name: str = ""
    storage_class_name: str | None = None
    volume_attributes_class_name: str | None = None
    volume_mode: str | None = None


class ClaimStatus(Part, frozen=True):
    """What it got."""

    phase: str = ""
    capacity: Capacity | None = None
    access_modes: tuple[str, ...] | None = None


class Claim(msgspec.Struct, frozen=True, gc=False):
    """A claim. What it got is said only once it has a volume."""

    metadata: StorageMetadata
    spec: ClaimSpec = ClaimSpec()
    status: ClaimStatus = ClaimStatus()

    @property
    def storage_class(self) -> str:
        """The class that counts."""
        return self.metadata.named_class(self.spec.storage_class_name)


def _capacity(claim: Claim, _joined: Joined) -> Cell:
    return size_cell(claim.status.capacity) if claim.spec.volume_name else Cell()


def _modes(claim: Claim, _joined: Joined) -> Cell:
    return modes_cell(claim.status.access_modes) if claim.spec.volume_name else Cell()


def _opens(claim: Claim) -> Opening | None:
    volume = claim.spec.volume_name
    return opens_one("persistentvolumes", f"claim {claim.metadata.name}", volume) if volume else None


KIND = Kind(
    "",
    "persistentvolumeclaims",
    Claim,
    always(
        NAME,
        STATUS,
        Column("VOLUME", lambda claim, _: Cell(claim.spec.volume_name)),
        Column("CAPACITY", _capacity, "right", numeric=True),
        Column("ACCESS MODES", _modes),
        Column("STORAGECLASS", lambda claim, _: Cell(claim.storage_class)),
        ATTRIBUTES,
        MODE,
        LABELS,
        valid_column(storage_tone, lambda obj: str(obj.status.phase)),
        AGE,
    ),
    storage_tone,
    opens=_opens,
)
