"""Events: when they were last seen, how often, over how long; and those that only repeat each other as one row."""

from __future__ import annotations

from typing import Any

import pytest

from k9py.kinds.events import Event, fold
from k9py.kinds.kind import Kind
from k9py.kinds.registry import decoder, kind_for
from k9py.session.events import FoldedEvents
from k9py.session.faults import Faults
from k9py.session.feed import Feed
from k9py.session.tasks import Tasks
from k9py.store.column import Joined
from k9py.values.age import parse_time
from k9py.values.batch import FeedState, Phase
from k9py.values.cell import Tone
from k9py.values.resource import Gvr, Resource
from tests.unit.objects import changes, listing, raw
from tests.unit.waiting import until

EVENTS = Resource(Gvr("", "v1", "events"), "Event", "event", True, frozenset({"list", "watch", "get"}))
NEW_EVENTS = Resource(Gvr("events.k8s.io", "v1", "events"), "Event", "event", True, frozenset({"list", "watch"}))
WEB = {"kind": "Pod", "namespace": "shop", "name": "web-1", "uid": "uid-web-1", "apiVersion": "v1"}


def event(name: str, **fields: Any) -> dict[str, Any]:
    """An event of core v1, as a kubelet writes it unless the fields say otherwise."""
    metadata = {"name": name, "namespace": "shop", "creationTimestamp": "2026-01-01T10:00:00Z", "uid": f"uid-{name}"}
    told = {"type": "Warning", "reason": "BackOff", "message": "Back-off restarting failed container"}
    return {"metadata": metadata, "involvedObject": WEB, **told, **fields}


def read(found: dict[str, Any], resource: Resource = EVENTS) -> Event:
    shaped = decoder(kind_for(resource))(raw(found))
    assert isinstance(shaped, Event)
    return shaped


def at(text: str) -> float:
    time = parse_time(f"2026-01-01T{text}Z")
    assert time is not None
    return time


def cells(found: Event, kind: Kind) -> dict[str, str]:
    return {column.title: column.cell(found, Joined("lab")).text for column in kind.columns(())}


@pytest.mark.parametrize(
    ("times", "first", "last"),
    [
        ({}, "10:00:00", "10:00:00"),
        ({"eventTime": "2026-01-01T10:01:00.5Z"}, "10:01:00.5", "10:01:00.5"),
        (
            {"firstTimestamp": "2026-01-01T10:02:00Z", "lastTimestamp": "2026-01-01T10:05:00Z"},
            "10:02:00",
            "10:05:00",
        ),
        (
            {
                "eventTime": "2026-01-01T10:01:00Z",
                "series": {"count": 4, "lastObservedTime": "2026-01-01T10:09:00Z"},
            },
            "10:01:00",
            "10:09:00",
        ),
        ({"firstTimestamp": None, "lastTimestamp": None, "eventTime": None}, "10:00:00", "10:00:00"),
    ],
    ids=["created", "event-time", "timestamps", "series", "nulls"],
)
def test_when_it_was_first_and_last_seen(times: dict[str, Any], first: str, last: str) -> None:
    found = read(event("a", **times))
    assert (found.first, found.last) == (at(first), at(last))


def test_both_apis_say_the_same() -> None:
    core = event(
        "a", count=3, source={"component": "kubelet", "host": "worker-a"}, lastTimestamp="2026-01-01T10:05:00Z"
    )
    new = {
        "metadata": core["metadata"],
        "regarding": WEB,
        "type": "Warning",
        "reason": "BackOff",
        "note": core["message"],
        "deprecatedCount": 3,
        "deprecatedSource": {"component": "kubelet", "host": "worker-a"},
        "deprecatedLastTimestamp": "2026-01-01T10:05:00Z",
    }
    assert read(new, NEW_EVENTS) == read(core)
    assert read(core).source == "kubelet, worker-a"


