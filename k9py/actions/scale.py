"""Scale anything that has a /scale subresource (autoscaling/v1 Scale), custom resources too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from k9py.actions.action import Action, Answers, Fact, Question, Right
from k9py.actions.cautions import caution
from k9py.actions.gather import read_each
from k9py.actions.plan import Effect, Plan, Target, kubectl, name_targets, plan_each
from k9py.actions.reading import read_objects, remembered
from k9py.values.request import MERGE_PATCH, Read, Request
from k9py.values.resource import Resource

MOST = 2**31 - 1
"""replicas is an int32."""


def _applies(resource: Resource) -> bool:
    return "scale" in resource.subresources


async def _gather(read: Read, targets: Sequence[Target]) -> tuple[Fact, ...]:
    read = remembered(read)
    facts = await read_each(read, targets, "scale")
    objects = await read_objects(read, [fact.target for fact in facts if not fact.failed])
    return await caution(read, facts, replicas=True, disrupts=True, objects=objects)


def replicas_of(fact: Fact) -> int:
    """The replicas wanted today. A Scale at zero is answered with an empty spec."""
    return int(fact.found.get("spec", {}).get("replicas", 0))


def _check(answer: str) -> str:
    if not (answer.isascii() and answer.isdigit()):
        return "a whole number, 0 or more"
    return "" if int(answer) <= MOST else f"at most {MOST}"


def _ask(facts: Sequence[Fact]) -> Question | None:
    read = [fact for fact in facts if not fact.failed]
    if not read:
        return None
    today = sorted({replicas_of(fact) for fact in read})
    spread = f"{today[0]}" if len(today) == 1 else f"{today[0]} to {today[-1]}"
    title = f"Scale {name_targets([fact.target for fact in facts])}"
    return Question(title, f"replicas (now {spread})", str(replicas_of(read[0])), _check)


def _effect(fact: Fact, wanted: int) -> Effect:
    """Another number of replicas; what takes it back is the number of today."""
    return replace(_scale(fact.target, replicas_of(fact), wanted), before=fact.found, undo=_undo(fact, wanted))


def _undo(fact: Fact, wanted: int) -> Effect:
    return _scale(fact.target, wanted, replicas_of(fact))


def _scale(target: Target, today: int, wanted: int) -> Effect:
    body = {"metadata": {"uid": target.uid}, "spec": {"replicas": wanted}}
    request = Request("PATCH", target.path("scale"), {"fieldManager": "k9py"}, body, MERGE_PATCH)
    command = kubectl(target, "scale", target.kubectl_name, f"--replicas={wanted}")
    return Effect(target, request, f"replicas {today} → {wanted}", command)


def _plan(facts: Sequence[Fact], answers: Answers, now: datetime) -> Plan:
    wanted = int(answers.text)
    title = f"Scale {name_targets([fact.target for fact in facts])} to {wanted}"
    said = [fact.disrupting if not fact.failed and wanted < replicas_of(fact) else fact for fact in facts]
    return plan_each(title, said, lambda fact: _effect(fact, wanted))


ACTION = Action(
    id="scale",
    title="Scale",
    key="s",
    on="anything with a /scale subresource",
    applies=_applies,
    right=Right("patch", "scale"),
    gather=_gather,
    ask=_ask,
    plan=_plan,
    kubectl="kubectl scale --replicas=N",
    undo="the replicas that it had",
    proof="tests/cluster/test_changes.py::test_scaling",
)
