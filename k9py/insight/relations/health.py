"""How an object fares, in a tone and a word: as its own table says it, else from its conditions or its phase."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

import msgspec

from k9py.kinds.conditions import conditions_tone, read_conditions, state_tone, telling
from k9py.kinds.kind import Kind
from k9py.kinds.registry import decoder, kind_for
from k9py.store.column import Joined
from k9py.store.row import ODD
from k9py.values.cell import Tone
from k9py.values.resource import Resource

_SAYING = ("STATUS", "READY", "COMPLETIONS", "AVAILABLE", "ALLOWED DISRUPTIONS", "REPLICAS", "DATA", "TYPE")
"""The column that says most of an object: the first of these that its kind has."""


class Health(NamedTuple):
    """A tone, and the word that says the same without colour."""

    tone: Tone = Tone.PLAIN
    word: str = ""


def health_of(found: Mapping[str, Any], raw: bytes, resource: Resource) -> Health:
    """Of one object, whole or as much as was read of it."""
    if (found.get("metadata") or {}).get("deletionTimestamp"):
        return Health(Tone.GOING, "Terminating")
    read = _reader(resource)
    try:
        return read(raw) if read else _told(found.get("status"))
    except (*ODD, msgspec.MsgspecError):
        return Health()


@cache
def _reader(resource: Resource) -> Callable[[bytes], Health] | None:
    """What its own table says, where k9py has one of its own."""
    kind: Kind = kind_for(resource)
    if kind.table:
        return None
    decode, columns = decoder(kind), {column.title: column for column in kind.columns(())}
    saying = next((columns[title] for title in _SAYING if title in columns), None)

    def read(raw: bytes) -> Health:
        obj = decode(raw)
        cell = saying.cell(obj, Joined()) if saying else None
        return Health(kind.tone(obj, Joined()), cell.text if cell and cell.text != "<none>" else "")

    return read


def _told(status: Any) -> Health:
    """What a status says of itself: its conditions, else its phase (API conventions)."""
    if not isinstance(status, Mapping):
        return Health()
    conditions = read_conditions(status)
    if said := telling(conditions):
        return Health(conditions_tone(conditions), said)
    phase = next((status[field] for field in ("phase", "state") if isinstance(status.get(field), str)), "")
    return Health(state_tone(phase), phase)
