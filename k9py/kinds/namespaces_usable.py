"""Namespaces that may be used by who may not list them. Enter makes one the namespace that is shown."""

from __future__ import annotations

import msgspec

from k9py.kinds.kind import NAME, Kind, Opening, always, text_cell
from k9py.kinds.wellknown import own
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell, Tone
from k9py.values.metadata import Metadata

USABLE = own("namespaces", "Namespace", namespaced=False)
NAMED = 6
"""Kinds that are named; of the others it is said how many."""


class UsableNamespace(msgspec.Struct, frozen=True, gc=False):
    """A namespace, how it was found, and what may be listed there."""

    metadata: Metadata
    key: str = ""
    found: str = ""
    kinds: tuple[str, ...] = ()


def _pods(row: UsableNamespace, _joined: Joined) -> Cell:
    return Cell("yes", Tone.OK) if "pods" in row.kinds else Cell("no", Tone.DIM)


def _kinds(row: UsableNamespace, _joined: Joined) -> Cell:
    named = ", ".join(kind.partition(".")[0] for kind in row.kinds[:NAMED])
    more = len(row.kinds) - NAMED
    return text_cell(f"{named} and {more} more" if more > 0 else named)


def _opens(row: UsableNamespace) -> Opening:
    name = row.metadata.name
    return Opening("namespace", f"namespace {name}", name, lambda obj: bool(obj.metadata.namespace == name))


KIND = Kind(
    USABLE.gvr.group,
    USABLE.gvr.plural,
    UsableNamespace,
    always(
        NAME,
        Column("KEY", lambda row, _: Cell(row.key)),
        Column("PODS", _pods, glyph=True),
        Column("FOUND", lambda row, _: text_cell(row.found)),
        Column("LISTABLE", _kinds),
    ),
    lambda _row, _joined: Tone.PLAIN,
    keep_whole=False,
    opens=_opens,
)
