"""What events and trees of relations look like, at three sizes, with names from all over the world."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.ui.pages.relations import happen
from tests.ui.pages.show import Shown, select, show
from tests.ui.pages.snapshot import check_screen, each_size
from tests.ui.pages.trees import go_to, grown


async def events(shown: Shown) -> None:
    await shown.command("ev shop")
    await shown.lists("events")
    await shown.press("j")


async def events_of_web(shown: Shown) -> None:
    await shown.command("deploy shop")
    await shown.lists("deployments")
    await select(shown, "web")
    await shown.press("E")
    await shown.lists("events web")
    await shown.press("a")
    await shown.until(lambda: len(shown.names()) == 3)
    await shown.press("g")


async def xray(shown: Shown) -> None:
    await shown.command("deploy shop")
    await shown.lists("deployments")
    await select(shown, "web")
    await shown.press("X")
    await grown(shown)
    await go_to(shown, "pod web-2")
    await shown.press("space")
    await shown.sees("▸ ● pod web-2 Running +6 ✖1")


async def xray_of_a_namespace(shown: Shown) -> None:
    await shown.command("xray shop")
    await grown(shown)


async def used_by(shown: Shown) -> None:
    await shown.command("cm shop")
    await shown.lists("configmaps")
    await select(shown, "설정")
    await shown.press("u")
    await grown(shown)


@each_size
@pytest.mark.parametrize("go", [events, events_of_web, xray, xray_of_a_namespace, used_by])
async def test_screen(
    tmp_path: Path, screen: SnapshotAssertion, size: tuple[int, int], go: Callable[[Shown], Awaitable[None]]
) -> None:
    async with show(tmp_path, content=happen, size=size) as shown:
        await go(shown)
        await check_screen(shown, screen)
