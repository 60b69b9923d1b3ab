"""Probes of a port, as the kubelet words their failures: httpGet, tcpSocket, grpc."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from k9py.demo.core.parts import version_of
from k9py.demo.core.store import Obj

if TYPE_CHECKING:
    from k9py.demo.node.program import Process, Program


def reach(program: Program, process: Process, handler: Obj, timeout: float = 1.0) -> str:
    """Ask what listens at the port. Empty if it answers well; handlers of other kinds are taken for answered."""
    for kind, ask in _KINDS.items():
        if kind in handler:
            return ask(program, process, handler[kind], timeout)
    return ""


def _port(process: Process, wanted: int | str) -> int:
    """A port by number, or by the name that the container gives it."""
    if isinstance(wanted, int) or wanted.isdecimal():
        return int(wanted)
    ports = {one.get("name"): one["containerPort"] for one in process.container.get("ports", ())}
    return int(ports.get(wanted, 0))


def _http(program: Program, process: Process, probe: Obj, timeout: float) -> str:
    port, path = _port(process, probe["port"]), probe.get("path") or "/"
    host = f"{probe.get('host') or process.ip}:{port}"
    major, minor, _ = version_of(process.cluster.off)
    head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: kube-probe/{major}.{minor}\r\n"
    answer = program.answer(process, port, f"{head}Accept: */*\r\nConnection: close\r\n\r\n".encode())
    if answer is None:
        url = f"{probe.get('scheme', 'HTTP').lower()}://{host}{path}"
        return f'Get "{url}": dial tcp {host}: connect: connection refused'
    words = answer.split(b"\r\n", 1)[0].split(b" ")
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 200
    return f"HTTP probe failed with statuscode: {status}" if status >= 400 else ""


def _tcp(program: Program, process: Process, probe: Obj, timeout: float) -> str:
    port = _port(process, probe["port"])
    if program.answer(process, port, b"") is not None:
        return ""
    return f"dial tcp {probe.get('host') or process.ip}:{port}: connect: connection refused"


def _grpc(program: Program, process: Process, probe: Obj, timeout: float) -> str:
    port = _port(process, probe["port"])
    if program.answer(process, port, b"") is not None:
        return ""
    where = f'"{process.ip}:{port}" within {timeout:g}s'
    return f"timeout: failed to connect service {where}: context deadline exceeded"


_KINDS: Mapping[str, Callable[[Program, Process, Obj, float], str]] = {
    "httpGet": _http,
    "tcpSocket": _tcp,
    "grpc": _grpc,
}
