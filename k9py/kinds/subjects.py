"""Users, groups and service accounts, with what binds a role to them. Enter shows what they may do."""

from __future__ import annotations

import msgspec

from k9py.kinds.kind import Kind, always, text_cell
from k9py.kinds.wellknown import own
from k9py.store.column import Column
from k9py.values.cell import Cell, Tone
from k9py.values.metadata import Metadata

SUBJECTS = own("subjects", "Subject", namespaced=False)


class SubjectRow(msgspec.Struct, frozen=True, gc=False):
    """A subject of a binding: where it holds ("" = everywhere), which role it gives, on which names only."""

    metadata: Metadata
    kind: str = ""
    subject: str = ""
    home: str = ""
    where: str = ""
    role: str = ""
    through: str = ""
    names: tuple[str, ...] = ()


KIND = Kind(
    SUBJECTS.gvr.group,
    SUBJECTS.gvr.plural,
    SubjectRow,
    always(
        Column("KIND", lambda row, _: text_cell(row.kind)),
        Column("NAME", lambda row, _: Cell(f"{row.home}/{row.subject}" if row.home else row.subject)),
        Column("WHERE", lambda row, _: text_cell(row.where or "everywhere")),
        Column("ROLE", lambda row, _: text_cell(row.role)),
        Column("THROUGH", lambda row, _: text_cell(row.through)),
        Column("ONLY", lambda row, _: Cell(",".join(row.names), Tone.WARN)),
    ),
    lambda _row, _joined: Tone.PLAIN,
    keep_whole=False,
)
