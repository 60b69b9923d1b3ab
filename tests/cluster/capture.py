"""Write k9py/demo/data/ from a real API server: `python -m tests.cluster.capture KUBECONFIG`.

With `--tables NAMESPACE` it writes tests/demo/data/ instead (tests/cluster/tables.py).

What the embedded cluster serves, how it is described and which columns it has are the real server's own words: its
discovery, its OpenAPI documents and the column definitions of its tables.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from k9py.kube.kubeconfig import read_kubeconfig
from k9py.kube.transport import ConnectOptions, Transport
from k9py.values.errors import K9pyError
from k9py.values.request import Request
from tests.cluster.bootstrapped import read_bootstrap
from tests.cluster.tables import write_bookmarks, write_tables

DATA = Path(__file__).parents[2] / "k9py" / "demo" / "data"
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


async def read(transport: Transport, path: str, accept: str = "application/json") -> Any:
    """The JSON of a path."""
    response = await transport.send(Request("GET", path, accept=accept))
    return msgspec.json.decode(response.body.split(b"\n")[0])  # of a watch, the first event


async def read_discovery(transport: Transport) -> Mapping[str, Any]:
    """All groups in one document, the core group first."""
    documents = [await read(transport, path, AGGREGATED) for path in ("/api", "/apis")]
    return {"items": [item for document in documents for item in document["items"]]}


async def read_openapi(transport: Transport) -> Mapping[str, Any]:
    """The OpenAPI v3 document of each group version, by its path: `apis/apps/v1`."""
    index = (await read(transport, "/openapi/v3"))["paths"]
    wanted = [path for path in sorted(index) if path == "api/v1" or path.count("/") == 2]
    return {path: await read(transport, index[path]["serverRelativeURL"]) for path in wanted if path[:3] == "api"}


async def read_columns(transport: Transport, discovery: Mapping[str, Any]) -> Mapping[str, Any]:
    """The column definitions of each resource that can be listed, by its full name."""
    found: dict[str, Any] = {}
    for item in discovery["items"]:
        group = item["metadata"].get("name", "")
        for version in item["versions"]:
            root = f"/apis/{group}/{version['version']}" if group else f"/api/{version['version']}"
            for resource in version["resources"]:
                name = f"{resource['resource']}.{group}" if group else resource["resource"]
                if "list" in resource["verbs"] and name not in found:
                    try:
                        table = await read(transport, f"{root}/{resource['resource']}", TABLE)
                    except K9pyError as error:
                        print(f"{name}: {error.line}", file=sys.stderr)
                        continue
                    if "columnDefinitions" in table:
                        found[name] = table["columnDefinitions"]
    return found


async def read_bookmarks(transport: Transport, discovery: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an object has that has nothing, by apiVersion and plural: bookmarks of a watch are such objects."""
    found: dict[str, Any] = {}
    for item in discovery["items"]:
        group = item["metadata"].get("name", "")
        for version in item["versions"]:
            api_version = f"{group}/{version['version']}" if group else version["version"]
            for resource in version["resources"]:
                path = f"/{'apis' if group else 'api'}/{api_version}/{resource['resource']}"
                if "watch" in resource["verbs"]:
                    obj = (await read_bookmark(transport, path))["object"]
                    found[f"{api_version}/{resource['resource']}"] = {
                        key: value for key, value in obj.items() if key not in ("kind", "apiVersion", "metadata")
                    }
    return found


async def read_bookmark(transport: Transport, path: str, accept: str = "application/json") -> Any:
    """The bookmark that ends the first events of a watch, of which there are none."""
    query = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
    return await read(
        transport, f"{path}?{query}&timeoutSeconds=1&fieldSelector=metadata.name=k9py-no-such-object", accept
    )


async def main(kubeconfig_path: str) -> None:
    """Read all of it, and write the files."""
    kubeconfig = read_kubeconfig(kubeconfig_path, {})
    transport = await Transport.open(kubeconfig, kubeconfig.current, ConnectOptions())
    try:
        discovery = await read_discovery(transport)
        columns = await read_columns(transport, discovery)
        openapi = await read_openapi(transport)
        rbac = await read_bootstrap(partial(read, transport))
        bookmarks = await read_bookmarks(transport, discovery)
    finally:
        await transport.close()
    DATA.mkdir(exist_ok=True)
    (DATA / "discovery.json").write_bytes(msgspec.json.format(msgspec.json.encode(discovery), indent=1) + b"\n")
    (DATA / "columns.json").write_bytes(msgspec.json.format(msgspec.json.encode(columns), indent=1) + b"\n")
    (DATA / "bookmarks.json").write_bytes(msgspec.json.format(msgspec.json.encode(bookmarks), indent=1) + b"\n")
    (DATA / "rbac.json").write_bytes(b"[\n" + b",\n".join(map(msgspec.json.encode, rbac)) + b"\n]\n")
    packed = zstandard.ZstdCompressor(level=19).compress(msgspec.json.encode(openapi))
    (DATA / "openapi.json.zst").write_bytes(packed)


async def tabulate(kubeconfig_path: str, namespace: str) -> None:
    """Write the fixture of the tables' tests, from what is in a namespace and in those of the system."""
    kubeconfig = read_kubeconfig(kubeconfig_path, {})
    transport = await Transport.open(kubeconfig, kubeconfig.current, ConnectOptions())
    try:
        discovery = await read_discovery(transport)
        await write_tables(transport, discovery, namespace)
        await write_bookmarks(transport, discovery)
    finally:
        await transport.close()


if __name__ == "__main__":
    if "--tables" in sys.argv:
        asyncio.run(tabulate(sys.argv[1], sys.argv[3]))
    else:
        asyncio.run(main(sys.argv[1]))
