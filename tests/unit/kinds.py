"""Reading objects as the table of their kind does, for the tests of kinds."""

from __future__ import annotations

from typing import Any

from k9py.kinds.kind import Kind, Opening
from k9py.kinds.registry import decoder
from k9py.store.column import Joined
from k9py.values.cell import Cell, Tone
from tests.unit.objects import raw

LEAVING = {"deletionTimestamp": "2026-01-02T00:00:00Z"}


class Shown:
    """One object in the table of its kind."""

    def __init__(self, kind: Kind, **fields: Any) -> None:
        metadata = {"name": "web", "namespace": "shop", "uid": "uid-web", **fields.pop("metadata", {})}
        self.kind = kind
        self.obj = decoder(kind)(raw({"metadata": metadata, **fields}))

    @property
    def tone(self) -> Tone:
        return self.kind.tone(self.obj, Joined())

    def cell(self, title: str) -> Cell:
        column = next(column for column in self.kind.columns(()) if column.title == title)
        return column.cell(self.obj, Joined())

    def texts(self, *titles: str) -> list[str]:
        return [self.cell(title).text for title in titles]

    @property
    def opening(self) -> Opening:
        opening = self.kind.opens(self.obj)
        assert opening
        return opening


class ShownRow(Shown):
    """One row of the server's table, with its object beside it; of the server's columns only the first is read."""

    def __init__(self, kind: Kind, **fields: Any) -> None:
        metadata = {"name": "web", "namespace": "shop", "uid": "uid-web", **fields.pop("metadata", {})}
        self.kind = kind
        self.obj = decoder(kind)(raw({"cells": ["web"], "object": {"metadata": metadata, **fields}}))
