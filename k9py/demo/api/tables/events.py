"""Events: what happened, to what, how often and when last."""

from __future__ import annotations

from typing import Any

from k9py.demo.api.tables.printer import UNKNOWN, name_of, part, since
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj


def _cells(obj: Obj, cluster: Cluster) -> list[Any]:
    about = part(obj, "involvedObject")
    first, last, count = _times(obj, cluster)
    kind, name = about.get("kind", "").lower(), about.get("name")
    return [
        last,
        obj.get("type", ""),
        obj.get("reason", ""),
        f"{kind}/{name}" if name else kind,
        about.get("fieldPath", ""),
        _source(obj),
        obj.get("message", "").strip(),
        first,
        count,
        name_of(obj),
    ]


def _times(obj: Obj, cluster: Cluster) -> tuple[str, str, int]:
    """First and last time, and how often. A series says the last two itself."""
    first = since(obj.get("firstTimestamp") or obj.get("eventTime"), cluster)
    series = obj.get("series")
    if series:
        return first, since(series.get("lastObservedTime"), cluster), series.get("count", 0)
    last = since(obj.get("lastTimestamp"), cluster)
    return first, first if last == UNKNOWN else last, obj.get("count") or 1


def _source(obj: Obj) -> str:
    source = part(obj, "source")
    component = source.get("component") or obj.get("reportingComponent") or ""
    instance = source.get("host") or obj.get("reportingInstance")
    return f"{component}, {instance}" if instance else component


PRINTERS = {"events": _cells}
