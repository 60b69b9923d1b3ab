"""The line that a person types at a prompt: cursor keys, history, completion, as busybox's ash edits it."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable

from k9py.demo.node.shell.tasks import Steps
from k9py.demo.node.shell.terminal import Terminal

_ESCAPE = re.compile(r"\x1b(?:\[[0-9;]*[~A-Za-z]|O[A-Za-z]|[a-z])")
_CODE = re.compile(r"\x1b\[[0-9;]*m")

Complete = Callable[[str], tuple[str, list[str]]]
"""For what stands before the cursor: what to put in, and all that it could be."""


class Interrupted(Exception):
    """The line is thrown away."""


class Editor:
    """Reads lines at a terminal, and remembers them."""

    def __init__(self, terminal: Terminal, complete: Complete) -> None:
        self.history: list[str] = []
        self._terminal = terminal
        self._complete = complete
        self._text, self._at = "", 0
        self._prompt = ""
        self._place = 0
        self._draft = ""
        self._row = 0
        self._tabs = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._done = False

    def read(self, prompt: str) -> Steps[str | None]:
        """One line, or None at the end (Control-D, or nobody is there). Interrupted after Control-C."""
        self._prompt, self._text, self._at, self._row, self._done = prompt, "", 0, 0, False
        self._place = len(self.history)
        terminal = self._terminal
        terminal.raw = True
        try:
            self._show(prompt)
            while True:
                seen = terminal.moved
                data = yield from terminal.keys()
                if terminal.moved != seen:
                    self._redraw()
                if not data:
                    if terminal.hung:
                        return None
                    continue
                line = self._take(self._decoder.decode(data))
                if line is not None:
                    return line[0]
        finally:
            terminal.cook()

    def _take(self, keys: str) -> tuple[str | None] | None:
        """Handle keys until a line is whole; the rest waits for the next one."""
        at = 0
        while at < len(keys):
            match = _ESCAPE.match(keys, at)
            key = match[0] if match else keys[at]
            at += len(key)
            if key in ("\r", "\n", "\x03", "\x04"):
                ended = self._end(key)
                if ended is not None or key == "\x03":
                    self._terminal.unread_keys(keys[at:].encode("utf-8", "surrogateescape"))
                if key == "\x03":
                    raise Interrupted
                if ended is not None:
                    return ended
            else:
                self._key(key)
        return None

    def _end(self, key: str) -> tuple[str | None] | None:
        if key == "\x04" and self._text:
            self._key("\x1b[3~")
            return None
        self._at = len(self._text)
        if key == "\x03":
            self._show("^C\r\n")
            return None
        if key == "\x04":
            self._show("\r\n")
            return (None,)
        self._go_to_end()
        self._show("\r\n")
        if self._text.strip() and self.history[-1:] != [self._text]:
            self.history.append(self._text)
            del self.history[:-500]
        return (self._text,)

    def _key(self, key: str) -> None:
        self._tabs = self._tabs + 1 if key == "\t" else 0
        action = _ACTIONS.get(key)
        if action:
            action(self)
        elif key.isprintable() or "\udc80" <= key <= "\udcff":
            self._insert(key)

    def _insert(self, text: str) -> None:
        at_end = self._at == len(self._text)
        self._text = self._text[: self._at] + text + self._text[self._at :]
        self._at += len(text)
        if at_end:
            self._show(text)
            self._wrap()
        elif self._fits():
            rest = self._text[self._at :]
            self._show(text + rest + "\b" * _width(rest))
        else:
            self._redraw()

    def _wrap(self) -> None:
        """A terminal waits in the last column: go on in the next row, as ash does."""
        columns = _width(self._prompt) + _width(self._text)
        if columns and columns % self._terminal.columns == 0:
            self._show(" \r")
        self._row = columns // self._terminal.columns

    def _fits(self) -> bool:
        return _width(self._prompt) + _width(self._text) < self._terminal.columns

    def _set(self, text: str, at: int) -> None:
        self._text, self._at = text, at
        self._redraw()

    def _redraw(self) -> None:
        """Draw prompt and text anew from where the prompt begins, and put the cursor where it belongs."""
        columns = self._terminal.columns
        up = f"\x1b[{self._row}A" if self._row else ""
        before, after = self._text[: self._at], self._text[self._at :]
        end = _width(self._prompt) + _width(self._text)
        here = _width(self._prompt) + _width(before)
        back = "\b" * _width(after) if end < columns else _jump(end, here, columns)
        edge = " \r" if end and end % columns == 0 else ""
        self._show(f"{up}\r{self._prompt}{self._text}{edge}\x1b[J{back}")
        self._row = here // columns

    def _go_to_end(self) -> None:
        """Below the last row of the text, wherever the cursor is."""
        columns = self._terminal.columns
        last = (_width(self._prompt) + _width(self._text)) // columns
        if self._row < last:
            self._show(f"\x1b[{last - self._row}B")
        self._row = 0

    def _show(self, text: str) -> None:
        self._terminal.output.feed(text.encode("utf-8", "surrogateescape"))

    def _backspace(self) -> None:
        if not self._at:
            return
        gone = self._text[self._at - 1]
        self._text = self._text[: self._at - 1] + self._text[self._at :]
        self._at -= 1
        if self._fits():
            rest = self._text[self._at :]
            self._show("\b" * _width(gone) + "\x1b[J" + rest + "\b" * _width(rest))
        else:
            self._redraw()

    def _delete(self) -> None:
        if self._at < len(self._text):
            self._set(self._text[: self._at] + self._text[self._at + 1 :], self._at)

    def _left(self) -> None:
        if self._at:
            self._at -= 1
            if self._fits():
                self._show("\b" * _width(self._text[self._at]))
            else:
                self._redraw()

    def _right(self) -> None:
        if self._at < len(self._text):
            self._at += 1
            if self._fits():
                self._show(self._text[self._at - 1])
            else:
                self._redraw()

    def _home(self) -> None:
        if self._fits():
            self._show("\b" * _width(self._text[: self._at]))
            self._at = 0
        else:
            self._set(self._text, 0)

    def _to_end(self) -> None:
        if self._fits():
            self._show(self._text[self._at :])
            self._at = len(self._text)
        else:
            self._set(self._text, len(self._text))

    def _word_left(self) -> None:
        self._set(self._text, self._word_start())

    def _word_right(self) -> None:
        match = re.compile(r"\s*\S*").match(self._text, self._at)
        self._set(self._text, match.end() if match else len(self._text))

    def _word_start(self) -> int:
        before = self._text[: self._at].rstrip()
        return max(before.rfind(" ") + 1, 0)

    def _erase_word(self) -> None:
        start = self._word_start()
        self._set(self._text[:start] + self._text[self._at :], start)

    def _erase_before(self) -> None:
        self._set(self._text[self._at :], 0)

    def _erase_after(self) -> None:
        self._set(self._text[: self._at], self._at)

    def _clear(self) -> None:
        self._show("\x1b[H\x1b[J")
        self._row = 0
        self._redraw()

    def _older(self) -> None:
        if self._place == len(self.history):
            self._draft = self._text
        if self._place:
            self._place -= 1
            self._set(self.history[self._place], len(self.history[self._place]))

    def _newer(self) -> None:
        if self._place < len(self.history):
            self._place += 1
            text = self._draft if self._place == len(self.history) else self.history[self._place]
            self._set(text, len(text))

    def _tab(self) -> None:
        more, choices = self._complete(self._text[: self._at])
        if more:
            self._text = self._text[: self._at] + more + self._text[self._at :]
            self._at += len(more)
            self._redraw()
        elif len(choices) > 1 and self._tabs > 1:
            self._show("\r\n" + _columns(choices, self._terminal.columns))
            self._row = 0
            self._redraw()


def _jump(end: int, here: int, columns: int) -> str:
    rows = end // columns - here // columns
    return (f"\x1b[{rows}A" if rows else "") + "\r" + (f"\x1b[{here % columns}C" if here % columns else "")


def _width(text: str) -> int:
    plain = _CODE.sub("", text)
    if plain.isascii():
        return len(plain)
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in plain
    )


def _columns(names: list[str], columns: int) -> str:
    width = max(map(len, names)) + 2
    across = max(1, columns // width)
    rows = [names[at : at + across] for at in range(0, len(names), across)]
    return "".join("".join(name.ljust(width) for name in row).rstrip() + "\r\n" for row in rows)


_ACTIONS: dict[str, Callable[[Editor], None]] = {
    "\x7f": Editor._backspace,
    "\x08": Editor._backspace,
    "\x1b[3~": Editor._delete,
    "\x1b[D": Editor._left,
    "\x1bOD": Editor._left,
    "\x02": Editor._left,
    "\x1b[C": Editor._right,
    "\x1bOC": Editor._right,
    "\x06": Editor._right,
    "\x1b[A": Editor._older,
    "\x1bOA": Editor._older,
    "\x10": Editor._older,
    "\x1b[B": Editor._newer,
    "\x1bOB": Editor._newer,
    "\x0e": Editor._newer,
    "\x01": Editor._home,
    "\x1b[H": Editor._home,
    "\x1b[1~": Editor._home,
    "\x1bOH": Editor._home,
    "\x05": Editor._to_end,
    "\x1b[F": Editor._to_end,
    "\x1b[4~": Editor._to_end,
    "\x1bOF": Editor._to_end,
    "\x1bb": Editor._word_left,
    "\x1b[1;5D": Editor._word_left,
    "\x1bf": Editor._word_right,
    "\x1b[1;5C": Editor._word_right,
    "\x17": Editor._erase_word,
    "\x15": Editor._erase_before,
    "\x0b": Editor._erase_after,
    "\x0c": Editor._clear,
    "\t": Editor._tab,
}
