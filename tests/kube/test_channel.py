"""The protocol of exec and attach, against a server that does what a test says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSMsgType, web

from k9py.kube import channel
from k9py.kube.channel import V4, V5, Conversation, Ending, LostConnection, converse, read_ending, shows_absent
from k9py.values.errors import ApiError, K9pyError, Unreachable
from k9py.values.request import Request
from tests.kube.stub import Handler, Stub, connect, stubbed, write_kubeconfig
from tests.kube.test_credentials import counting, runs

EXEC = Request("GET", "/api/v1/namespaces/shop/pods/web/exec", {"container": "main", "command": ["ls", "-l"]})
SUCCESS = b'\x03{"metadata":{},"status":"Success"}'

Play = Callable[[web.WebSocketResponse], Awaitable[None]]


def playing(play: Play, *protocols: str) -> Handler:
    """A server that upgrades, and then does what `play` does."""

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=protocols or (V5, V4), autoping=False)
        await socket.prepare(request)
        await play(socket)
        return socket

    return handler


@asynccontextmanager
async def talking(folder: Path, play: Play, *protocols: str) -> AsyncIterator[tuple[Stub, Conversation]]:
    async with (
        stubbed(folder, playing(play, *protocols)) as (stub, transport),
        converse(transport, EXEC) as talk,
    ):
        yield stub, talk


async def read(talk: Conversation) -> bytes:
    return b"".join([data async for data in talk.output()])


async def test_what_is_asked_for_and_the_newest_protocol(tmp_path: Path) -> None:
    async def play(socket: web.WebSocketResponse) -> None:
        await socket.send_bytes(SUCCESS)

    async with talking(tmp_path, play) as (stub, talk):
        assert talk.can_end_input
        assert await read(talk) == b""
        assert talk.ending == Ending(0)
    request = stub.requests[0]
    assert request.raw_path == f"{EXEC.path}?container=main&command=ls&command=-l"
    assert request.headers["Sec-WebSocket-Protocol"] == f"{V5},{V4}"


async def test_outputs_come_as_bytes_however_they_are_cut(tmp_path: Path) -> None:
    said = "쿠버네티스 🚀".encode()

    async def play(socket: web.WebSocketResponse) -> None:
        await socket.send_bytes(b"\x01")  # the greeting
        for at, byte in enumerate(said):
            await socket.send_bytes(bytes((1 + at % 2, byte)))
        await socket.send_bytes(b"\x02\xff\xfe\x00")
        await socket.send_str("\x01as text")
        await socket.send_bytes(b"")
        await socket.send_bytes(b"\x07from another time")
        await socket.send_bytes(SUCCESS)

    async with talking(tmp_path, play) as (_, talk):
        assert await read(talk) == said + b"\xff\xfe\x00as text"


async def echo(socket: web.WebSocketResponse) -> None:
    """Like cat: until standard input has ended."""
    async for message in socket:
        if message.data == b"\xff\x00":
            break
        if message.type is WSMsgType.BINARY and message.data[0] == 0:
            await socket.send_bytes(b"\x01" + message.data[1:])
    await socket.send_bytes(SUCCESS)


async def test_five_megabytes_both_ways_hold_up_nothing(tmp_path: Path) -> None:
    blob = bytes(range(256)) * 20_000
    async with talking(tmp_path, echo) as (_, talk):

        async def send() -> None:
            await talk.send(blob)
            await talk.end_input()

        worst = 0.0

        async def tick() -> None:
            nonlocal worst
            loop = asyncio.get_running_loop()
            while True:
                begun = loop.time()
                await asyncio.sleep(0.001)
                worst = max(worst, loop.time() - begun)

        ticking = asyncio.create_task(tick())
        _, found = await asyncio.gather(send(), read(talk))
        ticking.cancel()
    assert found == blob
    assert worst < 1, "the event loop stood still"


async def test_who_does_not_read_has_the_server_wait(tmp_path: Path) -> None:
    sent = 0

    async def play(socket: web.WebSocketResponse) -> None:
        nonlocal sent
        for _ in range(640):
            await socket.send_bytes(b"\x01" + bytes(32_768))
            sent += 1
        await socket.send_bytes(SUCCESS)

    async with talking(tmp_path, play) as (_, talk):
        output = talk.output()
        await anext(output)
        before = -1
        while sent != before:  # until the buffers on the way are full
            before = sent
            await asyncio.sleep(0.05)
        assert sent < 640
        rest = [len(data) async for data in output]
    assert sum(rest) == 639 * 32_768


async def test_a_window_has_a_size(tmp_path: Path) -> None:
    found: list[bytes] = []

    async def play(socket: web.WebSocketResponse) -> None:
        found.append((await socket.receive()).data)
        await socket.send_bytes(SUCCESS)

    async with talking(tmp_path, play) as (_, talk):
        await talk.resize(132, 43)
        await read(talk)
    assert found[0][:1] == b"\x04"
    assert json.loads(found[0][1:]) == {"Width": 132, "Height": 43}


async def test_v4_cannot_end_standard_input(tmp_path: Path) -> None:
    async with talking(tmp_path, echo, V4) as (_, talk):
        assert not talk.can_end_input
        with pytest.raises(K9pyError, match="cannot end standard input"):
            await talk.end_input()


def status(**fields: Any) -> bytes:
    return json.dumps({"metadata": {}, "status": "Failure", **fields}).encode()


@pytest.mark.parametrize(
    ("told", "ending"),
    [
        (b'{"status":"Success"}', Ending(0)),
        (
            status(message="exit 3", details={"causes": [{"reason": "ExitCode", "message": "3"}]}),
            Ending(3, "exit 3"),
        ),
        (status(message="it broke"), Ending(None, "it broke")),
        (status(message="it broke", details=None), Ending(None, "it broke")),
        (status(message="it\nbroke", details={"causes": None}), Ending(None, "it broke")),
        (status(message="so", details={"causes": [{"message": "no reason"}]}), Ending(None, "so")),
        (status(message="so", details={"causes": [{"reason": "ExitCode"}]}), Ending(None, "so")),
        (status(reason="InternalError"), Ending(None, "InternalError")),
        (status(), Ending(None, "it failed, and nothing was said of why")),
        (b"error executing command: \x1b[31mno", Ending(None, "error executing command: [31mno")),
        (b"\xff\xfe", Ending(None, "\ufffd\ufffd")),
    ],
)
def test_how_a_program_ended(told: bytes, ending: Ending) -> None:
    assert read_ending(told) == ending


@pytest.mark.parametrize(
    "said",
    [
        'exec: "sh": executable file not found in $PATH: unknown',
        'exec: "/bin/sh": stat /bin/sh: no such file or directory: unknown',
        "hcs::System::CreateProcess: The system cannot find the file specified.",
        "executable file `sh` not found in $PATH: No such file or directory",
        'error finding executable "sh" in PATH [/bin]: no such file or directory',
    ],
)
def test_a_program_that_is_not_there(said: str) -> None:
    assert read_ending(status(reason="InternalError", message=f"Internal error occurred: {said}")).absent
    assert not read_ending(status(message=said, details={"causes": [{"reason": "ExitCode", "message": "1"}]})).absent


@pytest.mark.parametrize(
    "said",
    [
        "error dialing backend: dial unix /run/konnectivity.sock: connect: no such file or directory",
        'unable to start container process: chdir to cwd ("/app") set in config.json failed: no such file or directory',
        "failed to create containerd task: open /run/containerd/config.json: no such file or directory",
    ],
)
def test_another_file_that_is_not_there(said: str) -> None:
    assert not read_ending(status(reason="InternalError", message=said)).absent


@pytest.mark.parametrize(
    ("output", "absent"),
    [
        ('OCI runtime exec failed: exec failed: exec: "sh": executable file not found in $PATH: unknown', True),
        ('time="2026-01-01T00:00:00Z" level=error msg="exec failed: exec: \\"sh\\": executable file not found"', True),
        ("ls: cannot access '/srv': No such file or directory", False),
        ('my-tool: exec: "gs": executable file not found in $PATH', False),
    ],
)
def test_what_a_runtime_says_in_the_place_of_a_program(output: str, absent: bool) -> None:
    assert shows_absent(output) is absent


async def test_a_status_in_pieces_and_a_server_that_does_not_close(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "FAREWELL", 0.05)
    over = asyncio.Event()

    async def play(socket: web.WebSocketResponse) -> None:
        await socket.send_bytes(SUCCESS[:9])
        await socket.send_bytes(b"\x03" + SUCCESS[9:])
        await over.wait()

    async with talking(tmp_path, play) as (_, talk):
        assert await read(talk) == b""
        assert talk.ending == Ending(0)
        over.set()


async def cut(socket: web.WebSocketResponse) -> None:
    await socket.send_bytes(b"\x01half a li")
    transport = socket._req and socket._req.transport
    assert transport
    transport.abort()


async def close(socket: web.WebSocketResponse) -> None:
    await socket.send_bytes(b"\x01half a li")
    await socket.close(code=1011, message=b"going away")


@pytest.mark.parametrize("play", [cut, close])
async def test_a_lost_connection_says_so_after_what_had_come(tmp_path: Path, play: Play) -> None:
    found = b""

    async def keep(talk: Conversation) -> None:
        nonlocal found
        async for data in talk.output():
            found += data

    async with talking(tmp_path, play) as (_, talk):
        with pytest.raises(LostConnection, match=r"the connection through http://127\.0\.0\.1:\d+ was lost") as caught:
            await keep(talk)
    assert found == b"half a li"
    assert caught.value.cure


async def test_a_connection_without_a_sign_of_life_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "PING", 0.02)
    monkeypatch.setattr(channel, "SILENCE", 0.1)
    over = asyncio.Event()

    async def play(socket: web.WebSocketResponse) -> None:
        await over.wait()

    async with talking(tmp_path, play) as (_, talk):
        with pytest.raises(LostConnection, match=r"silent for 0\.1 s"):
            await read(talk)
        over.set()


async def test_one_that_answers_pings_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "PING", 0.02)
    monkeypatch.setattr(channel, "SILENCE", 0.05)
    pings = 0

    async def play(socket: web.WebSocketResponse) -> None:
        nonlocal pings
        while pings < 10:
            message = await socket.receive()
            assert message.type is WSMsgType.PING
            pings += 1
            await socket.pong(message.data)
        await socket.ping(b"and you?")
        answer = await socket.receive()
        assert (answer.type, bytes(answer.data)) == (WSMsgType.PONG, b"and you?")
        await socket.send_bytes(SUCCESS)

    async with talking(tmp_path, play) as (_, talk):
        assert await read(talk) == b""
    assert pings == 10


async def test_a_refused_token_is_had_anew_once(tmp_path: Path) -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        if request.headers.get("Authorization") != "Bearer token-2":
            return web.Response(status=401)
        return await playing(echo)(request)

    async with (
        stubbed(tmp_path, handler, user={"exec": counting(tmp_path)}) as (stub, transport),
        converse(transport, EXEC) as talk,
    ):
        await talk.send(b"hi")
        await talk.end_input()
        assert await read(talk) == b"hi"
    assert runs(tmp_path) == 2
    assert len(stub.requests) == 2


async def test_a_token_that_stays_refused_is_told(tmp_path: Path) -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=401)

    async with stubbed(tmp_path, handler, user={"exec": counting(tmp_path)}) as (stub, transport):
        with pytest.raises(ApiError, match="HTTP 401") as caught:
            async with converse(transport, EXEC):
                pass
    assert caught.value.unauthorized
    assert len(stub.requests) == 2


async def refusal(folder: Path, response: Callable[[], web.Response]) -> K9pyError:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        return response()

    async with stubbed(folder, handler) as (_, transport):
        with pytest.raises(K9pyError) as caught:
            async with converse(transport, EXEC):
                pass
    return caught.value


async def test_a_refusal_is_told_in_the_server_s_words(tmp_path: Path) -> None:
    said = 'pods "web" is forbidden: User "jane" cannot create resource "pods/exec"'
    denied = {"kind": "Status", "status": "Failure", "message": said, "reason": "Forbidden", "code": 403}
    error = await refusal(tmp_path, lambda: web.json_response(denied, status=403))
    assert isinstance(error, ApiError)
    assert error.denied
    assert error.line == f"{said} — create on pods/exec is needed, and get as well on servers before 1.35"


async def test_a_kubelet_s_plain_words_are_told(tmp_path: Path) -> None:
    error = await refusal(tmp_path, lambda: web.Response(status=404, text='container not found ("main")'))
    assert error.message == 'HTTP 404: container not found ("main")'


async def test_a_server_that_does_not_upgrade(tmp_path: Path) -> None:
    error = await refusal(tmp_path, lambda: web.json_response({"kind": "Pod"}))
    assert error.message.startswith("HTTP 200:")


async def test_a_protocol_that_k9py_does_not_speak(tmp_path: Path) -> None:
    with pytest.raises(K9pyError, match="speaks neither v5"):
        async with talking(tmp_path, echo, "channel.k8s.io"):
            pass


async def test_a_server_that_is_not_there(tmp_path: Path, unused_tcp_port: int) -> None:

    kubeconfig = write_kubeconfig(tmp_path / "config", f"http://127.0.0.1:{unused_tcp_port}")
    async with connect(kubeconfig) as transport:
        with pytest.raises(Unreachable, match="refuses connections"):
            async with converse(transport, EXEC):
                pass


async def test_closing_ends_a_conversation(tmp_path: Path) -> None:
    begun = asyncio.Event()
    ended = asyncio.Event()

    async def play(socket: web.WebSocketResponse) -> None:
        begun.set()
        async for _ in socket:
            pass
        ended.set()

    async with stubbed(tmp_path, playing(play)) as (_, transport):
        async with converse(transport, EXEC):
            await begun.wait()
        await ended.wait()
