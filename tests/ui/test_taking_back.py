"""What was edited is taken back, by keys: on what is there by then."""

from __future__ import annotations

from pathlib import Path

from k9py.ui.screens.undo_page import say_state
from tests.kube.scripted.faults import cut
from tests.ui.editing import Script, change_web, to_confirmation, web
from tests.ui.pages.show import Shown, show
from tests.ui.test_changes import WEB, confirmation, to_deployments


async def edit(shown: Shown) -> None:
    """`e`, and yes to what the editor has made of it."""
    await to_confirmation(shown)
    await shown.press("y")
    await shown.sees(", sent")


async def to_undo(shown: Shown) -> None:
    """Until the confirmation asks whether the change is to be taken back."""
    (job,) = shown.app.hub.ledger.jobs
    shown.app.undo(job)
    await confirmation(shown)


async def test_what_was_changed_is_taken_back(tmp_path: Path, editor: Script) -> None:
    editor(
        "five = text.replace('replicas: 3', 'replicas: 5', 1)\n"
        "text = five.replace('  name: web', '  annotations: {a: b}\\n  name: web', 1)"
    )
    async with show(tmp_path) as shown:
        await to_deployments(shown)
        before = web(shown)
        await shown.press("e")
        await confirmation(shown)
        await shown.press("y")
        await shown.sees("metadata.annotations.a, spec.replicas, sent")
        await to_undo(shown)
        await shown.sees("Undo: Edit deployment shop/web", "+ replicas: 3")
        await shown.press("y")
        await shown.until(lambda: len(shown.server.changes) == 2)
        await shown.until(lambda: web(shown)["spec"] == before["spec"])
        assert "annotations" not in web(shown)["metadata"]


async def test_what_others_have_changed_since_is_said_before_it_is_taken_back(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        await edit(shown)
        change_web(shown, replicas=9)
        await to_undo(shown)
        await shown.sees("spec.replicas was changed again since: that is lost", "- replicas: 9", "+ replicas: 3")


async def test_taking_back_overwrites_nothing_that_came_while_it_was_asked_about(
    tmp_path: Path, editor: Script
) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        await edit(shown)
        await to_undo(shown)
        change_web(shown, replicas=9)
        await shown.press("y")
        await shown.sees("spec.replicas was changed again since: that is lost", "it has changed meanwhile")
        assert web(shown)["spec"]["replicas"] == 9
        await confirmation(shown)
        await shown.press("y")
        await shown.until(lambda: web(shown)["spec"]["replicas"] == 3)


async def test_what_was_taken_back_can_be_done_again(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        await edit(shown)
        for replicas in (3, 5):
            shown.app.undo(shown.app.hub.ledger.jobs[-1])
            await confirmation(shown)
            await shown.press("y")
            await shown.until(lambda replicas=replicas: web(shown)["spec"]["replicas"] == replicas)  # type: ignore[misc]
            await shown.until(lambda: shown.app.idle)


async def test_a_value_that_was_not_shown_is_not_overwritten(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        await edit(shown)
        change_web(shown, replicas=9)
        await to_undo(shown)
        await shown.sees("- replicas: 9")
        change_web(shown, replicas=50)
        await shown.press("y")
        await shown.sees("- replicas: 50")
        assert web(shown)["spec"]["replicas"] == 50


async def test_what_changes_beside_it_is_not_asked_about(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        await edit(shown)
        await to_undo(shown)
        change_web(shown, minReadySeconds=9)
        await shown.press("y")
        await shown.until(lambda: web(shown)["spec"]["replicas"] == 3)
        assert web(shown)["spec"]["minReadySeconds"] == 9
        await shown.until(lambda: not shown.app.hub.ledger.running)
        assert list(map(say_state, shown.app.hub.ledger.jobs)) == ["◔ undone", "● done"], "a try is no change"


async def test_annotations_of_others_are_not_lost_without_a_word(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('  name: web', '  annotations: {a: b}\\n  name: web', 1)")
    async with show(tmp_path) as shown:
        await edit(shown)
        await to_undo(shown)
        assert "changed again" not in shown.text
        change_web(shown, annotations={"a": "theirs"})
        await shown.press("y")
        await shown.sees("metadata.annotations.a was changed again since: that is lost", "it has changed meanwhile")
        assert web(shown)["metadata"]["annotations"] == {"a": "theirs"}


async def test_a_change_that_was_not_answered_is_not_called_undone(tmp_path: Path, editor: Script) -> None:
    editor("text = text.replace('replicas: 3', 'replicas: 5', 1)")
    async with show(tmp_path) as shown:
        await to_confirmation(shown)
        shown.server.fault(WEB, "change", cut())
        await shown.press("y")
        await shown.until(lambda: bool(shown.app.hub.ledger.jobs) and not shown.app.hub.ledger.running)
        (job,) = shown.app.hub.ledger.jobs
        assert say_state(job) == "▲ no answer"
