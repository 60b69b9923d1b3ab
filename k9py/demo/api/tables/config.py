"""What the core group holds beside pods, nodes and services: configuration, namespaces, quotas, accounts."""

from __future__ import annotations

from k9py.demo.api.conditions import find
from k9py.demo.api.tables.printer import Cell, age, at, count, name_and_time, part, row
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj


def _used(limits: bool) -> Cell:
    """Requests and limits apart; what is neither is among the requests."""

    def cell(obj: Obj, cluster: Cluster) -> str:
        used, hard = (part(part(obj, "status"), name) for name in ("used", "hard"))
        names = [name for name in sorted(hard) if name.startswith("limits.") is limits]
        return ", ".join(f"{name}: {used.get(name, '0')}/{hard[name]}" for name in names)

    return cell


def _health(field: str) -> Cell:
    return lambda obj, cluster: (find(obj.get("conditions"), "Healthy") or {}).get(field, "")


def _word(obj: Obj, cluster: Cluster) -> str:
    status = _health("status")(obj, cluster)
    return {"True": "Healthy", "False": "Unhealthy"}.get(status, "Unknown")


PRINTERS = {
    "componentstatuses": row(_word, _health("message"), _health("error")),
    "configmaps": row(count("data", "binaryData"), age),
    "limitranges": name_and_time,
    "namespaces": row(at("status.phase"), age),
    "resourcequotas": row(_used(limits=False), _used(limits=True), age),
    "secrets": row(at("type"), count("data"), age),
    "serviceaccounts": row(age),
}
