"""`:undo`: what was done, how it stands, the outcomes of each, the way back, and the end of what is under way."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from k9py.actions.action import Answers
from k9py.actions.plan import Target
from k9py.actions.scale import ACTION as SCALE
from k9py.ui.screens.dialogs import Outcomes
from k9py.ui.screens.undo_page import UndoPage
from k9py.values.resource import Gvr, Key
from tests.kube.scripted import ScriptedServer, refuse
from tests.ui.pages.changing import SHOP, Gate, confirmation, fill_many, restart_many, scale, to_deployments
from tests.ui.pages.objects import DEPLOYMENTS, fill, put_deployment
from tests.ui.pages.show import Shown, show
from tests.ui.pages.snapshot import check_screen, each_size


async def changes(shown: Shown) -> UndoPage:
    await shown.command("undo")
    await shown.opens("undo")
    await shown.settles()
    assert isinstance(shown.page, UndoPage)
    return shown.page


def replicas(shown: Shown, name: str) -> int:
    found = shown.server.store.get(DEPLOYMENTS, name, "shop")
    assert found
    return int(found["spec"]["replicas"])


def greyed(shown: Shown) -> dict[str, str]:
    return {hint.title: hint.greyed for hint in shown.page.hints()}


async def test_where_nothing_was_done_it_says_so(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await changes(shown)
        assert shown.says("Changes 0", "Nothing has been changed in this run of k9py")
        await shown.press("u", "x", "enter")
        assert shown.app.screen is shown.page
        await shown.command("changes")
        await shown.settles()
        assert shown.pages == ["home", "undo"]
        await shown.press("escape")
        await shown.opens("home")


async def test_a_change_is_listed_and_taken_back(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await scale(shown, "5")
        await shown.until(lambda: replicas(shown, "web") == 5)
        await changes(shown)
        await shown.sees("● done", "Scale deployment shop/web to 5", "lab", "u undoes it: shop/web: replicas 5 → 3")
        await shown.press("u")
        await confirmation(shown)
        await shown.sees("Undo: Scale deployment shop/web to 5", "- replicas: 5", "+ replicas: 3")
        assert not shown.app.hub.ledger.jobs[0].undone
        await shown.press("y")
        await shown.until(lambda: replicas(shown, "web") == 3)
        await shown.sees("Changes 2", "◔ undone", "● done", "Undo: Scale deployment shop/web to 5")
        await shown.sees("no way back: it has been taken back")


async def test_what_took_something_back_can_be_taken_back_in_turn(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await scale(shown, "5")
        await shown.until(lambda: replicas(shown, "web") == 5)
        page = await changes(shown)
        for wanted, count in ((3, 2), (5, 3)):
            await shown.press("g", "ctrl+z")
            await confirmation(shown)
            await shown.press("y")
            await shown.until(lambda wanted=wanted: replicas(shown, "web") == wanted)  # type: ignore[misc]
            await shown.until(lambda count=count: len(page._jobs) == count)  # type: ignore[misc]
            await shown.until(lambda: not shown.app.hub.ledger.running)
        redo, undo, first = page._jobs
        assert redo.plan.title == "Redo: Scale deployment shop/web to 5"
        assert (first.undone, undo.undone, redo.undone) == (False, True, False)


async def test_an_undo_that_was_refused_leaves_the_change_as_it_was(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown, "web", "결제")
        await scale(shown, "4")
        await shown.until(lambda: replicas(shown, "결제") == 4)
        await changes(shown)
        shown.server.fault(f"{SHOP}/결제/scale", "change", refuse(403, "Forbidden", "결제 is not yours"))
        await shown.press("u")
        await confirmation(shown)
        await shown.press("y")
        await shown.until(lambda: isinstance(shown.app.screen, Outcomes))
        await shown.sees("● shop/web replicas 4 → 3", "✖ shop/결제 결제 is not yours")
        await shown.press("escape")
        await shown.clicks_away()
        job = shown.app.hub.ledger.jobs[0]
        assert not job.undone
        assert [effect.target.key.name for effect in job.standing] == ["결제"]
        await shown.sees("◔ 1 of 2 undone", "✖ 1 of 2 failed")
        await shown.press("u")  # the rest of it
        await confirmation(shown)
        await shown.press("y")
        await shown.until(lambda: replicas(shown, "결제") == 2)
        await shown.until(lambda: job.undone)


async def test_what_was_replaced_meanwhile_is_left_alone(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        await scale(shown, "5")
        await shown.until(lambda: replicas(shown, "web") == 5)
        shown.server.store.delete(DEPLOYMENTS, "web", "shop")
        put_deployment(shown.server, "web", replicas=9)
        await changes(shown)
        await shown.press("u")
        await shown.sees("✖ shop/web left alone: it was replaced by another of that name; nothing was changed")
        await shown.press("y", "escape")
        await shown.clicks_away()
        assert replicas(shown, "web") == 9
        assert not shown.app.hub.ledger.jobs[0].undone


async def test_what_failed_has_no_way_back_and_says_why(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        shown.server.fault(f"{SHOP}/web/scale", "change", refuse(500, "InternalError", "etcd is [bold]tired"))
        await to_deployments(shown)
        await scale(shown, "5")
        await shown.sees("✖ Scale deployment shop/web to 5")
        await changes(shown)
        await shown.sees("✖ failed", "no way back: nothing was done", "✖ shop/web: etcd is [bold]tired")
        assert greyed(shown) == {"Outcomes": "", "Undo": "nothing was done", "Cancel": "it is not under way"}
        await shown.press("u")
        await shown.sees("✖ Scale deployment shop/web to 5: nothing was done")


async def test_enter_shows_the_outcomes_and_the_commands(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_deployments(shown, "web", "결제")
        await scale(shown, "1")
        await shown.until(lambda: replicas(shown, "결제") == 1)
        await changes(shown)
        await shown.press("enter")
        await shown.until(lambda: isinstance(shown.app.screen, Outcomes))
        await shown.sees("● shop/web replicas 3 → 1", "the same with kubectl")
        await shown.press("c")
        await shown.until(lambda: "scale deployment/web --replicas=1" in shown.app.clipboard)
        await shown.press("enter")
        await shown.clicks_away()


async def test_it_follows_what_is_under_way_and_cancels_it(tmp_path: Path) -> None:
    def many(server: ScriptedServer) -> None:
        fill(server)
        fill_many(server, 30)

    async with show(tmp_path, content=many) as shown:
        gate = Gate(shown.server)
        gate.hold(f"many-{number:03}" for number in range(30))
        await restart_many(shown)
        await changes(shown)
        await shown.sees("◐ 0 of 30", "no way back: it is still under way")
        gate.let(7)
        await shown.sees("◐ 7 of 30", "7 through, 23 not yet")
        await shown.until(lambda: gate.waiting == 10)
        await shown.press("enter")
        await shown.sees("● shop/many-00", "not yet")
        await shown.press("escape")
        await shown.clicks_away()
        await shown.press("x")
        await shown.sees("Restart 30 deployments: cancelled; 17 were sent, 13 are left alone", "stopping")
        gate.let(30)
        await shown.until(lambda: not shown.app.hub.ledger.running)
        await shown.sees("○ cancelled, 17 of 30 sent")
        assert len(shown.server.changes) == 17
        job = shown.app.hub.ledger.jobs[0]
        assert len(job.standing) == 17
        assert len({change.path for change in shown.server.changes}) == 17


async def scaled(shown: Shown, name: str, answer: str) -> None:
    """What `s` does once it is confirmed: as quick as that, so that the pictures are of one moment."""
    session, key = shown.app.session, Key("lab", Gvr("apps", "v1", "deployments"), "shop", name)
    resource = session and session.catalog.resolve("deployments.apps")
    found = shown.server.store.get(DEPLOYMENTS, name, "shop")
    assert session
    assert resource
    assert found
    facts = await SCALE.gather(session.read, [Target(key, found["metadata"]["uid"], resource)])
    await shown.app.hub.ledger.carry_out(session, SCALE.plan(facts, Answers(answer), datetime.now(UTC)))


@each_size
async def test_undo_page(
    tmp_path: Path, screen: SnapshotAssertion, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    long = "a-name-that-is-so-long-that-it-needs-more-room-than-any-column-would-ever-want-to-give-it"

    def content(server: ScriptedServer) -> None:
        fill(server)
        put_deployment(server, long)

    async with show(tmp_path, size=size, content=content) as shown:
        shown.server.fault(f"{SHOP}/🚀-launch/scale", "change", refuse(403, "Forbidden", "🚀 is not yours"))
        for name, answer in ((long, "3"), ("결제", "4"), ("🚀-launch", "1"), ("web", "2")):
            await scaled(shown, name, answer)
        begun = datetime.now(UTC).replace(hour=9, minute=14, second=2)
        for number, job in enumerate(shown.app.hub.ledger.jobs):
            job.begun = begun + timedelta(minutes=number)
        await changes(shown)
        await shown.press("j", "j")
        await check_screen(shown, screen)
    monkeypatch.undo()
    time.tzset()


@each_size
async def test_undo_page_empty(tmp_path: Path, screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with show(tmp_path, size=size) as shown:
        await changes(shown)
        await check_screen(shown, screen)
