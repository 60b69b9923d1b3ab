"""Shell, exec and attach as pure plans: which container, which command, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from k9py.actions.action import Action, Answers, Fact, Question
from k9py.actions.attach import ACTION as ATTACH
from k9py.actions.execute import ACTION as EXEC
from k9py.actions.inside import places_of
from k9py.actions.plan import Channel, Danger, Plan, Target
from k9py.actions.shell import ACTION as SHELL
from k9py.actions.shell import FIND
from k9py.kinds.wellknown import DEPLOYMENTS, PODS
from k9py.values.request import Request
from k9py.values.resource import Key

NOW = datetime(2026, 3, 1, tzinfo=UTC)
RUNNING = {"running": {"startedAt": "2026-03-01T00:00:00Z"}}
ENDED = {"terminated": {"exitCode": 1, "reason": "Error"}}
WAITING = {"waiting": {"reason": "CrashLoopBackOff"}}

Json = dict[str, Any]


def pod(
    *containers: str | Json,
    inits: tuple[str | Json, ...] = (),
    ephemeral: tuple[str, ...] = (),
    states: Json | None = None,
    uid: str = "u1",
    default: str = "",
    **spec: Any,
) -> Json:
    """A pod all of whose containers run, but for those with another of `states`; None is one that is not told of."""

    def each(names: tuple[str | Json, ...]) -> list[Json]:
        return [{"name": one} if isinstance(one, str) else one for one in names]

    def told(names: tuple[str | Json, ...]) -> list[Json]:
        found = {one["name"]: (states or {}).get(one["name"], RUNNING) for one in each(names)}
        return [{"name": name, "state": state} for name, state in found.items() if state is not None]

    annotations = {"kubectl.kubernetes.io/default-container": default} if default else {}
    return {
        "metadata": {"name": "web", "namespace": "shop", "uid": uid, "annotations": annotations},
        "spec": {
            "containers": each(containers),
            "initContainers": each(inits),
            "ephemeralContainers": each(ephemeral),
            **spec,
        },
        "status": {
            "phase": "Running",
            "containerStatuses": told(containers),
            "initContainerStatuses": told(inits),
            "ephemeralContainerStatuses": told(ephemeral),
        },
    }


async def gather(action: Action, found: Json, part: str = "") -> Fact:
    async def read(request: Request) -> Any:
        assert request.path == "/api/v1/namespaces/shop/pods/web"
        return found

    target = Target(Key("prod", PODS.gvr, "shop", "web"), "u1", PODS, part)
    (fact,) = await action.gather(read, [target])
    return fact


async def plan(action: Action, found: Json, text: str = "", picked: str = "", part: str = "") -> Plan:
    return action.plan([await gather(action, found, part)], Answers(text, choice=picked), NOW)


def channel_of(made: Plan) -> Channel:
    assert made.channel
    assert made.danger is Danger.NONE
    assert not made.refusals
    return made.channel


def test_they_are_about_pods() -> None:
    for action in (SHELL, EXEC, ATTACH):
        assert action.applies(PODS)
        assert not action.applies(DEPLOYMENTS)
        assert not action.many


async def test_a_shell_in_the_only_container() -> None:
    channel = channel_of(await plan(SHELL, pod("main")))
    first = channel.requests[0]
    assert (first.method, first.path) == ("GET", "/api/v1/namespaces/shop/pods/web/exec")
    assert first.query == {
        "container": "main",
        "command": ("sh", "-c", FIND),
        "stdin": "true",
        "stdout": "true",
        "tty": "true",
    }
    assert channel.target.part == "main"
    assert channel.command.words[:8] == ("kubectl", "exec", "-it", "pod/web", "-c", "main", "-n", "shop")
    assert channel.command.words[-4:] == ("--", "sh", "-c", FIND)
    assert channel.says == "Shell shop/web · main"
    assert "no shell" in channel.absent


async def test_names_from_the_cluster_are_data() -> None:
    evil = "main;rm"
    channel = channel_of(await plan(SHELL, pod(evil)))
    assert channel.requests[0].query["container"] == evil
    assert all(";rm" not in str(request.query.get("command")) for request in channel.requests)
    assert "'main;rm'" in channel.command.line


@pytest.mark.parametrize("spec", [{"os": {"name": "windows"}}, {"nodeSelector": {"kubernetes.io/os": "windows"}}])
async def test_a_shell_on_windows(spec: Json) -> None:
    channel = channel_of(await plan(SHELL, pod("main", **spec)))
    assert [request.query["command"] for request in channel.requests] == [("powershell",), ("pwsh",), ("cmd",)]
    assert channel.command.words[-2:] == ("--", "powershell")


@pytest.mark.parametrize(
    ("found", "part", "chosen"),
    [
        (pod("main"), "", "main"),
        (pod("main", "side", default="side"), "", "side"),
        (pod("main", "side"), "side", "side"),
        (pod("main", "side", default="main"), "side", "side"),
        (pod("main", inits=("setup",), states={"setup": ENDED}), "", "main"),
        (pod("main", inits=({"name": "proxy", "restartPolicy": "Always"},)), "proxy", "proxy"),
    ],
)
async def test_which_container_is_meant_without_a_question(found: Json, part: str, chosen: str) -> None:
    fact = await gather(SHELL, found, part)
    assert SHELL.pick([fact]) is None
    assert channel_of(await plan(SHELL, found, part=part)).target.part == chosen


@pytest.mark.parametrize(
    ("found", "choices", "barred", "initial"),
    [
        (pod("main", "side"), ("main", "side"), (), "main"),
        (
            pod("main", "side", states={"main": WAITING}),
            ("main   waiting: CrashLoopBackOff", "side"),
            ("main   waiting: CrashLoopBackOff",),
            "side",
        ),
        (
            pod("main", inits=({"name": "proxy", "restartPolicy": "Always"},), ephemeral=("debug",)),
            ("main", "proxy   sidecar", "debug   ephemeral"),
            (),
            "main",
        ),
        (
            pod("main", inits=("setup",), states={"main": {"waiting": {"reason": "PodInitializing"}}}),
            ("main   waiting: PodInitializing", "setup   init"),
            ("main   waiting: PodInitializing",),
            "setup   init",
        ),
        (
            pod("main", ephemeral=("debug",), states={"debug": ENDED}, default="debug"),
            ("main", "debug   ephemeral   terminated: Error, exit code 1"),
            ("debug   ephemeral   terminated: Error, exit code 1",),
            "main",
        ),
    ],
)
async def test_which_container_is_asked(
    found: Json, choices: tuple[str, ...], barred: tuple[str, ...], initial: str
) -> None:
    pick = SHELL.pick([await gather(SHELL, found)])
    assert pick
    assert (pick.choices, pick.barred, pick.initial) == (choices, barred, initial)
    assert channel_of(await plan(SHELL, found, picked=initial)).target.part == initial.split()[0]
    for choice in barred:
        assert "does not run" in (await plan(SHELL, found, picked=choice)).refusals[0].why


@pytest.mark.parametrize(
    ("found", "part", "why"),
    [
        (pod("main", uid="u2"), "", "it was replaced by another of that name"),
        (
            pod("main", states={"main": ENDED}),
            "",
            "no container of it runs: main (terminated: Error, exit code 1)",
        ),
        (pod("a", "b", states={"a": WAITING, "b": {}}), "", "a (waiting: CrashLoopBackOff), b (not started, the pod"),
        (pod("main", "side", states={"side": WAITING}), "side", "container side does not run: waiting: Crash"),
        (pod("main"), "gone", "the pod has no container gone"),
    ],
)
async def test_what_cannot_be_talked_to_says_why(found: Json, part: str, why: str) -> None:
    fact = await gather(SHELL, found, part)
    assert fact.failed
    assert fact.failed.line.startswith(why) or why in fact.failed.line
    for action in (SHELL, EXEC, ATTACH):
        made = action.plan([fact], Answers("ls"), NOW)
        assert made.channel is None
        assert made.refusals[0].why == fact.failed.line
        assert action.pick([fact]) is None
    assert EXEC.ask([fact]) is None


async def test_several_containers_without_an_answer_are_refused() -> None:
    assert "several containers" in (await plan(SHELL, pod("a", "b"))).refusals[0].why


def test_a_pod_that_nobody_has_looked_at_yet() -> None:
    (place,) = places_of({"metadata": {}, "spec": {"containers": [{"name": "main"}]}})
    assert (place.runs, place.why) == (False, "not started")


async def test_a_command_is_read_as_a_shell_reads_words() -> None:
    channel = channel_of(await plan(EXEC, pod("main"), "sh -c 'echo \"$HOME\" | wc' a\\ b"))
    words = ("sh", "-c", 'echo "$HOME" | wc', "a b")
    assert channel.requests[0].query["command"] == words
    assert channel.command.words[-5:] == ("--", *words)
    assert channel.absent == "there is no program sh in container main"
    assert channel.stays


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ("", "a command"),
        ("   ", "a command"),
        ("''", "a command"),
        ("'", "no closing quotation"),
        ("a\\", "no escaped"),
    ],
)
async def test_a_command_that_will_not_do(answer: str, complaint: str) -> None:
    question = EXEC.ask([await gather(EXEC, pod("main"))])
    assert isinstance(question, Question)
    assert question.check(answer).startswith(complaint)
    assert not question.check("ls -l")
    assert question.label.startswith("command in container main")


@pytest.mark.parametrize(
    ("stdin", "tty", "once", "flags", "remark"),
    [
        (True, True, False, ("-it",), ""),
        (True, False, False, ("-i",), ""),
        (False, True, False, ("-t",), "output only, it takes no input"),
        (False, False, False, (), "output only, it takes no input"),
        (True, True, True, ("-it",), "its input ends when you leave (stdinOnce)"),
    ],
)
async def test_attaching_as_the_container_is(
    stdin: bool, tty: bool, once: bool, flags: tuple[str, ...], remark: str
) -> None:
    container = {"name": "main", "stdin": stdin, "tty": tty, "stdinOnce": once}
    channel = channel_of(await plan(ATTACH, pod(container)))
    (request,) = channel.requests
    assert request.path.endswith("/attach")
    assert (channel.stdin, channel.tty) == (stdin, tty)
    assert request.query == {
        "container": "main",
        **({"stdin": "true"} if stdin else {}),
        "stdout": "true",
        **({"tty": "true"} if tty else {"stderr": "true"}),
    }
    assert channel.command.words[: 3 + len(flags)] == ("kubectl", "attach", *flags, "pod/web")
    assert channel.remark == remark
