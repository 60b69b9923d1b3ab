"""The shell's grammar: from text to commands (POSIX, chapter 2.10)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from k9py.demo.node.shell.tree import (
    Case,
    Chain,
    Command,
    Compound,
    For,
    Function,
    Group,
    If,
    Loop,
    Pipeline,
    Redirect,
    Sequence,
    Simple,
    Text,
    Word,
)
from k9py.demo.node.shell.words import ShellSyntaxError, Words

_OPERATORS = (
    "&&",
    "||",
    ";;",
    "<<-",
    "<<<",
    "<<",
    "<&",
    "<>",
    ">>",
    ">&",
    ">|",
    "&>",
    "<",
    ">",
    "|",
    "&",
    ";",
    "(",
    ")",
    "\n",
)
_REDIRECTS = frozenset(("<", ">", ">>", "<&", ">&", "<>", ">|", "<<", "<<-", "<<<", "&>"))
_ENDS = frozenset(("then", "else", "elif", "fi", "do", "done", "esac", "}"))
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\+?=)(.*)", re.DOTALL)
_FUNCTION = re.compile(r"([A-Za-z_][\w-]*)[ \t]*\([ \t]*\)")


def parse(text: str) -> Sequence:
    """The commands of a text. ShellSyntaxError if they are none, or are not whole yet."""
    parser = Parser(text)
    found = parser.sequence()
    parser.words.blanks()
    if parser.words.peek():
        raise parser.unexpected()
    return found


class Parser:
    """Reads one text."""

    def __init__(self, text: str) -> None:
        self.words = Words(text, parse)
        self._here: list[tuple[Redirect, bool, bool]] = []
        """Here-documents whose text begins after this line: whether tabs go, whether it is taken as it stands."""

    def sequence(self, *ends: str) -> Sequence:
        """Commands up to a reserved word that ends them, or a bracket, or the end."""
        found = Sequence()
        while True:
            self._newlines()
            if not self.words.peek() or self._ends(ends):
                return found
            chain = self._chain()
            found.chains.append(chain)
            operator = self._operator()
            if operator in (";", "&", "\n"):
                self._take(operator)
                chain.background = operator == "&"
            elif operator is not None or self.words.peek():
                return found

    def unexpected(self, expecting: str = "") -> ShellSyntaxError:
        """What comes now cannot be here."""
        operator = self._operator()
        found = {"\n": "newline", None: self._bare() or ""}.get(operator, operator)
        what = f'"{found}"' if found and operator != "\n" else found or "end of file"
        more = f' (expecting "{expecting}")' if expecting else ""
        return ShellSyntaxError(f"syntax error: unexpected {what}{more}", more=what == "end of file")

    def _ends(self, ends: tuple[str, ...]) -> bool:
        if self._operator() in (")", ";;"):
            return True
        word = self._bare()
        if word in _ENDS and word not in ends:
            raise self.unexpected()
        return word in ends

    def _chain(self) -> Chain:
        found = Chain(self._pipeline())
        while (operator := self._operator()) in ("&&", "||"):
            assert operator is not None
            self._take(operator)
            self._newlines()
            found.rest.append((operator, self._pipeline()))
        return found

    def _pipeline(self) -> Pipeline:
        negated = self._bare() == "!"
        if negated:
            self._bare(take=True)
        commands = [self._command()]
        while self._operator() == "|":
            self._take("|")
            if self.words.peek() == "&":
                self._take("&")
            self._newlines()
            commands.append(self._command())
        return Pipeline(commands, negated)

    def _command(self) -> Command:
        if self._operator() == "(":
            self._take("(")
            group = Group(self.sequence(), subshell=True)
            self._close(")")
            return self._redirected(group)
        word = self._bare()
        compound = _COMPOUNDS.get(word or "")
        if compound:
            self._bare(take=True)
            return self._redirected(compound(self))
        self.words.blanks()
        match = _FUNCTION.match(self.words.text, self.words.at)
        if match:
            self.words.at = match.end()
            return self._function(match[1])
        return self._simple()

    def _redirected(self, command: Command) -> Command:
        assert isinstance(command, Compound)
        while redirect := self._redirect():
            command.redirects.append(redirect)
        return command

    def _simple(self) -> Simple:
        found = Simple()
        while True:
            redirect = self._redirect()
            if redirect:
                found.redirects.append(redirect)
                continue
            word = self.words.word()
            if word is None:
                break
            assignment = None if found.words else _assignment(word)
            if assignment:
                found.assignments.append(assignment)
            else:
                found.words.append(word)
        if not (found.words or found.assignments or found.redirects):
            raise self.unexpected()
        return found

    def _redirect(self) -> Redirect | None:
        self.words.blanks()
        start = self.words.at
        while self.words.peek().isdigit():
            self.words.at += 1
        digits = self.words.text[start : self.words.at]
        operator = self._operator(blanks=False)
        if operator not in _REDIRECTS:
            self.words.at = start
            return None
        self._take(operator)
        descriptor = int(digits) if digits else 0 if operator.startswith("<") else 1
        target = self.words.word()
        if target is None:
            raise self.unexpected("word")
        redirect = Redirect(descriptor, operator, target)
        if operator in ("<<", "<<-"):
            redirect.how = "<<"
            self._here.append(
                (redirect, operator == "<<-", any(not isinstance(p, Text) or p.quoted for p in target.parts))
            )
        return redirect

    def _function(self, name: str) -> Function:
        self._newlines()
        return Function(name, self._command())

    def _keyword_function(self) -> Command:
        word = self.words.word()
        name = word.bare if word else None
        if not name:
            raise self.unexpected()
        if self._operator() == "(":
            self._take("(")
            self._close(")")
        return self._function(name)

    def _if(self) -> Command:
        branches = [self._branch()]
        while self._bare() == "elif":
            self._bare(take=True)
            branches.append(self._branch())
        otherwise = None
        if self._bare() == "else":
            self._bare(take=True)
            otherwise = self.sequence("fi")
        self._keyword("fi")
        return If(branches, otherwise)

    def _branch(self) -> tuple[Sequence, Sequence]:
        condition = self.sequence("then")
        self._keyword("then")
        return condition, self.sequence("elif", "else", "fi")

    def _while(self, until: bool = False) -> Command:
        condition = self.sequence("do")
        return Loop(condition, self._do(), until)

    def _until(self) -> Command:
        return self._while(until=True)

    def _do(self) -> Sequence:
        self._newlines()
        self._keyword("do")
        body = self.sequence("done")
        self._keyword("done")
        return body

    def _for(self) -> Command:
        word = self.words.word()
        name = word.bare if word else None
        if not name or not name.isidentifier():
            raise ShellSyntaxError("syntax error: bad for loop variable")
        self._newlines()
        words: list[Word] | None = None
        if self._bare() == "in":
            self._bare(take=True)
            words = []
            while word := self.words.word():
                words.append(word)
        if self._operator() == ";":
            self._take(";")
        return For(name, words, self._do())

    def _case(self) -> Command:
        word = self.words.word()
        if word is None:
            raise self.unexpected()
        self._newlines()
        self._keyword("in")
        branches: list[tuple[list[Word], Sequence]] = []
        while True:
            self._newlines()
            if self._bare() == "esac":
                self._keyword("esac")
                return Case(word, branches)
            branches.append(self._case_branch())

    def _case_branch(self) -> tuple[list[Word], Sequence]:
        if self._operator() == "(":
            self._take("(")
        patterns = []
        while True:
            pattern = self.words.word()
            if pattern is None:
                raise self.unexpected(")")
            patterns.append(pattern)
            if self._operator() != "|":
                break
            self._take("|")
        self._close(")")
        body = self.sequence("esac")
        if self._operator() == ";;":
            self._take(";;")
        return patterns, body

    def _group(self) -> Command:
        body = self.sequence("}")
        self._keyword("}")
        return Group(body)

    def _keyword(self, wanted: str) -> None:
        if self._bare() != wanted:
            raise self.unexpected(wanted)
        self._bare(take=True)

    def _close(self, operator: str) -> None:
        if self._operator() != operator:
            raise self.unexpected(operator)
        self._take(operator)

    def _bare(self, take: bool = False) -> str | None:
        """The next word if it could be a reserved one; it is left where it is unless it is to be taken."""
        self.words.blanks()
        match = _BARE.match(self.words.text, self.words.at)
        if not match:
            return None
        if take:
            self.words.at = match.end()
        return match[0]

    def _operator(self, blanks: bool = True) -> str | None:
        if blanks:
            self.words.blanks()
        return next((one for one in _OPERATORS if self.words.text.startswith(one, self.words.at)), None)

    def _take(self, operator: str) -> None:
        self.words.blanks()
        self.words.at += len(operator)
        if operator == "\n" and self._here:
            self._read_here()

    def _newlines(self) -> None:
        while self._operator() == "\n":
            self._take("\n")

    def _read_here(self) -> None:
        waiting, self._here = self._here, []
        for redirect, tabs, literal in waiting:
            end = "".join(part.text for part in redirect.target.parts if isinstance(part, Text))
            body = self._here_body(end, tabs)
            redirect.target = Word([Text(body, True)] if literal else Words(body, parse).here())

    def _here_body(self, end: str, tabs: bool) -> str:
        lines: list[str] = []
        while self.words.at < len(self.words.text):
            stop = self.words.text.find("\n", self.words.at)
            stop = len(self.words.text) if stop < 0 else stop
            line = self.words.text[self.words.at : stop]
            line = line.lstrip("\t") if tabs else line
            self.words.at = stop + 1
            if line == end:
                self.words.at = min(self.words.at, len(self.words.text))
                return "".join(lines)
            lines.append(line + "\n")
        raise ShellSyntaxError("unexpected end of file", more=True)


_BARE = re.compile(r"(?:[A-Za-z]+|[{}!])(?=[\s;&|<>()]|$)")

_COMPOUNDS: Mapping[str, Callable[[Parser], Command]] = {
    "if": Parser._if,
    "while": Parser._while,
    "until": Parser._until,
    "for": Parser._for,
    "case": Parser._case,
    "{": Parser._group,
    "function": Parser._keyword_function,
}


def _assignment(word: Word) -> tuple[str, Word] | None:
    first = word.parts[0] if word.parts else None
    if not isinstance(first, Text) or first.quoted:
        return None
    match = _ASSIGNMENT.match(first.text)
    if not match:
        return None
    rest = Word([Text(match[3]), *word.parts[1:]]) if match[3] else Word(word.parts[1:])
    return match[1] + ("+" if match[2] == "+=" else ""), rest
