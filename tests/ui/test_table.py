from __future__ import annotations

import pytest
from rich.cells import cell_len

from k9py.ui.themes import THEMES
from k9py.values.resource import Key
from tests.ui.helpers import NOW, World, read_lines
from tests.ui.table_scene import MANY, Clock, SpyTable, TableStage, show


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


async def test_a_view_may_be_shown_before_the_table_is_on_the_screen() -> None:
    table, world = SpyTable(Clock()), World(*MANY)
    table.show(world.view)
    async with TableStage(table).run_test(size=(100, 6)) as pilot:
        await pilot.pause()
        assert read_lines(table)[1].startswith("▸ shop       pod-000")
