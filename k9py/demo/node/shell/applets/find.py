"""find and xargs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping

from k9py.demo.node.files import Folder, Link, Node, Plain
from k9py.demo.node.shell.applets.texts import whole
from k9py.demo.node.shell.command import Call, UsageError, applet, decode
from k9py.demo.node.shell.patterns import glob
from k9py.demo.node.shell.running import run_program
from k9py.demo.node.shell.streams import Source
from k9py.demo.node.shell.tasks import Steps


@applet("find")
def find(call: Call) -> Steps[int]:
    """Files below a folder that are as they are asked for."""
    args = list(call.args)
    starts = []
    while args and args[0][:1] not in ("-", "!", "("):
        starts.append(args.pop(0))
    tests, run, limits = _find_tests(call, args)
    status = 0
    for start in starts or ["."]:
        node = call.system.files.get(call.path(start), follow=False)
        if node is None:
            status = yield from call.fail(f"{start}: No such file or directory")
            continue
        paths = [path for path, child in _find_walk(start, node, 0, limits) if all(test(path, child) for test in tests)]
        for path in paths:
            yield None
            if run is None:
                yield from call.say(path)
            elif run == ["-delete"]:
                call.system.files.remove(call.path(path))
            elif run[-1] != "+":
                yield from run_program(call, [word.replace("{}", path) for word in run[:-1]])
        if run and run[-1] == "+" and paths:
            yield from run_program(call, [word for one in run[:-1] for word in (paths if one == "{}" else [one])])
    return status


def _find_walk(path: str, node: Node, depth: int, limits: dict[str, int]) -> Iterator[tuple[str, Node]]:
    if depth >= limits.get("-mindepth", 0):
        yield path, node
    if isinstance(node, Folder) and depth < limits.get("-maxdepth", 64):
        for name, child in node.entries().items():
            yield from _find_walk(posixpath.join(path, name), child, depth + 1, limits)


Test = Callable[[str, Node], bool]


def _find_tests(call: Call, args: list[str]) -> tuple[list[Test], list[str] | None, dict[str, int]]:
    tests: list[Test] = []
    run: list[str] | None = None
    limits: dict[str, int] = {}
    negated = False
    while args:
        word = args.pop(0)
        if word in ("!", "-not"):
            negated = True
        elif word in ("-print", "-a", "-depth", "-xdev", "-print0"):
            continue
        elif word == "-delete":
            run = ["-delete"]
        elif word in ("-exec", "-ok"):
            end = next((index for index, one in enumerate(args) if one in (";", "+")), len(args) - 1)
            run, args = args[: end + 1], args[end + 1 :]
        elif word in ("-maxdepth", "-mindepth"):
            limits[word] = int(args.pop(0))
        elif word == "-empty":
            tests.append(_negate(lambda path, node: not _content(node), negated))
            negated = False
        elif word in _TESTS and args:
            tests.append(_negate(_TESTS[word](call, args.pop(0)), negated))
            negated = False
        else:
            raise UsageError(f"unrecognized: {word}")
    return tests, run, limits


def _negate(test: Test, negated: bool) -> Test:
    return (lambda path, node: not test(path, node)) if negated else test


def _content(node: Node) -> int:
    if isinstance(node, Folder):
        return len(node.entries())
    return len(node.data) if isinstance(node, Plain) else 1


def _name_test(call: Call, value: str) -> Test:
    return lambda path, node: bool(glob(value).fullmatch(posixpath.basename(path.rstrip("/")) or "/"))


def _iname_test(call: Call, value: str) -> Test:
    return lambda path, node: bool(glob(value.lower()).fullmatch(posixpath.basename(path).lower()))


def _path_test(call: Call, value: str) -> Test:
    return lambda path, node: bool(glob(value).fullmatch(path))


def _type_test(call: Call, value: str) -> Test:
    kinds: dict[str, type[Node]] = {"f": Plain, "d": Folder, "l": Link}
    kind = kinds.get(value)
    return lambda path, node: isinstance(node, kind) if kind else False


def _size_test(call: Call, value: str) -> Test:
    match = re.fullmatch(r"([-+]?)(\d+)([ckMG]?)", value)
    if not match:
        raise UsageError(f"invalid number '{value}'")
    unit = {"": 512, "c": 1, "k": 1024, "M": 1 << 20, "G": 1 << 30}[match[3]]
    wanted = int(match[2])

    def test(path: str, node: Node) -> bool:
        size = -(-_content(node) // unit) if isinstance(node, Plain) else 0
        return size > wanted if match[1] == "+" else size < wanted if match[1] == "-" else size == wanted

    return test


def _age_test(seconds: int) -> Callable[[Call, str], Test]:
    def make(call: Call, value: str) -> Test:
        wanted = int(value.lstrip("+-"))

        def test(path: str, node: Node) -> bool:
            age = int((call.system.clock.now - node.time) // seconds)
            return age > wanted if value[0] == "+" else age < wanted if value[0] == "-" else age == wanted

        return test

    return make


def _newer_test(call: Call, value: str) -> Test:
    than = call.system.files.find(call.path(value)).time
    return lambda path, node: node.time > than


_TESTS: Mapping[str, Callable[[Call, str], Test]] = {
    "-name": _name_test,
    "-iname": _iname_test,
    "-path": _path_test,
    "-type": _type_test,
    "-size": _size_test,
    "-mmin": _age_test(60),
    "-mtime": _age_test(86400),
    "-newer": _newer_test,
}


@applet("xargs")
def xargs(call: Call) -> Steps[int]:
    """Run a program with arguments from standard input."""
    args, most, replace, null, skip = list(call.args), 0, "", False, False
    while args and args[0].startswith("-"):
        option = args.pop(0)
        if option[:2] in ("-n", "-I", "-P", "-L", "-d"):
            value = option[2:] or (args.pop(0) if args else "")
            most = int(value) if option[1] in "nL" and value.isdigit() else most
            replace = value if option[1] == "I" else replace
        null = null or option == "-0"
        skip = skip or option == "-r"
    data, _ = yield from whole(call, [])
    text = decode(data)
    items = text.split("\0") if null else text.splitlines() if replace else re.findall(r"'[^']*'|\"[^\"]*\"|\S+", text)
    items = [item.strip("'\"") if not (null or replace) else item for item in items if item.strip()]
    words = args or ["echo"]
    if not items and (skip or replace):
        return 0
    status = 0
    size = 1 if replace else most or len(items) or 1
    for at in range(0, len(items) or 1, size):
        part = items[at : at + size]
        line = [word.replace(replace, part[0]) for word in words] if replace else [*words, *part]
        code = yield from run_program(call, line, {0: Source(b"")})
        status = code if code in (126, 127) else 123 if code else status
    return status