def test_a_row_says_how_often_over_how_long() -> None:
    kind = kind_for(EVENTS)
    often = read(event("a", count=5, firstTimestamp="2026-01-01T10:00:00Z", lastTimestamp="2026-01-01T10:03:00Z"))
    assert cells(often, kind) | {"LAST SEEN": "", "FIRST SEEN": "", "AGE": ""} == {
        "NAME": "a",
        "LAST SEEN": "",
        "TYPE": "Warning",
        "REASON": "BackOff",
        "OBJECT": "pod/web-1",
        "COUNT/SPAN": "x5 over 3m",
        "MESSAGE": "Back-off restarting failed container",
        "FIRST SEEN": "",
        "SOURCE": "<none>",
        "SUBOBJECT": "<none>",
        "AGE": "",
    }
    assert kind.tone(often, Joined("lab")) is Tone.WARN
    once = read(event("b", type="Normal"))
    assert cells(once, kind)["COUNT/SPAN"] == ""
    assert kind.tone(once, Joined("lab")) is Tone.PLAIN


def test_enter_opens_what_it_is_about() -> None:
    kind = kind_for(EVENTS)
    opening = kind.opens(read(event("a", involvedObject={**WEB, "apiVersion": "apps/v1", "kind": "Deployment"})))
    assert opening is not None
    assert (opening.what, opening.title, opening.namespace) == ("deployment.v1.apps", "deployment web-1", "shop")
    assert kind.opens(read(event("a", involvedObject={}))) is None


def test_folded_is_the_newest_with_the_count_of_all_since_the_first() -> None:
    old = read(event("a", count=2, firstTimestamp="2026-01-01T10:00:00Z", lastTimestamp="2026-01-01T10:01:00Z"))
    new = read(event("b", count=3, firstTimestamp="2026-01-01T10:02:00Z", lastTimestamp="2026-01-01T10:05:00Z"))
    both = fold([new, old], old.metadata)
    assert (both.metadata.name, both.count, both.first, both.last) == ("a", 5, at("10:00:00"), at("10:05:00"))


class Source(Feed):
    """A feed that a test fills."""

    def __init__(self, tasks: Tasks, namespace: str = "") -> None:
        super().__init__("lab", EVENTS, namespace, tasks, lambda feed: None, lambda feed: None)
        self.told(FeedState(Phase.LIVE))


def rows(folded: FoldedEvents) -> dict[str, int]:
    """How often, by the name of the row."""
    return {name: record.obj.count for (_, name), record in folded.collection.records.items()}


async def test_those_that_repeat_each_other_are_one_row() -> None:
    tasks = Tasks(Faults())
    source = Source(tasks)
    source.hold()
    source.collection.apply(listing(event("a"), event("b", count=4), event("c", reason="Pulled")))
    folded = FoldedEvents([source])
    folded.hold()
    assert rows(folded) == {"a": 5, "c": 1}
    source.collection.apply(changes(event("d")))
    assert rows(folded) == {"a": 6, "c": 1}
    source.collection.apply(changes(event("a"), deleted=True))
    assert rows(folded) == {"b": 5, "c": 1}, "the row takes the name of another of them"
    source.collection.apply(changes(event("b", count=9, message="another")))
    assert rows(folded) == {"b": 9, "c": 1, "d": 1}
    source.collection.apply(listing(event("c", reason="Pulled")))
    assert rows(folded) == {"c": 1}
    folded.release()
    await until(lambda: not source.held)
    await tasks.close()


async def test_events_of_several_namespaces_and_of_another_object_stay_apart() -> None:
    tasks = Tasks(Faults())
    one, two = Source(tasks, "shop"), Source(tasks, "bank")
    one.collection.apply(listing(event("a"), event("b", involvedObject={**WEB, "uid": "another"})))
    far = event("a", involvedObject={**WEB, "namespace": "bank"})
    far["metadata"]["namespace"] = "bank"
    two.collection.apply(listing(far))
    folded = FoldedEvents([one.hold(), two.hold()])
    assert sorted(folded.collection.records) == [("bank", "a"), ("shop", "a"), ("shop", "b")]
    two.told(FeedState(Phase.DENIED, reason="may not"))
    assert (folded.state.phase, folded.state.reason) == (Phase.DENIED, "events: may not")
    await tasks.close()


async def test_an_event_that_cannot_be_read_is_a_row_of_its_own() -> None:
    tasks = Tasks(Faults())
    source = Source(tasks)
    source.collection.apply(listing(event("a"), event("b", count="many"), event("c", count="many")))
    folded = FoldedEvents([source.hold()])
    assert sorted(name for _, name in folded.collection.records) == ["a", "b", "c"]
    await tasks.close()
