"""Following logs over real HTTP: nothing lost, nothing told twice, and restarts and ends said."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from k9py.kube.logs import LogTail
from k9py.values.errors import ApiError, Unreachable
from k9py.values.log import LogLine, LogSource, Span
from tests.kube.mirror import FakeTime
from tests.kube.reach import reach
from tests.kube.scripted import ScriptedServer, cut, hold, refuse, say
from tests.kube.scripted.faults import Fault

PODS = "/api/v1/pods"
POD = "/api/v1/namespaces/shop/pods/cart-0"
LOG = f"{POD}/log"
SOURCE = LogSource("shop", "cart-0", "app")
EXITED = {"terminated": {"exitCode": 0, "reason": "Completed"}}
FAILED = {"terminated": {"exitCode": 1, "reason": "Error"}}
RUNNING: dict[str, Any] = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}


def stamp(second: int, milliseconds: int = 0) -> str:
    return f"2026-01-01T00:{second // 60:02}:{second % 60:02}.{milliseconds * 10**6:09}Z"


class Tail:
    """A tail at work, and what it has told."""

    def __init__(self, server: ScriptedServer, tail: LogTail) -> None:
        self.server = server
        self.log = server.logs["shop", "cart-0", "app"]
        self.told: list[LogLine] = []
        self.batches = 0
        self._source = tail.batches()

    async def read(self, count: int) -> list[str]:
        """The texts of all lines, once there are so many."""
        while len(self.told) < count:
            self.told += await anext(self._source)
            self.batches += 1
        return self.texts

    async def read_all(self) -> list[str]:
        async for batch in self._source:
            self.told += batch
        return self.texts

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.told]

    async def following(self) -> None:
        await self.server.until(lambda: self.server.streaming(LOG) == 1)

    async def close(self) -> None:
        await self._source.aclose()


def set_pod(server: ScriptedServer, state: Any = RUNNING, run: str = "run-1", restarts: int = 0, **spec: Any) -> None:
    last = {"terminated": {"containerID": "run-0", "exitCode": 1}}
    status = {"name": "app", "containerID": run, "restartCount": restarts, "state": state, "lastState": last}
    spec = {"nodeName": "worker-a", "restartPolicy": "Always", "containers": [{"name": "app"}], **spec}
    server.store.put(PODS, "cart-0", "shop", spec=spec, status={"containerStatuses": [status]})


@asynccontextmanager
async def tailing(directory: Path, source: LogSource = SOURCE, **options: Any) -> AsyncIterator[Tail]:
    async with reach(directory) as (server, transport):
        set_pod(server)
        tail = Tail(server, LogTail(transport, source, pace=FakeTime().pace, **options))
        try:
            yield tail
        finally:
            await tail.close()


async def test_follows(tmp_path: Path) -> None:
    async with tailing(tmp_path, span=Span("", 2, 60)) as tail:
        for second in range(5):
            tail.log.write(stamp(second), f"line {second}")
        assert await tail.read(2) == ["line 3", "line 4"]
        tail.log.write(stamp(5), "  spaces and \x1b[31mcolours\x1b[0m stay ")
        tail.log.write(stamp(6), "")
        assert await tail.read(4) == ["line 3", "line 4", "  spaces and \x1b[31mcolours\x1b[0m stay ", ""]
        assert tail.told[0].stamp == stamp(3)
        query = tail.server.asked("log")[0].query
        assert query == {
            "container": "app",
            "timestamps": "true",
            "follow": "true",
            "tailLines": "2",
            "sinceSeconds": "60",
        }


async def test_many_lines_come_at_once(tmp_path: Path) -> None:
    async with tailing(tmp_path, span=Span("", 100_000)) as tail:
        for number in range(20_000):
            tail.log.write(stamp(1, number // 20), "x" * 100)
        await tail.read(20_000)
        assert tail.batches < 400


async def test_lines_and_letters_split_between_chunks_come_whole(tmp_path: Path) -> None:
    async with tailing(tmp_path) as tail:
        whole = f"{stamp(1)} 안녕 🦊\n".encode()
        tail.server.fault(LOG, "log", say(*(bytes([byte]) for byte in whole)))
        assert await tail.read(1) == ["안녕 🦊"]


async def test_a_cut_neither_loses_nor_doubles(tmp_path: Path) -> None:
    async with tailing(tmp_path) as tail:
        for text in ("a", "b"):
            tail.log.write(stamp(7, 5), text)
        tail.log.write(stamp(7, 6), "c")
        await tail.read(3)
        tail.server.cut()
        tail.log.write(stamp(7, 6), "d, of the same stamp as c")
        tail.log.write(stamp(8), "e")
        assert await tail.read(5) == ["a", "b", "c", "d, of the same stamp as c", "e"]
        query = tail.server.asked("log")[1].query
        assert query["sinceTime"] == "2026-01-01T00:00:07Z"
        assert "tailLines" not in query


async def test_half_a_line_before_a_cut_comes_whole_after_it(tmp_path: Path) -> None:
    async with tailing(tmp_path) as tail:
        tail.server.fault(LOG, "log", cut(f"{stamp(1)} one\n{stamp(2)} tw".encode()))
        tail.log.write(stamp(1), "one")
        tail.log.write(stamp(2), "two")
        assert await tail.read(2) == ["one", "two"]


async def test_half_a_line_before_a_clean_end_comes_whole_after_it(tmp_path: Path) -> None:
    async with tailing(tmp_path) as tail:
        tail.server.fault(LOG, "log", say(f"{stamp(1)} one\n{stamp(2)} tw".encode()))
        tail.log.write(stamp(1), "one")
        tail.log.write(stamp(2), "two")
        assert await tail.read(2) == ["one", "two"]


async def test_lines_out_of_order_around_a_second(tmp_path: Path) -> None:
    async with tailing(tmp_path) as tail:
        stamps = [stamp(4, 8), stamp(5, 1), stamp(4, 9), stamp(5, 2)]
        for number, each in enumerate(stamps):
            tail.log.write(each, str(number))
        await tail.read(4)
        tail.server.cut()
        tail.log.write(stamp(5, 3), "4")
        assert await tail.read(5) == ["0", "1", "2", "3", "4"]


async def test_a_very_long_line_is_bounded_with_a_remark(tmp_path: Path) -> None:
    async with tailing(tmp_path) as tail:
        tail.log.write(stamp(1), "x" * 3_000_000)
        tail.log.write(stamp(2), "short")
        texts = await tail.read(3)
        assert len(texts[0]) < 1_000_001
        assert tail.told[1] == LogLine("", "the line above is longer than 1,000,000 bytes: the rest is left out")
        assert texts[2] == "short"


async def test_what_the_kubelet_says_itself_is_a_remark(tmp_path: Path) -> None:
    async with tailing(tmp_path) as tail:
        tail.server.fault(LOG, "log", say(b"unable to retrieve container logs for containerd://x\n"))
        await tail.read(1)
        assert tail.told == [LogLine("", "unable to retrieve container logs for containerd://x")]


async def test_waits_for_a_container_that_is_being_made(tmp_path: Path) -> None:
    async with tailing(tmp_path) as tail:
        set_pod(tail.server, {"waiting": {"reason": "ContainerCreating"}}, run="")
        assert await tail.read(1) == ["container app is waiting: ContainerCreating"]
        waited = asyncio.create_task(tail.read(2))
        await tail.server.until(lambda: len(tail.server.asked("get")) > 5)
        set_pod(tail.server)
        tail.log.write(stamp(1), "hello")
        assert (await waited)[1:] == ["hello"]


async def test_a_kubelet_that_is_behind_the_status(tmp_path: Path) -> None:
    early = refuse(400, "BadRequest", 'container "app" in pod "cart-0" is waiting to start: ContainerCreating')
    async with tailing(tmp_path) as tail:
        tail.server.fault(LOG, "log", early, early)
        tail.log.write(stamp(1), "hello")
        texts = await tail.read(2)
        assert "waiting to start" in texts[0]
        assert texts[1:] == ["hello"]


async def test_a_restart_in_place_goes_on_with_the_new_container(tmp_path: Path) -> None:
    async with tailing(tmp_path) as tail:
        tail.log.write(stamp(1), "old")
        await tail.read(1)
        await tail.following()
        set_pod(tail.server, FAILED)
        tail.log.end()
        waited = asyncio.create_task(tail.read(5))
        await tail.server.until(lambda: len(tail.server.asked("get")) > 3)
        set_pod(tail.server, {"waiting": {"reason": "CrashLoopBackOff"}}, restarts=1)
        await tail.server.until(lambda: len(tail.server.asked("get")) > 6)
        tail.log.start_anew()
        tail.log.write(stamp(20), "new")
        set_pod(tail.server, run="run-2", restarts=1)
        assert await waited == [
            "old",
            "container app has ended: Error, exit code 1; it will be started again",
            "container app is waiting: CrashLoopBackOff",
            "container app was started again (restarts: 1)",
            "new",
        ]


async def test_the_remark_of_a_restart_comes_first_though_the_status_lags(tmp_path: Path) -> None:
    async with tailing(tmp_path) as tail:
        tail.log.write(stamp(1), "old")
        await tail.read(1)
        await tail.following()
        tail.log.end()
        waited = asyncio.create_task(tail.read(3))
        await tail.server.until(lambda: len(tail.server.asked("get")) == 2)
        set_pod(tail.server, run="run-2", restarts=1)
        tail.log.start_anew()
        tail.log.write(stamp(2), "new")
        assert await waited == ["old", "container app was started again (restarts: 1)", "new"]


MISSED = (say(f"{stamp(1)} old\n{stamp(2)} its last words\n".encode()), "its last words")
FORGOTTEN = (
    refuse(400, "BadRequest", 'previous terminated container "app" not found'),
    'what it wrote before that can\'t be had: previous terminated container "app" not found',
)


@pytest.mark.parametrize(("answer", "told"), [MISSED, FORGOTTEN])
async def test_what_was_written_between_a_cut_and_a_restart_is_read_of_the_run_before(
    tmp_path: Path, answer: Fault, told: str
) -> None:
    async with tailing(tmp_path) as tail:
        tail.log.write(stamp(1), "old")
        await tail.read(1)
        await tail.following()
        set_pod(tail.server, run="run-2", restarts=1)
        tail.log.start_anew()
        tail.log.write(stamp(3), "new")
        tail.server.fault(LOG, "log", answer)
        tail.server.cut()
        assert await tail.read(4) == ["old", told, "container app was started again (restarts: 1)", "new"]
        _, between, after = tail.server.asked("log")
        assert between.query["previous"] == "true"
        assert "follow" not in between.query
        assert between.query["sinceTime"] == "2026-01-01T00:00:01Z"
        assert "previous" not in after.query
        assert after.query["follow"] == "true"


async def test_another_pod_of_the_same_name(tmp_path: Path) -> None:
    async with tailing(tmp_path) as tail:
        tail.log.write(stamp(50), "of a node whose clock is ahead")
        await tail.read(1)
        await tail.following()
        tail.server.store.delete(PODS, "cart-0", "shop")
        set_pod(tail.server, run="run-9")
        tail.log.end()
        await tail.server.until(lambda: tail.server.streaming(LOG) == 0)
        tail.log.start_anew()
        tail.log.write(stamp(3), "new")
        assert (await tail.read(3))[1:] == ["another pod of the same name took its place", "new"]


async def test_ends_with_the_pod(tmp_path: Path) -> None:
    async with tailing(tmp_path) as tail:
        tail.log.write(stamp(1), "bye")
        await tail.read(1)
        tail.server.store.delete(PODS, "cart-0", "shop")
        tail.log.end()
        assert await tail.read_all() == ["bye", "the pod is gone"]


async def test_a_pod_that_is_not_there(tmp_path: Path) -> None:
    async with tailing(tmp_path) as tail:
        tail.server.store.delete(PODS, "cart-0", "shop")
        assert await tail.read_all() == ["the pod is gone"]


async def test_an_evicted_pod_has_nothing_to_say(tmp_path: Path) -> None:
    async with tailing(tmp_path) as tail:
        status = {"phase": "Failed", "reason": "Evicted"}
        tail.server.store.put(PODS, "cart-0", "shop", spec={"containers": [{"name": "app"}]}, status=status)
        assert await tail.read_all() == ["container app has ended: Evicted"]


@pytest.mark.parametrize(
    ("state", "spec", "ending"),
    [
        (EXITED, {"restartPolicy": "Never"}, "Completed, exit code 0"),
        (FAILED, {"restartPolicy": "Never"}, "Error, exit code 1"),
        (EXITED, {"restartPolicy": "OnFailure"}, "Completed, exit code 0"),
        (EXITED, {"containers": [], "initContainers": [{"name": "app"}]}, "Completed, exit code 0"),
        (FAILED, {"containers": [], "ephemeralContainers": [{"name": "app"}]}, "Error, exit code 1"),
        (FAILED, {"containers": [{"name": "app", "restartPolicy": "Never"}]}, "Error, exit code 1"),
    ],
)
async def test_a_completed_container_ends_with_a_remark(tmp_path: Path, state: Any, spec: Any, ending: str) -> None:
    async with tailing(tmp_path) as tail:
        set_pod(tail.server, state, **spec)
        tail.server.fault(LOG, "log", say(f"{stamp(1)} done\n{stamp(2)} without an end of line".encode()))
        expected = ["done", "without an end of line", f"container app has ended: {ending}"]
        assert await tail.read_all() == expected
        assert len(tail.server.asked("log")) == 1


async def test_a_fault_of_the_node_is_said_once_and_passes(tmp_path: Path) -> None:
    fault = refuse(500, "InternalError", "dial tcp 10.0.0.2:10250: connect: connection refused")
    async with tailing(tmp_path) as tail:
        tail.server.fault(LOG, "log", fault, fault, fault)
        tail.log.write(stamp(1), "well again")
        assert await tail.read(2) == ["dial tcp 10.0.0.2:10250: connect: connection refused", "well again"]


async def test_denied_is_raised(tmp_path: Path) -> None:
    async with tailing(tmp_path) as tail:
        tail.server.fault(LOG, "log", refuse(403, "Forbidden", "no logs for you"))
        with pytest.raises(ApiError, match="no logs for you"):
            await tail.read(1)


async def test_who_may_not_see_the_pod_may_read_its_log(tmp_path: Path) -> None:
    async with tailing(tmp_path) as tail:
        tail.server.fault(POD, "get", *itertools.repeat(refuse(403, "Forbidden", "no pods for you"), 5))
        tail.log.write(stamp(1), "line")
        assert await tail.read(1) == ["line"]
        tail.server.cut()
        tail.log.write(stamp(2), "after")
        assert await tail.read(2) == ["line", "after"]


async def test_a_container_that_does_not_exist_is_raised(tmp_path: Path) -> None:
    async with tailing(tmp_path, LogSource("shop", "cart-0", "nope")) as tail:
        tail.server.fault(LOG, "log", refuse(400, "BadRequest", "container nope is not valid for pod cart-0"))
        with pytest.raises(ApiError, match="not valid"):
            await tail.read(1)


async def test_the_previous_container_is_read_to_its_end(tmp_path: Path) -> None:
    async with tailing(tmp_path, SOURCE._replace(previous=True)) as tail:
        tail.log.write(stamp(1), "crashed")
        assert await tail.read_all() == ["crashed"]
        assert tail.server.asked("log")[0].query["previous"] == "true"
        assert "follow" not in tail.server.asked("log")[0].query
        assert tail.server.asked("get") == []


async def test_without_following_a_fault_is_raised(tmp_path: Path) -> None:
    async with tailing(tmp_path, follow=False) as tail:
        tail.server.fault(LOG, "log", cut(b"2026"))
        with pytest.raises(Unreachable):
            await tail.read_all()


async def test_a_dead_connection_is_found_out_and_nobody_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("k9py.kube.logs.SILENCE", 0.05)
    forever = asyncio.Event()
    async with tailing(tmp_path) as tail:
        tail.server.fault(LOG, "log", hold(forever.wait))
        tail.log.write(stamp(1), "alive")
        assert await tail.read(1) == ["alive"]
        forever.set()


async def test_leaving_closes_the_stream(tmp_path: Path) -> None:
    async with reach(tmp_path) as (server, transport):
        set_pod(server)
        server.logs["shop", "cart-0", "app"].write(stamp(1), "one")
        async with aclosing(LogTail(transport, SOURCE).batches()) as batches:
            async for _ in batches:
                break
        await server.until(lambda: server.streaming(LOG) == 0)
