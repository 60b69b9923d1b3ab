"""Screens of logs: several in one, read and by level, searched, selected."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.kube.scripted import ScriptedServer
from tests.ui.pages.objects import fill, put_pod
from tests.ui.pages.show import Shown, show
from tests.ui.pages.snapshot import check_screen, each_size

LINES = (
    ("main", "결제 서버 시작 🚀"),
    ("proxy", '{"ts":"2026-01-01T10:00:00Z","level":"warn","msg":"느린 응답","took":1.5}'),
    ("main", "ERROR cannot reach payments"),
    ("proxy", 'level=error msg="no upstream" host=pay'),
    ("main", "GET /장바구니 200"),
    ("main", "GET /장바구니 200"),
)


def content(server: ScriptedServer) -> None:
    """Two pods of two containers, which write in Korean, in JSON and in logfmt, each line at a time of its own."""
    fill(server)
    for first, name in enumerate(("pay-6f7c9-x2k8p", "pay-6f7c9-z9bkr")):
        put_pod(server, name, app="pay", containers=("main", "proxy"))
        for number, (container, text) in enumerate(LINES):
            server.logs["shop", name, container].write(f"2026-01-01T10:00:{2 * number + first:02}.000000000Z", text)


async def merged(shown: Shown) -> None:
    await shown.press("t")


async def read(shown: Shown) -> None:
    await shown.press("J", "e", "u")
    await shown.sees("WARN 느린 응답", "3 of 12", "WARN")


async def searched(shown: Shown) -> None:
    await shown.filter("-C 1 error")
    await shown.until(lambda: 0 < shown.log.shown < shown.log.count)
    await shown.press("n", "x", "w")
    await shown.until(lambda: shown.log.shown == shown.log.count)


async def selected(shown: Shown) -> None:
    await shown.press("v", "k", "k")
    await shown.sees("c Copy esc Leave")


@each_size
@pytest.mark.parametrize("scene", [merged, read, searched, selected], ids=lambda scene: scene.__name__)
async def test_screen(
    tmp_path: Path, screen: SnapshotAssertion, scene: Callable[[Shown], Awaitable[None]], size: tuple[int, int]
) -> None:
    async with show(tmp_path, size=size, content=content, command="pods shop /pay") as shown:
        await shown.lists("pods")
        await shown.until(lambda: len(shown.names()) == 2)
        await shown.press("space", "j", "space", "l")
        await shown.opens("logs 2 pods")
        await shown.until(lambda: shown.log.count == 2 * len(LINES))
        await scene(shown)
        await check_screen(shown, screen)
