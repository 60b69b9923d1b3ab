"""The menu of a row: all of the registry, by key and by mouse, about the objects that were there when it came up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from syrupy.assertion import SnapshotAssertion

from k9py.actions import registry
from k9py.actions.registry import all_actions
from k9py.actions.restart import ACTION as RESTART
from k9py.ui.screens.confirm import Confirm
from k9py.ui.screens.row_menu import RowMenu
from tests.kube.scripted.server import Change
from tests.ui.pages.objects import DEPLOYMENTS
from tests.ui.pages.show import Shown, show
from tests.ui.pages.snapshot import check_screen, each_size


async def to_deployments(shown: Shown, *marked: str, cursor: str = "web") -> None:
    await shown.command("deploy shop")
    await shown.lists("deployments")
    for name in marked:
        await shown.press("g", *["j"] * shown.names().index(name), "space")
    await shown.press("g", *["j"] * shown.names().index(cursor))
    await shown.until(lambda: shown.under_cursor() == cursor)


async def menu(shown: Shown) -> RowMenu:
    await shown.until(lambda: isinstance(shown.app.screen, RowMenu), "the menu")
    await shown.settles()
    assert isinstance(shown.app.screen, RowMenu)
    return shown.app.screen


async def right_click(shown: Shown, name: str) -> None:
    """Press the right button on the row of a name."""
    y = next(y for y, line in enumerate(shown.lines) if f" {name} " in line)
    await shown.pilot.click(offset=(12, y), button=3)


async def confirmation(shown: Shown) -> str:
    await shown.until(lambda: isinstance(shown.app.screen, Confirm) and shown.app.screen.focused is not None)
    return shown.text


async def test_m_opens_all_that_applies_and_a_letter_chooses(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await shown.press("m")
        await menu(shown)
        assert shown.says("deployment shop/web", "l Logs", "r Restart", "s Scale", "J Owner", "X Xray")
        await shown.press("r")
        assert "Restart deployment shop/web" in await confirmation(shown)


async def test_it_is_gone_through_with_j_and_k_and_left(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        for key in ("escape", "q", "m"):
            await shown.press("m")
            await menu(shown)
            await shown.press(key)
            await shown.clicks_away()
        await shown.press("m")
        await menu(shown)
        await shown.press("j", "j", "k", "enter")  # the second: describe
        await shown.sees("Name: web", "StrategyType")
        assert len(shown.pages) == 3


async def test_a_right_click_moves_the_cursor_and_a_click_chooses(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await right_click(shown, "결제")
        await menu(shown)
        assert shown.says("deployment shop/결제")
        assert shown.under_cursor() == "결제"
        y = next(y for y, line in enumerate(shown.lines[:-1]) if "Restart" in line)
        await shown.pilot.click(offset=(shown.lines[y].index("Restart"), y))
        assert "Restart deployment shop/결제" in await confirmation(shown)


async def test_a_click_beside_it_leaves_it(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await right_click(shown, "결제")
        await menu(shown)
        await shown.pilot.click(offset=(110, 37))
        await shown.clicks_away()
        assert shown.pages == ["home", "deployments"]


async def test_on_a_marked_row_it_is_about_all_marked_on_another_about_that_one(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown, "web", "🚀-launch")
        await right_click(shown, "web")
        await menu(shown)
        assert shown.says("2 deployments")
        await shown.press("escape")
        await shown.clicks_away()
        await right_click(shown, "결제")
        await menu(shown)
        await shown.press("r")
        assert "Restart deployment shop/결제" in await confirmation(shown)


async def test_it_is_about_what_was_there_when_it_came_up(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await shown.press("m")
        await menu(shown)
        shown.server.store.delete(DEPLOYMENTS, "web", "shop")
        await shown.until(lambda: "web" not in shown.names())
        await shown.press("r")
        await shown.sees("✖ Restart deployment shop/web:")
        assert shown.server.changes == []


async def test_what_may_not_be_done_is_greyed_with_the_reason(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        shown.server.rights.denied["patch", "deployments.apps/scale"] = "the shop scales itself"
        await to_deployments(shown)
        await shown.press("m")
        await menu(shown)
        await shown.sees("s Scale the shop scales itself")
        await shown.press("s")
        await shown.sees("✖ Scale deployment shop/web: the shop scales itself")
        assert shown.app.screen is shown.page


@pytest.fixture
def restart_one() -> Iterator[None]:
    """As if only one could be restarted at a time."""
    changed = tuple(replace(RESTART, many=False) if each is RESTART else each for each in all_actions())
    with patch.object(registry, "all_actions", lambda: changed):
        yield


async def test_what_is_about_one_says_so_when_several_are_marked(tmp_path: Path, restart_one: None) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown, "web", "결제")
        await shown.press("r")
        await shown.sees("✖ Restart is about one, and 2 are marked — ctrl-\\ takes the marks back")
        await shown.press("m")
        await menu(shown)
        assert shown.says("r Restart Restart is about one, and 2 are marked")
        await shown.press("escape")
        await shown.press("ctrl+backslash", "r")
        assert "Restart deployment shop" in await confirmation(shown)


async def test_a_tree_and_a_map_have_it_too(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await shown.press("X")
        await shown.sees("Xray")
        await shown.until(lambda: shown.page.pointing is not None and shown.page.pointing.under_cursor() is not None)
        await shown.press("m")
        await menu(shown)
        assert shown.says("l Logs", "d Describe")
        await shown.press("y")
        await shown.sees("kind: Deployment")


async def test_a_log_has_none(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("pods shop /web-1")
        await shown.lists("pods")
        await shown.press("l")
        await shown.sees("GET /healthz 200")
        await shown.press("m")
        await shown.settles()
        assert shown.app.screen is shown.page
        assert shown.server.changes == list[Change]()


@each_size
async def test_menu(tmp_path: Path, screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with show(tmp_path, size=size) as shown:
        shown.server.rights.denied["patch", "deployments.apps/scale"] = "결제 scales itself"
        await to_deployments(shown, cursor="결제")
        await shown.press("m")
        await menu(shown)
        await shown.sees("결제 scales itself")
        await check_screen(shown, screen)
