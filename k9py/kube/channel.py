"""A conversation with a container over one websocket: exec and attach (KEP-4006).

The first byte of each message is its channel: 0 to 2 are the streams of the program, 3 says how it has ended (a
Status), 4 takes the size of the window. Data are bytes all the way: a character may be cut in two.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import ClientWebSocketResponse, WSMessage, WSMsgType

from k9py.kube.failures import NETWORK_ERRORS, one_line
from k9py.kube.transport import Transport
from k9py.values.errors import ApiError, K9pyError, Unreachable
from k9py.values.request import Request

STDIN, STDOUT, STDERR, ERROR, RESIZE = range(5)
CLOSE = 255
"""In v5: the byte after it is a channel that has ended."""
V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
PIECE = 32_768
"""Bytes that are sent at once."""
PING = 15.0
"""Seconds of silence after which the other end is asked whether it is there."""
SILENCE = 60.0
"""Seconds without a sign of life after which the connection is lost."""
FAREWELL = 3.0
"""Seconds that the server may take to close after it has said how the program ended."""
_ABSENT = re.compile(
    r"executable file .*not found|exec:? .*\bstat \S+ no such file or directory|error finding executable"
    r"|cannot find the file",
    re.I,
)
"""How runc, crun, gVisor and Windows say that there is no such program. Other files may be lacking, too."""
_RUNTIME = re.compile(r"\s*(time=\S+ level=\S+ msg=)?\W*(OCI runtime|exec failed|runc|crun|failed to exec)", re.I)
"""How a container runtime begins what it says in the place of a program."""
_INTERNAL = re.compile(r"^(Internal error occurred: )+")
LONGEST = 1_000
"""Of what a runtime says, the reason stands at the end."""
_NEEDED = "create on pods/{} is needed, and get as well on servers before 1.35"


class LostConnection(Unreachable):
    """A conversation that was cut: nobody knows how the program ended, or whether it has."""


def says_absent(text: str) -> bool:
    """Whether a container runtime says that there is no such program."""
    return bool(_ABSENT.search(text))


def shows_absent(output: str) -> bool:
    """Whether what came as output of a program is a container runtime's word that there is none."""
    return bool(_RUNTIME.match(output)) and says_absent(output)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a program has ended: its exit code, or (None) in the server's words why it could not be run to its end."""

    code: int | None
    message: str = ""

    @property
    def absent(self) -> bool:
        """Whether there is no such program in the container."""
        return self.code is None and says_absent(self.message)


class _Details(msgspec.Struct):
    causes: list[dict[str, Any]] | None = None


class _Status(msgspec.Struct):
    """Status of meta/v1, as channel 3 has it."""

    status: str = ""
    message: str = ""
    reason: str = ""
    details: _Details | None = None


def read_ending(told: bytes) -> Ending:
    """What channel 3 says. A failure without an exit code is one of the node, and of the oldest servers plain text."""
    try:
        status = msgspec.json.decode(told, type=_Status)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Ending(None, one_line(told.decode("utf-8", "replace")))
    if status.status == "Success":
        return Ending(0)
    causes = (status.details and status.details.causes) or ()
    codes = [str(cause.get("message", "")) for cause in causes if cause.get("reason") == "ExitCode"]
    code = int(codes[0]) if codes and codes[0].isdigit() else None
    said = _INTERNAL.sub("", one_line(status.message, LONGEST))
    return Ending(code, said or status.reason or "it failed, and nothing was said of why")


