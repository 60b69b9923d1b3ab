"""if, for, while, case, groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from k9py.demo.node.shell.expansion import arguments, pattern_of, text_of
from k9py.demo.node.shell.flow import Leave
from k9py.demo.node.shell.patterns import glob
from k9py.demo.node.shell.tasks import Steps
from k9py.demo.node.shell.tree import Case, Compound, For, Group, If, Loop, Sequence

if TYPE_CHECKING:
    from k9py.demo.node.shell.interpreter import Shell


def run_compound(shell: Shell, command: Compound) -> Steps[int]:
    """Run a compound command; its redirections are in force already."""
    return (yield from _RUN[type(command)](shell, command))


def _group(shell: Shell, group: Group) -> Steps[int]:
    if group.subshell:
        return (yield from shell.copy().contained(group.body))
    return (yield from shell.sequence(group.body))


def _test(shell: Shell, condition: Sequence) -> Steps[bool]:
    shell.tested += 1
    try:
        return not (yield from shell.sequence(condition))
    finally:
        shell.tested -= 1


def _if(shell: Shell, command: If) -> Steps[int]:
    for condition, body in command.branches:
        if (yield from _test(shell, condition)):
            return (yield from shell.sequence(body))
    return (yield from shell.sequence(command.otherwise)) if command.otherwise else 0


def _loop(shell: Shell, loop: Loop) -> Steps[int]:
    status = 0
    while (yield from _test(shell, loop.condition)) is not loop.until:
        yield None
        status, ended = yield from _turn(shell, loop.body)
        if ended:
            return status
    return status


def _for(shell: Shell, loop: For) -> Steps[int]:
    words = list(shell.args) if loop.words is None else (yield from arguments(shell, loop.words))
    status = 0
    for word in words:
        yield None
        shell.set(loop.name, word)
        status, ended = yield from _turn(shell, loop.body)
        if ended:
            return status
    return status


def _turn(shell: Shell, body: Sequence) -> Steps[tuple[int, bool]]:
    """One turn of a loop: its status, and whether it was the last."""
    try:
        return (yield from shell.sequence(body)), False
    except Leave as leave:
        if leave.loops > 1:
            raise Leave(leave.loops - 1, leave.again) from None
        return 0, not leave.again


def _case(shell: Shell, case: Case) -> Steps[int]:
    word = yield from text_of(shell, case.word)
    for patterns, body in case.branches:
        for pattern in patterns:
            if glob((yield from pattern_of(shell, pattern))).fullmatch(word):
                return (yield from shell.sequence(body))
    return 0


_RUN: Mapping[type[Compound], Callable[..., Steps[int]]] = {Group: _group, If: _if, Loop: _loop, For: _for, Case: _case}
