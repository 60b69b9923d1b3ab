"""The events of an object, the newest last, and how often each came over how long."""

from __future__ import annotations

from k9py.insight.describe.facts import Obj, ago, get, number, text
from k9py.insight.describe.sheet import NONE, Cell, Said, Sheet
from k9py.insight.describe.subject import Subject
from k9py.values.request import Request

EVENTS = "events"
MIRROR = "kubernetes.io/config.mirror"
"""The annotation of a static pod's mirror: the uid under which the kubelet tells its events."""


def ask_events(found: Obj, kind: str) -> Request:
    """The events about an object (fields of core/v1 Event).

    Those about nodes and static pods bear other uids than the object's own: the name of a node says enough.
    """
    namespace, name = text(found, "metadata", "namespace"), text(found, "metadata", "name")
    terms = {"involvedObject.name": name, "involvedObject.namespace": namespace, "involvedObject.kind": kind}
    uid = text(found, "metadata", "annotations", MIRROR) or text(found, "metadata", "uid")
    if uid and kind != "Node":
        terms["involvedObject.uid"] = uid
    # what has no namespace has its events in one or another: they are asked for in all
    path = f"/api/v1/namespaces/{namespace}/events" if namespace else "/api/v1/events"
    selector = ",".join(f"{term}={value}" for term, value in terms.items() if value)
    return Request("GET", path, {"fieldSelector": selector})


def write_events(sheet: Sheet, subject: Subject) -> None:
    """A table of them, or that there are none, or why they may not be read."""
    if why := subject.why_not(EVENTS):
        sheet.field("Events", why)
        return
    events = sorted(subject.items(EVENTS), key=_last_seen)
    if not events:
        sheet.field("Events", NONE)
        return
    sheet.section("Events")
    sheet.table(("Type", "Reason", "Age", "From", "Message"), [_row(event, subject.now) for event in events])


def _last_seen(event: Obj) -> str:
    """When it was last seen. Times of one form are in the order of their texts."""
    times = (get(event, "series", "lastObservedTime"), get(event, "lastTimestamp"), get(event, "eventTime"))
    return next((time for time in times if isinstance(time, str)), "")


def _row(event: Obj, now: float) -> tuple[Said, ...]:
    kind = text(event, "type")
    message = text(event, "message").strip()
    path = text(event, "involvedObject", "fieldPath")
    return (
        Cell(kind, None if kind == "Normal" else "bad"),
        text(event, "reason"),
        _interval(event, now),
        text(event, "source", "component") or text(event, "reportingComponent"),
        f"{path}: {message}" if path else message,
    )


def _interval(event: Obj, now: float) -> str:
    """`5m`, or `10s (x5 over 3m)` of what came several times."""
    first = ago(now, event, "eventTime") if get(event, "eventTime") else ago(now, event, "firstTimestamp")
    if get(event, "series") is not None:
        return f"{ago(now, event, 'series', 'lastObservedTime')} (x{number(event, 'series', 'count')} over {first})"
    count = number(event, "count")
    return f"{ago(now, event, 'lastTimestamp')} (x{count} over {first})" if count > 1 else first
