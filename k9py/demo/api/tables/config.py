"""What the core group holds beside pods, nodes and services: configuration, namespaces, quotas, accounts."""

from __future__ import annotations

from typing import Any

from k9py.demo.api.conditions import find
from k9py.demo.api.tables.printer import age, name_and_age, name_and_time, name_of, part
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj


def _config_map(obj: Obj, cluster: Cluster) -> list[Any]:
    return [name_of(obj), len(part(obj, "data")) + len(part(obj, "binaryData")), age(obj, cluster)]


def _secret(obj: Obj, cluster: Cluster) -> list[Any]:
    return [name_of(obj), obj.get("type", ""), len(part(obj, "data")), age(obj, cluster)]


def _namespace(obj: Obj, cluster: Cluster) -> list[Any]:
    return [name_of(obj), part(obj, "status").get("phase", ""), age(obj, cluster)]


def _quota(obj: Obj, cluster: Cluster) -> list[Any]:
    """Requests and limits apart; what is neither is among the requests."""
    status = part(obj, "status")
    used, texts = part(status, "used"), ([], [])  # type: tuple[dict[str, str], tuple[list[str], list[str]]]
    for name, hard in sorted(part(status, "hard").items()):
        texts[name.startswith("limits.")].append(f"{name}: {used.get(name, '0')}/{hard}")
    return [name_of(obj), *(", ".join(each) for each in texts), age(obj, cluster)]


_HEALTH = {"True": "Healthy", "False": "Unhealthy"}


def _component(obj: Obj, cluster: Cluster) -> list[Any]:
    found = find(obj.get("conditions"), "Healthy") or {}
    word = _HEALTH.get(found.get("status", ""), "Unknown")
    return [name_of(obj), word, found.get("message", ""), found.get("error", "")]


PRINTERS = {
    "componentstatuses": _component,
    "configmaps": _config_map,
    "limitranges": name_and_time,
    "namespaces": _namespace,
    "resourcequotas": _quota,
    "secrets": _secret,
    "serviceaccounts": name_and_age,
}
