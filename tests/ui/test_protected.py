"""Protected and read-only contexts: what is seen of them, and what is asked before something is changed there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.color import Color
from textual.widgets import Input

from k9py.actions import registry
from k9py.actions.action import Answers, Fact, Option
from k9py.actions.plan import Channel, Danger, Plan, kubectl
from k9py.actions.registry import all_actions
from k9py.actions.restart import ACTION as RESTART
from k9py.ui.screens.confirm import Confirm
from k9py.ui.screens.dialogs import Sure
from k9py.values.settings import Protected, Settings
from tests.kube.scripted import serve
from tests.ui.pages.changing import confirmation, scale, to_deployments
from tests.ui.pages.objects import fill
from tests.ui.pages.show import Shown, show
from tests.ui.pages.snapshot import check_screen, each_size

LAB = Settings(protected=Protected(contexts=("la*",)))
OTHER = Settings(protected=Protected(contexts=("moon",)))


def pretend(danger: Danger, options: tuple[Option, ...] = ()) -> Iterator[None]:
    """As if a restart were of another danger; with options it destroys when `how` is `hard`."""

    def plan(facts: Sequence[Fact], answers: Answers, now: datetime) -> Plan:
        found = RESTART.plan(facts, answers, now)
        if danger is Danger.NONE:
            target = found.effects[0].target
            command = kubectl(target, "exec", "-it", target.kubectl_name, "--", "sh")
            return Plan("Shell in shop/web", (), danger, channel=Channel(target, (), "a shell", command))
        hard = options and answers.options.get("how") != "hard"
        return replace(found, danger=Danger.CONFIRM if hard else danger)

    changed = replace(RESTART, plan=plan, options=lambda facts: options)
    with patch.object(registry, "all_actions", lambda: tuple(changed if a is RESTART else a for a in all_actions())):
        yield


@pytest.fixture
def destroying() -> Iterator[None]:
    yield from pretend(Danger.DESTRUCTIVE)


@pytest.fixture
def choosing() -> Iterator[None]:
    yield from pretend(Danger.DESTRUCTIVE, (Option("how", "how", "o", ("soft", "hard")),))


@pytest.fixture
def opening_a_shell() -> Iterator[None]:
    yield from pretend(Danger.NONE)


def focus(shown: Shown) -> str:
    return (shown.focused and shown.focused.id) or ""


def frame(shown: Shown) -> Color:
    """The colour of the frame of the table."""
    return shown.pane().styles.border_top[1]


def colour(shown: Shown, name: str) -> Color:
    return Color.parse(shown.app.theme_variables[name])


async def test_the_frame_and_the_first_line_say_that_it_is_protected(tmp_path: Path) -> None:
    async with show(tmp_path, settings=LAB, size=(80, 24)) as shown:
        assert shown.header.startswith(" k9py  protected  ● lab")
        await shown.command("deploy shop")
        await shown.lists("deployments")
        await shown.until(lambda: frame(shown) == colour(shown, "protected"))
        assert " protected " in shown.header
        await shown.command("ctx")
        await shown.opens("contexts")
        assert " protected " in shown.header


async def test_another_context_is_not_protected(tmp_path: Path) -> None:
    async with show(tmp_path, settings=OTHER) as shown:
        assert "protected" not in shown.header
        await to_deployments(shown)
        assert frame(shown) == colour(shown, "border")
        await shown.press("r")
        await confirmation(shown)
        await shown.until(lambda: focus(shown) == "yes")
        assert not shown.says("is a protected context")


async def test_every_change_starts_on_no(tmp_path: Path) -> None:
    async with show(tmp_path, settings=LAB) as shown:
        await to_deployments(shown)
        await shown.press("r")
        await confirmation(shown)
        await shown.until(lambda: focus(shown) == "no")
        assert shown.says("▲ lab is a protected context")
        assert not shown.app.screen.query_one(".name").display
        assert shown.app.screen.query_one(".dialog").styles.border_top[1] == colour(shown, "protected")
        await shown.press("enter")
        await shown.clicks_away()
        assert shown.server.changes == []
        await shown.press("r")
        await confirmation(shown)
        await shown.press("y")
        await shown.sees("Restart deployment shop/web: new pods, sent")


async def test_what_destroys_wants_the_name_of_the_context(tmp_path: Path, destroying: None) -> None:
    async with show(tmp_path, settings=LAB) as shown:
        await to_deployments(shown)
        await shown.press("r")
        await confirmation(shown)
        await shown.sees("type lab to go on")
        assert isinstance(shown.focused, Input)
        await shown.press("enter", "y", "enter")
        assert isinstance(shown.app.screen, Confirm)
        await shown.press("backspace", *"la", "enter")
        assert isinstance(shown.app.screen, Confirm)
        assert shown.server.changes == []
        await shown.press("b", "enter")
        await shown.sees("Restart deployment shop/web: new pods, sent")


async def test_an_option_decides_whether_the_name_is_wanted(tmp_path: Path, choosing: None) -> None:
    async with show(tmp_path, settings=LAB) as shown:
        await to_deployments(shown)
        await shown.press("r")
        await confirmation(shown)
        assert not shown.says("type lab to go on")
        await shown.press("o")
        await confirmation(shown)
        await shown.sees("type lab to go on", "how: hard")
        await shown.press("y")
        assert isinstance(shown.app.screen, Confirm)
        await shown.press("escape")
        await shown.clicks_away()
        assert shown.server.changes == []


async def test_a_shell_is_asked_about_plainly(tmp_path: Path, opening_a_shell: None) -> None:
    async with show(tmp_path, settings=LAB) as shown:
        await to_deployments(shown)
        await shown.press("r")
        await shown.until(lambda: isinstance(shown.app.screen, Sure))
        await shown.sees("Shell in shop/web", "lab is a protected context", "kubectl exec -it deployment/web")
        await shown.until(lambda: focus(shown) == "no")
        await shown.press("enter")
        await shown.clicks_away()
        assert shown.app.hub.ledger.jobs == []


async def test_undo_starts_on_no_too(tmp_path: Path) -> None:
    async with show(tmp_path, settings=LAB) as shown:
        await to_deployments(shown)
        await scale(shown, "5")
        await shown.sees("replicas 3 → 5, sent")
        await shown.command("undo")
        await shown.opens("undo")
        await shown.press("u")
        await confirmation(shown)
        await shown.until(lambda: focus(shown) == "no")


async def test_beside_each_other_the_context_of_the_object_counts(tmp_path: Path) -> None:
    async with serve() as moon:
        fill(moon)
        async with show(tmp_path, settings=OTHER, contexts={"moon": moon.url}) as shown:
            await shown.command("deploy -A @lab,moon")
            await shown.opens("deployments")
            await shown.until(lambda: shown.names().count("web") == 2)
            await shown.until(lambda: " protected " in shown.header)  # some of what is shown is
            for context, guarded in (("lab", False), ("moon", True)):
                index = next(i for i in range(8) if _row(shown, i) == (context, "web"))
                await shown.press("g", *["j"] * index, "r")
                await confirmation(shown)
                await shown.until(lambda: bool(focus(shown)))
                assert focus(shown) == ("no" if guarded else "yes")
                assert shown.says("moon is a protected context") == guarded
                assert shown.app.screen.has_class("-protected") == guarded
                await shown.press("escape")
                await shown.clicks_away()


def _row(shown: Shown, index: int) -> tuple[str, str]:
    view = shown.pane().view
    assert view is not None
    key = view.key_at(index)
    return (key.context, key.name)


async def test_a_context_may_be_read_only(tmp_path: Path) -> None:
    async with show(tmp_path, settings=Settings(readonly_contexts=("la?",))) as shown:
        assert "read-only" in shown.header
        await to_deployments(shown)
        greyed = {hint.title: hint.greyed for hint in shown.page.hints() if hint.greyed}
        assert set(greyed.values()) == {"lab is read-only"}
        assert {"Scale", "Restart"} <= set(greyed)
        assert not {"Logs", "Describe", "YAML"} & set(greyed)
        await shown.press("r")
        await shown.sees("✖ Restart deployment shop/web: lab is read-only")
        assert shown.server.changes == []


async def test_all_may_be_read_only(tmp_path: Path) -> None:
    async with show(tmp_path, settings=Settings(readonly=True)) as shown:
        assert "read-only" in shown.header
        await to_deployments(shown)
        await shown.press("s")
        await shown.sees("k9py runs read-only")


@each_size
async def test_protected_confirm(
    tmp_path: Path, screen: SnapshotAssertion, size: tuple[int, int], destroying: None
) -> None:
    async with show(tmp_path, size=size, settings=LAB) as shown:
        await to_deployments(shown)
        await shown.press("r")
        await confirmation(shown)
        await shown.sees("type lab to go on")
        shown.app.screen.query_one(".diff").display = False  # it has the time in it
        await check_screen(shown, screen)
