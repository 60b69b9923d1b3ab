"""While changes are under way: the screen goes on, how far they are is said, each can be cancelled, quitting asks."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from k9py.ui import progress, quitting
from k9py.ui.screens.dialogs import Outcomes, Sure
from tests.kube.scripted import ScriptedServer, refuse
from tests.ui.pages.changing import SHOP, Gate, fill_many, restart_many
from tests.ui.pages.objects import fill, put_pod, write_log
from tests.ui.pages.show import Shown, show

MANY = 30


def many(server: ScriptedServer) -> None:
    fill(server)
    fill_many(server, MANY)


def hold_all(shown: Shown) -> Gate:
    gate = Gate(shown.server)
    gate.hold(f"many-{number:03}" for number in range(MANY))
    return gate


def audited(folder: Path, event: str) -> list[dict[str, Any]]:
    """The lines of the audit of an event."""
    lines = [json.loads(line) for line in (folder / "audit.jsonl").read_text().splitlines()]
    return [line for line in lines if line["event"] == event]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is shown from the first moment."""
    monkeypatch.setattr(progress, "SOON", 0.0)


async def test_how_far_it_is_stands_in_the_first_line_until_it_is_done(tmp_path: Path) -> None:
    async with show(tmp_path, content=many, size=(80, 24)) as shown:
        gate = hold_all(shown)
        await restart_many(shown)
        await shown.until(lambda: "Restart 30 deployments: 0 of 30 · :undo cancels" in shown.header)
        assert shown.header.endswith("live")
        gate.let(7)
        await shown.until(lambda: "Restart 30 deployments: 7 of 30" in shown.header)
        assert "l Logs" in shown.footer  # the keys are where they were
        gate.let(23)
        await shown.sees("Restart 30 deployments: 30 done, 0 not")
        await shown.until(lambda: "of 30" not in shown.header and "CPU" in shown.header)
        assert shown.app.screen is shown.page


async def test_what_is_through_at_once_does_not_flicker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SOON", 1_000.0)
    async with show(tmp_path, content=many) as shown:
        gate = hold_all(shown)
        await restart_many(shown)
        gate.let(7)
        await shown.until(lambda: len(shown.app.hub.ledger.jobs[0].outcomes) == 7)
        await shown.settles()
        assert "of 30" not in shown.header
        gate.let(23)


async def test_events_are_painted_together(tmp_path: Path) -> None:
    async with show(tmp_path, content=many) as shown:
        gate = hold_all(shown)
        await restart_many(shown)
        await shown.until(lambda: gate.waiting == 10)
        for _ in range(1_000):
            shown.app.hub.ledger.on_change()
        assert list(shown.app.frames._dirty).count(shown.app.ledger_changed) == 1
        gate.let(MANY)


async def test_tables_and_logs_go_on_and_keys_too(tmp_path: Path) -> None:
    async with show(tmp_path, content=many) as shown:
        gate = hold_all(shown)
        await restart_many(shown)
        await shown.until(lambda: gate.waiting == 10)
        await shown.command("pods shop")
        await shown.lists("pods")
        put_pod(shown.server, "new-1")
        await shown.until(lambda: "new-1" in shown.names())
        await shown.press("/")
        await shown.type("web-1")
        await shown.press("enter")
        await shown.until(lambda: shown.names() == ["web-1"])
        await shown.press("l")
        await shown.sees("GET /healthz 200")
        write_log(shown.server, "web-1", "still here")
        await shown.sees("still here")
        assert gate.waiting == 10
        gate.let(MANY)
        await shown.until(lambda: not shown.app.hub.ledger.running)


async def test_several_at_a_time_and_each_can_be_cancelled(tmp_path: Path) -> None:
    async with show(tmp_path, content=many) as shown:
        gate = hold_all(shown)
        await restart_many(shown)
        await shown.until(lambda: gate.waiting == 10)
        gate.hold(f"many-{number:03}" for number in range(MANY))
        await restart_many(shown)
        await shown.until(lambda: gate.waiting == 20)
        await shown.until(lambda: "0 of 30 +1 · :undo cancels" in shown.header)
        await shown.command("undo")
        await shown.opens("undo")
        await shown.press("j", "x")  # the first of them
        first, second = shown.app.hub.ledger.jobs
        assert (first.cancelled, second.cancelled) == (True, False)
        gate.let(MANY * 2)
        await shown.until(lambda: not shown.app.hub.ledger.running)
        assert (len(first.done), len(second.done)) == (10, MANY)


async def test_a_failure_leaves_the_others_alone_and_what_remains_is_named(tmp_path: Path) -> None:
    async with show(tmp_path, content=many) as shown:
        shown.server.fault(f"{SHOP}/many-004", "change", refuse(500, "InternalError", "etcd is tired"))
        await restart_many(shown)
        await shown.until(lambda: isinstance(shown.app.screen, Outcomes))
        await shown.sees("✖ shop/many-004 etcd is tired", "● shop/many-000", "● shop/many-005")
        assert len(shown.server.changes) == MANY
        job = shown.app.hub.ledger.jobs[0]
        assert [outcome.effect.target.key.name for outcome in job.failed] == ["many-004"]
        await shown.press("escape")
        await shown.sees("Restart 30 deployments: 29 done, 1 not")


