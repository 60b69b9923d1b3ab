from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from rich.cells import cell_len
from textual import on
from textual.events import MouseScrollDown
from textual.geometry import Region
from textual.pilot import Pilot

from k9py.store.filter import parse_filter
from k9py.ui.themes import THEMES
from k9py.ui.widgets.table import ResourceTable
from k9py.values.resource import Key
from tests.ui.helpers import NOW, Stage, World, read_lines

MANY = [f"pod-{number:03}" for number in range(100)]


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


class SpyTable(ResourceTable):
    """Remembers which lines it was asked to paint again."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock=clock)
        self.refreshed: set[int] = set()

    def refresh(self, *regions: Region, **kwargs: Any) -> SpyTable:
        height = self.scrollable_content_region.height if self.is_mounted else 0
        for region in regions or (Region(0, 0, 1, height),):
            self.refreshed |= set(range(region.y, region.bottom))
        super().refresh(*regions, **kwargs)
        return self


class TableStage(Stage):
    """Keeps what the table says."""

    def __init__(self, table: SpyTable, theme: str = "k9py-dark") -> None:
        super().__init__(table, theme)
        self.table = table
        self.said: list[tuple[str, object]] = []

    @on(ResourceTable.Moved)
    def _moved(self, message: ResourceTable.Moved) -> None:
        self.said.append(("moved", message.key and message.key.name))

    @on(ResourceTable.Opened)
    def _opened(self, message: ResourceTable.Opened) -> None:
        self.said.append(("opened", message.key.name))

    @on(ResourceTable.SortPicked)
    def _picked(self, message: ResourceTable.SortPicked) -> None:
        self.said.append(("sort", message.title))

    @on(ResourceTable.MarksChanged)
    def _marked(self, message: ResourceTable.MarksChanged) -> None:
        self.said.append(("marks", len(message.table.marks)))


class Scene:
    """A table of a world on a screen."""

    def __init__(self, world: World, stage: TableStage, pilot: Pilot[None], clock: Clock) -> None:
        self.world, self.stage, self.pilot, self.clock = world, stage, pilot, clock
        self.table = stage.table

    @property
    def lines(self) -> list[str]:
        return read_lines(self.table)

    @property
    def names(self) -> list[str]:
        """The names on the screen, from the top."""
        return [words[1] for line in self.lines[1:] if (words := line[2:].split()) and words[0] == "shop"]

    @property
    def cursor(self) -> str:
        key = self.table.cursor_key
        return key.name if key else ""

    def line_of_cursor(self) -> int:
        return next(y for y, line in enumerate(self.lines) if line.startswith("▸"))

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def change(self, **put: Any) -> None:
        """Have things changed, and painted as the frame clock would."""
        names = put.pop("names")
        self.world.put(*names, **put)
        await self.follow()

    async def follow(self) -> None:
        self.world.view.flush()
        self.table.refresh_view()
        await self.pilot.pause()


@asynccontextmanager
async def show(*names: str, size: tuple[int, int] = (100, 21), theme: str = "k9py-dark") -> AsyncIterator[Scene]:
    world, clock = World(*names), Clock()
    stage = TableStage(SpyTable(clock), theme)
    async with stage.run_test(size=size) as pilot:
        stage.table.show(world.view)
        stage.table.focus()
        await pilot.pause()
        yield Scene(world, stage, pilot, clock)


# painting


async def test_paints_titles_and_rows_in_their_columns() -> None:
    async with show("cart", "checkout", size=(110, 5)) as scene:
        await scene.change(names=["checkout"], status="CrashLoopBackOff", restarts=14, restarted=NOW - 120)
        assert scene.lines == [
            "  NAMESPACE↑ NAME      STATUS              RESTARTS         CPU  NODE      AGE",
            "▸ shop       cart      ● Running           0                 0m  worker-a  60s",
            "  shop       checkout  ✖ CrashLoopBackOff  14 (2m ago)      98m  worker-a  60s",
            "",
            "",
        ]


async def test_every_line_is_as_wide_as_the_table() -> None:
    async with show("장바구니-서비스", "🚀-launcher", "café", "👩‍👩‍👧-family", "plain") as scene:
        table = scene.table
        width = table.scrollable_content_region.width
        strips = [table.render_line(y) for y in range(21)]
        assert {cell_len(strip.text) for strip in strips} == {width}
        assert {strip.cell_length for strip in strips} == {width}
        columns = {cell_len(line[: line.index("● Running")]) for line in scene.lines[1:6]}
        assert len(columns) == 1


async def test_nothing_but_text_reaches_the_terminal() -> None:
    async with show("evil\x1b[2J\x1b]0;title\x07name\u202e", size=(100, 4)) as scene:
        assert "evilname" in scene.lines[1]
        assert all(line.isprintable() for line in scene.lines)


async def test_a_bad_row_is_seen_by_its_colour_and_a_good_one_is_calm() -> None:
    async with show("a", "b", size=(100, 5)) as scene:
        await scene.change(names=["b"], status="CrashLoopBackOff")
        variables = next(theme for theme in THEMES if theme.name == "k9py-dark").variables
        colours = [
            {s.style.color.name for s in scene.table.render_line(y) if s.style and s.style.color} for y in (1, 2)
        ]
        assert colours[0] == {variables["tone-plain"], variables["tone-ok"]}
        assert colours[1] == {variables["tone-bad"]}


async def test_says_why_there_is_nothing() -> None:
    async with show(size=(40, 8)) as scene:
        scene.table.empty_text = "no pods in shop \x1b[31m"
        await scene.pilot.pause()
        assert scene.lines[4] == "           no pods in shop"
        await scene.change(names=["cart"])
        assert scene.names == ["cart"]
        assert "no pods" not in "".join(scene.lines)


async def test_ages_tick_and_only_what_reads_otherwise_is_painted() -> None:
    async with show("old", "young", size=(110, 5)) as scene:
        await scene.change(names=["old"], created="2025-12-01T00:00:00Z")
        scene.table.refreshed.clear()
        scene.clock.now += 1
        scene.table.tick()
        assert scene.table.refreshed == {2}
        assert [line.split()[-1] for line in scene.lines[1:3]] == ["31d", "61s"]


async def test_only_changed_lines_are_painted() -> None:
    async with show(*MANY) as scene:
        scene.table.refreshed.clear()
        await scene.change(names=["pod-003", "pod-050"], node="worker-b")
        assert scene.table.refreshed == {4}
        scene.table.refreshed.clear()
        await scene.press("j")
        assert scene.table.refreshed == {1, 2}


async def test_a_theme_changes_all_colours() -> None:
    async with show("a", size=(100, 4)) as scene:
        dark = scene.table.render_line(2).text, list(scene.table.render_line(1))
        scene.stage.theme = "k9py-light"
        await scene.pilot.pause()
        assert list(scene.table.render_line(1)) != dark[1]


async def test_without_colours_the_cursor_is_reversed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with show("a", "b", size=(100, 4)) as scene:
        reversed_lines = [all(s.style and s.style.reverse for s in scene.table.render_line(y)) for y in (1, 2)]
        assert reversed_lines == [True, False]


# the cursor


async def test_keys_move_the_cursor() -> None:
    async with show(*MANY) as scene:
        cursors = []
        for key in ("j", "down", "k", "G", "up", "ctrl+b", "g", "ctrl+f", "pagedown", "home", "end"):
            await scene.press(key)
            cursors.append(scene.cursor)
        assert cursors == [
            "pod-001", "pod-002", "pod-001", "pod-099", "pod-098", "pod-079",
            "pod-000", "pod-019", "pod-038", "pod-000", "pod-099",
        ]  # fmt: skip
        assert scene.stage.said[:3] == [("moved", "pod-000"), ("moved", "pod-001"), ("moved", "pod-002")]


async def test_the_cursor_is_always_in_sight_after_a_key() -> None:
    async with show(*MANY) as scene:
        for key in ("G", "k", "ctrl+b", "ctrl+b", "g", "ctrl+f", "ctrl+f", "j"):
            await scene.press(key)
            assert scene.cursor in scene.names
            assert len(scene.names) == 20


async def test_rows_that_come_above_do_not_move_what_one_looks_at() -> None:
    async with show(*MANY) as scene:
        await scene.press(*["ctrl+f"] * 2, *["k"] * 5)
        line, names = scene.line_of_cursor(), scene.names
        await scene.change(names=["pod-000-a", "pod-000-b", "pod-001-a"])
        assert scene.line_of_cursor() == line
        assert scene.names == names
        scene.world.delete("pod-000", "pod-000-a")
        await scene.follow()
        assert scene.line_of_cursor() == line
        assert scene.names == names


async def test_at_the_top_what_is_new_comes_into_sight() -> None:
    async with show(*MANY) as scene:
        await scene.press("j")
        await scene.change(names=["aaa"])
        assert scene.names[0] == "aaa"
        assert scene.cursor == "pod-001"
        assert scene.line_of_cursor() == 3


async def test_a_cursor_out_of_sight_stays_there_and_so_do_the_rows() -> None:
    async with show(*MANY) as scene:
        scene.table.scroll_to(y=50, animate=False)
        names = scene.names
        await scene.change(names=["aaa", "bbb"])
        assert scene.names == names
        assert scene.cursor == "pod-000"


async def test_a_row_that_vanishes_leaves_the_cursor_in_its_place() -> None:
    async with show("a", "b", "c") as scene:
        await scene.press("j")
        scene.world.delete("b")
        await scene.follow()
        assert scene.cursor == "c"
        scene.world.delete("c")
        await scene.follow()
        assert scene.cursor == "a"
        scene.world.delete("a")
        await scene.follow()
        assert scene.cursor == ""
        assert scene.stage.said[-1] == ("moved", None)
        assert scene.table.targets() == []


async def test_the_cursor_stays_on_its_key_when_sorted_and_filtered() -> None:
    async with show(*MANY) as scene:
        await scene.press(*["j"] * 10)
        scene.world.view.sort_by("NAME", descending=True)
        await scene.follow()
        assert scene.cursor == "pod-010"
        assert "pod-010" in scene.names
        assert "NAME↓" in scene.lines[0]
        scene.world.view.set_filter(parse_filter("pod-01"))
        await scene.follow()
        assert scene.cursor == "pod-010"
        assert scene.names[-1] == "pod-010"
        assert len(scene.names) == 10


async def test_while_rows_arrive_an_untouched_cursor_stays_on_the_first() -> None:
    async with show("m") as scene:
        scene.table.loading_rows = True
        await scene.change(names=["a"])
        assert scene.cursor == "a"
        await scene.press("j", "k")
        await scene.change(names=["0"])
        assert scene.cursor == "a"


async def test_move_to_a_key() -> None:
    async with show(*MANY) as scene:
        scene.table.move_to(scene.world.key("pod-070"))
        assert scene.cursor == "pod-070"
        assert "pod-070" in scene.names
        scene.table.move_to(scene.world.key("nobody"))
        assert scene.cursor == "pod-070"


# marks


def names_of(scene: Scene) -> list[str]:
    return [row.key.name for row in scene.table.targets()]


async def test_marks_are_what_actions_apply_to() -> None:
    async with show("a", "b", "c", "d", "e") as scene:
        assert names_of(scene) == ["a"]
        await scene.press("j", "j", "space", "k", "space")
        assert names_of(scene) == ["b", "c"]
        assert [line[0] for line in scene.lines[1:6]] == [" ", "✓", "✓", " ", " "]
        await scene.press("G", "ctrl+@")
        assert names_of(scene) == ["b", "c", "d", "e"]
        await scene.press("space")
        assert names_of(scene) == ["b", "c", "d"]
        await scene.press("ctrl+backslash")
        assert names_of(scene) == ["e"]
        assert [what for what, _ in scene.stage.said if what == "marks"] == ["marks"] * 5


async def test_a_mark_is_for_one_object_and_seen() -> None:
    async with show("a", "b") as scene:
        await scene.press("space", "j", "space")
        scene.world.view.set_filter(parse_filter("b"))
        await scene.follow()
        assert names_of(scene) == ["b"]
        scene.world.view.set_filter(None)
        scene.world.put("a", uid="another")
        await scene.follow()
        assert {key.name for key in scene.table.marks} == {"b"}


# opening, sorting, the mouse


async def test_enter_opens_the_row_under_the_cursor() -> None:
    async with show("a", "b") as scene:
        await scene.press("j", "enter")
        assert scene.stage.said[-1] == ("opened", "b")


async def test_a_click_takes_the_cursor_and_a_second_one_opens() -> None:
    async with show("a", "b", "c") as scene:
        await scene.pilot.click(scene.table, offset=(20, 3))
        assert scene.cursor == "c"
        assert ("opened", "c") not in scene.stage.said
        await scene.pilot.click(scene.table, offset=(20, 3), times=2)
        assert scene.stage.said[-1] == ("opened", "c")
        await scene.pilot.click(scene.table, offset=(20, 15))
        assert scene.cursor == "c"


async def test_a_click_on_a_title_sorts() -> None:
    async with show("a", "b", size=(110, 10)) as scene:
        await scene.pilot.click(scene.table, offset=(scene.lines[0].index("STATUS") + 2, 0))
        assert scene.stage.said[-1] == ("sort", "STATUS")


async def test_the_wheel_scrolls_and_leaves_the_cursor() -> None:
    async with show(*MANY) as scene:
        await scene.pilot._post_mouse_events([MouseScrollDown], scene.table)
        await scene.pilot.pause()
        assert scene.names[0] == "pod-002"
        assert scene.cursor == "pod-000"


# sideways


async def test_sideways_the_name_stays() -> None:
    async with show("cart", "checkout", size=(50, 4)) as scene:
        assert scene.lines[0].endswith("›")
        starts = scene.lines[0]
        await scene.press("l")
        assert scene.lines[0] != starts
        assert "‹" in scene.lines[0]
        assert "STATUS" not in scene.lines[0]
        assert [line[:22].split() for line in scene.lines[1:3]] == [["▸", "shop", "cart"], ["shop", "checkout"]]
        for _ in range(9):
            await scene.press("l")
        assert scene.lines[1].endswith("60s")
        assert not scene.lines[0].endswith("›")
        for _ in range(9):
            await scene.press("h")
        assert scene.lines[0] == starts


async def test_long_names_are_cropped_in_the_middle_before_one_has_to_scroll() -> None:
    name = "inventory-reconciler-of-the-warehouse-7f9c6d5b8-x2k8p"
    async with show(name, size=(100, 4)) as scene:
        assert "…" in scene.lines[1]
        assert "x2k8p" in scene.lines[1]
        assert scene.lines[1].endswith("60s")
        await scene.pilot.resize_terminal(140, 4)
        await scene.pilot.pause()
        assert name in scene.lines[1]


async def test_wide_columns_come_and_go() -> None:
    async with show("a", size=(140, 4)) as scene:
        scene.world.view.wide = True
        await scene.pilot.resize_terminal(150, 4)
        await scene.follow()
        assert "registry/a" in scene.lines[1]
        scene.world.view.wide = False
        await scene.follow()
        assert "registry/a" not in scene.lines[1]


async def test_another_view_takes_its_place() -> None:
    async with show("a", "b") as scene:
        await scene.press("j")
        other = World("x", "y")
        scene.table.show(other.view)
        await scene.pilot.pause()
        assert scene.names == ["x", "y"]
        assert scene.cursor == "x"
        assert isinstance(scene.table.cursor_key, Key)
