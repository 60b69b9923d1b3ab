"""The keys of shells on the screen: what is asked, what is refused, and where it is said. See also test_shells.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from k9py.ui.screens.dialogs import Ask, Choose, Notice
from tests.kube.scripted import refuse
from tests.ui.pages.objects import PODS
from tests.ui.pages.show import Shown, select, show

KEYS = {"s": "Shell", "a": "Attach", "ctrl+x": "Exec"}


async def to_pods(shown: Shown, cursor: str) -> None:
    await shown.command("pods shop")
    await shown.lists("pods")
    await select(shown, cursor)


def refuse_exec(shown: Shown, said: str, status: int = 403, pod: str = "web-1") -> None:
    for subresource in ("exec", "attach"):
        path = f"/api/v1/namespaces/shop/pods/{pod}/{subresource}"
        shown.server.fault(path, "get", *[refuse(status, "Forbidden", said)] * 4)


async def test_the_server_s_own_words_are_said(tmp_path: Path) -> None:
    async with show(tmp_path, size=(200, 50)) as shown:
        refuse_exec(shown, "web-1 is not yours")
        await to_pods(shown, "web-1")
        await shown.press("s")
        await shown.sees("✖ Shell shop/web-1 · main: web-1 is not yours — create on pods/exec is needed")
        assert shown.app.screen is shown.page
        assert shown.app.hub.shells.list == []


async def test_what_has_no_room_in_the_last_line_is_shown_above_the_page(tmp_path: Path) -> None:
    async with show(tmp_path, size=(80, 24)) as shown:
        refuse_exec(shown, "web-1 is not yours, and will not be before the end of the year")
        await to_pods(shown, "web-1")
        await shown.press("a")
        await shown.until(lambda: isinstance(shown.app.screen, Notice))
        await shown.sees("Attach shop/web-1 · main", "web-1 is not yours")
        await shown.press("escape")
        await shown.clicks_away()


async def test_the_container_is_asked_for_and_then_the_command(tmp_path: Path) -> None:
    async with show(tmp_path, size=(200, 50)) as shown:
        refuse_exec(shown, "not now", pod="결제-1")
        await to_pods(shown, "결제-1")
        await shown.press("ctrl+x")
        await shown.until(lambda: isinstance(shown.app.screen, Choose))
        await shown.sees("Which container of shop/결제-1?", "proxy")
        await shown.press("j", "enter")
        await shown.until(lambda: isinstance(shown.app.screen, Ask))
        await shown.sees("Run in pod shop/결제-1")
        await shown.type("ls '")
        await shown.sees("no closing quotation")
        await shown.press("enter")
        await shown.settles()
        assert isinstance(shown.app.screen, Ask)
        await shown.press("backspace", "enter")
        await shown.sees("✖ Exec shop/결제-1 · proxy · ls: not now")


@pytest.mark.parametrize("steps", [("escape",), ("enter", "escape")])
async def test_leaving_a_question_opens_nothing(tmp_path: Path, steps: tuple[str, ...]) -> None:
    async with show(tmp_path) as shown:
        await to_pods(shown, "결제-1")
        await shown.press("ctrl+x")
        for key, dialog in zip(steps, (Choose, Ask), strict=False):
            await shown.until(lambda wanted=dialog: isinstance(shown.app.screen, wanted))  # type: ignore[misc]
            await shown.press(key)
        await shown.clicks_away()
        await shown.settles()
        assert shown.app.hub.shells.list == []


@pytest.mark.parametrize(
    ("pod", "why"),
    [
        ("결제-2", "main (waiting: CrashLoopBackOff)"),
        ("🚀-fuel-42", "main (terminated: Completed, exit code 0)"),
        ("images-1", "main (waiting: ImagePullBackOff)"),
    ],
)
async def test_what_does_not_run_says_what_it_does(tmp_path: Path, pod: str, why: str) -> None:
    async with show(tmp_path, size=(200, 50)) as shown:
        await to_pods(shown, pod)
        for key, title in KEYS.items():
            await shown.press(key)
            await shown.sees(f"✖ {title} pod shop/{pod}: no container of it runs: {why}")


async def test_read_only_and_missing_rights(tmp_path: Path) -> None:
    async with show(tmp_path, readonly=True) as shown:
        await to_pods(shown, "web-1")
        for key, title in KEYS.items():
            await shown.press(key)
            await shown.sees(f"✖ {title} pod shop/web-1: k9py runs read-only")
    async with show(tmp_path, size=(200, 50)) as shown:
        shown.server.rights.denied["create", "pods/exec"] = ""
        shown.server.rights.denied["create", "pods/attach"] = "nobody attaches here"
        await to_pods(shown, "web-1")
        await shown.press("s")
        await shown.sees("✖ Shell pod shop/web-1: not allowed to create pods/exec in shop")
        await shown.press("a")
        await shown.sees("✖ Attach pod shop/web-1: nobody attaches here")


async def test_a_pod_that_is_gone_meanwhile(tmp_path: Path) -> None:
    async with show(tmp_path, size=(200, 50)) as shown:
        await to_pods(shown, "web-1")
        await shown.press("ctrl+x")
        await shown.until(lambda: isinstance(shown.app.screen, Ask))
        await shown.type("ls")
        shown.server.store.delete(PODS, "web-1", "shop")
        await shown.press("enter")
        await shown.sees("✖ Exec shop/web-1 · main · ls: ", "not found")
