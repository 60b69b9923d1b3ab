"""Conversations with containers that are alive: shells, commands, attachments. They belong to no screen.

A screen listens to one (`on_output`), and may stop: the conversation goes on. One that has ended says how, and keeps
what it wrote until it is forgotten.
"""

from __future__ import annotations

import asyncio
import signal
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from enum import Enum

from k9py.actions.gather import REPLACED
from k9py.actions.inside import place_in
from k9py.actions.plan import Channel
from k9py.kube.channel import Conversation, Ending, converse, shows_absent
from k9py.session.audit import Audit
from k9py.session.faults import Faults
from k9py.session.session import Session
from k9py.session.tasks import Tasks
from k9py.values.errors import K9pyError
from k9py.values.request import Request

GRACE = 0.5
"""Seconds after which a program that has written nothing is taken to run: what cannot be started says so before."""
HEAD = 2_000
"""Bytes of its first output in which a container runtime may say that there is no such program."""
KEPT = 4_000_000
"""Bytes that are kept while nobody listens; then the program waits until somebody does."""


class ShellState(Enum):
    """How far a conversation is."""

    CONNECTING = "connecting"
    RUNNING = "running"
    ENDED = "ended"


class Shell:
    """One conversation. `on_change` is called when `state` or `ending` is another.

    `ending` is one line for the person; `failed` whether it did not end by itself: refused, lost, closed.
    """

    def __init__(
        self,
        number: int,
        session: Session,
        channel: Channel,
        audit: Audit,
        size: tuple[int, int],
        changed: Callable[[], None],
    ) -> None:
        self.number = number
        self.title = channel.says
        self.channel = channel
        self.session = session
        self.state = ShellState.CONNECTING
        self.ending = ""
        self.exit_code: int | None = None
        self.failed = False
        self.on_change: Callable[[], None] = lambda: None
        self.on_taken: Callable[[], None] = lambda: None
        """Called when all that was written has been taken."""
        self.pending = 0
        """Bytes of it that the other end has not taken yet."""
        self._audit = audit
        self._changed = changed
        self._size = size
        self._resized = True
        self._typed = False
        self._written: deque[bytes] = deque()
        self._input_ends = False
        self._work = asyncio.Event()
        self._begun = asyncio.Event()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._holders: set[object] = set()
        """Who has paused it."""
        self._head = b""
        self._kept = bytearray()
        self._listener: Callable[[bytes], None] | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def on_output(self) -> Callable[[bytes], None] | None:
        """Who is given what comes, in order, on the loop. What comes while there is none is kept for the next."""
        return self._listener

    @on_output.setter
    def on_output(self, listener: Callable[[bytes], None] | None) -> None:
        self._listener = listener
        if listener and self._kept:
            kept = bytes(self._kept)
            self._kept.clear()
            listener(kept)
        self.resume(self)

    @property
    def begun(self) -> bool:
        """Whether its program has run."""
        return self._begun.is_set()

    def write(self, data: bytes) -> None:
        """Standard input: it is queued, and sent as the other end takes it."""
        if self.state is ShellState.ENDED or not self.channel.stdin or not data:
            return
        self._typed = True
        self._written.append(data)
        self.pending += len(data)
        self._work.set()

    def end_input(self) -> None:
        """End standard input, after what was written; on a server that cannot, the output says so."""
        self._input_ends = True
        self._work.set()

    def resize(self, columns: int, rows: int) -> None:
        """Tell the program's terminal its size."""
        if (columns, rows) != self._size:
            self._size, self._resized = (columns, rows), True
            self._work.set()

    def pause(self, holder: object) -> None:
        """Take in nothing more for now: the program waits. For a listener that cannot keep up."""
        self._holders.add(holder)
        self._flowing.clear()

    def resume(self, holder: object) -> None:
        """Go on after a pause, once nobody else needs one."""
        self._holders.discard(holder)
        if not self._holders:
            self._flowing.set()

    def close(self) -> None:
        """End it."""
        if self._task is not None and self.state is not ShellState.ENDED:
            self._task.cancel()

    def begin(self, tasks: Tasks) -> None:
        """Open it, once."""
        self._task = tasks.start(self._run(), f"talking to {self.title}")

    async def _run(self) -> None:
        try:
            await self._audit.intend_channel(self.number, self.session, self.channel)
            await self._check()
            self._tell(await self._talk())
        except K9pyError as error:
            self._end(error.line, failed=True)
        except asyncio.CancelledError:  # by `close`; that it was closed is an ending like others
            self._end("closed", failed=True)
        finally:
            if self.state is not ShellState.ENDED:
                self._end("k9py failed; its log says why", failed=True)
            await self._audit.tell_ending(self.number, self.channel, self.ending, done=self.begun)

    async def _check(self) -> None:
        """Look whether it is still the pod that was meant, and the container runs: no request can carry its uid."""
        target = self.channel.target
        pod = await self.session.read(Request("GET", target.path()))
        if pod["metadata"].get("uid") != target.uid:
            raise REPLACED
        place_in(pod, target.part)

    async def _talk(self) -> Ending:
        """Try the requests until one finds its program, and talk to that."""
        ending = Ending(None)
        for request in self.channel.requests:
            ending = await self._converse(request)
            if not self._is_absent(ending):
                return ending
        raise K9pyError(self.channel.absent)

    def _is_absent(self, ending: Ending) -> bool:
        """Whether there is no such program: some runtimes say so in its output, with an exit code."""
        if self._typed and self.begun:
            return False
        said = bool(ending.code) and shows_absent(self._head.decode("utf-8", "replace"))
        return ending.absent or said

    async def _converse(self, request: Request) -> Ending:
        self._head, self._resized = b"", True
        async with converse(self.session.transport, request) as talk:
            writing = asyncio.create_task(self._pour(talk, request))
            waiting = asyncio.get_running_loop().call_later(GRACE, self._begin)
            try:
                async for data in talk.output():
                    self._take(data)
                    await self._flowing.wait()
            finally:
                waiting.cancel()
                writing.cancel()
                await asyncio.wait({writing})
            if not writing.cancelled() and (error := writing.exception()):
                raise error
            return talk.ending

    def _begin(self) -> None:
        self._begun.set()
        if self.state is ShellState.CONNECTING:
            self.state = ShellState.RUNNING
            self._tell_change()

    def _take(self, data: bytes) -> None:
        self._head += data[: max(0, HEAD - len(self._head))]
        if not self.begun and not shows_absent(self._head.decode("utf-8", "replace")):
            self._begin()
        if self._listener:
            self._listener(data)
            return
        self._kept += data
        if len(self._kept) > KEPT:
            self.pause(self)

    async def _pour(self, talk: Conversation, request: Request) -> None:
        """Send what was written, and the size. That the connection is lost is told by who reads from it."""
        with suppress(K9pyError):
            await self._send_size(talk, again=request.path.endswith("/attach"))
            await self._begun.wait()  # what is typed before that may be meant for the next program that is tried
            while True:
                await self._work.wait()
                self._work.clear()
                await self._send_size(talk)
                await self._send_written(talk)

    async def _send_size(self, talk: Conversation, again: bool = False) -> None:
        """Tell its size where it is another. `again` has a program that runs already paint anew, by another first."""
        if self._resized and self.channel.tty:
            self._resized = False
            columns, rows = self._size
            if again:
                await talk.resize(columns + 1, rows + 1)
            await talk.resize(columns, rows)

    async def _send_written(self, talk: Conversation) -> None:
        while self._written:
            data = self._written.popleft()
            await talk.send(data)
            self.pending -= len(data)
            await self._send_size(talk)  # which need not wait for the rest
        self.on_taken()
        if self._input_ends:
            self._input_ends = False
            await self._end_input(talk)

    async def _end_input(self, talk: Conversation) -> None:
        try:
            await talk.end_input()
        except K9pyError as error:
            if talk.can_end_input:
                raise
            self._take(f"\r\n{error.line}\r\n".encode())

    def _tell(self, ending: Ending) -> None:
        """What a program's end is called."""
        self.exit_code = ending.code
        if ending.code is None:
            self._end(ending.message, failed=True)
            return
        attached = self.channel.requests[0].path.endswith("/attach")
        self._end("it has ended" if attached and not ending.code else f"exit code {name_code(ending.code)}")

    def _end(self, ending: str, failed: bool = False) -> None:
        self.state, self.ending, self.failed = ShellState.ENDED, ending, failed
        self._written.clear()
        self.pending = 0
        self.on_taken()
        self._tell_change()

    def _tell_change(self) -> None:
        self.on_change()
        self._changed()


