"""Events (core v1 and events.k8s.io/v1, which are the same objects in other words): what happened, the newest first.

When an event was last seen is the first that is there of series.lastObservedTime, lastTimestamp, eventTime and
creationTimestamp: most of them are null in most events (KEP 383).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import msgspec

from k9py.kinds.kind import AGE, NAME, NONE, Kind, Opening, Part, always, text_cell
from k9py.store.column import Column, Joined
from k9py.store.order import Sort
from k9py.values.age import human_duration, parse_time
from k9py.values.cell import Cell, Tone
from k9py.values.metadata import Metadata


class Involved(Part, frozen=True):
    """ObjectReference (v1): what an event is about."""

    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""
    api_version: str = ""
    field_path: str = ""

    @property
    def label(self) -> str:
        """As kubectl names it: `pod/web-1`."""
        return f"{self.kind.lower()}/{self.name}"


class _Series(Part, frozen=True):
    """How often, and when last (EventSeries)."""

    count: int | None = None
    last_observed_time: str | None = None


class _Source(Part, frozen=True):
    """Who reported it (EventSource)."""

    component: str = ""
    host: str = ""


class EventObject(Part, frozen=True):
    """An event as either API has it."""

    metadata: Metadata
    type: str | None = None
    reason: str | None = None
    event_time: str | None = None
    series: _Series | None = None
    involved_object: Involved | None = None
    message: str | None = None
    count: int | None = None
    first_timestamp: str | None = None
    last_timestamp: str | None = None
    source: _Source | None = None
    reporting_component: str | None = None
    reporting_instance: str | None = None
    regarding: Involved | None = None
    note: str | None = None
    deprecated_count: int | None = None
    deprecated_first_timestamp: str | None = None
    deprecated_last_timestamp: str | None = None
    deprecated_source: _Source | None = None
    reporting_controller: str | None = None


class Event(msgspec.Struct, frozen=True, gc=False):
    """What columns read: the same of both APIs. Times are seconds since the epoch."""

    metadata: Metadata
    type: str
    reason: str
    message: str
    about: Involved
    count: int
    first: float | None
    last: float | None
    source: str

    @property
    def saying(self) -> tuple[str, ...]:
        """What events that only repeat each other have in common."""
        about = self.about
        return (about.namespace, about.kind, about.name, about.uid, about.field_path, self.reason, self.message)


class _Times(NamedTuple):
    """First and last."""

    first: float | None
    last: float | None


def shape_event(found: EventObject) -> Event:
    """An event as it is shown."""
    first, last = _times(found)
    series = found.series or _Series()
    return Event(
        found.metadata,
        found.type or "",
        found.reason or "",
        (found.message or found.note or "").strip(),
        found.involved_object or found.regarding or Involved(),
        max(1, series.count or found.count or found.deprecated_count or 1),
        first,
        last,
        _source(found),
    )


def _times(found: EventObject) -> _Times:
    series = found.series or _Series()
    created = found.metadata.creation_timestamp
    last = (series.last_observed_time, found.last_timestamp, found.deprecated_last_timestamp, found.event_time, created)
    first = (found.first_timestamp, found.deprecated_first_timestamp, found.event_time, created)
    return _Times(_first_time(*first), _first_time(*last))


def _first_time(*texts: str | None) -> float | None:
    return next((time for text in texts if (time := parse_time(text)) is not None), None)


def _source(found: EventObject) -> str:
    """`kubelet, worker-a`, as kubectl describe names it."""
    source = found.source or found.deprecated_source or _Source()
    component = source.component or found.reporting_component or found.reporting_controller or ""
    return ", ".join(part for part in (component, source.host) if part)


def fold(events: list[Event], metadata: Metadata) -> Event:
    """Events that repeat each other as one, of that name: the newest, the count of all, the time of the first."""
    newest = max(events, key=lambda event: event.last or 0.0)
    firsts = [event.first for event in events if event.first is not None]
    return msgspec.structs.replace(
        newest,
        metadata=metadata,
        count=sum(event.count for event in events),
        first=min(firsts, default=newest.first),
    )


def _last_seen(event: Event, _joined: Joined) -> Cell:
    return _seen(event.last)


def _first_seen(event: Event, _joined: Joined) -> Cell:
    return _seen(event.first)


def _seen(at: float | None) -> Cell:
    return NONE if at is None else Cell("", Tone.PLAIN, -at, at)


def _type(event: Event, _joined: Joined) -> Cell:
    return Cell(event.type, _tone(event, _joined)) if event.type else NONE


def _count(event: Event, _joined: Joined) -> Cell:
    """`x5 over 3m`: how often from the first time to the last; sorted by how often."""
    span = (event.last or 0.0) - (event.first or 0.0)
    over = f" over {human_duration(span)}" if event.first and event.last and span >= 1 else ""
    return Cell(f"x{event.count}{over}" if event.count > 1 else "", Tone.PLAIN, event.count)


def _tone(event: Event, _joined: Joined) -> Tone:
    return Tone.PLAIN if event.type in ("Normal", "") else Tone.WARN


def word_of(api_version: str, kind: str) -> str:
    """A kind as a catalog finds it without doubt: `pod.v1`, `deployment.v1.apps`."""
    group, _, version = api_version.rpartition("/")
    return ".".join(part for part in (kind.lower(), version, group) if part)


def _opens(event: Event) -> Opening | None:
    """What it is about."""
    about = event.about

    def keep(obj: Any) -> bool:
        return bool(obj.metadata.name == about.name and obj.metadata.namespace == about.namespace)

    if not about.name:
        return None
    return Opening(word_of(about.api_version, about.kind), f"{about.kind.lower()} {about.name}", about.namespace, keep)


KIND = Kind(
    "",
    "events",
    EventObject,
    always(
        replace(NAME, wide=True),
        Column("LAST SEEN", _last_seen, numeric=True),
        Column("TYPE", _type, glyph=True),
        Column("REASON", lambda event, _: text_cell(event.reason)),
        Column("OBJECT", lambda event, _: Cell(event.about.label)),
        Column("COUNT/SPAN", _count, numeric=True),
        Column("MESSAGE", lambda event, _: Cell(event.message)),
        Column("FIRST SEEN", _first_seen, numeric=True, wide=True),
        Column("SOURCE", lambda event, _: text_cell(event.source), wide=True),
        Column("SUBOBJECT", lambda event, _: text_cell(event.about.field_path), wide=True),
        replace(AGE, wide=True),
    ),
    _tone,
    shape=shape_event,
    opens=_opens,
    sort=Sort("LAST SEEN"),
)
