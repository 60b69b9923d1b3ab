"""Reads roles and bindings, as far as they may be read: what may not is told, and fails nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from k9py.insight.rules.rbac import Rbac, read_binding, read_role
from k9py.values.errors import ApiError
from k9py.values.request import Read, Request

RBAC = "/apis/rbac.authorization.k8s.io/v1"
PAGE = "500"
KINDS = ("clusterroles", "clusterrolebindings", "roles", "rolebindings")
"""What is read; the last two have namespaces."""


class Told(NamedTuple):
    """What could be read, and one line for each kind that may not be."""

    rbac: Rbac
    gaps: tuple[str, ...] = ()


class _Part(NamedTuple):
    items: list[Any]
    gap: str = ""


async def read_rbac(read: Read, namespaces: Sequence[str] = ()) -> Told:
    """All roles and bindings; where not all namespaces may be read, those of these. K9pyError but for denials."""
    roles, bindings, *own = await asyncio.gather(
        *(_part(read, kind) for kind in KINDS[:2]), *(_parts(read, kind, namespaces) for kind in KINDS[2:])
    )
    all_roles = [*roles.items, *own[0].items]
    all_bindings = [*bindings.items, *own[1].items]
    gaps = tuple(part.gap for part in (bindings, own[1], roles, own[0]) if part.gap)
    return Told(Rbac(dict(map(read_role, all_roles)), tuple(map(read_binding, all_bindings))), gaps)


async def _parts(read: Read, kind: str, namespaces: Sequence[str]) -> _Part:
    """Of all namespaces at once, or else of each of these."""
    everywhere = await _part(read, kind)
    if not everywhere.gap or not namespaces:
        return everywhere
    parts = await asyncio.gather(*(_part(read, kind, namespace) for namespace in namespaces))
    readable = [name for name, part in zip(namespaces, parts, strict=True) if not part.gap]
    gap = f"{kind} may be read in {', '.join(readable)} only" if readable else everywhere.gap
    return _Part([item for part in parts for item in part.items], gap)


async def _part(read: Read, kind: str, namespace: str = "") -> _Part:
    items: list[Any] = []
    token = ""
    path = f"{RBAC}/namespaces/{quote(namespace, safe='')}/{kind}" if namespace else f"{RBAC}/{kind}"
    try:
        while True:
            page = await read(Request("GET", path, {"limit": PAGE, **({"continue": token} if token else {})}))
            items += page.get("items") or ()
            token = page["metadata"].get("continue") or ""
            if not token:
                return _Part(items)
    except ApiError as error:
        if not (error.denied or error.missing):
            raise
        return _Part([], f"{kind} may not be read" if error.denied else f"{kind} are not served")
