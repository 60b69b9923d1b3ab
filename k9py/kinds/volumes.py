"""What volumes and claims have in common: access modes, classes, phases."""

from __future__ import annotations

from typing import Any

import msgspec

from k9py.kinds.kind import Part
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell, Tone
from k9py.values.metadata import Metadata
from k9py.values.quantity import parse_quantity

_UNSET = Cell("<unset>", Tone.DIM)
_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
_TONES = {
    "Bound": Tone.OK,
    "Available": Tone.OK,
    "Pending": Tone.BUSY,
    "Released": Tone.WARN,
    "Failed": Tone.BAD,
    "Lost": Tone.BAD,
    "Terminating": Tone.GOING,
}


class ClassAnnotations(msgspec.Struct, frozen=True, gc=False):
    """How a class was named before there was a field for it."""

    storage_class: str | None = msgspec.field(default=None, name="volume.beta.kubernetes.io/storage-class")


class StorageMetadata(Metadata, frozen=True, gc=False, rename="camel"):
    """Metadata, and the class in an annotation."""

    annotations: ClassAnnotations | None = None

    def named_class(self, spec: str | None) -> str:
        """The class that counts: the annotation wins over the spec."""
        old = self.annotations.storage_class if self.annotations else None
        return (spec or "") if old is None else old


class Capacity(Part, frozen=True):
    """How large it is."""

    storage: str | int = "0"


def size_cell(capacity: Capacity | None) -> Cell:
    """A size as it is written, sorted by what it stands for."""
    text = str(capacity.storage) if capacity else "0"
    try:
        return Cell(text, Tone.PLAIN, parse_quantity(text))
    except ValueError:
        return Cell(text)


def modes_cell(modes: tuple[str, ...] | None) -> Cell:
    """`RWO,RWX`: in a fixed order, each once."""
    return Cell(",".join(short for mode, short in _MODES.items() if mode in (modes or ())))


def _phase(obj: Any) -> str:
    return "Terminating" if obj.metadata.deletion_timestamp else str(obj.status.phase)


def storage_tone(obj: Any, _joined: Joined) -> Tone:
    """How a volume or claim feels in its phase."""
    return _TONES.get(_phase(obj), Tone.PLAIN)


def _or_unset(title: str, field: str) -> Column:
    def cell(obj: Any, _joined: Joined) -> Cell:
        text: str | None = getattr(obj.spec, field)
        return Cell(text) if text else _UNSET

    return Column(title, cell, wide=True)


STATUS = Column("STATUS", lambda obj, joined: Cell(_phase(obj), storage_tone(obj, joined)), glyph=True)
"""The phase, in kubectl's word."""
ATTRIBUTES = _or_unset("VOLUMEATTRIBUTESCLASS", "volume_attributes_class_name")
MODE = _or_unset("VOLUMEMODE", "volume_mode")
