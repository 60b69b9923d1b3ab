"""Conversations that live in the hub, on the embedded cluster: output, input, endings, and what is kept of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from k9py.actions.action import Action, Answers
from k9py.actions.attach import ACTION as ATTACH
from k9py.actions.execute import ACTION as EXEC
from k9py.actions.plan import Channel, Target
from k9py.actions.shell import ACTION as SHELL
from k9py.kinds.wellknown import PODS
from k9py.kube.kubeconfig import read_kubeconfig
from k9py.kube.transport import ConnectOptions
from k9py.session.audit import Audit
from k9py.session.faults import Faults
from k9py.session.hub import Hub
from k9py.session.session import Session
from k9py.session.shells import Shell, ShellState, name_code
from k9py.values.resource import Key
from tests.demo.channelling import opened as opened_cluster
from tests.demo.nodelab import Lab
from tests.unit.waiting import until


@dataclass
class Heard:
    """What came of a conversation."""

    shell: Shell
    output: bytearray = field(default_factory=bytearray)
    states: list[ShellState] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shell.on_output = self.output.extend
        self.shell.on_change = lambda: self.states.append(self.shell.state)

    async def says(self, text: bytes) -> None:
        await until(lambda: text in self.output, f"{text!r} in {bytes(self.output[-500:])!r}")

    async def ends(self, ending: str) -> None:
        await until(lambda: self.shell.state is ShellState.ENDED, "the end")
        assert self.shell.ending == ending


@dataclass
class Open:
    lab: Lab
    hub: Hub
    session: Session
    audit: Path

    async def channel(self, action: Action, pod: str, text: str = "", picked: str = "") -> Channel:
        uid = self.lab.read(pod)["metadata"]["uid"]
        target = Target(Key("lab", PODS.gvr, "default", pod), uid, PODS)
        facts = await action.gather(self.session.read, [target])
        plan = action.plan(facts, Answers(text, choice=picked), datetime.now(UTC))
        assert plan.channel, plan.refusals
        return plan.channel

    async def open(self, action: Action, pod: str, text: str = "", picked: str = "") -> Heard:
        return Heard(self.hub.shells.open(self.session, await self.channel(action, pod, text, picked), (90, 30)))

    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.audit.read_text().splitlines()]


@asynccontextmanager
async def opened(folder: Path, off: frozenset[str] = frozenset()) -> AsyncIterator[Open]:
    async with opened_cluster(off) as cluster:
        config = {
            "contexts": [{"name": "lab", "context": {"cluster": "c", "user": "u"}}],
            "clusters": [{"name": "c", "cluster": {"server": cluster.url}}],
            "users": [{"name": "u", "user": {}}],
        }
        path = folder / "config"
        path.write_text(json.dumps(config))
        faults, audit = Faults(), folder / "audit.jsonl"
        hub = Hub(read_kubeconfig(str(path), {}), ConnectOptions(), faults=faults, audit=Audit(audit))
        try:
            yield Open(cluster.lab, hub, await hub.open("lab"), audit)
        finally:
            await hub.close()
        assert not faults.count


async def test_a_command_that_does_not_find_a_file_has_run(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        heard = await it.open(EXEC, "web", "sh -c 'echo ls: /srv: No such file or directory; exit 2'")
        await heard.ends("exit code 2")
        assert heard.shell.begun
        assert b"No such file" in heard.output


async def test_it_flows_again_when_the_last_who_held_it_lets_go(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        heard = await it.open(SHELL, "web")
        await heard.says(b"# ")
        heard.shell.pause("pane")
        heard.shell.pause("screen")
        heard.shell.resume("screen")
        heard.shell.write(b"seq 1 100000\r")
        await until(lambda: not heard.shell.pending, "what is typed")
        heard.shell.on_output = heard.output.extend
        await asyncio.sleep(0.3)
        assert len(heard.output) < 300_000
        heard.shell.resume("pane")
        await heard.says(b"\r\n100000\r\n")


async def test_a_shell_and_its_exit_code(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        heard = await it.open(SHELL, "web")
        assert heard.shell.state is ShellState.CONNECTING
        assert it.hub.shells.running == [heard.shell]
        await heard.says(b"# ")
        heard.shell.write("stty size; echo 김치\r".encode())
        await heard.says("30 90\r\n김치\r\n".encode())
        heard.shell.resize(132, 43)
        heard.shell.write(b"stty size\r")
        await heard.says(b"43 132\r\n")
        heard.shell.write(b"exit 137\r")
        await heard.ends("exit code 137 (SIGKILL)")
        assert heard.shell.exit_code == 137
        assert not heard.shell.failed
        assert heard.states == [ShellState.RUNNING, ShellState.ENDED]
        assert it.hub.shells.list == [heard.shell], "what has ended is kept until it is forgotten"
        heard.shell.write(b"to nobody")
        it.hub.shells.forget(heard.shell)
        assert it.hub.shells.list == []
        await until(lambda: len(it.entries()) == 2)
    intent, outcome = it.entries()
    assert (intent["event"], intent["object"], intent["shell"]) == ("intent", "default/web", 1)
    assert (outcome["event"], outcome["reason"], outcome["done"]) == ("outcome", "exit code 137 (SIGKILL)", True)


@pytest.mark.parametrize("off", [frozenset[str](), frozenset({"exec-v5"})])
async def test_both_protocols(tmp_path: Path, off: frozenset[str]) -> None:
    async with opened(tmp_path, off) as it:
        heard = await it.open(EXEC, "web", "cat")
        heard.shell.write(b"hi\r")
        await heard.says(b"hi\r\nhi\r\n")
        heard.shell.write(b"\x04")
        await heard.ends("exit code 0")


async def test_standard_input_is_ended_where_that_can_be(tmp_path: Path) -> None:
    for off in (frozenset[str](), frozenset({"exec-v5"})):
        async with opened(tmp_path, off) as it:
            channel = await it.channel(EXEC, "web", "wc -c")
            query = {key: value for key, value in channel.requests[0].query.items() if key != "tty"}
            plain = Channel(
                channel.target,
                (type(channel.requests[0])("GET", channel.requests[0].path, query),),
                "",
                channel.command,
                False,
            )
            heard = Heard(it.hub.shells.open(it.session, plain))
            heard.shell.write(b"four")
            heard.shell.end_input()
            if off:
                await heard.says(b"this server cannot end standard input")
            else:
                await heard.says(b"4\n")
                await heard.ends("exit code 0")


async def test_five_megabytes_both_ways_are_whole(tmp_path: Path) -> None:
    blob = bytes(range(256)) * 20_000
    async with opened(tmp_path) as it:
        channel = await it.channel(EXEC, "web", "cat")
        request = channel.requests[0]
        query = {key: value for key, value in request.query.items() if key != "tty"}
        plain = Channel(channel.target, (type(request)("GET", request.path, query),), "", channel.command, False)
        shell = it.hub.shells.open(it.session, plain)
        shell.write(blob)
        assert shell.pending == len(blob)
        shell.end_input()
        await until(lambda: len(shell._kept) > 4_000_000, "as much as is kept while nobody listens")
        assert shell.state is ShellState.RUNNING, "it waits"
        heard = Heard(shell)
        await heard.ends("exit code 0")
        assert bytes(heard.output) == blob
        assert shell.pending == 0


async def test_an_image_without_a_shell(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        it.lab.pod("bare", {"image": "gcr.io/distroless/static", "command": ["/app"]})
        it.lab.cluster.clock.advance(30)
        heard = await it.open(SHELL, "bare")
        await until(lambda: heard.shell.state is ShellState.ENDED)
        assert heard.shell.failed
        assert heard.shell.ending.startswith("the container has no shell (bash, ash, sh)")
        assert heard.states == [ShellState.ENDED], "it never ran"
        assert not heard.output


async def test_a_command_that_is_not_there(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        heard = await it.open(EXEC, "web", "nosuch -x")
        await heard.ends("there is no program nosuch in container main")


async def test_a_program_that_says_nothing_runs_after_a_moment(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        heard = await it.open(EXEC, "web", "sleep 1000")
        await until(lambda: heard.shell.begun)
        heard.shell.close()
        await heard.ends("closed")
        assert heard.shell.failed


async def test_a_container_that_ends_under_a_shell(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        heard = await it.open(SHELL, "web")
        await heard.says(b"# ")
        process = it.lab.run("web").containers["main"].process
        assert process
        process.exit(1)
        await heard.ends("exit code 137 (SIGKILL)")
        assert b"# " in heard.output, "what it wrote is kept"


async def test_a_pod_that_was_replaced_is_left_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        channel = await it.channel(SHELL, "web")
        it.lab.delete("web", 0)
        it.lab.pod("web", {"image": "nginx"})
        it.lab.cluster.clock.advance(30)
        heard = Heard(it.hub.shells.open(it.session, channel))
        await heard.ends("it was replaced by another of that name; nothing was changed")
        assert heard.shell.failed
        await until(lambda: len(it.entries()) == 2)
        assert it.entries()[1]["done"] is False


async def test_a_container_that_has_ended_meanwhile(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        sleeping = {"image": "busybox", "command": ["sleep", "36000"]}
        it.lab.pod("once", sleeping, restartPolicy="Never")
        it.lab.cluster.clock.advance(30)
        channel = await it.channel(SHELL, "once")
        process = it.lab.run("once").containers["main"].process
        assert process
        process.exit(1)
        it.lab.cluster.clock.advance(5)
        heard = Heard(it.hub.shells.open(it.session, channel))
        await until(lambda: heard.shell.state is ShellState.ENDED)
        assert heard.shell.ending.startswith("container main does not run: terminated: Error, exit code 1")


async def test_attaching_paints_anew_and_leaving_ends_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        heard = await it.open(ATTACH, "shell")
        await until(lambda: heard.shell.begun)
        heard.shell.write(b"stty size\r")
        await heard.says(b"30 90\r\n")
        heard.shell.close()
        await heard.ends("closed")
        assert it.lab.run("shell").containers["main"].process is not None


async def test_several_at_once_end_with_the_hub(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        changes: list[int] = []
        it.hub.shells.on_change = lambda: changes.append(len(it.hub.shells.running))
        every = [await it.open(SHELL, "web") for _ in range(3)]
        for heard in every:
            await heard.says(b"# ")
        assert [heard.shell.number for heard in every] == [1, 2, 3]
        await it.hub.close()
        assert [heard.shell.ending for heard in every] == ["closed"] * 3
        assert changes[-1] == 0
    assert [entry["event"] for entry in it.entries()] == ["intent"] * 3 + ["outcome"] * 3


async def test_what_nobody_listens_to_is_kept_for_who_does(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        heard = await it.open(SHELL, "web")
        await heard.says(b"# ")
        heard.shell.on_output = None
        heard.shell.write(b"echo $((6 * 7))\r")
        await until(lambda: b"42\r\n" in heard.shell._kept)
        again = bytearray()
        heard.shell.on_output = again.extend
        assert b"42\r\n" in again


@pytest.mark.parametrize(
    ("code", "name"), [(0, "0"), (1, "1"), (130, "130 (SIGINT)"), (137, "137 (SIGKILL)"), (255, "255")]
)
def test_the_name_of_a_code(code: int, name: str) -> None:
    assert name_code(code) == name
