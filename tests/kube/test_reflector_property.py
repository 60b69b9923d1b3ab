"""Whatever changes and whatever goes wrong in between: in the end the mirror holds what the server holds."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k9py.values.batch import Phase
from tests.kube.feeding import PODS, Feed, feeding
from tests.kube.scripted import answer, close, cut, garbage, refuse, say
from tests.kube.scripted.faults import Fault
from tests.kube.scripted.server import Sort, encode, too_old

Step = Callable[[Feed], object]

FAULTS: list[Fault] = [
    close(),
    cut(),
    cut(b'{"type":"ADDED","object":{"metadata":{"na'),
    garbage(),
    garbage(502),
    answer(200, b""),
    refuse(401, "Unauthorized", "who are you"),
    refuse(403, "Forbidden", "not you"),
    refuse(404, "NotFound", "no such kind"),
    refuse(410, "Expired", "too old"),
    refuse(429, "TooManyRequests", "slowly", Retry_After="3"),
    refuse(500, "InternalError", "etcd is away"),
    say(encode({"type": "ERROR", "object": too_old()})),
]
DEADLINE = 10
"""Seconds until it is said that the mirror never came to show what the store holds, and by which steps."""
SORTS: list[Sort] = ["list", "page", "watch"]
names = st.integers(0, 9).map("pod-{:05}".format)


def put(name: str, size: int) -> Step:
    return lambda feed: feed.store.put(PODS, name, "default", size=size)


class Delete:
    """A step of its own, for what is not deleted must never vanish."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, feed: Feed) -> None:
        if feed.store.get(PODS, self.name, "default"):
            feed.store.delete(PODS, self.name, "default")


def fault(sort: Sort, what: Fault) -> Step:
    return lambda feed: feed.server.fault(PODS, sort, what)


def elsewhere(name: str) -> Step:
    return lambda feed: feed.store.put("/api/v1/secrets", name, "default")


steps = st.one_of(
    st.builds(put, names, st.integers(0, 99)),
    st.builds(put, names, st.integers(0, 99)),
    st.builds(Delete, names),
    st.builds(elsewhere, names),
    st.builds(fault, st.sampled_from(SORTS), st.sampled_from(FAULTS)),
    st.just(lambda feed: feed.server.cut()),
    st.just(lambda feed: feed.server.cluster.store.compact()),
    st.just(lambda feed: feed.settled()),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(steps, st.integers(0, 8)), max_size=25), st.booleans())
def test_the_mirror_ends_up_as_the_store(script: list[tuple[Step, int]], table: bool) -> None:
    with tempfile.TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        patch.setattr("k9py.kube.reflector.FIRST_PAGE", 2)
        patch.setattr("k9py.kube.reflector.NEXT_PAGE", 3)
        patch.setattr("k9py.demo.http.watching.FIRST_BOOKMARK", 0.01)
        patch.setattr("k9py.demo.http.watching.BOOKMARKS", 0.02)
        asyncio.run(play(Path(directory), script, table))


async def play(directory: Path, script: list[tuple[Step, int]], table: bool) -> None:
    async with asyncio.timeout(DEADLINE), feeding(directory, table=table, pods=5) as feed:
        for step, turns in script:
            outcome = step(feed)
            if asyncio.iscoroutine(outcome):
                await outcome
            for _ in range(turns):
                await asyncio.sleep(0)
        await feed.settled()
        assert feed.mirror.states[-1].phase is Phase.LIVE
        held = {(obj["metadata"]["namespace"], obj["metadata"]["name"]) for obj in feed.store.objects(PODS)}
        assert set(feed.mirror.objects) == held
        assert set(feed.mirror.vanished) <= {step.name for step, _ in script if isinstance(step, Delete)}
