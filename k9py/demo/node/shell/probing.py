"""Probes of containers that run a shell: they do what the kubelet would do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from k9py.demo.core.store import Obj
from k9py.demo.node.program import Process, Program
from k9py.demo.node.shell.session import StartError, execute


def probe(program: Program, process: Process, handler: Obj) -> str:
    """What the kubelet says of a failure; empty if all is well."""
    for kind, ask in _KINDS.items():
        if kind in handler:
            return ask(program, process, handler[kind])
    return ""


def _exec(program: Program, process: Process, action: Obj) -> str:
    """A command that has not ended by itself at once is taken for one that will end well."""
    argv = action.get("command") or ()
    try:
        session = execute(process, program, argv, stdin=False, tty=False)
    except StartError as error:
        return f"OCI runtime exec failed: exec failed: {error}: unknown"
    if not session.done or not session.task.status:
        return ""
    error = session.stderr.take() if session.stderr else b""
    return (session.stdout.take() + error).decode("utf-8", "replace")


def _http(program: Program, process: Process, action: Obj) -> str:
    port = _port(process, action["port"])
    path = "/" + str(action.get("path", "/")).lstrip("/")
    url = f"{str(action.get('scheme', 'HTTP')).lower()}://{process.ip}:{port}{path}"
    answer = program.serve(process, port, f"GET {path} HTTP/1.1\r\nHost: {process.ip}:{port}\r\n\r\n".encode())
    if answer is None:
        return f'Get "{url}": dial tcp {process.ip}:{port}: connect: connection refused'
    code = answer[9:12].decode("ascii", "replace")
    return "" if code[:1] in ("2", "3") else f"HTTP probe failed with statuscode: {code}"


def _tcp(program: Program, process: Process, action: Obj) -> str:
    port = _port(process, action["port"])
    if program.serve(process, port, b"") is None:
        return f"dial tcp {process.ip}:{port}: connect: connection refused"
    return ""


def _port(process: Process, wanted: int | str) -> int:
    """A port by number or by the name that the container gives it."""
    ports = process.container.get("ports") or ()
    named = next((one["containerPort"] for one in ports if one.get("name") == wanted), wanted)
    return int(named) if str(named).isdigit() else 0


_KINDS: Mapping[str, Callable[[Program, Process, Obj], str]] = {"exec": _exec, "httpGet": _http, "tcpSocket": _tcp}
