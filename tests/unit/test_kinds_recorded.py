"""Kinds with a file of their own say, cell by cell, what a real server has said of the same objects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard

from k9py.kinds.registry import decoder, kinds
from k9py.store.column import Joined
from k9py.ui.painting import cell_text
from tests.unit.objects import raw

TESTS = Path(__file__).parents[1]
CAPTURED: dict[str, dict[str, Any]] = {
    each["collection"]: each
    for each in msgspec.json.decode(
        zstandard.ZstdDecompressor().decompress((TESTS / "demo/data/tables.json.zst").read_bytes())
    )
}
COLUMNS: dict[str, list[dict[str, Any]] | None] = msgspec.json.decode(
    (TESTS.parent / "k9py/demo/data/columns.json").read_bytes()
)
OTHERWISE = {("nodes", "KERNEL-VERSION")}
"""Where k9py has two columns for what the server says in one: that of the architecture stands beside it."""
OWN = sorted(
    name
    for kind in kinds().values()
    if not kind.table and (name := ".".join(filter(None, (kind.plural, kind.group)))) in CAPTURED
)


@pytest.mark.parametrize("collection", [name for name in OWN if name != "events"])
def test_cells_are_those_of_the_real_server(collection: str) -> None:
    plural, _, group = collection.partition(".")
    kind, captured = kinds()[group, plural], CAPTURED[collection]
    ours, now = {column.title: column for column in kind.columns(())}, captured["now"]
    titles = [column["name"].upper() for column in COLUMNS[collection] or ()]
    wrong = []
    for whole, row in zip(captured["objects"], captured["rows"], strict=True):
        obj = decoder(kind)(raw(whole))
        for title, cell in zip(titles, row["cells"], strict=True):
            said = cell_text(ours[title].cell(obj, Joined()), now)
            if said != str(cell) and (collection, title) not in OTHERWISE:
                wrong.append((whole["metadata"]["name"], title, said, cell))
    assert not wrong


def test_there_is_something_to_compare() -> None:
    assert len(OWN) >= 12
    assert all(CAPTURED[name]["objects"] for name in OWN)
