"""What a client that attaches to a main process sees of it, and sends to it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from k9py.demo.http.channels.remote import RESIZE, STDERR, STDIN, STDOUT, SUCCESS, Channels, fired, pour, resize
from k9py.demo.node.log import Log
from k9py.demo.node.shell.program import Console
from k9py.demo.node.shell.streams import Pipe
from k9py.demo.node.shell.system import System


async def attach_console(
    system: System, console: Console, channels: Channels, stdin: bool, stdout: bool, stderr: bool
) -> None:
    """Attach to a shell or another simulated command. When the client leaves, it goes on."""
    pipes: list[tuple[Pipe, int]] = []
    for tee, wanted, channel in ((console.out, stdout, STDOUT), (console.err, stderr, STDERR)):
        if wanted and (channel == STDOUT or not console.tty):
            pipe = Pipe()
            tee.listeners.append(pipe)
            pipes.append((pipe, channel))
    listening = asyncio.create_task(_listen(console, channels, stdin))
    pouring = asyncio.create_task(_pour_all(pipes, channels, system))
    try:
        await asyncio.wait((listening, pouring), return_when=asyncio.FIRST_COMPLETED)
        if pouring.done() or listening.result():
            await channels.finish(SUCCESS, "")
    except ConnectionError:
        return
    finally:
        for task in (listening, pouring):
            task.cancel()
        await asyncio.gather(listening, pouring, return_exceptions=True)
        for pipe, _ in pipes:
            for tee in (console.out, console.err):
                with suppress(ValueError):
                    tee.listeners.remove(pipe)
        if console.once and stdin and console.stdin:
            console.stdin.end()


async def _pour_all(pipes: list[tuple[Pipe, int]], channels: Channels, system: System) -> None:
    if not pipes:
        await fired(system.ended)
    await asyncio.gather(*(pour(pipe, channels, channel) for pipe, channel in pipes))


async def _listen(console: Console, channels: Channels, stdin: bool) -> bool:
    """Take what it sends. Whether its input has ended, which ends the attaching where one may attach again."""
    while (message := await channels.receive()) is not None:
        channel, data = message
        if channel == RESIZE and data and console.terminal:
            resize(console.terminal.resize, data)
        elif channel == STDIN and stdin and data:
            if console.terminal:
                console.terminal.type(data)
            elif console.stdin:
                console.stdin.feed(data)
        elif channel == STDIN and stdin and data is None and console.stdin:
            if not console.once:
                return True
            console.stdin.end()
    return False


async def attach_log(log: Log, channels: Channels, stdout: bool, stderr: bool) -> None:
    """Attach to a program of the simulation: what it says from now on."""
    listening = asyncio.create_task(_until_gone(channels))
    telling = asyncio.create_task(_tell(log, channels, {"stdout": stdout, "stderr": stderr}))
    try:
        await asyncio.wait((listening, telling), return_when=asyncio.FIRST_COMPLETED)
        if telling.done():
            await channels.finish(SUCCESS, "")
    except ConnectionError:
        return
    finally:
        for task in (listening, telling):
            task.cancel()
        await asyncio.gather(listening, telling, return_exceptions=True)


async def _until_gone(channels: Channels) -> None:
    while await channels.receive() is not None:
        pass


async def _tell(log: Log, channels: Channels, wanted: dict[str, bool]) -> None:
    number = log.lines[-1].number + 1 if log.lines else 0
    while True:
        lines = [line for line in log.lines if line.number >= number]
        for line in lines:
            number = line.number + 1
            if wanted.get(line.stream):
                await channels.send(STDOUT if line.stream == "stdout" else STDERR, line.text + b"\n")
        if lines:
            continue
        if log.ended:
            return
        await log.moved()