class Conversation:
    """Reading is one coroutine's, sending another's. `ending` is known when the output is over."""

    def __init__(self, socket: ClientWebSocketResponse, server: str) -> None:
        self.ending = Ending(None)
        self._socket = socket
        self._server = server
        self._told = b""
        self._sending = False

    @property
    def can_end_input(self) -> bool:
        """Whether standard input can be ended and the output still be read: not before v5 (Kubernetes 1.30)."""
        return self._socket.protocol == V5

    async def output(self) -> AsyncIterator[bytes]:
        """What the program writes to its outputs, in order, until it has ended. LostConnection."""
        while (message := await self._receive()) is not None:
            data = message.data.encode() if message.type is WSMsgType.TEXT else bytes(message.data)
            if data[:1] == bytes((ERROR,)):
                self._told += data[1:]
            elif data[:1] in (bytes((STDOUT,)), bytes((STDERR,))) and len(data) > 1:  # an empty one is a greeting
                yield data[1:]
        if not self._told:
            raise self._lost("it was closed without a word of how the program ended")
        self.ending = read_ending(self._told)

    async def send(self, data: bytes) -> None:
        """Standard input, in pieces; it waits until they are taken. LostConnection."""
        for at in range(0, len(data), PIECE):
            await self._send(bytes((STDIN,)) + data[at : at + PIECE])

    async def end_input(self) -> None:
        """End standard input. K9pyError where the server cannot."""
        if not self.can_end_input:
            raise K9pyError("this server cannot end standard input", "Kubernetes 1.30 and later can")
        await self._send(bytes((CLOSE, STDIN)))

    async def resize(self, columns: int, rows: int) -> None:
        """Tell the program's terminal how large the window is."""
        await self._send(bytes((RESIZE,)) + msgspec.json.encode({"Width": columns, "Height": rows}))

    async def _receive(self) -> WSMessage | None:
        """The next message that has data; None when there is nothing more to come."""
        silent = 0.0
        while True:
            patience = FAREWELL if self._told else PING
            try:
                message = await self._socket.receive(patience)
            except TimeoutError:
                if self._told:
                    return None
                # who does not take what is sent does not get to a ping behind it
                silent = 0.0 if self._sending else silent + patience
                if silent >= SILENCE:
                    raise self._lost(f"it has been silent for {silent:g} s") from None
                await self._ping()
                continue
            if message.type in (WSMsgType.BINARY, WSMsgType.TEXT):
                return message
            if message.type is WSMsgType.PING:
                await self._socket.pong(message.data)
            elif message.type is WSMsgType.ERROR:
                raise self._lost(one_line(str(message.data)))
            elif message.type is not WSMsgType.PONG:
                return None
            silent = 0.0

    async def _ping(self) -> None:
        if self._sending or self._socket.closed:
            return
        try:
            async with asyncio.timeout(PING):
                await self._socket.ping()
        except NETWORK_ERRORS as error:
            raise self._lost(one_line(str(error))) from error

    async def _send(self, message: bytes) -> None:
        self._sending = True
        try:
            await self._socket.send_bytes(message)
        except NETWORK_ERRORS as error:
            raise self._lost(one_line(str(error))) from error
        finally:
            self._sending = False

    def _lost(self, why: str) -> LostConnection:
        said = f"the connection through {self._server} was lost: {why}"
        return LostConnection(said, "the program may go on without it")


@asynccontextmanager
async def converse(transport: Transport, request: Request) -> AsyncGenerator[Conversation]:
    """Open a conversation; it is over when the block ends.

    ApiError in the server's own words where it does not let us in; Unreachable, LoginFailed.
    """
    async with AsyncExitStack() as stack:
        try:
            socket = await stack.enter_async_context(transport.socket(request, (V5, V4)))
        except ApiError as refusal:
            raise _explain(refusal, request) from refusal
        if socket.protocol is None:
            raise K9pyError(f"{transport.server} speaks neither {V5} nor {V4}", "is there a proxy before it?")
        yield Conversation(socket, transport.server)


def _explain(refusal: ApiError, request: Request) -> ApiError:
    """Say which right is lacking: a websocket is opened by GET, but it is `create` that is asked for."""
    if not refusal.denied:
        return refusal
    cure = _NEEDED.format(request.path.rpartition("/")[2])
    return ApiError(refusal.status, refusal.reason, refusal.message, cure, refusal.details)
