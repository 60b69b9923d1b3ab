"""pods/exec and pods/attach over websockets, with the answers of a real 1.36."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.demo.channelling import V4, V5, Opened, channels, frames, opened

ALL = "container=main&stdout=true&stderr=true"


@pytest.fixture
async def cluster() -> AsyncIterator[Opened]:
    async with opened() as found:
        yield found


NEGOTIATED = [
    ((V5,), V5),
    ((V4, V5), V5),
    ((V4,), V4),
    (("v9.channel.k8s.io", V4), V4),
    (("channel.k8s.io",), "channel.k8s.io"),
    ((), None),
]


async def test_the_newest_protocol_that_both_know(cluster: Opened) -> None:
    for offered, chosen in NEGOTIATED:
        async with cluster.socket("box", "exec", f"{ALL}&command=echo&command=hi", offered) as socket:
            assert socket.protocol == chosen
            told = [b'\x03{"metadata":{},"status":"Success"}'] if chosen in (V4, V5) else []
            assert await frames(socket) == [b"\x01", b"\x01hi\n", *told]
            assert socket.close_code == 1000


async def test_channels_as_text(cluster: Opened) -> None:
    async with cluster.socket("box", "exec", f"{ALL}&stdin=true&command=cat", ("base64.channel.k8s.io",)) as socket:
        await socket.send_str("0YWJjCg==")
        assert [await socket.receive_str() for _ in range(2)] == ["1", "1YWJjCg=="]


async def test_no_protocol_fits(cluster: Opened) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        async with cluster.socket("box", "exec", f"{ALL}&command=ls", ("nope",)):
            pass
    assert refusal.value.status == 403


async def test_old_servers_speak_v4_at_most() -> None:
    async with opened(frozenset({"exec-v5"})) as cluster:
        async with cluster.socket("box", "exec", f"{ALL}&command=ls", (V5, V4)) as socket:
            assert socket.protocol == V4
        with pytest.raises(aiohttp.WSServerHandshakeError):
            async with cluster.socket("box", "exec", f"{ALL}&command=ls", (V5,)):
                pass


async def test_outputs_apart_and_the_exit_code(cluster: Opened) -> None:
    async with cluster.socket(
        "box", "exec", f"{ALL}&command=sh&command=-c&command=echo+a;echo+b>%262%3Bexit+4"
    ) as socket:
        found = await channels(socket)
    assert (found[1], found[2]) == (b"a\n", b"b\n")
    assert json.loads(found[3]) == {
        "metadata": {},
        "status": "Failure",
        "message": "command terminated with non-zero exit code: command terminated with exit code 4",
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": "4"}]},
    }


async def test_a_command_that_is_not_there(cluster: Opened) -> None:
    async with cluster.socket("box", "exec", f"{ALL}&command=foo") as socket:
        status = json.loads((await channels(socket))[3])
    assert (status["reason"], status["code"]) == ("InternalError", 500)
    assert status["message"].endswith(
        'OCI runtime exec failed: exec failed: unable to start container process: exec: "foo": '
        "executable file not found in $PATH: unknown"
    )


async def test_v5_can_end_standard_input(cluster: Opened) -> None:
    async with cluster.socket("box", "exec", f"{ALL}&stdin=true&command=wc&command=-c") as socket:
        await socket.send_bytes(b"\0abc\n")
        await socket.send_bytes(b"\xff\0")
        assert (await channels(socket))[1] == b"4\n"


async def test_five_megabytes_both_ways(cluster: Opened) -> None:
    async with cluster.socket("box", "exec", f"{ALL}&stdin=true&command=cat") as socket:
        piece = bytes(range(256)) * 128

        async def send() -> None:
            for _ in range(160):
                await socket.send_bytes(b"\0" + piece)
            await socket.send_bytes(b"\xff\0")

        _, found = await asyncio.gather(send(), channels(socket))
    assert found[1] == piece * 160


async def test_a_terminal(cluster: Opened) -> None:
    query = "container=main&stdout=true&stdin=true&tty=true&command=sh"
    async with cluster.socket("box", "exec", query) as socket:
        await socket.send_bytes(b'\x04{"Width":90,"Height":33}')
        await socket.send_bytes(b"\0stty size; echo err >&2\r")
        await socket.send_bytes(b"\0exit 3\r")
        found = await channels(socket)
    assert found[1].endswith(b"stty size; echo err >&2\r\n33 90\r\nerr\r\n/ # exit 3\r\n")
    assert 2 not in found, "a terminal has one output"
    assert b'"message":"3"' in found[3]


REFUSALS = [
    ("nope", "command=ls&stdout=true", 404, 'pods "nope" not found'),
    ("box", "command=ls&stdout=true", 400, "a container name must be specified for pod box, choose one of: [main web]"),
    ("box", "command=ls&stdout=true&container=x", 400, "container x is not valid for pod box"),
    ("box", "command=ls&container=main", 400, "you must specify at least 1 of stdin, stdout, stderr"),
    ("done", "command=ls&stdout=true", 500, 'container not found ("main")'),
    ("stuck", "command=ls&stdout=true", 500, 'container not found ("main")'),
    ("unbound", "command=ls&stdout=true", 400, "pod unbound does not have a host assigned"),
]


async def test_refusals_before_the_upgrade(cluster: Opened) -> None:
    for pod, query, code, text in REFUSALS:
        assert await cluster.refused(pod, "exec", query) == (code, text)


async def test_what_is_no_upgrade(cluster: Opened) -> None:
    for method in ("GET", "POST"):
        async with cluster.session.request(method, cluster.path("box", "exec", f"{ALL}&command=ls")) as response:
            assert response.status == 400
            assert (await response.json())["message"] == "Upgrade request required"


async def test_a_node_that_is_down(cluster: Opened) -> None:
    cluster.lab.kubelets.stop("node1")
    code, text = await cluster.refused("web", "exec", "command=ls&stdout=true")
    assert code == 500
    assert text.startswith("error dialing backend: dial tcp ")


async def test_the_container_ends_under_a_session(cluster: Opened) -> None:
    async with cluster.socket("web", "exec", "stdout=true&command=sleep&command=1000") as socket:
        await socket.receive_bytes()
        process = cluster.lab.run("web").containers["main"].process
        assert process is not None
        process.exit(137)
        assert b'"message":"137"' in (await channels(socket))[3]


async def test_attach_to_a_shell(cluster: Opened) -> None:
    async with cluster.socket("shell", "attach", "stdin=true&stdout=true&tty=true") as socket:
        await socket.send_bytes(b"\0echo hi\r")
        found = b""
        while not found.endswith(b"hi\r\n/ # "):
            found += (await socket.receive_bytes())[1:]
    async with cluster.socket("shell", "attach", "stdin=true&stdout=true&tty=true") as socket:
        await socket.send_bytes(b"\0exit 2\r")
        found = (await channels(socket))[3]
    assert found == b'{"metadata":{},"status":"Success"}'
    assert cluster.lab.run("shell").containers["main"].process is None


async def test_attach_to_a_program_shows_what_it_says_from_now_on(cluster: Opened) -> None:
    async with cluster.socket("web", "attach", "stdout=true&stderr=true") as socket:
        assert await socket.receive_bytes() == b"\x01"
        process = cluster.lab.run("web").containers["main"].process
        assert process is not None
        process.log("a line")
        process.log("trouble", "stderr")
        assert [await socket.receive_bytes() for _ in range(2)] == [b"\x01a line\n", b"\x02trouble\n"]


async def test_attach_to_what_does_not_run(cluster: Opened) -> None:
    for pod in ("done", "stuck"):
        text = f"container main not found in pod {pod}_default"
        assert await cluster.refused(pod, "attach", "stdout=true") == (500, text)


async def test_whoever_opens_a_websocket_must_be_allowed_to_create(cluster: Opened) -> None:
    """GET asks for `get`, but since 1.35 `create` is needed too, as for POST."""
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "r", "namespace": "default"},
    }
    rules = [{"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["get"]}]
    registry = cluster.lab.cluster.registry
    registry.make("roles.rbac.authorization.k8s.io", {**role, "rules": rules})
    subject = {"kind": "User", "name": "jane", "apiGroup": "rbac.authorization.k8s.io"}
    ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"}
    binding = {**role, "kind": "RoleBinding", "roleRef": ref, "subjects": [subject]}
    registry.make("rolebindings.rbac.authorization.k8s.io", binding)
    code, text = await cluster.refused("web", "exec", "command=ls&stdout=true", Impersonate_User="jane")
    assert code == 403
    assert 'User "jane" cannot create resource "pods/exec"' in text
