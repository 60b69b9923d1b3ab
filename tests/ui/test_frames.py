"""The clock of repaints: together, not too often, and never for nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import pairwise

from k9py.session.faults import Faults
from k9py.ui.frames import Frames


@asynccontextmanager
async def running(frames: Frames) -> AsyncIterator[Frames]:
    task = asyncio.create_task(frames.run())
    try:
        yield frames
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def painted(frames: Frames, count: int) -> None:
    """Wait for the frame of that number."""
    end = asyncio.get_running_loop().time() + 10
    while frames.painted < count:
        assert asyncio.get_running_loop().time() < end
        await asyncio.sleep(0.001)


async def test_marking_twice_is_painting_once() -> None:
    done: list[str] = []
    frames = Frames(Faults())
    one, two = (lambda: done.append("one")), (lambda: done.append("two"))
    for paint in (one, two, one, one):
        frames.mark(paint)
    async with running(frames):
        await painted(frames, 1)
        assert done == ["one", "two"]


async def test_nothing_is_painted_when_nothing_is_dirty() -> None:
    frames = Frames(Faults())
    async with running(frames):
        frames.mark(lambda: None)
        await painted(frames, 1)
        for _ in range(50):
            await asyncio.sleep(0.002)
        assert frames.painted == 1


async def test_what_gets_dirty_while_painting_is_painted_with_the_next_frame() -> None:
    frames = Frames(Faults())
    done: list[int] = []

    def paint() -> None:
        done.append(frames.painted)
        if len(done) < 3:
            frames.mark(paint)

    frames.mark(paint)
    async with running(frames):
        await painted(frames, 3)
    assert done == [0, 1, 2]


async def test_frames_are_never_closer_than_their_period() -> None:
    frames = Frames(Faults())
    times: list[float] = []

    def paint() -> None:
        times.append(asyncio.get_running_loop().time())
        frames.mark(paint)

    frames.mark(paint)
    async with running(frames):
        await painted(frames, 4)
    gaps = [after - before for before, after in pairwise(times)]
    assert min(gaps) >= 0.02  # a period is 33 ms


async def test_a_painter_that_fails_is_told_and_stops_no_other() -> None:
    faults = Faults()
    told: list[str] = []
    faults.tell = told.append
    frames = Frames(faults)
    done: list[str] = []

    def fail() -> None:
        raise RuntimeError("no ink")

    frames.mark(fail)
    frames.mark(lambda: done.append("other"))
    async with running(frames):
        await painted(frames, 1)
        frames.mark(lambda: done.append("later"))
        await painted(frames, 2)
    assert done == ["other", "later"]
    assert told == ["RuntimeError while painting: no ink"]
    assert faults.count == 1
    assert frames.slowest > 0
