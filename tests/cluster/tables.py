"""Tables beside the objects that they show, from a real server: the fixture of tests/demo/test_tables.py.

`capture.py KUBECONFIG --tables NAMESPACE` reads all that is there; tests.cluster.zoo and `add_exotic` make what a plain
cluster has not. Cells are text from the moment of the answer, so each is kept with its time.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from k9py.kube.transport import Transport
from k9py.values.errors import K9pyError
from k9py.values.request import Request

FIXTURE = Path(__file__).parents[1] / "demo" / "data" / "tables.json.zst"
BOOKMARKS = FIXTURE.with_name("bookmark-rows.json")
DATA = Path(__file__).parents[2] / "k9py" / "demo" / "data"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
COLUMNS: Mapping[str, Any] = msgspec.json.decode((DATA / "columns.json").read_bytes())
SYSTEM = ("kube-system", "kube-node-lease", "kube-public", "default")
MOST = 45
"""So many objects of a kind are enough."""

Json = dict[str, Any]


async def write_tables(transport: Transport, discovery: Mapping[str, Any], namespace: str) -> None:
    """Read every kind twice, as objects and as a table, and write both, without what only this machine has."""
    found = [one for path, name in _collections(discovery) if (one := await _read(transport, path, name, namespace))]
    text = msgspec.json.encode(found).decode()
    text = re.sub(r"\d+\.\d+\.\d+-[a-z]+-v\d+", "6.1.0", text)  # the kernel's version
    FIXTURE.parent.mkdir(exist_ok=True)
    FIXTURE.write_bytes(zstandard.ZstdCompressor(level=19).compress(text.encode()))


def _collections(discovery: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Path and full name of what can be listed, each kind once, in the version that the server prefers."""
    found: dict[str, str] = {}
    for item in discovery["items"]:
        group = item["metadata"].get("name", "")
        for version in item["versions"]:
            root = f"/apis/{group}/{version['version']}" if group else f"/api/{version['version']}"
            for resource in version["resources"]:
                name = f"{resource['resource']}.{group}" if group else resource["resource"]
                if name in COLUMNS and group != "events.k8s.io":  # what CRDs have added is not there, and events are
                    found.setdefault(name, f"{root}/{resource['resource']}")
    return [(path, name) for name, path in found.items()]


async def _read(transport: Transport, path: str, name: str, namespace: str) -> Json | None:
    """One kind. It is read until objects and rows are of one version of the collection."""
    for _ in range(20):
        try:
            listed = await _get(transport, path, "application/json")
            before = time.time()
            table = await _get(transport, f"{path}?includeObject=Metadata", TABLE)
            now = time.time()
        except K9pyError as error:
            sys.stderr.write(f"{name}: {error.line}\n")
            return None
        same = _versions(listed["items"]) == _versions([row["object"] for row in table["rows"]])
        if same and int(before) == int(now):  # whole seconds: no age has changed meanwhile
            break
    rows = {_key(row["object"]): row for row in table["rows"]}
    objects = [obj for obj in listed["items"] if obj["metadata"].get("namespace", namespace) in (namespace, *SYSTEM)]
    kept = [_clean(obj) for obj in objects[:MOST]]
    cells = [{key: rows[_key(obj)][key] for key in ("cells", "conditions") if key in rows[_key(obj)]} for obj in kept]
    return {"collection": name, "now": now, "objects": kept, "rows": cells} if kept else None


async def write_bookmarks(transport: Transport, discovery: Mapping[str, Any]) -> None:
    """The cells of the row that a bookmark is, by collection."""
    found: dict[str, Any] = {}
    query = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1"
    for path, name in _collections(discovery):
        try:
            event = await _get(transport, f"{path}?{query}&fieldSelector=metadata.name=k9py-no-such-object", TABLE)
        except K9pyError:  # nothing that can be watched
            continue
        found[name] = event["object"]["rows"][0]["cells"]
    BOOKMARKS.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")


async def _get(transport: Transport, path: str, accept: str) -> Any:
    body = (await transport.send(Request("GET", path, accept=accept))).body
    return msgspec.json.decode(body.split(b"\n")[0])  # of a watch, the first event


def _key(obj: Json) -> str:
    return f"{obj['metadata'].get('namespace', '')}/{obj['metadata']['name']}"


def _versions(objects: Sequence[Json]) -> dict[str, str]:
    return {_key(obj): obj["metadata"].get("resourceVersion", "") for obj in objects}


def _clean(obj: Json) -> Json:
    for name in ("managedFields", "uid", "selfLink"):
        obj["metadata"].pop(name, None)
    status = obj.get("status") or {}
    status.pop("images", None)
    for name in ("machineID", "systemUUID", "bootID"):
        status.get("nodeInfo", {}).pop(name, None)
    for name in ("data", "binaryData"):
        if isinstance(obj.get(name), dict):
            obj[name] = dict.fromkeys(obj[name], "")
    return obj
