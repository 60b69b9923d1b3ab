"""Words of the shell's language: quotes, `$`, back-ticks. The half of the parser that looks at letters."""

from __future__ import annotations

from collections.abc import Callable

from k9py.demo.node.shell.tree import Output, Part, Sequence, Sum, Text, Variable, Word

_BREAKS = frozenset(" \t\n;&|<>()")
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_SPECIAL = frozenset("?$#!@*-0123456789")
_OPERATORS = (":-", ":=", ":?", ":+", "-", "=", "?", "+", "##", "#", "%%", "%", "//", "/", ":", "^^", ",,")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "e": "\x1b", "a": "\a", "b": "\b", "0": "\0"}


class ShellSyntaxError(Exception):
    """Something that cannot be; `more` if it only goes on in the next line."""

    def __init__(self, message: str, more: bool = False) -> None:
        super().__init__(message)
        self.more = more


def unended(what: str) -> ShellSyntaxError:
    """A quote or a bracket without its end."""
    return ShellSyntaxError(f"unterminated {what}" if len(what) > 1 else "unterminated quoted string", more=True)


class Words:
    """Reads words out of a text."""

    def __init__(self, text: str, commands: Callable[[str], Sequence]) -> None:
        self.text = text
        self.at = 0
        self._commands = commands

    def peek(self, ahead: int = 0) -> str:
        """The letter that comes; empty at the end."""
        return self.text[self.at + ahead : self.at + ahead + 1]

    def blanks(self) -> None:
        """Leave out blanks, comments and joined lines."""
        while True:
            if self.peek() in (" ", "\t") and self.peek():
                self.at += 1
            elif self.text.startswith("\\\n", self.at):
                self.at += 2
            elif self.peek() == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return

    def word(self) -> Word | None:
        """The next word, or None if something else comes."""
        self.blanks()
        word = Word()
        start = self.at
        while (letter := self.peek()) and letter not in _BREAKS:
            self._part(letter, word)
        return word if self.at > start else None

    def _part(self, letter: str, word: Word) -> None:
        if letter == "'":
            word.parts.append(Text(self._until("'"), True))
        elif letter == '"':
            self.at += 1
            word.parts.extend(self._double('"'))
        elif letter == "\\":
            self._escaped(word)
        elif letter == "`":
            word.parts.append(self._back_ticks(False))
        elif letter == "$":
            if self.peek(1) == "'":
                self.at += 1
                word.parts.append(Text(self._ansi(), True))
            else:
                word.parts.append(self._dollar(False))
        else:
            start = self.at
            while (letter := self.peek()) and letter not in _BREAKS and letter not in "'\"\\`$":
                self.at += 1
            word.parts.append(Text(self.text[start : self.at]))

    def _escaped(self, word: Word) -> None:
        following = self.peek(1)
        self.at += 2
        if following == "":
            raise ShellSyntaxError("unexpected end of file", more=True)
        if following != "\n":
            word.parts.append(Text(following, True))

    def _until(self, quote: str) -> str:
        end = self.text.find(quote, self.at + 1)
        if end < 0:
            raise unended(quote)
        found = self.text[self.at + 1 : end]
        self.at = end + 1
        return found

    def _ansi(self) -> str:
        """`$'…'`."""
        self.at += 1
        found = []
        while (letter := self.peek()) != "'":
            if not letter:
                raise unended("'")
            if letter == "\\":
                self.at += 1
                letter = _ESCAPES.get(self.peek(), self.peek())
            found.append(letter)
            self.at += 1
        self.at += 1
        return "".join(found)

    def _double(self, end: str) -> list[Part]:
        """What stands in double quotes; they have been read."""
        parts: list[Part] = [Text("", True)]
        while (letter := self.peek()) != end:
            if not letter:
                raise unended('"')
            if letter == "\\":
                parts.append(Text(self._escape_in_double(), True))
            elif letter == "$":
                parts.append(self._dollar(True))
            elif letter == "`":
                parts.append(self._back_ticks(True))
            else:
                start = self.at
                while self.peek() and self.peek() not in ("\\", "$", "`", end):
                    self.at += 1
                parts.append(Text(self.text[start : self.at], True))
        self.at += 1
        return parts

    def _escape_in_double(self) -> str:
        following = self.peek(1)
        self.at += 2
        if following == "\n":
            return ""
        return following if following and following in '$`"\\' else f"\\{following}"

    def here(self) -> list[Part]:
        """The whole text as that of a here-document: `$`, back-ticks and backslashes count, quotes do not."""
        parts: list[Part] = []
        while letter := self.peek():
            if letter == "\\":
                parts.append(Text(self._escape_in_double().replace('\\"', '"'), True))
            elif letter == "$":
                parts.append(self._dollar(True))
            elif letter == "`":
                parts.append(self._back_ticks(True))
            else:
                start = self.at
                while self.peek() and self.peek() not in "\\$`":
                    self.at += 1
                parts.append(Text(self.text[start : self.at], True))
        return parts

    def _back_ticks(self, quoted: bool) -> Output:
        start = self.at = self.at + 1
        while (letter := self.peek()) != "`":
            if not letter:
                raise unended("`")
            self.at += 2 if letter == "\\" else 1
        inside = self.text[start : self.at]
        self.at += 1
        for letter in "`$\\":
            inside = inside.replace(f"\\{letter}", letter)
        return Output(self._commands(inside), quoted)

    def _dollar(self, quoted: bool) -> Part:
        self.at += 1
        following = self.peek()
        if self.text.startswith("((", self.at):
            end = self._closing(self.at + 2, "((")
            if end is not None:
                inside = self.text[self.at + 2 : end]
                self.at = end + 2
                return Sum(Word(Words(inside, self._commands).here()), quoted)
        if following == "(":
            return self._command(quoted)
        if following == "{":
            return self._braces(quoted)
        if following and following in _SPECIAL:
            self.at += 1
            return Variable(following, quoted)
        name = self._name()
        return Variable(name, quoted) if name else Text("$", quoted)

    def _name(self) -> str:
        start = self.at
        if self.peek().isdigit():
            return ""
        while self.peek() and self.peek() in _NAME:
            self.at += 1
        return self.text[start : self.at]

    def _closing(self, start: int, opening: str) -> int | None:
        """Where `))` ends a sum; None if it is none."""
        depth, at = 0, start
        while at < len(self.text):
            letter = self.text[at]
            if letter == "(":
                depth += 1
            elif letter == ")":
                if not depth:
                    return at if self.text.startswith("))", at) else None
                depth -= 1
            at += 1
        raise unended(opening)

    def _command(self, quoted: bool) -> Output:
        start = self.at + 1
        end = self._matching(start)
        self.at = end + 1
        return Output(self._commands(self.text[start:end]), quoted)

    def _matching(self, at: int) -> int:
        """Where the bracket ends that has been opened before."""
        depth = 0
        while at < len(self.text):
            letter = self.text[at]
            if letter == "\\":
                at += 1
            elif letter == "'":
                at = self.text.find("'", at + 1)
                if at < 0:
                    raise unended("'")
            elif letter == '"':
                inner = Words(self.text, self._commands)
                inner.at = at + 1
                inner._double('"')
                at = inner.at - 1
            elif letter == "(":
                depth += 1
            elif letter == ")":
                if not depth:
                    return at
                depth -= 1
            at += 1
        raise unended("$(")

    def _braces(self, quoted: bool) -> Variable:
        self.at += 1
        if self.peek() == "#" and self.peek(1) not in ("}", ":", "-", "="):
            self.at += 1
            found = Variable(self._parameter(), quoted, "len")
            self._expect("}")
            return found
        found = Variable(self._parameter(), quoted)
        found.op = next((op for op in _OPERATORS if self.text.startswith(op, self.at)), "")
        self.at += len(found.op)
        if found.op:
            found.word = self._inside("/}" if found.op in ("/", "//") else "}", quoted)
            if found.op in ("/", "//") and self.peek() == "/":
                self.at += 1
                found.other = self._inside("}", quoted)
        self._expect("}")
        return found

    def _parameter(self) -> str:
        name = self._name()
        if name:
            return name
        start = self.at
        while self.peek().isdigit():
            self.at += 1
        if self.at == start and self.peek() and self.peek() in _SPECIAL:
            self.at += 1
        if self.at == start:
            raise ShellSyntaxError("bad substitution")
        return self.text[start : self.at]

    def _expect(self, letter: str) -> None:
        if not self.peek():
            raise unended("${")
        if self.peek() != letter:
            raise ShellSyntaxError("bad substitution")
        self.at += 1

    def _inside(self, ends: str, quoted: bool) -> Word:
        """A word within `${…}`."""
        word = Word()
        while (letter := self.peek()) not in ends:
            if not letter:
                raise unended("${")
            if letter in "'\"\\`$" and not (quoted and letter == "'"):
                before = len(word.parts)
                self._part(letter, word)
                if quoted:
                    _quote(word.parts[before:])
            else:
                word.parts.append(Text(letter, quoted))
                self.at += 1
        return word


def _quote(parts: list[Part]) -> None:
    for part in parts:
        part.quoted = True
