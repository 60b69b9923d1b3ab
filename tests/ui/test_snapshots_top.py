"""What uses most, as it is seen: at three sizes, with names from all over the world and a course that stands still."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from k9py.session.usage import Meter
from tests.kube.scripted import ScriptedServer
from tests.ui.pages.objects import fill, put_pod
from tests.ui.pages.show import Shown, show
from tests.ui.pages.snapshot import check_screen, each_size
from tests.ui.pages.storage import fill_storage
from tests.ui.test_capacity_page import open_capacity
from tests.ui.test_top_page import open_top, told


@pytest.fixture(autouse=True)
def course(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Meter, "history", told)


def content(server: ScriptedServer) -> None:
    fill(server)
    put_pod(server, "결제-서비스-🚀")


async def pods(shown: Shown) -> None:
    await open_top(shown, "-A")
    await shown.until(lambda: len(shown.names()) > 2)
    await shown.press("g")


async def containers(shown: Shown) -> None:
    await open_top(shown, "containers shop")
    await shown.until(lambda: "결제-서비스-🚀/main" in shown.names())
    await shown.press("g")


async def nodes(shown: Shown) -> None:
    await open_top(shown, "nodes")
    await shown.press("g")


async def capacity(shown: Shown) -> None:
    await open_capacity(shown)
    await shown.until(lambda: len(shown.names()) == 2)


async def workloads(shown: Shown) -> None:
    await open_capacity(shown, "workloads")
    await shown.until(lambda: "pod/결제-서비스-🚀" in shown.names() and len(shown.names()) == 9)
    await shown.press("g")


@each_size
@pytest.mark.parametrize("go", [pods, containers, nodes, capacity, workloads], ids=lambda go: go.__name__)
async def test_top(
    tmp_path: Path, screen: SnapshotAssertion, go: Callable[[Shown], Awaitable[None]], size: tuple[int, int]
) -> None:
    async with show(tmp_path, content=content, size=size) as shown:
        await go(shown)
        await check_screen(shown, screen)


@each_size
async def test_volumes(tmp_path: Path, screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with show(tmp_path, content=fill_storage, size=size) as shown:
        await open_capacity(shown, "volumes")
        await shown.until(lambda: shown.says("● 41", "▲ 82", "✖ 96"))
        await shown.press("g")
        await check_screen(shown, screen)
