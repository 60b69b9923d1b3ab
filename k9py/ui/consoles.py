"""Shells with their screens: they go on, and take in what comes, whether anybody looks at them or not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from k9py.session.shells import Shell, Shells, ShellState
from k9py.ui.frames import Frames
from k9py.ui.terminal.lines import LineInput
from k9py.ui.terminal.terminal import Terminal
from k9py.values.text import clean

SLICE = 0.0075
"""Seconds of a frame for taking in what shells have written, all of them together."""
LEAST = 0.001
"""Of these, for each that has something to say."""
LINES = "no terminal of its own: it is given lines, ctrl-d ends its input"

Wake = Callable[["Console"], None]


class Console:
    """One shell and its terminal. `on_change` is called by the frame clock when there is something new to see."""

    def __init__(self, talk: Shell, wake: Wake, changed: Callable[[], None], size: tuple[int, int]) -> None:
        self.talk = talk
        self.terminal = Terminal(*size)
        self.on_change: Callable[[], None] = lambda: None
        self.elsewhere = False
        """Whether it has the whole terminal now: that has the size, and answers what a program asks its terminal."""
        self.opened_at = time.time()
        self.spoke_at: float | None = None
        """When it wrote something last, in seconds since the epoch."""
        self._wake, self._changed = wake, changed
        self._paused = self._closed = False
        if not talk.channel.tty:  # then nobody has made new lines of line feeds
            self.terminal.screen.set_modes((20,), True)
        self._lines = LineInput() if talk.channel.stdin and not talk.channel.tty else None
        remark = clean(talk.channel.remark) or (LINES if self._lines else "")
        if remark:
            self.terminal.feed(f"\x1b[2m── {remark} ──\x1b[m\r\n".encode())
        talk.on_change = self._change
        talk.on_output = self._take

    @property
    def state(self) -> str:
        """`connecting`, `running`, or how it ended."""
        return clean(self.talk.ending) if self.ended and self.talk.ending else self.talk.state.value

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.talk.state is ShellState.ENDED

    @property
    def pod(self) -> str:
        """Namespace and name of its pod."""
        return clean(self.talk.channel.target.key.label)

    @property
    def container(self) -> str:
        """Which one of the pod."""
        channel = self.talk.channel
        query = channel.requests[0].query if channel.requests else {}
        return clean(str(query.get("container", "") or channel.target.part))

    @property
    def command(self) -> str:
        """What runs in it: the words after `--` of the kubectl command, or `attach`. Of a script only what reads it."""
        words = self.talk.channel.command.words
        words = words[words.index("--") + 1 :] if "--" in words else words[1:2]
        return clean(" ".join(words[:1] if words[1:2] == ("-c",) else words))

    def write(self, data: bytes) -> None:
        """What a person has typed."""
        if not data or self.ended:
            return
        if self._lines is None:
            self.talk.write(data)
            return
        shown, passed, ends = self._lines.type(data)
        self.terminal.feed(shown)
        self._wake(self)
        self.talk.write(passed)
        if ends:
            self.talk.end_input()

    def resize(self, columns: int, rows: int) -> None:
        """Have its screen, and the program's idea of it, of another size."""
        if (columns, rows) != self.terminal.size:
            self.terminal.screen.resize(columns, rows)
            if not self.ended and not self.elsewhere:
                self.talk.resize(columns, rows)
            self.on_change()

    def _take(self, data: bytes) -> None:
        self.terminal.feed(data)
        self.spoke_at = time.time()
        if self.terminal.behind and not self._paused:
            self._paused = True
            self.talk.pause(self)
        self._wake(self)

    def _change(self) -> None:
        self._wake(self)
        self._changed()

    def advance(self, seconds: float) -> None:
        """Take in what has come, for about so long, and answer what the program has asked its terminal."""
        self.terminal.advance(seconds)
        answers = self.terminal.screen.take_answers()
        if not self.elsewhere and self.talk.channel.tty:
            self.write(answers)
        if self._paused and not self.terminal.behind:
            self._paused = False
            self.talk.resume(self)
        if self.ended and not self._closed and not self.terminal.busy:
            self._closed = True
            self.terminal.screen.close(f"── {self.state} ──")
        self.on_change()


class Consoles:
    """All of them, oldest first. `on_change` is called when one is opened, changes its state, or is forgotten."""

    def __init__(self, frames: Frames, shells: Shells) -> None:
        self._shells = shells
        self.on_change: Callable[[], None] = lambda: None
        self._frames = frames
        self._all: list[Console] = []
        self._awake: dict[Console, None] = {}

    def __iter__(self) -> Iterator[Console]:
        return iter(tuple(self._all))

    def __len__(self) -> int:
        return len(self._all)

    @property
    def running(self) -> list[Console]:
        """Those that have not ended."""
        return [console for console in self._all if not console.ended]

    def add(self, talk: Shell, size: tuple[int, int] = (80, 24)) -> Console:
        """Give a shell a screen."""
        console = Console(talk, self._wake, lambda: self.on_change(), size)
        self._all.append(console)
        self._wake(console)
        self.on_change()
        return console

    def _wake(self, console: Console) -> None:
        self._awake[console] = None
        self._frames.mark(self._advance)

    def reopen(self, console: Console) -> Console | None:
        """Another shell like one that has ended, in its place; None where it goes on."""
        if not console.ended:
            return None
        fresh = self.add(self._shells.open(console.talk.session, console.talk.channel, console.terminal.size))
        fresh.terminal.screen.resize(*console.terminal.size)
        return fresh

    def forget(self, console: Console) -> None:
        """End it, and keep nothing of it."""
        if console in self._all:
            self._all.remove(console)
            self._awake.pop(console, None)
            console.talk.on_output = None
            self._shells.forget(console.talk)
            self.on_change()

    def beside(self, console: Console | None, by: int) -> Console | None:
        """The one that many places after another, from the last to the first; None where there is none."""
        if not self._all:
            return None
        here = self._all.index(console) if console in self._all else -by
        return self._all[(here + by) % len(self._all)]

    def _advance(self) -> None:
        """The painter: each that has something to say gets its share of the frame."""
        awake = list(self._awake)
        try:
            for console in awake:
                del self._awake[console]
                console.advance(max(LEAST, SLICE / len(awake)))
                if console.terminal.busy:
                    self._awake[console] = None
        finally:
            if self._awake:
                self._frames.mark(self._advance)
