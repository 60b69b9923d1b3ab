"""An edit of what others have changed meanwhile: put together, or shown side by side where both changed the same."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from k9py.ui.navigation import BURST
from k9py.ui.screens.clashes import Clashes
from tests.kube.scripted.server import SORT
from tests.ui import editing
from tests.ui.editing import Script, change_web, kept, says_kept, seen, to_confirmation
from tests.ui.pages.objects import DEPLOYMENTS, put_deployment
from tests.ui.pages.show import Shown, show
from tests.ui.test_changes import WEB, confirmation


async def test_a_change_of_another_field_meanwhile_goes_together(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        await to_confirmation(shown)
        found = editing.web(shown)
        metadata = {**found["metadata"], "labels": {**found["metadata"]["labels"], "tier": "front"}}
        shown.server.store.put(DEPLOYMENTS, "web", "shop", metadata=metadata, spec=found["spec"])
        await shown.press("y")
        await shown.sees("Edit deployment shop/web: spec.replicas, sent")
        found = editing.web(shown)
        assert found["spec"]["replicas"] == 5
        assert found["metadata"]["labels"]["tier"] == "front"
        assert kept(tmp_path) == []


async def test_another_object_of_the_name_is_left_alone(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        await to_confirmation(shown)
        shown.server.store.delete(DEPLOYMENTS, "web", "shop")
        put_deployment(shown.server, "web", replicas=1)
        await shown.press("y")
        await shown.sees("it was replaced by another of that name; nothing was changed", "what you wrote is kept in")
        assert editing.web(shown)["spec"]["replicas"] == 1


async def to_clash(shown: Shown) -> None:
    """`e`, and somebody else changes the same while the confirmation is open."""
    await to_confirmation(shown)
    change_web(shown, replicas=7, minReadySeconds=9)
    await shown.press("y")
    await shown.sees("spec.replicas (not decided)", "yours", "5", "theirs", "7", "before", "3")


async def test_a_clash_is_shown_side_by_side_and_mine_kept(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        await to_clash(shown)
        await shown.press("enter")
        await shown.sees("1 not decided yet")
        await shown.press("m", "enter")
        await confirmation(shown)
        await shown.sees("it has changed meanwhile", "- replicas: 7", "+ replicas: 5")
        await shown.press("y")
        await shown.sees("Edit deployment shop/web: spec.replicas, sent")
        assert editing.web(shown)["spec"]["replicas"] == 5
        assert editing.web(shown)["spec"]["minReadySeconds"] == 9
        assert kept(tmp_path) == []


async def test_theirs_can_be_taken(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        await to_clash(shown)
        await shown.press("t", "enter")
        await shown.sees("Edit deployment shop/web: nothing of your change is left")
        assert editing.web(shown)["spec"]["replicas"] == 7
        assert kept(tmp_path) == []


async def test_a_clash_that_is_left_keeps_the_text(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        await to_clash(shown)
        await shown.press("escape")
        await says_kept(shown, tmp_path, "it has changed meanwhile where you changed it", "replicas: 5")


async def test_a_clash_can_be_edited_on(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('replicas: 5', 'replicas: 6', 1).replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        await to_clash(shown)
        await shown.press("e")
        await confirmation(shown)
        await shown.sees("- replicas: 7", "+ replicas: 6")
        await shown.press("y")
        await shown.sees("Edit deployment shop/web: spec.replicas, sent")
        assert editing.web(shown)["spec"]["replicas"] == 6
        assert editing.web(shown)["spec"]["minReadySeconds"] == 9
    assert "✖ spec.replicas: they have 7" in seen(tmp_path, 1)
    assert "minReadySeconds: 9" in seen(tmp_path, 1)


async def test_only_what_it_says_leaves_it(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        await to_clash(shown)
        await shown.press("n", "q", "l")
        await shown.settles()
        assert shown.says("spec.replicas (not decided)")
        assert kept(tmp_path) == []


async def test_the_second_question_comes_neither_under_the_fingers_nor_is_it_taken_away(
    tmp_path: Path, editor: Script
) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        await to_confirmation(shown)
        change_web(shown, replicas=7)
        slow, held = asyncio.Event(), asyncio.Event()

        async def wait(request: web.Request) -> web.StreamResponse:
            held.set()
            await slow.wait()
            request[SORT] = "get"
            return await shown.server._front.handle(request)

        shown.server.fault(WEB, "get", wait)
        shown.app.run_worker(asyncio.Event().wait(), group="go")
        await shown.pilot.pause(BURST)
        await shown.press("y")
        await shown.until(held.is_set, "it is read again")
        shown.send(":", "n", "o", "n", "escape")
        slow.set()
        await shown.sees("spec.replicas (not decided)")
        await shown.settles()
        assert isinstance(shown.app.screen, Clashes)
        assert not [worker for worker in shown.app.workers if worker.group == "go" and worker.is_running]
        assert kept(tmp_path) == []
