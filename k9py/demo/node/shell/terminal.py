"""A terminal: what a line discipline (termios) does between the keys of a person and the processes on it."""

from __future__ import annotations

from collections.abc import Callable

from k9py.demo.node.shell.streams import Pipe, Reader, Tee, Writer
from k9py.demo.node.shell.tasks import Signal, Steps

INTR, QUIT, SUSPEND, EOF, ERASE, KILL, WORD = 3, 28, 26, 4, 127, 21, 23
SIGINT, SIGQUIT = 2, 3


class Terminal(Reader, Writer):
    """Keys come by `type`, what is shown goes to `output`. Cooked: lines with echo; raw: every key as it comes."""

    def __init__(self, output: Pipe | Tee) -> None:
        super().__init__()
        self.output = output
        self.rows, self.columns = 24, 80
        self.raw = False
        self.echo = True
        self.resized = Signal()
        self.moved = 0
        """Counts changes of its size."""
        self.interrupt: Callable[[int], None] = lambda signal: None
        """Sends a signal to what runs in the foreground."""
        self._line = bytearray()
        self._input = Pipe(1 << 20)

    @property
    def terminal(self) -> Terminal:  # type: ignore[override]
        """Itself."""
        return self

    @property
    def hung(self) -> bool:
        """Nobody is at the keys any more."""
        return self._input.ended

    def resize(self, columns: int, rows: int) -> None:
        """The window has another size, or is to be drawn anew. Nothing for a size of 0."""
        if columns and rows:
            self.columns, self.rows = columns, rows
            self.moved += 1
            self._input.readable.fire()

    def type(self, data: bytes) -> None:
        """Keys that were pressed."""
        if self.raw:
            self._input.feed(data)
            return
        for index, key in enumerate(data):
            self._key(13 if key == 13 else key)
            if self.raw:
                self._input.feed(data[index + 1 :])
                return

    def hang_up(self) -> None:
        """Nobody is at the keys any more."""
        self._input.end()

    def write(self, data: bytes) -> Steps[None]:
        """Show something; lines end in CR LF."""
        yield from self.output.write(data.replace(b"\n", b"\r\n"))

    def keys(self) -> Steps[bytes]:
        """For an editor: keys as they come; none at the end, and when the size has changed."""
        seen = self.moved
        while not self._input.held and not self._input.ended and seen == self.moved:
            yield self._input.readable
        return self._input.take()

    def cook(self) -> None:
        """Back to lines; keys that wait already are lines from now on."""
        self.raw = False
        waiting = self._input.take()
        if waiting:
            self.type(waiting)

    def _more(self) -> Steps[bytes]:
        while not self._input.held and not self._input.ended:
            yield self._input.readable
        data = self._input.take()
        line, end, rest = data.partition(b"\n")
        if b"\x04" in line:
            line, _, rest = data.partition(b"\x04")
            end = b""
        if rest:
            self.unread_keys(rest)
        return line + end

    def unread_keys(self, data: bytes) -> None:
        """Keys that are for the next who reads."""
        waiting = self._input.take()
        self._input.feed(data + waiting)

    def _key(self, key: int) -> None:
        special = _KEYS.get(key)
        if special:
            special(self)
            return
        self._line.append(10 if key == 13 else key)
        if key in (10, 13):
            self._show(b"\r\n")
            self._enter(b"")
        else:
            self._show(bytes((key,)) if key >= 32 or key == 9 else b"^" + bytes((key + 64,)))

    def _enter(self, mark: bytes) -> None:
        line, self._line = bytes(self._line), bytearray()
        self._input.feed(line + mark)

    def _show(self, data: bytes) -> None:
        if self.echo:
            self.output.feed(data)

    def _end(self) -> None:
        """Control-D: what was typed so far can be read; at the beginning of a line that is nothing: the end."""
        self._enter(b"\x04")

    def _erase(self) -> None:
        if self._line:
            while self._line and self._line[-1] & 0xC0 == 0x80:
                self._line.pop()
            self._line.pop()
            self._show(b"\b \b")

    def _kill(self) -> None:
        while self._line:
            self._erase()

    def _word(self) -> None:
        while self._line.endswith(b" "):
            self._erase()
        while self._line and not self._line.endswith(b" "):
            self._erase()

    def _interrupt(self) -> None:
        self._line.clear()
        self._show(b"^C")
        self.interrupt(SIGINT)

    def _quit(self) -> None:
        self._line.clear()
        self._show(b"^\\")
        self.interrupt(SIGQUIT)


_KEYS: dict[int, Callable[[Terminal], None]] = {
    EOF: Terminal._end,
    8: Terminal._erase,
    ERASE: Terminal._erase,
    KILL: Terminal._kill,
    WORD: Terminal._word,
    INTR: Terminal._interrupt,
    QUIT: Terminal._quit,
}
