"""Screens of shells: beside the table, full screen, after the prefix, read back, ended, and all of them in a list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.ui.pages.snapshot import check_screen, each_size
from tests.ui.shell_scene import PREFIX, Scene, show_shells

SAID = "root@web-1:/srv# ls\r\nbin  결제서버.log  보관.tar.gz  🚀.txt\r\nroot@web-1:/srv# "


async def beside(scene: Scene) -> None:
    await scene.says(await scene.open(), SAID)


async def prefixed(scene: Scene) -> None:
    await beside(scene)
    await scene.shown.press(PREFIX)


async def full(scene: Scene) -> None:
    talk = await scene.open()
    sizes = len(talk.sizes)
    await scene.after_prefix("Z")
    await scene.shown.until(lambda: len(talk.sizes) > sizes)
    columns, rows = talk.sizes[-1]
    await scene.says(talk, f"\x1b[?1049h\x1b[7m{'결제 / top'.center(columns - 2)}\x1b[m\x1b[{rows};1H{'─' * columns}")


async def searched(scene: Scene) -> None:
    await scene.says(await scene.open(), "".join(f"{n} GET /장바구니 {200 + n % 3}\r\n" for n in range(200)))
    await scene.after_prefix("slash")
    await scene.shown.type("201")
    await scene.shown.press("enter", "N", "v", "j")


async def ended(scene: Scene) -> None:
    talk = await scene.open()
    await scene.says(talk, SAID + "exit 3\r\n")
    talk.end("exit code 3")
    await scene.shown.sees("── exit code 3 ──")


async def listed(scene: Scene) -> None:
    await scene.open("결제-1")
    await ended(scene)
    await scene.shown.command("shells")
    await scene.shown.opens("shells")


@each_size
@pytest.mark.parametrize("scene", [beside, prefixed, full, searched, ended], ids=lambda scene: scene.__name__)
async def test_screen(
    tmp_path: Path, screen: SnapshotAssertion, scene: Callable[[Scene], Awaitable[None]], size: tuple[int, int]
) -> None:
    async with show_shells(tmp_path, size) as shells:
        await scene(shells)
        await check_screen(shells.shown, screen)


@each_size
async def test_the_page_of_shells(
    tmp_path: Path, screen: SnapshotAssertion, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("k9py.ui.screens.shells_page.human_duration", lambda seconds: "3m")
    async with show_shells(tmp_path, size) as shells:
        await listed(shells)
        await check_screen(shells.shown, screen)
