"""How an object is deleted, as effects: DeleteOptions, what they mean to each object, and what makes it again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from k9py.actions.action import Fact
from k9py.actions.cautions import caution
from k9py.actions.finalizers import explain_finalizer, finalizers_of, is_going, say_answer, say_since, say_waiting
from k9py.actions.gather import read_each
from k9py.actions.plan import Command, Danger, Effect, Plan, Target, kubectl, plan_each
from k9py.actions.reading import Remembered, remembered
from k9py.actions.surroundings import Around, look_around, may_own
from k9py.values.document import write_object
from k9py.values.errors import K9pyError
from k9py.values.remake import SERVERS, controller_of, remake, what_is_lost, why_not
from k9py.values.request import MERGE_PATCH, Read, Request
from k9py.values.resource import Resource

BACKGROUND, FOREGROUND, ORPHAN = "background", "foreground", "orphan"
ITS_OWN, NOW, FORCE = "its own", "now (1 s)", "force (0 s)"
SECONDS = {ITS_OWN: None, NOW: 1, FORCE: 0}
KEEP, REMOVE = "keep", "remove"
ALL_OF_IT = 5
"""Namespaces and definitions whose contents are counted: of more nobody reads that."""
TOLD = 4
"""Losses that are named."""
_HEAVY = ("Namespace", "CustomResourceDefinition")
_REMADE = ("Pod", "ReplicaSet")
FORCED = (
    "force: the server forgets the pod at once; its processes may still run on the node, and nothing waits for them"
)

UNHURRIED = (
    "a kubelet that waits already may wait on: it does not always hear of a shorter grace, force does not ask it"
)
"""Seen on 1.37: SyncTerminatingPod is not cancelled by a later deletion (kubernetes#113606)."""


@dataclass(frozen=True, slots=True)
class Doomed:
    """What is to be deleted, what is known of its surroundings, and what makes it again, whatever is chosen."""

    obj: Mapping[str, Any]
    around: Around
    undo: Effect | None = None


@dataclass(frozen=True, slots=True)
class How:
    """What a person has chosen: what becomes of what it owns, how much time it gets, and of its finalizers."""

    propagation: str = BACKGROUND
    grace: str = ITS_OWN
    finalizers: str = KEEP


async def gather(read: Read, targets: Sequence[Target]) -> tuple[Fact, ...]:
    """Each target with its surroundings, as a Doomed; what many of them need is asked once."""
    read = remembered(read)
    facts = await caution(read, await read_each(read, targets), disrupts=True, owners=False)
    alone = len(targets) == 1
    looked = await asyncio.gather(*(_look(read, fact, at, alone) for at, fact in enumerate(facts)))
    return tuple(looked)


async def _look(read: Remembered, fact: Fact, at: int, alone: bool) -> Fact:
    if fact.failed:
        return fact
    heavy = fact.target.resource.kind in _HEAVY and at >= ALL_OF_IT
    around = Around() if heavy else await look_around(read, fact.target, fact.found, alone)
    fact = fact if is_going(fact.found) else fact.disrupting
    doomed = Doomed(fact.found, around, _remake(fact.target, fact.found, around))
    return replace(fact, found=doomed, cautions=(*around.remarks, *fact.cautions))


def plan_deletion(title: str, facts: Sequence[Fact], how: How, now: datetime) -> Plan:
    """One effect for each object: it is deleted, or (on its way already) hurried, or let go by its finalizers."""
    going = [fact for fact in facts if not fact.failed and is_going(fact.found.obj)]
    settled = [_leave(fact, how, now) for fact in facts]
    plan = plan_each(title, settled, partial(_effect, how=how), danger=Danger.DESTRUCTIVE)
    said = (*_say_how(settled, how), *(line for fact in going for line in _say_going(fact, how, now)))
    remarks = (line for fact in going for line in fact.cautions)
    cautions = tuple(dict.fromkeys((*said, *remarks, *plan.cautions)))
    return replace(plan, cautions=cautions, lasting=_say_lasting(plan.effects, settled, how))


def _leave(fact: Fact, how: How, now: datetime) -> Fact:
    """What is on its way already is left alone, unless it is hurried or let go."""
    if fact.failed or not is_going(fact.found.obj):
        return fact
    removes = how.finalizers == REMOVE and finalizers_of(fact.found.obj)
    hurries = fact.target.resource.kind == "Pod" and how.grace != ITS_OWN
    if removes or hurries:
        return fact
    return replace(fact, failed=K9pyError(f"it is {say_since(fact.found.obj, now.timestamp())}"))


def _effect(fact: Fact, how: How) -> Effect:
    obj = fact.found.obj
    return _let_go(fact.target, obj) if _is_let_go(obj, how) else _delete(fact.target, fact.found, how)


def _is_let_go(obj: Mapping[str, Any], how: How) -> bool:
    """Whether it is on its way, and its finalizers are taken away."""
    return is_going(obj) and how.finalizers == REMOVE and bool(finalizers_of(obj))


# ── deleting it ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _delete(target: Target, doomed: Doomed, how: How) -> Effect:
    seconds = SECONDS[how.grace] if target.resource.kind == "Pod" else None
    policy = how.propagation if may_own(target.resource) else BACKGROUND
    body = {
        "propagationPolicy": policy.capitalize(),
        **({"gracePeriodSeconds": seconds} if seconds is not None else {}),
        "preconditions": {"uid": target.uid},
    }
    words = (
        *((f"--grace-period={seconds}",) if seconds is not None else ()),
        *(("--force",) if seconds == 0 else ()),
        *((f"--cascade={policy}",) if policy != BACKGROUND else ()),
    )
    return Effect(
        target,
        Request("DELETE", target.path(), body=body),
        "; ".join(_say_end(target, doomed, how)),
        kubectl(target, "delete", target.kubectl_name, *words),
        undo=doomed.undo,
        tell=say_answer,
    )


def _say_end(target: Target, doomed: Doomed, how: How) -> Iterator[str]:
    owned = _count(doomed.around.owned)
    if not owned:
        yield "deleted"
    elif how.propagation == ORPHAN:
        yield f"deleted; its {owned} stay"
    else:
        yield f"deleted, its {owned} before it" if how.propagation == FOREGROUND else f"deleted, with its {owned}"
    owner = controller_of(doomed.obj)
    if owner and not is_going(doomed.obj):
        does = "makes another" if target.resource.kind in _REMADE else "may make it again"
        yield f"its {owner['kind']} {owner['name']} {does}"


def _count(owned: Mapping[Resource, int]) -> str:
    """`3 pods and 1 replicaset`: what is owned last is what people look for first."""
    counts = [
        f"{count} {resource.singular if count == 1 else resource.gvr.plural}" for resource, count in owned.items()
    ]
    return " and ".join(reversed(counts))


def _remake(target: Target, obj: Mapping[str, Any], around: Around) -> Effect | None:
    """What makes it again, where there is use in that."""
    if is_going(obj) or why_not(obj):
        return None
    body = remake(obj, volume_kept=bool(around.volume_kept))
    request = Request("POST", target.resource.path(target.key.namespace), {"fieldManager": "k9py"}, body)
    lines = write_object(body).lines
    if body.get("kind") == "Secret":
        lines = ["# the values are masked here: fill them in", *lines]
    stdin = "".join(f"{line}\n" for line in lines)
    return Effect(target, request, "made again", kubectl(target, "create", "-f", "-", stdin=stdin))


def _say_lasting(effects: Sequence[Effect], facts: Sequence[Fact], how: How) -> str:
    """What undo does not bring back."""
    by_uid = {fact.target.uid: fact for fact in facts if not fact.failed}
    none = {_say_no_way(by_uid[effect.target.uid]) for effect in effects if not effect.undo}
    lost = dict.fromkeys(
        line for effect in effects if effect.undo for line in _say_lost(by_uid[effect.target.uid], how)
    )
    shown = list(lost)[:TOLD] + ([f"{len(lost) - TOLD} more such things"] if len(lost) > TOLD else [])
    said = [f"there is no undo: {line}" for line in sorted(none)]
    return "; ".join([*said, *([f"undo does not bring back {'; '.join(shown)}"] if shown else [])])


def _say_no_way(fact: Fact) -> str:
    return "it is on its way already" if is_going(fact.found.obj) else why_not(fact.found.obj)


def _say_lost(fact: Fact, how: How) -> tuple[str, ...]:
    if how.propagation == ORPHAN and may_own(fact.target.resource):
        return ("its hold on what it owned, unless that is selected by its labels",)
    return what_is_lost(fact.found.obj, volume_kept=fact.found.around.volume_kept)


# ── what is on its way already ───────────────────────────────────────────────────────────────────────────────────────


def _let_go(target: Target, obj: Mapping[str, Any]) -> Effect:
    """Take its finalizers away. Those of a Namespace's spec change by a subresource only."""
    held = finalizers_of(obj)
    says = f"{', '.join(held)} removed: nothing waits any more"
    if target.resource.kind == "Namespace" and (obj.get("spec") or {}).get("finalizers"):
        request, command = _finalize(target, obj)
    else:
        metadata = {"finalizers": None}
        seen = {"uid": target.uid, "resourceVersion": obj["metadata"].get("resourceVersion")}
        body = {"metadata": {**seen, **metadata}}
        request = Request("PATCH", target.path(), {"fieldManager": "k9py"}, body, MERGE_PATCH)
        patch = json.dumps({"metadata": metadata})
        command = kubectl(target, "patch", target.kubectl_name, "--type=merge", "-p", patch)
    return Effect(target, request, says, command, obj, tell=say_answer)


def _finalize(target: Target, obj: Mapping[str, Any]) -> tuple[Request, Command]:
    """PUT to the subresource `finalize`, on the version that was seen."""
    kept = {name for name in SERVERS if name not in ("uid", "resourceVersion")} | {"finalizers"}
    metadata = {name: value for name, value in obj["metadata"].items() if name not in kept}
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata, "spec": {"finalizers": []}}
    request = Request("PUT", target.path("finalize"), {"fieldManager": "k9py"}, body)
    named = {**body, "metadata": {"name": target.key.name}}
    return request, kubectl(
        target, "replace", "--raw", target.path("finalize"), "-f", "-", stdin=f"{json.dumps(named)}\n"
    )


