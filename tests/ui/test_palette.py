"""ctrl-p: everything that can be done here, found by a part of its name; and keys of a person's own."""

from __future__ import annotations

from pathlib import Path

from syrupy.assertion import SnapshotAssertion
from textual.command import CommandPalette

from k9py.ui.screens.confirm import Confirm
from k9py.ui.screens.undo_page import UndoPage
from k9py.values.settings import Settings
from tests.ui.pages.show import NOWHERE, Shown, show
from tests.ui.pages.snapshot import check_screen, each_size


async def to_deployments(shown: Shown) -> None:
    await shown.command("deploy shop")
    await shown.lists("deployments")
    await shown.until(lambda: shown.under_cursor() == "web")


async def palette(shown: Shown, *typed: str) -> None:
    await shown.press("ctrl+p")
    await shown.until(lambda: isinstance(shown.app.screen, CommandPalette), "the palette")
    await shown.sees("Describe  d", ":home")
    shown.send(*typed)


async def test_it_does_what_a_key_of_the_row_does(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await palette(shown, *"restart")
        await shown.until(lambda: shown.says("Restart  r") and not shown.says(":home"))
        assert shown.says("deployment shop/web")
        await shown.press("enter")
        await shown.until(lambda: isinstance(shown.app.screen, Confirm), "the confirmation")
        await shown.sees("Restart deployment shop/web")
        assert shown.server.changes == []


async def test_it_leads_where_a_command_leads(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await palette(shown, *"undo")
        await shown.until(lambda: shown.says("the way back") and not shown.says(":home"))
        await shown.press("enter")
        await shown.until(lambda: isinstance(shown.app.screen, UndoPage), "the page of changes")
        await shown.press("escape")
        await palette(shown, *"configmaps")
        await shown.sees(":configmaps", "a kind of this cluster")
        await shown.press("enter")
        await shown.lists("configmaps")
        assert shown.app.recent_commands()[:1] == ["configmaps"]


async def test_a_name_is_shown_as_it_is(tmp_path: Path) -> None:
    async with show(tmp_path, contexts={"[red]결제[/]": NOWHERE}) as shown:
        await palette(shown, *"red")
        await shown.sees(":ctx [red]결제[/]")


async def test_what_may_not_be_done_says_why(tmp_path: Path) -> None:
    async with show(tmp_path, readonly=True) as shown:
        await to_deployments(shown)
        await palette(shown, *"scale")
        await shown.sees("Scale  s", "k9py runs read-only")
        await shown.press("enter")
        await shown.sees("✖ Scale deployment shop/web: k9py runs read-only")
        assert shown.app.screen is shown.page


async def test_it_does_not_open_over_a_question(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await shown.press("r")
        await shown.until(lambda: isinstance(shown.app.screen, Confirm), "the confirmation")
        await shown.press("ctrl+p")
        await shown.settles()
        assert isinstance(shown.app.screen, Confirm)


async def test_an_action_has_the_key_that_it_was_given(tmp_path: Path) -> None:
    async with show(tmp_path, settings=Settings(keys={"restart": "f5", "scale": "d"})) as shown:
        await to_deployments(shown)
        await shown.sees("f5 Restart", "d Scale")
        assert not shown.says("d Describe")
        await shown.press("r")
        await shown.settles()
        assert shown.app.screen is shown.page
        await shown.press("question_mark")
        await shown.sees("f5", "Restart")
        assert not shown.says("Describe")
        await shown.press("escape")
        await shown.press("m")
        await shown.sees("f5 Restart", "Describe")
        await shown.press("f5")
        await shown.until(lambda: isinstance(shown.app.screen, Confirm), "the confirmation")


@each_size
async def test_the_palette(tmp_path: Path, size: tuple[int, int], screen: SnapshotAssertion) -> None:
    async with show(tmp_path, size=size) as shown:
        await to_deployments(shown)
        await palette(shown, *"ro")
        await shown.until(lambda: not shown.says(":home"))
        await check_screen(shown, screen)
