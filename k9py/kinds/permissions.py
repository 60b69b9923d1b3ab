"""What somebody may do: a row for each resource (or path that is none), a column for each verb."""

from __future__ import annotations

from functools import partial

import msgspec

from k9py.kinds.kind import NONE, Kind, always, join_texts, text_cell
from k9py.kinds.wellknown import own
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell, Tone
from k9py.values.metadata import Metadata

PERMISSIONS = own("permissions", "Permission")
RULES = own("rules", "Rule", namespaced=False)
VERBS = ("get", "list", "watch", "create", "patch", "update", "delete", "deletecollection")
_TITLES = {"deletecollection": "DEL-LIST"}
_YES, _NO = Cell("✓", Tone.OK), Cell("·", Tone.DIM)


class Permission(msgspec.Struct, frozen=True, gc=False):
    """Verbs that are allowed on a resource, on objects of some names only where there are any.

    `through` says which bindings allow it, as far as that is known.
    """

    metadata: Metadata
    resource: str = ""
    group: str = ""
    verbs: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    order: int = 0
    """Where its name stands among those of its namespace: resources first, then paths."""


def _verb(verb: str, row: Permission, _joined: Joined) -> Cell:
    return _YES if verb in row.verbs or "*" in row.verbs else _NO


def _extras(row: Permission, _joined: Joined) -> Cell:
    return Cell(",".join(sorted(row.verbs - {*VERBS})))


def _only(row: Permission, _joined: Joined) -> Cell:
    return Cell(",".join(row.names), Tone.WARN)


def _group(row: Permission, _joined: Joined) -> Cell:
    if row.metadata.name.startswith("~"):
        return NONE
    return text_cell(row.group or "core")


KIND = Kind(
    PERMISSIONS.gvr.group,
    PERMISSIONS.gvr.plural,
    Permission,
    always(
        Column("NAME", lambda row, _: Cell(row.resource, Tone.PLAIN, row.order), numeric=True),
        Column("API-GROUP", _group),
        Column("ONLY", _only),
        *(Column(_TITLES.get(verb, verb.upper()), partial(_verb, verb)) for verb in VERBS),
        Column("EXTRAS", _extras),
        Column("THROUGH", lambda row, _: join_texts(row.through), wide=True),
    ),
    lambda _row, _joined: Tone.PLAIN,
    keep_whole=False,
)
