"""Tasks that outlive screens, and the one place that hears of what nobody expected."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from k9py.session.faults import Faults, open_log
from k9py.session.tasks import Tasks

# ── tasks and faults ─────────────────────────────────────────────────────────────────────────────────────────────────
from tests.unit.waiting import until


async def fail() -> None:
    raise ValueError("first line\nsecond line")


async def test_a_task_that_fails_is_heard_of_and_takes_no_other_along(caplog: pytest.LogCaptureFixture) -> None:
    faults, told, done = Faults(), list[str](), asyncio.Event()
    faults.tell = told.append
    tasks = Tasks(faults)

    async def work() -> None:
        await done.wait()

    other = tasks.start(work(), "working")
    failing = tasks.start(fail(), "reading tea leaves")
    await asyncio.wait([failing])
    await until(lambda: faults.count == 1)
    assert told == ["ValueError while reading tea leaves: first line"]
    assert "while reading tea leaves" in caplog.text
    assert "second line" in caplog.text
    assert len(tasks) == 1
    done.set()
    await other
    await tasks.close()
    assert len(tasks) == 0


async def test_closing_tasks_cancels_them_and_waits(caplog: pytest.LogCaptureFixture) -> None:
    faults, ended = Faults(), list[str]()
    tasks = Tasks(faults)

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("ended")

    for _ in range(3):
        tasks.start(work(), "working")
    await asyncio.sleep(0)
    await tasks.close()
    assert ended == ["ended"] * 3
    assert faults.count == 0


def test_a_fault_without_a_message_is_told_too() -> None:
    faults, told = Faults(), list[str]()
    faults.tell = told.append
    faults.report(KeyError(), "looking")
    assert told == ["KeyError while looking: no message"]


def test_the_log_file_is_k9pys_own(tmp_path: Path) -> None:
    root = logging.getLogger()
    before, level, raises = root.handlers[:], root.level, logging.raiseExceptions
    try:
        path = open_log(tmp_path / "logs")
        assert path == tmp_path / "logs" / "k9py.log"
        assert len(root.handlers) == 1  # nothing else may write to the terminal
        Faults().report(ValueError("boom"), "testing")
        text = path.read_text()
        assert "ERROR k9py while testing" in text
        assert "ValueError: boom" in text
        assert (tmp_path / "logs").stat().st_mode & 0o077 == 0
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers[:] = before
        root.setLevel(level)
        logging.raiseExceptions = raises


def test_without_a_place_for_a_log_it_goes_on_without_one(tmp_path: Path) -> None:
    root = logging.getLogger()
    before, level, raises = root.handlers[:], root.level, logging.raiseExceptions
    (tmp_path / "file").write_text("")
    try:
        assert open_log(tmp_path / "file" / "logs") is None
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        logging.raiseExceptions = raises
