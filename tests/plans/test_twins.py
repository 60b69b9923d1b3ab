"""The kubectl commands of a Plan, run by kubectl on a twin of the cluster, leave the same objects there."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from k9py.actions.action import Action
from k9py.actions.plan import Command, Effect, Target
from tests.plans.situations import KUBECTL, SITUATIONS, Situation, Stage, changes, essence, stage

Obj = dict[str, Any]
ALIKE = ("ConfigMap", "Deployment", "Job", "Pod", "Service", "Namespace", "PersistentVolumeClaim", "NetworkPolicy")
"""Of the many kinds that are deleted, those that kubectl deletes, too: a command takes half a second.

No Secret is among them: its values are masked in what would make it again.
"""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+Z:\d]*")


def chosen(action: Action) -> list[Situation]:
    """The first of each of those kinds, and all that are said to be particular."""
    if action.id not in ("delete", "edit"):
        return list(SITUATIONS[action.id])
    seen: set[str] = set()
    found = []
    for situation in SITUATIONS[action.id]:
        kind = situation.manifest["kind"]
        if (kind not in seen and kind in ALIKE) or "," in situation.name or situation.crd:
            found.append(situation)
        seen.add(kind)
    return found


@pytest.mark.timeout(180)
@pytest.mark.parametrize("action", changes(), ids=lambda action: action.id)
async def test_kubectl_does_the_same(tmp_path: Path, action: Action) -> None:
    differing: dict[str, Any] = {}
    status = action.id == "edit-part"
    async with stage(tmp_path) as ours, stage(tmp_path) as twin:
        kubectl = Kubectl(tmp_path, twin)
        for situation in chosen(action):
            target = await put(ours, situation)
            other = await put(twin, situation)
            assert target.key == other.key
            plan = await ours.plan(action, target, situation)
            job = await ours.carry_out(plan)
            for effect in plan.effects:
                await kubectl.run(effect)
            found, expected = await look(ours, target, status), await look(twin, target, status)
            if found != expected:
                differing[situation.name] = (found, expected)
                continue
            await ours.let_go_if_going(target)
            await twin.let_go_if_going(target)
            assert job.undo
            await ours.carry_out(job.undo)
            for effect in job.undo.effects:
                await kubectl.run(effect)
            found, expected = await look(ours, target, status), await look(twin, target, status)
            if found != expected:
                differing[f"{situation.name}, undone"] = (found, expected)
            for each in (ours, twin):
                await each.clear(target)
                await each.clear_definition(situation)
    assert not differing


async def put(it: Stage, situation: Situation) -> Target:
    if situation.crd:
        await it.put(situation.crd)
    return await it.put(situation.manifest)


async def look(it: Stage, target: Target, status: bool) -> Any:
    """What there is, without times: two clocks do not tell the same."""
    found = essence(await it.read(target), status=status)
    return _TIME.sub("TIME", json.dumps(found, sort_keys=True, ensure_ascii=False)) if found else None


class Kubectl:
    """The real one, on one cluster."""

    def __init__(self, folder: Path, it: Stage) -> None:
        self._config = folder / "twin.kubeconfig"
        self._config.write_text(it.it.kubeconfig)
        self._folder = folder

    async def run(self, effect: Effect) -> None:
        """Run the command of an effect; it must not fail. Nothing waits for controllers that there are not."""
        command: Command = effect.command
        words = [*command.words[1:], *(["--wait=false"] if command.words[1] == "delete" else [])]
        process = await asyncio.create_subprocess_exec(
            *(str(KUBECTL), *words),
            env={
                "KUBECONFIG": str(self._config),
                "KUBECACHEDIR": str(self._folder / "cache"),
                "HOME": str(self._folder),
            },
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate(command.stdin.encode())
        assert process.returncode == 0, (command.line, said.decode())