def _say_how(facts: Sequence[Fact], how: How) -> Iterator[str]:
    done = [fact for fact in facts if not fact.failed]
    pods = [fact for fact in done if fact.target.resource.kind == "Pod"]
    if how.grace == FORCE and any(not _is_let_go(fact.found.obj, how) for fact in pods):
        yield FORCED
    if how.grace != ITS_OWN and any(_is_let_go(fact.found.obj, how) for fact in pods):
        yield "where finalizers are removed, that is all that is done: to hurry what is left, press the key again"
    for part in (fact for fact in done if fact.target.part):
        yield f"{part.target.key.label}: the whole pod goes, not {part.target.part} alone"


def _say_going(fact: Fact, how: How, now: datetime) -> Iterator[str]:
    """Why it is still there, and what is skipped where its finalizers are taken away."""
    obj, name = fact.found.obj, fact.target.key.label
    held = finalizers_of(obj)
    if how.finalizers != REMOVE or not held:
        if fact.target.resource.kind == "Pod" and how.grace != ITS_OWN:
            yield f"{name} is {say_since(obj, now.timestamp())}"
        if fact.target.resource.kind == "Pod" and how.grace == NOW:
            yield f"{name}: {UNHURRIED}"
        yield from (f"{name} waits for {line}" for line in say_waiting(obj, fact.found.around.holders))
        return
    yield from (f"{name}: skipped: {each}: {explain_finalizer(each)}" for each in held)
    if fact.target.resource.kind == "Namespace":
        yield f"{name}: what is still in it stays behind in the cluster's store, and nobody reaches it any more"
    else:
        yield f"{name}: what it stands for outside of the cluster may stay behind: nobody cleans it up any more"
