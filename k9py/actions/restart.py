"""Restart what a template rolls out: `kubectl rollout restart` sets an annotation on the pod template."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from k9py.actions.action import Action, Answers, Fact, Right
from k9py.actions.cautions import caution
from k9py.actions.gather import read_each
from k9py.actions.plan import Effect, Plan, Target, kubectl, name_targets, plan_each
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
    facts = await caution(read, await read_each(read, targets), disrupts=True)
    return tuple(_refuse_paused(fact).disrupting for fact in facts)


def _annotate(target: Target, stamp: str | None) -> Request:
    """The template's annotation set, or (None) taken away."""
    template = {"metadata": {"annotations": {ANNOTATION: stamp}}}
    body = {"metadata": {"uid": target.uid}, "spec": {"template": template}}
    # kubectl's own field manager, or whoever else owns the annotation would fight over it
    return Request("PATCH", target.path(), {"fieldManager": "kubectl-rollout"}, body, MERGE_PATCH)


def _former(fact: Fact) -> str | None:
    metadata = fact.found["spec"].get("template", {}).get("metadata") or {}
    stamp: str | None = (metadata.get("annotations") or {}).get(ANNOTATION)
    return stamp


def _undo(fact: Fact) -> Effect:
    """The template as it was: a Deployment goes back to the ReplicaSet that it had."""
    patch = json.dumps({"spec": {"template": {"metadata": {"annotations": {ANNOTATION: _former(fact)}}}}})
    command = kubectl(fact.target, "patch", fact.target.kubectl_name, "--type=merge", "-p", patch)
    return Effect(fact.target, _annotate(fact.target, _former(fact)), "the former template", command)


def _plan(facts: Sequence[Fact], answers: Answers, now: datetime) -> Plan:
    stamp = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def effect(fact: Fact) -> Effect:
        target = fact.target
        command = kubectl(target, "rollout", "restart", target.kubectl_name)
        return Effect(target, _annotate(target, stamp), "new pods", command, fact.found, _undo(fact))

    return plan_each(f"Restart {name_targets([fact.target for fact in facts])}", facts, effect)


ACTION = Action(
    id="restart",
    title="Restart",
    key="r",
    on="deployments, stateful sets, daemon sets",
    applies=_applies,
    right=Right("patch"),
    gather=_gather,
    plan=_plan,
    kubectl="kubectl rollout restart",
    undo="the former template, which rolls out in turn",
    proof="tests/cluster/test_changes.py::test_restarting",
)
