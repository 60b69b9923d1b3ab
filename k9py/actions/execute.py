"""Any command in a container, with a terminal: kubectl exec."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import datetime

from k9py.actions.action import Action, Answers, Fact, Question, Right
from k9py.actions.inside import are_pods, chosen, gather, open_request, pick, refused, sole_place, within
from k9py.actions.plan import Channel, Danger, Plan, kubectl
from k9py.values.errors import K9pyError

EMPTY = "a command and its arguments, such as: ls -l /tmp"


def _check(answer: str) -> str:
    try:
        words = shlex.split(answer)
    except ValueError as error:
        return f"{str(error).lower()}: quotes come in pairs, and \\ stands before what it keeps as it is"
    return "" if words and words[0] else EMPTY


def _ask(facts: Sequence[Fact]) -> Question | None:
    fact = facts[0]
    if fact.failed:
        return None
    place = sole_place(fact)
    where = f" in container {place.name}" if place else ""
    label = f"command{where}: no shell reads it, so pipes and * need sh -c '…'"
    return Question(f"Run in pod {fact.target.key.label}", label, "", _check)


def _plan(facts: Sequence[Fact], answers: Answers, now: datetime) -> Plan:
    fact = facts[0]
    title = f"Run in pod {fact.target.key.label}"
    if fact.failed:
        return refused(title, fact)
    words = shlex.split(answers.text)
    try:
        place = chosen(fact, answers.choice)
    except K9pyError as error:
        return refused(title, fact, error)
    target = within(fact, place)
    channel = Channel(
        target,
        (open_request(target, "exec", place, True, True, *words),),
        f"Exec {target.key.label} · {place.name} · {shlex.join(words)}",
        kubectl(target, "exec", "-it", target.kubectl_name, "-c", place.name, "--", *words),
        absent=f"there is no program {words[0]} in container {place.name}",
        stays=True,
    )
    return Plan(f"{title}, container {place.name}: {shlex.join(words)}", (), Danger.NONE, channel=channel)


ACTION = Action(
    id="exec",
    title="Exec",
    key="ctrl+x",
    on="pods, containers",
    applies=are_pods,
    right=Right("create", "exec"),
    gather=gather,
    pick=pick,
    ask=_ask,
    plan=_plan,
    kubectl="kubectl exec -it POD -c CONTAINER -- COMMAND",
    undo="none: what a command has done stays done",
    proof="tests/cluster/test_shells.py::test_a_command_and_its_exit_code",
    minor=True,
    many=False,
)
