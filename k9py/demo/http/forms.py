"""In which form objects are asked for: whole, as rows of a Table, or as their metadata only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from aiohttp import web

from k9py.demo.api.convert import serve
from k9py.demo.api.tables.table import INCLUDES, META, Table, table_of
from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.status import StatusError, bad_request
from k9py.demo.core.store import Entry, Obj
from k9py.demo.data import load
from k9py.demo.http.accepting import Accepted, accept
from k9py.demo.http.answers import encode

AT_ONCE = 500
"""So many objects are written in one piece; between the pieces others have their turn."""

Metadata = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """How objects of one resource are written. `one` is an object alone, `item` one in a list."""

    kind: str
    api_version: str
    one: Callable[[Entry], bytes]
    item: Callable[[Entry], bytes]
    mark: Callable[[Obj], Obj]
    """Out of an object that has only metadata: the object of a bookmark."""
    table: Table | None = None
    none: bool = False
    """Whether a list of nothing has null as its items: Go's empty slice."""

    def pieces(self, entries: Sequence[Entry], metadata: Metadata) -> Iterator[bytes]:
        """A list, piece by piece."""
        if self.table:
            yield from _table_pieces(self.table, entries, metadata)
            return
        head = encode({"kind": self.kind, "apiVersion": self.api_version, "metadata": metadata})
        if not entries and self.none:
            yield head[:-1] + b',"items":null}'
            return
        yield head[:-1] + b',"items":['
        yield from _joined(self.item, entries)
        yield b"]}"


def _joined(write: Callable[[Entry], bytes], entries: Sequence[Entry]) -> Iterator[bytes]:
    for begin in range(0, len(entries), AT_ONCE):
        piece = b",".join(map(write, entries[begin : begin + AT_ONCE]))
        yield b"," + piece if begin else piece


def _table_pieces(table: Table, entries: Sequence[Entry], metadata: Metadata) -> Iterator[bytes]:
    if table.printer.order or len(entries) <= AT_ONCE:
        yield encode(table.whole(entries, metadata))
        return
    yield encode(table.whole((), metadata)).removesuffix(b"]}")
    yield from _joined(lambda entry: encode(table.row(entry.read())), entries)
    yield b"]}"


def form_of(cluster: Cluster, request: web.Request, served: Served, *, many: bool = False, watch: bool = False) -> Form:
    """The first of the accepted forms that the server has. `many` is a list. StatusError (406) if it has none."""
    accepted = accept(request, watch=watch, many=many or watch, tables="tables" not in cluster.off)
    if accepted.kind == "Table":
        return _table(cluster, served, request.query.get("includeObject", ""), accepted.version)
    if accepted.kind:
        _check_number(served, accepted, many)
        return _partial(accepted.version)
    return _whole(served)


def _check_number(served: Served, accepted: Accepted, many: bool) -> None:
    """Metadata of one object, or of a list: it must be what is answered."""
    if accepted.kind.endswith("List") == many:
        return
    package = "unstructured" if served.custom else (served.group.split(".")[0] or "core")
    kind = "Unstructured" if served.custom else served.kind
    what = f"a list (*{package}.{kind}List)" if many else f"not a list (*{package}.{kind})"
    raise StatusError(406, "NotAcceptable", f"you requested {accepted.kind}, but the requested object is {what}")


def _whole(served: Served) -> Form:
    version = served.gvr.api_version
    one = serve(served)
    # items of a list do not name their kind, but those of custom resources do
    named = 0 if served.custom else len(encode({"kind": served.kind, "apiVersion": version}))

    def item(entry: Entry) -> bytes:
        return b"{" + one(entry)[named:]

    def mark(obj: Obj) -> Obj:
        return {"kind": served.kind, "apiVersion": version, **obj, **empty(served)}

    return Form(f"{served.kind}List", version, one, item if named else one, mark)


@cache
def _empty() -> Mapping[str, Obj]:
    found: Mapping[str, Obj] = msgspec.json.decode(load("bookmarks.json"))
    return found


def empty(served: Served) -> Obj:
    """What an object has that has nothing: what Go writes of its zero value."""
    return _empty().get(f"{served.gvr.api_version}/{served.plural}", {})


class _Bare(msgspec.Struct, gc=False):
    """An object of which only the metadata is taken, as it is."""

    metadata: msgspec.Raw


_read_bare = msgspec.json.Decoder(_Bare).decode


def _partial(version: str) -> Form:
    api_version = META + version
    head = encode({"kind": "PartialObjectMetadata", "apiVersion": api_version})[:-1] + b',"metadata":'

    def one(entry: Entry) -> bytes:
        return head + bytes(_read_bare(entry.raw).metadata) + b"}"

    def mark(obj: Obj) -> Obj:
        return {"kind": "PartialObjectMetadata", "apiVersion": api_version, **obj}

    return Form("PartialObjectMetadataList", api_version, one, one, mark, none=True)


def _table(cluster: Cluster, served: Served, include: str, version: str) -> Form:
    if include not in INCLUDES:
        why = f"Invalid value: \"{include}\": must be 'Metadata', 'Object', 'None', or empty"
        raise bad_request(f"Unable to convert to Table as requested: includeObject: {why}")
    table = table_of(cluster, served, include, version)

    def one(entry: Entry) -> bytes:
        return encode(table.whole([entry], {"resourceVersion": str(entry.version)} if entry.version else {}))

    def mark(obj: Obj) -> Obj:
        return dict(table.bookmark({"kind": served.kind, "apiVersion": served.gvr.api_version, **obj, **empty(served)}))

    return Form("Table", META + version, one, one, mark, table)
