"""Restart what a template rolls out: `kubectl rollout restart` sets an annotation on the pod template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from k9py.actions.action import Action, Fact, Right
from k9py.actions.gather import read_each
from k9py.actions.plan import Effect, Plan, Refusal, Target, kubectl, name_targets
from k9py.values.errors import K9pyError
from k9py.values.request import MERGE_PATCH, Read, Request
from k9py.values.resource import Resource

ROLLED_OUT = {("apps", "deployments"), ("apps", "statefulsets"), ("apps", "daemonsets")}
ANNOTATION = "kubectl.kubernetes.io/restartedAt"
PAUSED = K9pyError("it is paused; resume the rollout first")


def _applies(resource: Resource) -> bool:
    return (resource.gvr.group, resource.gvr.plural) in ROLLED_OUT


def _refuse_paused(fact: Fact) -> Fact:
    paused = fact.found and fact.found["spec"].get("paused")
    return replace(fact, failed=PAUSED) if paused else fact


async def _gather(read: Read, targets: Sequence[Target]) -> tuple[Fact, ...]:
    return tuple(_refuse_paused(fact) for fact in await read_each(read, targets))


def _effect(target: Target, stamp: str) -> Effect:
    template = {"metadata": {"annotations": {ANNOTATION: stamp}}}
    body = {"metadata": {"uid": target.uid}, "spec": {"template": template}}
    path = target.resource.path(target.key.namespace, target.key.name)
    # kubectl's own field manager, or whoever else owns the annotation would fight over it
    return Effect(target, Request("PATCH", path, {"fieldManager": "kubectl-rollout"}, body, MERGE_PATCH), "new pods")


def _plan(facts: Sequence[Fact], answer: str, now: datetime) -> Plan:
    stamp = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    targets = [fact.target for fact in facts if not fact.failed]
    return Plan(
        title=f"Restart {name_targets([fact.target for fact in facts])}",
        effects=tuple(_effect(target, stamp) for target in targets),
        kubectl=tuple(kubectl(target, "rollout", "restart", target.kubectl_name) for target in targets),
        refusals=tuple(Refusal(fact.target, fact.failed.line) for fact in facts if fact.failed),
    )


ACTION = Action(
    id="restart",
    title="Restart",
    key="r",
    on="deployments, stateful sets, daemon sets",
    applies=_applies,
    right=Right("patch"),
    gather=_gather,
    plan=_plan,
)
