"""awk: a program for each line."""

from __future__ import annotations

import re

from k9py.demo.node.files import FileError
from k9py.demo.node.shell.awk.parser import Parser, Program
from k9py.demo.node.shell.awk.tokens import AwkError
from k9py.demo.node.shell.awk.values import Do, Next, Run, truth
from k9py.demo.node.shell.command import Call, applet, decode, encode
from k9py.demo.node.shell.streams import Reader, read_line
from k9py.demo.node.shell.tasks import Steps


@applet("awk", "gawk", "mawk")
def awk(call: Call) -> Steps[int]:
    """Run a program over lines."""
    args, run, script = list(call.args), Run(), ""
    while args and args[0].startswith("-") and len(args[0]) > 1:
        option = args.pop(0)
        value = option[2:] or (args.pop(0) if args and option[:2] in ("-F", "-v", "-f") else "")
        if option[:2] == "-F":
            run.variables["FS"] = {"t": "\t", "\\t": "\t"}.get(value, value)
        elif option[:2] == "-v":
            name, _, text = value.partition("=")
            run.variables[name] = text
        elif option[:2] == "-f":
            script = decode(call.system.files.read(call.path(value)))
    if not script:
        if not args:
            yield from call.complain(
                "BusyBox v1.35.0 multi-call binary.\n\nUsage: awk [OPTIONS] [AWK_PROGRAM] [FILE]..."
            )
            return 1
        script = args.pop(0)
    try:
        program = Parser(script).program()
    except AwkError as error:
        return (yield from call.fail(f"cmd. line:1: {error}"))
    try:
        return (yield from _whole(call, program, run, args))
    except re.error as error:
        return (yield from call.fail(f"bad regex: {error.msg}"))


def _whole(call: Call, program: Program, run: Run, names: list[str]) -> Steps[int]:
    ended = yield from _all(call, program.begin, run)
    status = 0
    if ended is None and (program.rules or program.end):
        for name, reader in call.inputs(names):
            if isinstance(reader, FileError):
                status = yield from call.fail(f"{name}: {reader}", 2)
            elif ended is None:
                ended = yield from _lines(call, program, run, reader)
    last = yield from _all(call, program.end, run)
    return next((one for one in (last, ended) if one), status)


def _all(call: Call, body: list[Do], run: Run) -> Steps[int | None]:
    """Do all of it; a status if it is the end."""
    found = None
    try:
        for do in body:
            do(run)
    except Next as left:
        found = left.status
    yield from _flush(call, run)
    return found


def _flush(call: Call, run: Run) -> Steps[None]:
    if run.written:
        text, run.written = "".join(run.written), []
        yield from call.put(encode(text))


def _lines(call: Call, program: Program, run: Run, reader: Reader) -> Steps[int | None]:
    count = 0
    while (line := (yield from read_line(reader))) is not None:
        count += 1
        run.variables["NR"] = run.variables["FNR"] = float(count)
        run.line(decode(line.rstrip(b"\n")))
        try:
            for condition, do in program.rules:
                if condition is None or truth(condition(run)):
                    do(run)
        except Next as left:
            if left.status is not None:
                yield from _flush(call, run)
                return left.status
        yield from _flush(call, run)
    return None
