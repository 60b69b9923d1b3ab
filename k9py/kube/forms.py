"""The two forms in which a kind can be read: its objects, or the table that the server makes of them.

A reflector speaks one conversation for both; only what it asks for and what a change looks like differ, and that is
here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec
from msgspec import Raw

from k9py.kube.wire import Event, Page, decode, decode_table
from k9py.values.batch import Batch, ServerColumn
from k9py.values.request import JSON, REDUCED, TABLE

Change = tuple[bool, Raw]


class Form(Protocol):
    """How to ask for a kind, and how to read what comes."""

    accept: str
    accept_events: str
    """The same of a watch."""
    query: Mapping[str, str]

    def read_page(self, page: Page) -> Batch:
        """The objects or rows of one page of a list."""
        ...

    def read_events(self, events: list[Event]) -> Batch:
        """The changes among some events; others than changes are not among them."""
        ...


class Objects:
    """Whole objects, each as its JSON."""

    accept = accept_events = JSON
    query: Mapping[str, str] = {}

    def read_page(self, page: Page) -> Batch:
        """The items."""
        return Batch([(False, item) for item in page.items or ()])

    def read_events(self, events: list[Event]) -> Batch:
        """The objects themselves."""
        return Batch([(event.type == "DELETED", event.object) for event in events])


class Reduced(Objects):
    """Of each object only its metadata (PartialObjectMetadata)."""

    accept = f"application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,{JSON}"
    accept_events = REDUCED


class Rows:
    """Rows of the server's own table (meta.k8s.io/v1 Table), and beside the cells the object or its metadata."""

    accept = accept_events = TABLE

    def __init__(self, include: Literal["Metadata", "Object"] = "Metadata") -> None:
        self.query: Mapping[str, str] = {"includeObject": include}

    def read_page(self, page: Page) -> Batch:
        """The rows; made from the items where a server knows no tables."""
        if page.rows:
            return Batch([(False, row) for row in page.rows], columns=page.column_definitions)
        if page.items:
            return Batch([(False, make_row(item)) for item in page.items], columns=PLAIN_COLUMNS)
        return Batch(columns=page.column_definitions)

    def read_events(self, events: list[Event]) -> Batch:
        """The rows of each event's table. The columns come with a watch's first event only."""
        batch = Batch()
        for event in events:
            deleted = event.type == "DELETED"
            table = decode_table(event.object)
            if table is None:
                batch.changes.append((deleted, make_row(event.object)))
                batch.columns = PLAIN_COLUMNS
            else:
                batch.changes += [(deleted, row) for row in table.rows or ()]
                batch.columns = table.column_definitions or batch.columns
        return batch


PLAIN_COLUMNS = (
    ServerColumn("Name", format="name", description="Name of the object"),
    ServerColumn("Age", type="date", description="Time since the object was made"),
)


class _Facts(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    name: str = ""
    creation_timestamp: str | None = None


class _Plain(msgspec.Struct, gc=False):
    metadata: _Facts = _Facts()


class _Row(msgspec.Struct, gc=False):
    cells: tuple[str | None, ...]
    object: Raw


_plain = msgspec.json.Decoder(_Plain)


def make_row(raw: Raw) -> Raw:
    """A row of PLAIN_COLUMNS as a server would have made it of this object."""
    facts = decode(_plain, raw, "object").metadata
    return Raw(msgspec.json.encode(_Row((facts.name, facts.creation_timestamp), raw)))
