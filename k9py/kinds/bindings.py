"""What bindings of roles have in common: to whom they give what."""

from __future__ import annotations

from typing import Any

from k9py.kinds.kind import Kind, Part, join_texts
from k9py.kinds.server_columns import PartialObject, TableRow, server_kind
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell


class Subject(Part, frozen=True):
    """A user, a group, or a service account of a namespace."""

    kind: str = ""
    name: str = ""
    namespace: str = ""

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


class Binding(PartialObject, gc=False):
    """A binding."""

    subjects: tuple[Subject, ...] | None = None


class BindingRow(TableRow, gc=False):
    """A row of it."""

    object: Binding


def _kinds(row: BindingRow, _joined: Joined) -> Cell:
    return join_texts(dict.fromkeys(subject.kind for subject in row.object.subjects or ()))


def _subjects(row: BindingRow, _joined: Joined) -> Cell:
    return join_texts(map(str, row.object.subjects or ()))


def binding_kind(plural: str, **otherwise: Any) -> Kind:
    """The server's columns, and who has the role, whatever they are; the server says that by what they are."""
    return server_kind(
        "rbac.authorization.k8s.io",
        plural,
        Column("KIND", _kinds),
        Column("SUBJECTS", _subjects),
        row=BindingRow,
        **otherwise,
    )
