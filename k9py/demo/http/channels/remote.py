"""A command's streams between a container and a client, whatever carries them (client-go tools/remotecommand)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from k9py.demo.core.status import StatusError
from k9py.demo.node.shell.session import Session
from k9py.demo.node.shell.streams import Pipe
from k9py.demo.node.shell.tasks import Signal

STDIN, STDOUT, STDERR, ERROR, RESIZE = range(5)
"""Channels."""
PIECE = 32_768
"""Bytes that are sent at once."""


class Channels(Protocol):
    """The client's end."""

    async def receive(self) -> tuple[int, bytes | None] | None:
        """A channel and its bytes, None for them if it is closed; None when the client has gone."""

    async def send(self, channel: int, data: bytes) -> None:
        """Bytes to the client."""

    async def finish(self, status: Mapping[str, Any] | None, plain: str) -> None:
        """The end: what channel 3 says, as a Status or in plain words for the oldest protocol."""


class Refusal(Exception):
    """What could not be started: it is told on channel 3."""


SUCCESS: Mapping[str, Any] = {"metadata": {}, "status": "Success"}


def exit_status(code: int) -> Mapping[str, Any]:
    """How a command has ended."""
    if not code:
        return SUCCESS
    text = f"command terminated with non-zero exit code: command terminated with exit code {code}"
    causes = [{"reason": "ExitCode", "message": str(code)}]
    return {
        "metadata": {},
        "status": "Failure",
        "message": text,
        "reason": "NonZeroExitCode",
        "details": {"causes": causes},
    }


def internal_error(text: str) -> Mapping[str, Any]:
    """Something has gone wrong in the node."""
    head = {
        "metadata": {},
        "status": "Failure",
        "message": f"Internal error occurred: {text}",
        "reason": "InternalError",
    }
    return {**head, "details": {"causes": [{"message": text}]}, "code": 500}


async def fired(signal: Signal) -> None:
    """Wait for a signal of a container."""
    future = asyncio.get_running_loop().create_future()
    signal.add(lambda: None if future.done() else future.set_result(None))
    await future


async def take(pipe: Pipe) -> bytes:
    """What a container has written; none at the end."""
    while not pipe.held and not pipe.ended:
        await fired(pipe.readable)
    return pipe.take()


async def pour(pipe: Pipe, channels: Channels, channel: int) -> None:
    """Send what a container writes until it ends; it waits meanwhile."""
    while data := await take(pipe):
        for at in range(0, len(data), PIECE):
            await channels.send(channel, data[at : at + PIECE])


async def converse(session: Session, channels: Channels) -> None:
    """Carry bytes both ways until the command has ended, or the client has gone."""
    reading = asyncio.create_task(_listen(session, channels))
    pouring = asyncio.create_task(_pour_all(session, channels))
    try:
        await asyncio.wait((reading, pouring), return_when=asyncio.FIRST_COMPLETED)
        if pouring.done():
            pouring.result()
            while not session.done:
                await fired(session.task.finished)
            code = session.task.status
            words = " ".join(session.argv)
            said = f"command terminated with non-zero exit code: error executing command [{words}], exit code {code}"
            plain = said if code else ""
            await channels.finish(exit_status(code), plain)
    except ConnectionError:
        return
    finally:
        for task in (reading, pouring):
            task.cancel()
        await asyncio.gather(reading, pouring, return_exceptions=True)
        session.leave()


async def _pour_all(session: Session, channels: Channels) -> None:
    waiting = [pour(session.stdout, channels, STDOUT)]
    if session.stderr:
        waiting.append(pour(session.stderr, channels, STDERR))
    await asyncio.gather(*waiting)


async def _listen(session: Session, channels: Channels) -> None:
    """Hand on what the client sends until it goes."""
    while (message := await channels.receive()) is not None:
        channel, data = message
        if channel == STDIN and data is None:
            session.end_input()
        elif channel == STDIN and data:
            session.feed(data)
            while session.stdin and session.stdin.full and not session.done:
                await fired(session.stdin.writable)
        elif channel == RESIZE and data and session.terminal:
            resize(session.terminal.resize, data)


def resize(do: Any, data: bytes) -> None:
    """Hand on a size of the window: `{"Width":80,"Height":24}`. What is none is passed over, as in the real one."""
    try:
        size = msgspec.json.decode(data)
        do(int(size["Width"]), int(size["Height"]))
    except (msgspec.DecodeError, KeyError, TypeError, ValueError):
        return


def dump(status: Mapping[str, Any]) -> bytes:
    """A Status as channel 3 has it."""
    return json.dumps(status, separators=(",", ":"), ensure_ascii=False).encode()


def refusal_of(error: StatusError) -> Mapping[str, Any]:
    """The Status of a refusal."""
    return error.status()
