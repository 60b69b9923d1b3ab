"""Whether a server only tries what it is sent as a dry run (KEP-576): one that knows nothing of that would do it.

Kubernetes itself knows dry runs since 1.18. Another server behind it (an aggregated API) may take no notice of the
parameter: it is asked what it takes, as kubectl does (k8s.io/cli-runtime, QueryParamVerifierV3), by its OpenAPI.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from k9py.kube.discovery import server_version
from k9py.kube.transport import Transport
from k9py.values.errors import ApiError, K9pyError
from k9py.values.request import Request

SINCE = (1, 18)
"""Before that a server may have it switched off."""
OWN = frozenset(
    (
        *("", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "apps"),
        *("authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io"),
        *("coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "extensions", "flowcontrol.apiserver.k8s.io"),
        *("networking.k8s.io", "node.k8s.io", "policy", "rbac.authorization.k8s.io", "resource.k8s.io"),
        *("scheduling.k8s.io", "storage.k8s.io", "storagemigration.k8s.io"),
    )
)
"""The groups that kube-apiserver serves itself."""
OLD = "this server is older than v1.18, and may not know dry runs"
UNKNOWN = "whether its server knows dry runs cannot be found out"
PATIENCE = 10.0
"""Seconds that a document may take."""
HOLDS = 300.0
"""Seconds for which an answer is remembered."""
METHODS = ("POST", "PUT", "PATCH", "DELETE")
_VERSION = re.compile(r"v?(\d+)\.(\d+)")
SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices"


class DryRuns:
    """Asks, and remembers what it was told for a while."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = asyncio.Lock()
        self._known: dict[str, tuple[float, Any]] = {}

    def forget(self) -> None:
        """It is another server by now."""
        self._known.clear()

    async def why_not(self, request: Request, version: str) -> str:
        """Why a request cannot be tried, or the empty string. `version` is the server's, where it is known yet."""
        try:
            if not _is_new(version or await server_version(self._transport)):
                return OLD
            group, name = _group_version(request.path)
            if group in OWN or not await self._once(f"{name}.{group}", self._is_aggregated):
                return ""
            takes: Mapping[str, Sequence[str]] = await self._once(f"apis/{group}/{name}", self._read_document)
        except K9pyError as error:
            return f"{UNKNOWN}: {error.line}"
        if any(_fits(path, request.path) for path in takes.get(request.method, ())):
            return ""
        return f"the server of {group}/{name} is another, and does not say that it knows dry runs"

    async def _once(self, name: str, read: Callable[[str], Awaitable[Any]]) -> Any:
        """What was told of a name lately, or is told now; a failure is not remembered."""
        now = asyncio.get_running_loop().time()
        async with self._lock:
            told = self._known.get(name)
            if told is None or now - told[0] > HOLDS:
                told = self._known[name] = (now, await read(name))
        return told[1]

    async def _is_aggregated(self, name: str) -> bool:
        """Whether another server serves a group version (APIService). Where that cannot be read, it may be so."""
        try:
            found = await self._get(f"{SERVICES}/{name}")
        except ApiError as error:
            logging.getLogger("k9py.changes").info("the APIService %s cannot be read: %s", name, error.line)
            return True
        return bool((found.get("spec") or {}).get("service"))

    async def _read_document(self, name: str) -> Mapping[str, Sequence[str]]:
        """By method, the paths that take a dry run. Servers before 1.24 have one document for all groups (v2)."""
        try:
            document = await self._get(f"/openapi/v3/{name}")
        except ApiError as error:
            if not error.missing:
                raise
            document = await self._get("/openapi/v2")
        takes: dict[str, list[str]] = {}
        for path, item in (document.get("paths") or {}).items():
            for method in METHODS:
                if method.lower() in item and _takes_dry_run(item, item[method.lower()]):
                    takes.setdefault(method, []).append(path)
        return takes

    async def _get(self, path: str) -> Mapping[str, Any]:
        body = (await self._transport.send(Request("GET", path), PATIENCE)).body
        try:
            return await asyncio.to_thread(msgspec.json.decode, body, type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise K9pyError(f"{path} is answered with something else: {error}") from error


def _is_new(version: str) -> bool:
    found = _VERSION.match(version)
    return found is not None and (int(found[1]), int(found[2])) >= SINCE


def _group_version(path: str) -> tuple[str, str]:
    """Of `/apis/apps/v1/…`: `apps` and `v1`; the core has no group."""
    parts = path.split("/")
    return (parts[2], parts[3]) if parts[1] == "apis" else ("", parts[2])


def _fits(pattern: str, path: str) -> bool:
    """Whether a path is one of `/apis/example.com/v1/namespaces/{namespace}/gadgets/{name}`."""
    parts, found = pattern.split("/"), path.split("/")
    return len(parts) == len(found) and all(
        part.startswith("{") or part == each for part, each in zip(parts, found, strict=True)
    )


def _takes_dry_run(item: Mapping[str, Any], operation: Mapping[str, Any]) -> bool:
    """Whether it is among the parameters; v2 refers to what several have as `#/parameters/dryRun-…`."""
    parameters = [*(item.get("parameters") or ()), *(operation.get("parameters") or ())]
    return any(
        (each.get("name") == "dryRun" and each.get("in") == "query")
        or str(each.get("$ref", "")).rpartition("/")[2].startswith("dryRun")
        for each in parameters
    )
