"""Namespaces, in the server's columns. Enter makes one the namespace that is shown."""

from __future__ import annotations

from k9py.kinds.kind import Opening
from k9py.kinds.server_columns import TableRow, server_kind


def _opens(row: TableRow) -> Opening:
    name = row.metadata.name
    return Opening("namespace", f"namespace {name}", name, lambda obj: bool(obj.metadata.namespace == name))


KIND = server_kind("", "namespaces", opens=_opens)
