"""Write k9py/demo/data/protobuf.json.zst: `python -m tests.cluster.protos "$(go env GOMODCACHE)"`.

How typed clients write objects: the numbers and types of the fields are in the generated.proto files of Kubernetes's
modules, and in the Go structs beside them how the same fields stand in JSON (their names, which are left out when they
are empty, which are inlined). The fields of a message are lines `number name type flags` in the order of JSON; flags:
`r` repeated, `m` a map from strings, `i` inlined, `p` a pointer, `o` omitempty, `z` omitzero, `w` a bare list in JSON.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import zstandard

from k9py.demo.core.parts import RENAMES
from tests.cluster.capture import DATA

VERSION = "v0.36.3"
MODULES = ("api", "apimachinery", "apiextensions-apiserver", "kube-aggregator")

_PACKAGE = re.compile(r"^package (\S+);", re.MULTILINE)
_MESSAGE = re.compile(r"^message (\w+) \{(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^  (optional|repeated|map<string, ([\w.]+)>) ?([\w.]*) (\w+) = (\d+);", re.MULTILINE)
_STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_MEMBER = re.compile(r'^\t(?:\w+ +)?(\S+)\s+`(?=[^`]*json:"([^"]*)")[^`]*protobuf:"\w+,(\d+)', re.MULTILINE)
_GROUP = re.compile(r'GroupName\s*=\s*"([^"]*)"')


class Member(NamedTuple):
    """A field of a Go struct: its number in protobuf, its type, its name in JSON and what else the tag says."""

    number: int
    type: str
    name: str
    options: frozenset[str]


def read_structs(folder: Path) -> dict[str, list[Member]]:
    """The structs of a Go package that have protobuf tags."""
    found: dict[str, list[Member]] = {}
    for path in sorted(folder.glob("*.go")):
        if not path.name.startswith("zz_") and not path.name.endswith((".pb.go", "_test.go")):
            for name, body in _STRUCT.findall(path.read_text()):
                found[name] = [_member(*parts) for parts in _MEMBER.findall(body)]
    return found


def _member(go_type: str, tag: str, number: str) -> Member:
    name, *options = tag.split(",")
    return Member(int(number), go_type, name, frozenset(options))


def read_fields(package: str, body: str) -> dict[int, tuple[str, str, str]]:
    """The fields of a message by their number: type, name, and the flags that the proto file knows."""
    found = {}
    for label, value, kind, name, number in _FIELD.findall(body):
        flag = "r" if label == "repeated" else "m" if value else ""
        found[int(number)] = (_full(package, value or kind), name, flag)
    return found


def _full(package: str, name: str) -> str:
    """The full name of a message; scalars begin with a small letter and have no dots."""
    bare = name.removeprefix(".")
    return bare if "." in bare or bare[0].islower() else f"{package}.{bare}"


def lines_of(fields: Mapping[int, tuple[str, str, str]], members: list[Member] | None) -> list[str]:
    """The lines of a message. What Go has no struct for is a list of one field that stands bare in JSON."""
    if not members:
        return [f"{number} {name} {kind} {flag}w" for number, (kind, name, flag) in fields.items()]
    return [_line(member, *fields[member.number]) for member in members if member.number in fields]


def _line(member: Member, kind: str, name: str, flag: str) -> str:
    options = member.options
    flags = flag + "".join(
        letter
        for letter, holds in (
            ("i", "inline" in options),
            ("p", member.type.startswith("*")),
            ("o", "omitempty" in options),
            ("z", "omitzero" in options),
        )
        if holds
    )
    return f"{member.number} {member.name or name} {kind} {flags}".rstrip()


def read_packages(root: Path) -> Iterator[tuple[str, str, dict[str, list[str]]]]:
    """Each package of a module: the apiVersion of its kinds (empty: none), its name, and its messages."""
    for path in sorted(root.rglob("generated.proto")):
        text = path.read_text()
        match = _PACKAGE.search(text)
        if match and "testapigroup" not in str(path):
            package = match[1]
            structs = read_structs(path.parent)
            messages = {
                f"{package}.{name}": lines_of(read_fields(package, body), structs.get(name))
                for name, body in _MESSAGE.findall(text)
            }
            yield _api_version(path.parent), package, messages


def _api_version(folder: Path) -> str:
    register = folder / "register.go"
    match = _GROUP.search(register.read_text()) if register.exists() else None
    match = match or (_GROUP.search(text) if (text := _outer(folder)) else None)
    if not match:
        return ""
    return f"{match[1]}/{folder.name}" if match[1] else folder.name


def _outer(folder: Path) -> str:
    """The register.go of the group, which names it where the versions do not."""
    path = folder.parent / "register.go"
    return path.read_text() if path.exists() else ""


def served_versions() -> set[str]:
    """The group versions that the embedded cluster serves, and those that it serves as an older one."""
    found = msgspec.json.decode((DATA / "discovery.json").read_bytes())
    groups = [(item["metadata"].get("name", ""), version) for item in found["items"] for version in item["versions"]]
    older = {f"{rename.group}/{rename.before}" for rename in RENAMES.values()}
    return older | {f"{group}/{one['version']}".lstrip("/") for group, one in groups}


def needed(messages: Mapping[str, list[str]], roots: Iterator[str]) -> dict[str, list[str]]:
    """The messages that can be reached from those."""
    found: dict[str, list[str]] = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = messages[name]
            kinds = (line.split()[2] for line in messages[name])
            waiting.extend(kind for kind in kinds if kind in messages)
    return dict(sorted(found.items()))


def collect(cache: Path) -> Mapping[str, Any]:
    """All of it: packages by their apiVersion, and the messages."""
    packages: dict[str, str] = {"meta.k8s.io/v1": "k8s.io.apimachinery.pkg.apis.meta.v1"}
    messages: dict[str, list[str]] = {}
    served = served_versions()
    for module in MODULES:
        for api_version, package, found in read_packages(cache / "k8s.io" / f"{module}@{VERSION}"):
            messages.update(found)
            if api_version in served:
                packages[api_version] = package
    wanted = tuple(f"{package}." for package in packages.values())
    kept = needed(messages, (name for name in messages if name.startswith(wanted) and not name.endswith("List")))
    return {"packages": packages, "messages": kept}


def main(cache: str) -> None:
    """Read the modules, and write the file."""
    packed = zstandard.ZstdCompressor(level=19).compress(msgspec.json.encode(collect(Path(cache))))
    (DATA / "protobuf.json.zst").write_bytes(packed)


if __name__ == "__main__":
    main(sys.argv[1])
