"""Pages in every theme and without colours: what is on the screen can be read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from rich.segment import Segment
from textual.color import Color
from textual.geometry import Region

from k9py.ui.screens.confirm import Confirm
from tests.ui.pages.show import Shown, read_strips, show
from tests.ui.test_themes import contrast

READABLE = 4.5
"""The least contrast of text that people with weak sight can read (WCAG 2, AA)."""


async def home(shown: Shown) -> Region:
    await shown.press("shift+tab")
    await shown.until(lambda: "Scale" in shown.footer)
    return shown.app.screen.region


async def table(shown: Shown) -> Region:
    await shown.command("pods -A")
    await shown.lists("pods")
    await shown.press("j", "space", "j", "j", "space")
    await shown.sees("2 marked")
    return shown.app.screen.region


async def prompt(shown: Shown) -> Region:
    await shown.open_prompt("/")
    await shown.type("(")
    await shown.sees("bad regular expression")
    return shown.app.screen.region


async def message(shown: Shown) -> Region:
    shown.app.say("it could not be done", bad=True)
    await shown.sees("✖ it could not be done")
    return shown.app.screen.region


async def confirm(shown: Shown) -> Region:
    await shown.press("shift+tab", "r")
    await shown.until(lambda: isinstance(shown.app.screen, Confirm))
    await shown.sees("kubectl rollout restart")
    return shown.app.screen.query_one(".dialog").region


async def help_page(shown: Shown) -> Region:
    await shown.press("question_mark")
    await shown.sees("Going somewhere")
    return shown.app.screen.query_one(".dialog").region


def texts(shown: Shown, region: Region) -> Iterator[Segment]:
    """All that is to be read in a region: pieces with letters or digits in them."""
    for strip in read_strips(shown.app)[region.y : region.bottom]:
        yield from (segment for segment in strip.crop(region.x, region.right) if any(map(str.isalnum, segment.text)))


@pytest.mark.parametrize("theme", ["k9py-dark", "k9py-light"])
@pytest.mark.parametrize("go", [home, table, prompt, message, confirm, help_page], ids=lambda go: go.__name__)
async def test_all_text_can_be_read(tmp_path: Path, theme: str, go: Callable[[Shown], Awaitable[Region]]) -> None:
    async with show(tmp_path, theme=theme) as shown:
        region = await go(shown)
        await shown.settles()
        faint = {}
        for segment in texts(shown, region):
            style = segment.style
            assert style
            assert style.color
            assert style.bgcolor
            assert not style.dim
            ink, ground = Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)
            ink, ground = (ground, ink) if style.reverse else (ink, ground)
            if (ratio := contrast(ink, ground)) < READABLE:
                faint[segment.text] = (ink.hex, ground.hex, round(ratio, 2))
        assert faint == {}


async def test_without_colours_the_cursor_and_the_marks_are_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with show(tmp_path) as shown:
        await table(shown)
        await shown.press("k")
        await shown.settles()
        strips = read_strips(shown.app)
        cursor = next(strip for strip in strips if "▸" in strip.text)
        assert any(segment.style and segment.style.reverse for segment in cursor)
        assert "✓" in shown.text
        assert "✖ CrashLoopBackOff" in shown.text
        for strip in strips:
            for segment in strip:
                if segment.style and segment.style.color:
                    red, green, blue = segment.style.color.get_truecolor()
                    assert max(red, green, blue) - min(red, green, blue) <= 1, segment


async def test_another_theme_does_no_harm(tmp_path: Path) -> None:
    async with show(tmp_path, theme="nord") as shown:
        await table(shown)
        shown.app.theme = "textual-light"
        await shown.settles()
        assert "web-1" in shown.text
