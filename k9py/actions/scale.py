"""Scale anything that has a /scale subresource (autoscaling/v1 Scale), custom resources too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from k9py.actions.action import Action, Fact, Question, Right
from k9py.actions.gather import read_each
from k9py.actions.plan import Effect, Plan, Refusal, Target, kubectl, name_targets
from k9py.values.request import MERGE_PATCH, Read, Request
from k9py.values.resource import Resource

MOST = 2**31 - 1
"""replicas is an int32."""


def _applies(resource: Resource) -> bool:
    return "scale" in resource.subresources


async def _gather(read: Read, targets: Sequence[Target]) -> tuple[Fact, ...]:
    return await read_each(read, targets, "scale")


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
    target = fact.target
    body = {"metadata": {"uid": target.uid}, "spec": {"replicas": wanted}}
    path = target.resource.path(target.key.namespace, target.key.name, "scale")
    request = Request("PATCH", path, {"fieldManager": "k9py"}, body, MERGE_PATCH)
    return Effect(target, request, f"replicas {replicas_of(fact)} → {wanted}")


def _plan(facts: Sequence[Fact], answer: str, now: datetime) -> Plan:
    wanted = int(answer)
    effects = tuple(_effect(fact, wanted) for fact in facts if not fact.failed)
    return Plan(
        title=f"Scale {name_targets([fact.target for fact in facts])} to {wanted}",
        effects=effects,
        kubectl=tuple(kubectl(e.target, "scale", e.target.kubectl_name, f"--replicas={wanted}") for e in effects),
        refusals=tuple(Refusal(fact.target, fact.failed.line) for fact in facts if fact.failed),
    )


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
)
