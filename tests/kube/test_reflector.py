"""A reflector against real HTTP: what it lists and watches, and that no fault loses or empties anything."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from k9py.kube.reflector import Reflector
from k9py.values.batch import Phase
from tests.kube.feeding import POD, PODS, added, feeding, restarted
from tests.kube.reach import reach
from tests.kube.scripted import ScriptedServer, answer, close, cut, garbage, hold, refuse, say
from tests.kube.scripted.server import encode, too_old


@pytest.mark.parametrize("table", [False, True])
async def test_lists_then_watches(tmp_path: Path, table: bool) -> None:
    async with feeding(tmp_path, table=table, pods=3) as feed:
        await feed.settled()
        feed.store.put(PODS, "new", "default", size=1)
        feed.store.put(PODS, "pod-00001", "default", **restarted(77))
        feed.store.delete(PODS, "pod-00002", "default")
        await feed.mirror.until(lambda: feed.mirror.names == ["new", "pod-00000", "pod-00001"])
        await feed.settled()
        assert feed.mirror.phases == [Phase.SYNCING, Phase.LIVE]
        assert len(feed.server.asked("list")) == 1
        changed = feed.mirror.objects["default", "pod-00001"]
        status = changed.get("status", {}).get("containerStatuses", [{}])[0]
        assert (changed["cells"][3] if table else status["restartCount"]) == ("77" if table else 77)


async def test_pages_a_small_one_first_then_large_ones(tmp_path: Path) -> None:
    async with feeding(tmp_path, pods=1100) as feed:
        await feed.settled()
        asked = feed.server.asked("list") + feed.server.asked("page")
        assert [seen.query["limit"] for seen in asked] == ["50", "500", "500", "500"]
        assert [state.count for state in feed.mirror.states if state.phase is Phase.SYNCING] == [50, 550, 1050, 1100]
        assert [batch.begins_list for batch in feed.mirror.batches] == [True, False, False, False]
        assert [batch.ends_list for batch in feed.mirror.batches] == [False, False, False, True]


async def test_the_next_page_is_on_its_way_while_the_first_is_applied(tmp_path: Path) -> None:
    async with feeding(tmp_path, pods=51) as feed:
        await feed.mirror.until(lambda: len(feed.mirror.batches) == 1)
        await feed.server.until(lambda: len(feed.server.asked("page")) == 1)
        await feed.settled()


async def test_heavy_objects_come_in_smaller_pages(tmp_path: Path) -> None:
    def prepare(server: ScriptedServer) -> None:
        for number in range(120):
            server.store.put(PODS, f"heavy-{number:03}", "default", data="x" * 100_000)

    async with feeding(tmp_path, prepare=prepare) as feed:
        await feed.settled()
        assert int(feed.server.asked("page")[0].query["limit"]) in range(95, 100)


async def test_asks_for_bookmarks_and_a_random_end(tmp_path: Path) -> None:
    async with feeding(tmp_path) as feed:
        await feed.server.until(lambda: feed.server.streaming(PODS) == 1)
        query = feed.server.asked("watch")[0].query
        assert query["allowWatchBookmarks"] == "true"
        assert query["resourceVersion"] == str(feed.server.cluster.store.version)
        assert 240 <= int(query["timeoutSeconds"]) <= 300


async def test_one_namespace(tmp_path: Path) -> None:
    async with feeding(tmp_path, namespace="shop", prepare=lambda s: s.store.put(PODS, "a", "other")) as feed:
        await feed.mirror.until(lambda: feed.mirror.live)
        feed.store.put(PODS, "b", "other")
        feed.store.put(PODS, "c", "shop")
        await feed.mirror.until(lambda: feed.mirror.names == ["c"])
        assert feed.server.requests[0].path == "/api/v1/namespaces/shop/pods"


async def test_events_of_one_chunk_are_one_batch(tmp_path: Path) -> None:
    async with feeding(tmp_path) as feed:
        await feed.server.until(lambda: feed.server.streaming(PODS) == 1)
        events = [added(f"pod-{number}", 200 + number) for number in range(100)]
        await feed.server.emit(PODS, *events)
        await feed.mirror.until(lambda: len(feed.mirror.objects) == 100)
        assert len(feed.mirror.batches) < 5


async def test_a_line_in_two_chunks(tmp_path: Path) -> None:
    async with feeding(tmp_path) as feed:
        await feed.server.until(lambda: feed.server.streaming(PODS) == 1)
        line = encode(added("서울", 200))
        for byte in line:
            await feed.server.emit(PODS, bytes([byte]))
        await feed.mirror.until(lambda: feed.mirror.names == ["서울"])


@pytest.mark.parametrize("table", [False, True])
async def test_resumes_from_a_bookmark(tmp_path: Path, table: bool) -> None:
    async with feeding(tmp_path, table=table, pods=1) as feed:
        await feed.settled()
        await feed.server.until(lambda: feed.server.streaming(PODS) == 1)
        feed.store.put("/api/v1/secrets", "elsewhere", "default")
        bookmark = feed.server.bookmark()
        await feed.server.emit(PODS, bookmark, b"\n")
        await feed.server.emit(PODS, added("seen", 101))
        await feed.mirror.until(lambda: "seen" in feed.mirror.names)
        await feed.server.emit(PODS, bookmark)
        feed.time.now += 60
        feed.server.cut()
        await feed.server.until(lambda: len(feed.server.asked("watch")) == 2)
        assert feed.server.asked("watch")[1].query["resourceVersion"] == str(feed.server.cluster.store.version)
        assert len(feed.server.asked("list")) == 1


async def test_a_clean_end_after_a_while_goes_on_at_once_and_stays_live(tmp_path: Path) -> None:
    until = asyncio.Event()

    async def ends(request: Any) -> Any:
        await until.wait()
        return await close()(request)

    async with feeding(tmp_path, pods=1, prepare=lambda s: s.fault(PODS, "watch", ends)) as feed:
        await feed.settled()
        until.set()
        await feed.server.until(lambda: len(feed.server.asked("watch")) == 2)
        await feed.settled()
        assert feed.mirror.phases == [Phase.SYNCING, Phase.LIVE]


async def test_a_server_that_closes_at_once_is_not_hammered(tmp_path: Path) -> None:
    faults = [close() for _ in range(12)]
    async with feeding(tmp_path, pods=1, prepare=lambda s: s.fault(PODS, "watch", *faults)) as feed:
        await feed.server.until(lambda: len(feed.server.asked("watch")) == 13)
        assert feed.time.waits[:4] == pytest.approx([0.15, 0.3, 0.6, 1.2])
        assert max(feed.time.waits) == pytest.approx(22.5)
        assert feed.mirror.phases == [Phase.SYNCING, Phase.LIVE]


async def test_health_resets_the_waiting(tmp_path: Path) -> None:
    faults = [refuse(500, "InternalError", "etcd is away") for _ in range(5)]
    async with feeding(tmp_path, pods=1, prepare=lambda s: s.fault(PODS, "watch", *faults)) as feed:
        await feed.watching()
        feed.time.slept.clear()
        feed.time.now += 11
        feed.server.cut()
        await feed.server.until(lambda: len(feed.server.asked("watch")) == 7)
        assert feed.time.waits == pytest.approx([0.15])


async def test_a_cut_is_stale_since_the_last_word_and_loses_nothing(tmp_path: Path) -> None:
    async with feeding(tmp_path, pods=2) as feed:
        await feed.watching()
        heard = feed.time.now
        feed.time.now += 42
        feed.server.fault(PODS, "watch", refuse(503, "ServiceUnavailable", "starting"))
        feed.server.cut()
        feed.store.put(PODS, "meanwhile", "default")
        feed.store.delete(PODS, "pod-00000", "default")
        await feed.settled()
        assert feed.mirror.names == ["meanwhile", "pod-00001"]
        stale = [state for state in feed.mirror.states if state.phase is Phase.STALE]
        assert [state.since for state in stale] == [heard, heard]
        assert stale[1].reason == "starting"
        assert len(feed.server.asked("list")) == 1


@pytest.mark.parametrize(
    "fault",
    [
        refuse(410, "Expired", "too old"),
        say(encode({"type": "ERROR", "object": too_old()})),
        say(encode({"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Gone"}})),
    ],
)
async def test_too_old_a_version_lists_again_and_never_empties(tmp_path: Path, fault: Any) -> None:
    async with feeding(tmp_path, pods=60, prepare=lambda s: s.fault(PODS, "watch", fault)) as feed:
        await feed.mirror.until(lambda: len(feed.mirror.objects) == 60)
        feed.store.delete(PODS, "pod-00003", "default")
        await feed.server.until(lambda: len(feed.server.asked("list")) == 2)
        await feed.settled()
        assert feed.mirror.vanished == ["pod-00003"]
        assert Phase.STALE not in feed.mirror.phases


async def test_compaction_while_away_lists_again(tmp_path: Path) -> None:
    async with feeding(tmp_path, pods=3) as feed:
        await feed.settled()
        await feed.server.until(lambda: feed.server.streaming(PODS) == 1)
        feed.server.fault(PODS, "watch", refuse(500, "InternalError", "etcd is away"))
        feed.server.cut()
        feed.store.delete(PODS, "pod-00001", "default")
        feed.store.put(PODS, "pod-00000", "default", size=9)
        feed.server.cluster.store.compact()
        feed.store.put(PODS, "late", "default")
        await feed.settled()
        assert feed.mirror.names == ["late", "pod-00000", "pod-00002"]
        assert len(feed.server.asked("list")) == 2


async def test_too_old_in_the_middle_of_paging_begins_anew(tmp_path: Path) -> None:
    gone = refuse(410, "Expired", "The provided continue parameter is too old")
    async with feeding(tmp_path, pods=700, prepare=lambda s: s.fault(PODS, "page", gone, gone)) as feed:
        await feed.settled()
        assert [batch.begins_list for batch in feed.mirror.batches] == [True, True, True, False, False]
        assert len(feed.server.asked("list")) == 3


async def test_events_before_a_failure_are_told(tmp_path: Path) -> None:
    said = [encode(added("first", 150)), encode({"type": "ERROR", "object": too_old()})]
    async with feeding(tmp_path, prepare=lambda s: s.fault(PODS, "watch", say(b"".join(said)))) as feed:
        await feed.mirror.until(lambda: feed.mirror.names == ["first"])
        await feed.settled()
        assert feed.mirror.names == []


async def test_too_many_requests_waits_as_long_as_asked(tmp_path: Path) -> None:
    busy = refuse(429, "TooManyRequests", "please wait", Retry_After="17")
    async with feeding(tmp_path, pods=1, prepare=lambda s: s.fault(PODS, "list", busy)) as feed:
        await feed.settled()
        assert feed.time.waits == [17]
        assert feed.mirror.phases == [Phase.STALE, Phase.SYNCING, Phase.LIVE]


async def test_unauthorized_is_stale_with_the_reason(tmp_path: Path) -> None:
    faults = [refuse(401, "Unauthorized", "token expired") for _ in range(3)]
    async with feeding(tmp_path, pods=1, prepare=lambda s: s.fault(PODS, "list", *faults)) as feed:
        await feed.settled()
        assert feed.mirror.states[0].phase is Phase.STALE
        assert feed.mirror.states[0].reason == "token expired"


async def test_denied_says_why_and_asks_again_seldom(tmp_path: Path) -> None:
    reason = 'pods is forbidden: User "intern" cannot list resource "pods" in API group "" at the cluster scope'
    denied = refuse(403, "Forbidden", reason, pretty=True)
    async with feeding(tmp_path, pods=1, prepare=lambda s: s.fault(PODS, "list", denied, denied)) as feed:
        await feed.settled()
        assert feed.mirror.states[0].phase is Phase.DENIED
        assert feed.mirror.states[0].reason == reason
        assert feed.time.waits == [45, 45]
        assert feed.mirror.phases == [Phase.DENIED, Phase.SYNCING, Phase.LIVE]


async def test_a_kind_that_is_taken_away_and_comes_back(tmp_path: Path) -> None:
    missing = answer(404, "404 page not found\n")
    async with feeding(tmp_path, pods=2) as feed:
        await feed.settled()
        await feed.server.until(lambda: feed.server.streaming(PODS) == 1)
        feed.server.fault(PODS, "watch", missing)
        feed.server.fault(PODS, "list", missing, missing)
        feed.server.cut()
        feed.store.delete(PODS, "pod-00000", "default")
        await feed.settled()
        assert "pods is no longer served" in [state.reason for state in feed.mirror.states]
        assert feed.mirror.names == ["pod-00001"]


@pytest.mark.parametrize(
    "fault",
    [
        garbage(),
        garbage(502),
        answer(200, "", "application/json"),
        answer(200, '{"kind":"PodList","items":[', "application/json"),
        answer(200, '{"kind":"Status","code":200}', "application/json"),
        cut(),
        cut(b'{"items":['),
        refuse(500, "InternalError", "etcd is away"),
    ],
)
async def test_a_list_that_fails_keeps_what_there_is(tmp_path: Path, fault: Any) -> None:
    def prepare(server: ScriptedServer) -> None:
        server.fault(PODS, "watch", refuse(410, "Expired", "too old"))

    async with feeding(tmp_path, pods=60, prepare=prepare) as feed:
        feed.server.fault(PODS, "page", fault)
        await feed.mirror.until(lambda: len(feed.mirror.objects) == 60)
        feed.server.fault(PODS, "list", fault)
        await feed.server.until(lambda: feed.server.streaming(PODS) == 1)
        await feed.settled()
        assert feed.mirror.vanished == []
        assert Phase.STALE in feed.mirror.phases


@pytest.mark.parametrize(
    "fault",
    [
        garbage(),
        garbage(502),
        say(b"<html>\nbad gateway\n</html>\n"),
        say(b'{"kind":"Status",\n "code":500}\n'),
        cut(b'{"type":"ADDED","obj'),
        cut(),
        refuse(403, "Forbidden", "watch is forbidden"),
    ],
)
async def test_a_watch_that_fails_is_taken_up_again(tmp_path: Path, fault: Any) -> None:
    async with feeding(tmp_path, pods=2, prepare=lambda s: s.fault(PODS, "watch", fault, fault)) as feed:
        await feed.server.until(lambda: feed.server.streaming(PODS) == 1)
        feed.store.put(PODS, "after", "default")
        await feed.mirror.until(lambda: "after" in feed.mirror.names)
        assert len(feed.server.asked("list")) == 1
        assert {Phase.STALE, Phase.DENIED} & set(feed.mirror.phases)


async def test_a_half_open_connection_is_left_after_the_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("k9py.kube.reflector.SILENCE", 0.05)
    forever = asyncio.Event()
    async with feeding(tmp_path, pods=1, prepare=lambda s: s.fault(PODS, "watch", hold(forever.wait))) as feed:
        await feed.server.until(lambda: len(feed.server.asked("watch")) >= 2)
        stale = next(state for state in feed.mirror.states if state.phase is Phase.STALE)
        assert "silent" in stale.reason
        forever.set()


async def test_a_server_without_tables_gives_names_and_ages(tmp_path: Path) -> None:
    def prepare(server: ScriptedServer) -> None:
        server.cluster.off |= {"tables"}

    async with feeding(tmp_path, table=True, pods=2, prepare=prepare) as feed:
        await feed.settled()
        feed.store.put(PODS, "new", "default")
        await feed.settled()
        row = feed.mirror.objects["default", "new"]
        assert row["cells"] == ["new", "2026-01-01T00:00:00Z"]
        assert row["object"]["metadata"]["namespace"] == "default"
        assert feed.mirror.columns is not None
        assert [column.name for column in feed.mirror.columns] == ["Name", "Age"]


async def test_tables_ask_for_metadata_and_columns_come_once(tmp_path: Path) -> None:
    async with feeding(tmp_path, table=True) as feed:
        await feed.server.until(lambda: feed.server.streaming(PODS) == 1)
        feed.store.put(PODS, "a", "default")
        feed.store.put(PODS, "b", "default")
        await feed.settled()
        assert {seen.query["includeObject"] for seen in feed.server.requests} == {"Metadata"}
        assert feed.mirror.columns is not None
        assert [column.name for column in feed.mirror.columns][:5] == ["Name", "Ready", "Status", "Restarts", "Age"]


async def test_an_error_of_the_sink_is_not_hidden(tmp_path: Path) -> None:
    async with reach(tmp_path) as (server, transport):
        server.store.put(PODS, "a", "default")

        def fail(batch: object) -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await Reflector(transport, POD, "", fail, lambda _: None, table=False).run()


async def test_a_watch_of_long_ago_is_no_health(tmp_path: Path) -> None:
    def prepare(server: ScriptedServer) -> None:
        server.fault(PODS, "watch", refuse(410, "Expired", "too old"))

    async with feeding(tmp_path, pods=1, prepare=prepare) as feed:
        await feed.watching()
        feed.time.slept.clear()
        feed.time.now += 3600
        feed.server.fault(PODS, "watch", refuse(410, "Expired", "too old"))
        feed.server.fault(PODS, "list", *(refuse(500, "InternalError", "etcd is away") for _ in range(3)))
        feed.server.cut()
        await feed.server.until(lambda: len(feed.server.asked("watch")) == 4)
        assert feed.time.waits == pytest.approx([0.15, 0.3, 0.6, 1.2, 2.4])
