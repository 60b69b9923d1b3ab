from __future__ import annotations

from textual.events import MouseScrollDown

from k9py.store.filter import parse_filter
from tests.ui.table_scene import MANY, Scene, show


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
