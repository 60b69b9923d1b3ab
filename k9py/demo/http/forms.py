"""In which form objects are asked for: whole, as rows of a Table, or as their metadata only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from k9py.demo.api.convert import serve
from k9py.demo.api.tables import Table, table_of
from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.store import Entry
from k9py.demo.http.answers import encode


@dataclass(frozen=True, slots=True)
class Form:
    """How objects of one resource are written. `one` is an object alone, `item` one in a list."""

    kind: str
    api_version: str
    one: Callable[[Entry], bytes]
    item: Callable[[Entry], bytes]
    table: Table | None = None
    bookmark: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda metadata: {"metadata": metadata}

    def list_of(self, entries: Sequence[Entry], metadata: Mapping[str, Any]) -> bytes:
        """A list."""
        if self.table:
            return encode(self.table.whole(entries, metadata))
        head = encode({"kind": self.kind, "apiVersion": self.api_version, "metadata": metadata})
        return head[:-1] + b',"items":[' + b",".join(map(self.item, entries)) + b"]}"


def form_of(cluster: Cluster, request: web.Request, served: Served) -> Form:
    """The first of the accepted forms that the server has."""
    for accepted in request.headers.get("Accept", "").split(","):
        parts = dict(part.strip().partition("=")[::2] for part in accepted.split(";"))
        wanted = parts.get("as", "")
        if wanted == "Table" and "tables" not in cluster.off:
            return _table(cluster, served, request.query.get("includeObject", "Metadata"))
        if wanted in ("PartialObjectMetadata", "PartialObjectMetadataList"):
            return _partial(parts["v"])
    return _whole(served)


def _whole(served: Served) -> Form:
    version = served.gvr.api_version
    one = serve(served)
    # items of a list do not name their kind, but those of custom resources do
    named = (
        len(encode({"kind": served.kind, "apiVersion": version})) if "." not in served.group or _native(served) else 0
    )

    def item(entry: Entry) -> bytes:
        return b"{" + one(entry)[named:] if named else one(entry)

    return Form(
        f"{served.kind}List", version, one, item, bookmark=lambda metadata: _bookmark(served.kind, version, metadata)
    )


def _native(served: Served) -> bool:
    return served.group.endswith(".k8s.io")


def _bookmark(kind: str, version: str, metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"kind": kind, "apiVersion": version, "metadata": metadata}


def _partial(version: str) -> Form:
    api_version = f"meta.k8s.io/{version}"

    def one(entry: Entry) -> bytes:
        head = {"kind": "PartialObjectMetadata", "apiVersion": api_version}
        return encode({**head, "metadata": entry.read()["metadata"]})

    return Form(
        "PartialObjectMetadataList",
        api_version,
        one,
        one,
        bookmark=lambda metadata: _bookmark("PartialObjectMetadata", api_version, metadata),
    )


def _table(cluster: Cluster, served: Served, include: str) -> Form:
    table = table_of(cluster, served, include)

    def one(entry: Entry) -> bytes:
        return encode(table.whole([entry], {"resourceVersion": str(entry.version)}))

    return Form("Table", "meta.k8s.io/v1", one, one, table, table.bookmark)
