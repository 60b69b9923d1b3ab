"""A shell in a container: bash, ash or sh, whichever it has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from k9py.actions.action import Action, Answers, Fact, Right
from k9py.actions.inside import are_pods, chosen, gather, is_windows, open_request, pick, refused, within
from k9py.actions.plan import Channel, Danger, Plan, kubectl
from k9py.values.errors import K9pyError

FIND = (
    'TERM="${TERM:-xterm}"; export TERM; '
    'for shell in bash ash; do command -v "$shell" >/dev/null 2>&1 && exec "$shell"; done; exec sh'
)
"""For any POSIX shell: become the best one that there is."""
UNIX = (("sh", "-c", FIND), ("/bin/sh", "-c", FIND), ("bash",), ("/busybox/sh",))
"""What is tried; the last is where the debug variants of distroless images have it."""
WINDOWS = (("powershell",), ("pwsh",), ("cmd",))
ABSENT = (
    "the container has no shell (bash, ash, sh): a distroless image, as it seems — run the programs that it has with "
    "ctrl-x, or put a container with tools beside it: kubectl debug -it POD --image=busybox --target=CONTAINER"
)
ABSENT_WINDOWS = "the container has no shell (powershell, pwsh, cmd) — run the programs that it has with ctrl-x"


def _plan(facts: Sequence[Fact], answers: Answers, now: datetime) -> Plan:
    fact = facts[0]
    title = f"Shell in pod {fact.target.key.label}"
    if fact.failed:
        return refused(title, fact)
    try:
        place = chosen(fact, answers.choice)
    except K9pyError as error:
        return refused(title, fact, error)
    windows = is_windows(fact.found)
    commands, target = WINDOWS if windows else UNIX, within(fact, place)
    channel = Channel(
        target,
        tuple(open_request(target, "exec", place, True, True, *command) for command in commands),
        f"Shell {target.key.label} · {place.name}",
        kubectl(target, "exec", "-it", target.kubectl_name, "-c", place.name, "--", *commands[0]),
        absent=ABSENT_WINDOWS if windows else ABSENT,
    )
    return Plan(f"{title}, container {place.name}", (), Danger.NONE, channel=channel)


ACTION = Action(
    id="shell",
    rank=10,
    title="Shell",
    key="s",
    on="pods, containers",
    applies=are_pods,
    right=Right("create", "exec"),
    gather=gather,
    pick=pick,
    plan=_plan,
    kubectl="kubectl exec -it POD -c CONTAINER -- sh",
    undo="none: what is done in a container stays done, until the container starts anew",
    proof="tests/cluster/test_shells.py::test_a_shell",
    many=False,
)