def name_code(code: int) -> str:
    """An exit code, and the signal that it stands for: `137 (SIGKILL)`."""
    with suppress(ValueError):
        return f"{code} ({signal.Signals(code - 128).name})" if code > 128 else str(code)
    return str(code)


class Shells:
    """All conversations, oldest first. `on_change` is called when one is opened, changes or is forgotten."""

    def __init__(self, audit: Audit, faults: Faults) -> None:
        self.list: list[Shell] = []
        self.on_change: Callable[[], None] = lambda: None
        self._audit = audit
        self._tasks = Tasks(faults)
        self._count = 0

    @property
    def running(self) -> list[Shell]:
        """Those that have not ended."""
        return [shell for shell in self.list if shell.state is not ShellState.ENDED]

    def describe_running(self) -> list[str]:
        """What quitting would cut off, a line each."""
        return [f"{shell.title}: runs" for shell in self.running]

    def open(self, session: Session, channel: Channel, size: tuple[int, int] = (80, 24)) -> Shell:
        """Open a conversation in a window of `size` (columns, rows); its state says how it goes."""
        self._count += 1
        shell = Shell(self._count, session, channel, self._audit, size, lambda: self.on_change())
        self.list.append(shell)
        shell.begin(self._tasks)
        self.on_change()
        return shell

    def forget(self, shell: Shell) -> None:
        """End it, and keep nothing of it."""
        shell.close()
        if shell in self.list:
            self.list.remove(shell)
            self.on_change()

    async def close(self) -> None:
        """End them all."""
        await self._tasks.close()
