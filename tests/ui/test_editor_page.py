"""The editor that is built in: keys, what is wrong beside its line, and how it is left."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from k9py.ui.screens.dialogs import Choose
from k9py.ui.screens.editor_page import EditorPage
from k9py.ui.widgets.yaml_area import YamlArea
from tests.kube.scripted import ScriptedServer
from tests.ui.pages.objects import DEPLOYMENTS, SECRETS, fill
from tests.ui.pages.show import Shown, show
from tests.ui.test_changes import confirmation, to_deployments

CONFIGMAPS = "/api/v1/configmaps"


@pytest.fixture(autouse=True)
def no_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KUBE_EDITOR", "EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)


async def open_editor(shown: Shown) -> YamlArea:
    """`e` on the row under the cursor, until the schema has been read."""
    await shown.press("e")
    await shown.until(lambda: isinstance(shown.app.screen, EditorPage), "the editor")
    await shown.settles()
    return shown.app.screen.query_one(YamlArea)


async def find(shown: Shown, text: str) -> None:
    """Search for a text, so that it is selected."""
    shown.send("ctrl+f", "ctrl+u", *text, "enter")
    await shown.settles()


async def write(shown: Shown, text: str) -> None:
    area = shown.focused
    assert isinstance(area, YamlArea)
    shown.send(*text)
    await shown.settles()


async def to_editor(shown: Shown) -> YamlArea:
    await to_deployments(shown)
    return await open_editor(shown)


def web(shown: Shown) -> dict[str, Any]:
    found = shown.server.store.get(DEPLOYMENTS, "web", "shop")
    assert found
    return found


def kept(folder: Path) -> list[Path]:
    return list((folder / "edits").rglob("*.yaml"))


async def test_a_change_is_typed_confirmed_and_sent(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        area = await to_editor(shown)
        await shown.sees("Edit deployment shop/web · 1:1", "apiVersion: apps/v1", "^s Go on")
        await find(shown, "  replicas: 3")
        assert area.selected_text == "  replicas: 3"
        await write(shown, "  replicas: 5")
        await shown.sees("· changed")
        await shown.press("ctrl+s")
        await confirmation(shown)
        await shown.sees("- replicas: 3", "+ replicas: 5")
        await shown.press("y")
        await shown.sees("Edit deployment shop/web: spec.replicas, sent")
        assert web(shown)["spec"]["replicas"] == 5


async def test_what_is_wrong_stands_beside_its_line_as_it_is_typed(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_editor(shown)
        await find(shown, "  replicas: 3")
        await write(shown, "  replica: three")
        await shown.sees("replica: three ✖ replica is no field here: replicas?", "1 problem")
        await find(shown, "replica: three")
        await write(shown, "replicas: three")
        await shown.sees("replicas: three ✖ must be a whole number, not a text")
        await find(shown, "replicas: three")
        await write(shown, "replicas: [3")
        await shown.sees("✖ did not find expected ',' or ']', while parsing a flow sequence", "1 problem")
        await shown.press("ctrl+s")
        await shown.settles()
        assert isinstance(shown.app.screen, EditorPage)
        await find(shown, "[3")
        await write(shown, "4")
        await shown.until(lambda: "problem" not in shown.lines[0])
        await shown.press("ctrl+s")
        await confirmation(shown)
        await shown.sees("+ replicas: 4")


async def test_f8_goes_to_the_next_problem(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        area = await to_editor(shown)
        await shown.press("f8")
        await shown.sees("no problem is known")
        await find(shown, "  replicas: 3")
        await write(shown, "  replicas: x")
        line = area.cursor_location[0]
        await shown.sees("1 problem")
        await shown.press("ctrl+home", "f8")
        assert area.cursor_location[0] == line
        await shown.sees("✖ must be a whole number, not a text")


async def test_the_servers_reasons_stand_beside_their_lines(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        area = await to_editor(shown)
        await find(shown, "  replicas: 3")
        line = area.cursor_location[0]
        await write(shown, "  replicas: -3")
        await shown.press("ctrl+s")
        await confirmation(shown)
        await shown.sees("✖ the server refuses")
        await shown.press("e")
        await shown.until(lambda: isinstance(shown.app.screen, EditorPage), "the editor again")
        area = shown.app.screen.query_one(YamlArea)
        await shown.sees(
            f"✖ line {line + 1}: spec.replicas: Invalid value", "replicas: -3 ✖ spec.replicas: Invalid value"
        )
        assert area.cursor_location[0] == line
        await find(shown, "  replicas: -3")
        await write(shown, "  replicas: 6")
        await shown.press("ctrl+s")
        await confirmation(shown)
        await shown.press("y")
        await shown.sees("spec.replicas, sent")


async def test_nothing_changed_leaves_without_a_word(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_editor(shown)
        await shown.press("escape")
        await shown.clicks_away()
        await open_editor(shown)
        await shown.press("ctrl+s")
        await shown.sees("Edit deployment shop/web: nothing to change")
        assert kept(tmp_path) == []


async def test_what_was_changed_is_asked_about(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        area = await to_editor(shown)
        await write(shown, "x")
        await shown.press("escape")
        await shown.sees("stay", "leave, and keep what I wrote in a file", "leave, and throw it away")
        await shown.press("enter")
        await shown.until(lambda: isinstance(shown.app.screen, EditorPage))
        assert area.text.startswith("xapi")
        await shown.press("escape")
        await shown.until(lambda: isinstance(shown.app.screen, Choose))
        await shown.press("down", "enter")
        await shown.sees("not sent", "what you wrote is kept in")
        (path,) = kept(tmp_path)
        assert "xapiVersion" in path.read_text()
        path.unlink()
        await shown.press("escape")
        await shown.clicks_away()
        await open_editor(shown)
        await write(shown, "y")
        await shown.press("escape")
        await shown.until(lambda: isinstance(shown.app.screen, Choose))
        await shown.press("down", "down", "enter")
        await shown.clicks_away()
        assert kept(tmp_path) == []


async def test_keys_in_a_burst_act_in_their_order(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        area = await to_editor(shown)
        shown.send("a", "b", "backspace", "c", "enter", "d", "left", "e", "ctrl+z", "ctrl+y", "down", "home", "f")
        await shown.until(lambda: area.text.startswith("ac\ned") and "\nf" in area.text)


async def test_a_search_in_a_burst_finds_before_what_follows_is_typed(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        area = await to_editor(shown)
        shown.send("ctrl+f", *"  replicas: 3", "enter", *"  replicas: 8")
        await shown.until(lambda: "\n  replicas: 8\n" in area.text)


async def test_a_key_that_leaves_does_so_after_what_was_typed_before_it(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        area = await to_editor(shown)
        shown.send("x", "escape")
        await shown.sees("leave, and throw it away")
        await shown.press("enter")
        await shown.until(lambda: isinstance(shown.app.screen, EditorPage))
        area.load_text(area.text.removeprefix("x").replace("replicas: 3", "replicas: ", 1))
        area.go_to(13, 99)
        shown.send("9", "ctrl+s")
        await confirmation(shown)
        await shown.sees("+ replicas: 9")


async def test_a_new_line_keeps_its_indent_and_tab_goes_on_by_two(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        area = await to_editor(shown)
        area.load_text("spec:\n  list: 1")
        await shown.press("ctrl+end", "enter")
        await write(shown, "a:")
        await shown.press("enter")
        await write(shown, "b: 결제 🚀")
        await shown.press("enter", "shift+tab")
        await write(shown, "c: 1")
        assert area.text == "spec:\n  list: 1\n  a:\n    b: 결제 🚀\n  c: 1"
        await shown.press("ctrl+z", "tab")
        await shown.until(lambda: "결제 🚀" in shown.text)


async def test_ctrl_c_copies_and_does_not_leave_k9py(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_editor(shown)
        await find(shown, "apps/v1")
        await shown.press("ctrl+c")
        await shown.until(lambda: shown.app.clipboard == "apps/v1")
        assert isinstance(shown.app.screen, EditorPage)


async def test_a_search_goes_round_and_says_when_there_is_nothing(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        area = await to_editor(shown)
        await find(shown, "name")
        first = area.selection
        await shown.press("f3")
        assert area.selection.start > first.start
        await shown.press("shift+f3")
        assert area.selection == first
        await shown.press("shift+f3", "f3")
        assert area.selection == first
        await find(shown, "nowhere")
        await shown.sees("nowhere is not in it")
        await shown.press("ctrl+f")
        await shown.sees("find: ")
        await shown.press("escape")
        await shown.settles()
        assert isinstance(shown.app.screen, EditorPage)


async def test_a_secret_is_decoded_and_never_on_the_screen_before_it_is_asked_for(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        shown.server.store.put(SECRETS, "login", "shop", type="Opaque", data={"password": "aHVudGVyMg=="})
        await shown.command("secrets shop")
        await shown.lists("secrets")
        await shown.until(lambda: shown.under_cursor() == "login")
        await shown.press("e")
        await shown.sees("with its values decoded")
        assert "hunter2" not in shown.text
        await shown.press("enter")
        await shown.sees("password: hunter2")
        await find(shown, "hunter2")
        await write(shown, "1234")
        await shown.press("ctrl+s")
        await shown.sees("stringData.password must be a text: write it in quotes")
        await find(shown, "1234")
        await write(shown, '"1234"')
        await shown.press("ctrl+s")
        await confirmation(shown)
        await shown.press("y")
        await shown.sees("sent")
        found = shown.server.store.get(SECRETS, "login", "shop")
        assert found
        assert found["data"] == {"password": "MTIzNA=="}


async def test_ten_thousand_lines_open_within_a_second(tmp_path: Path) -> None:
    def large(server: ScriptedServer) -> None:
        fill(server)
        data = {f"key{number:05}": f"value {number} 결제" for number in range(10_000)}
        server.store.put(CONFIGMAPS, "large", "shop", data=data)

    async with show(tmp_path, content=large, size=(80, 24)) as shown:
        await shown.command("cm shop")
        await shown.lists("configmaps")
        await shown.until(lambda: shown.under_cursor() == "large")
        began = time.process_time()
        await shown.press("e")
        await shown.until(lambda: isinstance(shown.app.screen, EditorPage) and shown.says("key00000: value 0"))
        opened = time.process_time() - began
        area = shown.app.screen.query_one(YamlArea)
        assert area.document.line_count > 10_000
        await write(shown, "#")
        await find(shown, "key09999")
        assert area.cursor_location[0] > 10_000
        assert opened < 1, "seconds of this process, that of the server included"
