"""A Plan followed by its undo leaves the object as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from k9py.actions.action import Action
from tests.plans.situations import EXEMPT, SITUATIONS, Situation, Stage, changes, essence, stage

Obj = dict[str, Any]


def test_every_action_is_tried_or_says_why_not() -> None:
    untried = {action.id for action in changes()} - SITUATIONS.keys()
    assert not untried, f"add situations to {SITUATIONS.keys()}, or say why not in {EXEMPT.keys()}"


@pytest.mark.timeout(120)
@pytest.mark.parametrize("action", changes(), ids=lambda action: action.id)
async def test_undo_leaves_it_as_it_was(tmp_path: Path, action: Action) -> None:
    differing: dict[str, Any] = {}
    async with stage(tmp_path) as it:
        for situation in SITUATIONS[action.id]:
            before, after, lasting = await do_and_undo(it, action, situation)
            if before != after:
                differing[situation.name] = (before, after, lasting)
    assert not differing


async def do_and_undo(it: Stage, action: Action, situation: Situation) -> tuple[Obj | None, Obj | None, str]:
    """What there was, what there is after all, and what the Plan says is lost."""
    if situation.crd:
        await it.put(situation.crd)
    target = await it.put(situation.manifest)
    before = await it.read(target)
    plan = await it.plan(action, target, situation)
    job = await it.carry_out(plan)
    assert all(effect.undo for effect in plan.effects), plan.lasting
    await it.let_go_if_going(target)
    assert job.undo
    await it.carry_out(job.undo)
    after = await it.read(target)
    await it.clear(target)
    await it.clear_definition(situation)
    status = action.id == "edit-part"
    return (
        known_losses(essence(before, status=status)),
        known_losses(essence(after, status=status)),
        plan.lasting,
    )


def known_losses(found: Obj | None) -> Obj | None:
    """The object without what undo is known not to bring back: what is scheduled or bound is so anew."""
    if found and found["kind"] == "Pod":
        found["spec"].pop("nodeName", None)
    return found
