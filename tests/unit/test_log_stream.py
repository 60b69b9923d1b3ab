"""Several logs in one: in the order of time, whoever was first to answer; pods that come later; one that is denied."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from k9py.session import log_stream as log_stream_module
from k9py.session import tail as tail_module
from k9py.session.log_stream import LogStream
from k9py.values.log import NEWEST, REMARK, Entry, LogWish, PodLogs
from k9py.values.namespaces import Namespaces
from tests.kube.scripted import ScriptedServer, refuse
from tests.ui.pages.objects import COMPLETED, fill, put_pod
from tests.unit.test_session import Open, opened
from tests.unit.waiting import until

DENIED = refuse(403, "Forbidden", 'pods "cart-3" is forbidden')


def stamp(second: int) -> str:
    return f"2026-01-01T00:00:{second:02}.000000000Z"


def put(server: ScriptedServer, name: str, lines: dict[int, str], *, over: bool = False) -> None:
    """A pod that has written lines at seconds, and goes on, or is over."""
    if over:
        put_pod(server, name, state=COMPLETED, phase="Succeeded")
    else:
        put_pod(server, name)
    log = server.logs["shop", name, "main"]
    for second, text in lines.items():
        log.write(stamp(second), text)
    if over:
        log.end()


def pods(*names: str) -> tuple[PodLogs, ...]:
    return tuple(PodLogs("shop", name, ("main",), "main") for name in names)


class Reader:
    """A stream that is open, and what it has told."""

    def __init__(self, it: Open, wish: LogWish) -> None:
        self.told: list[Entry] = []
        self.stream: LogStream = it.session.follow(wish, NEWEST, lambda: None)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Of which pod they are, and what they say."""
        return [(self.stream.sources[each.source].pod, each.text) for each in self.told if each.time != REMARK]

    @property
    def remarks(self) -> dict[str, str]:
        """The last one about each pod."""
        return {self.stream.sources[each.source].pod: each.text for each in self.told if each.time == REMARK}

    async def read(self, condition: Callable[[], bool], what: str) -> None:
        def take() -> bool:
            self.told += self.stream.take(1_000)
            return condition()

        await until(take, what)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine: a log is waited for until it has come to its end."""
    monkeypatch.setattr(log_stream_module, "START", 1_000.0)
    monkeypatch.setattr(tail_module, "QUIET", 1_000.0)


@pytest.mark.usefixtures("patient")
async def test_lines_are_in_the_order_of_time_and_one_that_is_denied_says_so(tmp_path: Path) -> None:
    def content(server: ScriptedServer) -> None:
        fill(server)
        put(server, "cart-1", {1: "a", 4: "d", 5: "e"}, over=True)
        put(server, "cart-2", {2: "b", 3: "c", 6: "f 🛒"}, over=True)
        put(server, "cart-3", {})
        server.fault("/api/v1/namespaces/shop/pods/cart-3/log", "log", *[DENIED] * 10)

    async with opened(tmp_path, content) as it:
        reader = Reader(it, LogWish("3 pods", pods("cart-1", "cart-2", "cart-3")))
        await reader.read(lambda: reader.stream.ended and len(reader.lines) == 6 and len(reader.remarks) == 3, "all")
        one, two = "cart-1", "cart-2"
        assert reader.lines == [(one, "a"), (two, "b"), (two, "c"), (one, "d"), (one, "e"), (two, "f 🛒")]
        assert [each.key for each in reader.told] == sorted(each.key for each in reader.told)
        assert 'pods "cart-3" is forbidden' in reader.remarks["cart-3"]
        assert "has ended: Completed" in reader.remarks[one]


async def test_pods_that_come_later_join_and_others_do_not(tmp_path: Path) -> None:
    def content(server: ScriptedServer) -> None:
        fill(server)
        put(server, "cart-1", {1: "first"})

    async with opened(tmp_path, content) as it:
        wish = LogWish("cart", (), Namespaces.of("shop"), lambda pod: pod.logs.pod.startswith("cart-"))
        reader = Reader(it, wish)
        await reader.read(lambda: reader.lines == [("cart-1", "first")], "the first pod's")
        assert not reader.stream.ended
        put(it.server, "other-1", {2: "not meant"})
        put(it.server, "cart-2", {3: "joined"})
        await reader.read(lambda: len(reader.lines) == 2, "the second pod's")
        it.server.logs["shop", "cart-1", "main"].write(stamp(4), "goes on")
        await reader.read(lambda: len(reader.lines) == 3, "the first pod's again")
        assert reader.lines == [("cart-1", "first"), ("cart-2", "joined"), ("cart-1", "goes on")]
        assert [source.pod for source in reader.stream.sources] == ["cart-1", "cart-2"]
        reader.stream.close()
        await until(lambda: it.server.streaming("/api/v1/namespaces/shop/pods/cart-1/log") == 0, "left")
        assert it.told == []


async def test_more_logs_than_can_be_followed_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_stream_module, "MOST_TAILS", 2)
    async with opened(tmp_path) as it:
        reader = Reader(it, LogWish("many", pods("web-1", "gone-1", "gone-2", "gone-3")))
        assert [source.pod for source in reader.stream.sources] == ["web-1", "gone-1"]
        assert reader.stream.left_out == 2
        reader.stream.close()