async def test_an_audit_that_cannot_be_written_is_said_and_stands_in_about(tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").mkdir()
    async with show(tmp_path, content=many) as shown:
        await restart_many(shown)
        await shown.until(lambda: not shown.app.hub.ledger.running)
        assert len(shown.server.changes) == MANY
        await shown.command("about")
        await shown.sees("audit.jsonl", "changes cannot be put down: Is a directory")


# ── quitting ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def has_left(shown: Shown) -> bool:
    return bool(shown.app._exit)


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
async def test_with_nothing_under_way_it_just_quits(tmp_path: Path, key: str) -> None:
    async with show(tmp_path) as shown:
        shown.send(key)
        await shown.until(lambda: has_left(shown))


@pytest.mark.parametrize("leave", ["n", "escape", "enter", "q"])
async def test_something_under_way_is_named_and_staying_is_the_default(tmp_path: Path, leave: str) -> None:
    async with show(tmp_path, content=many, size=(80, 24)) as shown:
        gate = hold_all(shown)
        await restart_many(shown)
        await shown.until(lambda: gate.waiting == 10)
        gate.let(3)
        await shown.until(lambda: len(shown.app.hub.ledger.jobs[0].outcomes) == 3)
        await shown.press("ctrl+c")
        await shown.sees("Something is under way", "Restart 30 deployments: 3 done, 27 not yet", "Stay", "Quit")
        await shown.until(lambda: shown.app.screen.focused is not None)
        await shown.press("ctrl+c")  # asks once
        assert sum(isinstance(screen, Sure) for screen in shown.app.screen_stack) == 1
        await shown.press(leave)
        await shown.clicks_away()
        assert not has_left(shown)
        gate.let(MANY)
        await shown.until(lambda: len(shown.app.hub.ledger.jobs[0].done) == MANY)


async def test_others_may_have_a_reason_too(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        shown.app.hub.under_way.append(lambda: ["a shell in shop/[web-1]"])
        await shown.command("q")
        await shown.sees("Something is under way", "a shell in shop/[web-1]")
        await shown.press("y")
        await shown.until(lambda: has_left(shown))


async def test_after_quit_nothing_more_is_sent_and_what_was_sent_may_end(tmp_path: Path) -> None:
    async with show(tmp_path, content=many) as shown:
        gate = hold_all(shown)
        await restart_many(shown)
        await shown.until(lambda: gate.waiting == 10)
        await shown.press("ctrl+c")
        await shown.until(lambda: isinstance(shown.app.screen, Sure))
        await shown.settles()
        await shown.press("y")
        gate.let(MANY)
        await shown.until(lambda: has_left(shown))
        assert len(shown.server.changes) == 10
    outcomes = audited(tmp_path, "outcome")
    assert sum(line["done"] for line in outcomes) == 10
    assert len(outcomes) == MANY
    assert audited(tmp_path, "interrupted") == []


async def test_quitting_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quitting, "PATIENCE", 0.05)
    async with show(tmp_path, content=many) as shown:
        gate = hold_all(shown)
        await restart_many(shown)
        await shown.until(lambda: gate.waiting == 10)
        await shown.command("q")
        await shown.until(lambda: isinstance(shown.app.screen, Sure))
        await shown.settles()
        await shown.press("y")
        await shown.until(lambda: has_left(shown))
    interrupted, outcomes = audited(tmp_path, "interrupted"), audited(tmp_path, "outcome")
    assert sum(line["sent"] for line in interrupted) == 10
    assert not any(line["done"] for line in outcomes)
    assert len(interrupted) + len(outcomes) == MANY


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_quits_at_once_and_the_audit_says_what_was_cut_off(tmp_path: Path, number: int) -> None:
    async with show(tmp_path, content=many) as shown:
        asyncio.get_running_loop().add_signal_handler(number, shown.app.exit, None, 128 + number)
        gate = hold_all(shown)
        await restart_many(shown)
        await shown.until(lambda: gate.waiting == 10)
        os.kill(os.getpid(), number)
        await shown.until(lambda: has_left(shown))
        assert not any(isinstance(screen, Sure) for screen in shown.app.screen_stack)
    asyncio.get_running_loop().remove_signal_handler(number)
    interrupted = audited(tmp_path, "interrupted")
    assert len(interrupted) == MANY
    assert sum(line["sent"] for line in interrupted) == 10
    assert {line["object"] for line in interrupted} == {f"shop/many-{number:03}" for number in range(MANY)}
    assert len(audited(tmp_path, "intent")) == 1
