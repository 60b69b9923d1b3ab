"""Attach to the program that a container runs: its output from now on, and its input where it takes any."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from k9py.actions.action import Action, Answers, Fact, Right
from k9py.actions.inside import Place, are_pods, chosen, gather, open_request, pick, refused, within
from k9py.actions.plan import Channel, Danger, Plan, kubectl
from k9py.values.errors import K9pyError


def _remark(place: Place) -> str:
    """What follows from stdin, stdinOnce and tty of the container."""
    if not place.stdin:
        return "output only, it takes no input"
    return "its input ends when you leave (stdinOnce)" if place.stdin_once else ""


def _plan(facts: Sequence[Fact], answers: Answers, now: datetime) -> Plan:
    fact = facts[0]
    title = f"Attach to pod {fact.target.key.label}"
    if fact.failed:
        return refused(title, fact)
    try:
        place = chosen(fact, answers.choice)
    except K9pyError as error:
        return refused(title, fact, error)
    target = within(fact, place)
    flags = ["-" + "i" * place.stdin + "t" * place.tty] if place.stdin or place.tty else []
    channel = Channel(
        target,
        (open_request(target, "attach", place, place.tty, place.stdin),),
        f"Attach {target.key.label} · {place.name}",
        kubectl(target, "attach", *flags, target.kubectl_name, "-c", place.name),
        tty=place.tty,
        stdin=place.stdin,
        remark=_remark(place),
        stays=True,
    )
    return Plan(f"{title}, container {place.name}", (), Danger.NONE, channel=channel)


ACTION = Action(
    id="attach",
    title="Attach",
    key="a",
    on="pods, containers",
    applies=are_pods,
    right=Right("create", "attach"),
    gather=gather,
    pick=pick,
    plan=_plan,
    kubectl="kubectl attach -it POD -c CONTAINER",
    undo="nothing to undo: leaving ends no program, unless the container says stdinOnce",
    proof="tests/cluster/test_shells.py::test_attaching",
    minor=True,
    many=False,
)
