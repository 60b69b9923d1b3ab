"""Servers that everybody tries first: nginx, httpd, redis, postgres: their logs, and an answer at their ports."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from k9py.demo.core.store import Obj
from k9py.demo.node.program import Load, Process, Program

_WELCOME = b"""<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>This page comes from the simulated cluster of k9py.</p>
</body>
</html>
"""
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_WORKS = b"<html><body><h1>It works!</h1></body></html>\n"


class WebServer(Program):
    """Answers one page at port 80, and writes an access log."""

    def __init__(self, server: str, page: bytes, greeting: tuple[str, ...]) -> None:
        self._server, self._page, self._greeting = server, page, greeting

    def start(self, process: Process) -> None:
        """Say what it says when it begins."""
        now = process.clock.stamp().replace("-", "/").replace("T", " ").rstrip("Z")
        for line in self._greeting:
            process.log(line.format(now=now), "stderr" if line.startswith("{now}") else "stdout")

    def idle(self, container: Obj) -> bool:
        """It only greets."""
        return True

    def stop(self, process: Process) -> None:
        """It ends at once, and well."""
        process.exit(0)

    def load(self, process: Process) -> Load:
        """Next to nothing."""
        return Load(0.0002, 6.5 * 2**20)

    def serve(self, process: Process, port: int, received: bytes) -> bytes | None:
        """Its page at `/`, 404 elsewhere."""
        if port != 80:
            return None
        if not received:
            return b""
        words = received.split(b"\r\n")[0].decode("utf-8", "replace").split(" ")
        path = words[1].partition("?")[0] if len(words) > 2 else "/"
        found = path in ("/", "/index.html")
        status, body = ("200 OK", self._page) if found else ("404 Not Found", self._missing())
        self._log(process, " ".join(words), status[:3], len(body), received)
        head = (
            f"HTTP/1.1 {status}\r\nServer: {self._server}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n"
        )
        return head.encode() + b"Connection: keep-alive\r\n\r\n" + (b"" if words[0] == "HEAD" else body)

    def _missing(self) -> bytes:
        text = "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n"
        text += "<center><h1>404 Not Found</h1></center>\r\n"
        text += f"<hr><center>{self._server}</center>\r\n</body>\r\n</html>\r\n"
        return text.encode()

    def _log(self, process: Process, line: str, status: str, size: int, received: bytes) -> None:
        agent = next(
            (one[12:].decode() for one in received.split(b"\r\n") if one.lower().startswith(b"user-agent: ")), "-"
        )
        stamp = process.clock.stamp()
        when = f"{stamp[8:10]}/{_MONTHS.split()[int(stamp[5:7]) - 1]}/{stamp[:4]}:{stamp[11:19]} +0000"
        process.log(f'127.0.0.1 - - [{when}] "{line}" {status} {size} "-" "{agent}" "-"')


class LineServer(Program):
    """Answers lines at one port."""

    def __init__(self, port: int, greeting: tuple[str, ...], answers: Mapping[bytes, bytes], other: bytes) -> None:
        self._port, self._greeting, self._answers, self._other = port, greeting, answers, other

    def start(self, process: Process) -> None:
        """Say what it says when it begins."""
        for line in self._greeting:
            process.log(line.format(now=process.clock.stamp().replace("T", " ").rstrip("Z")))

    def idle(self, container: Obj) -> bool:
        """It only greets."""
        return True

    def stop(self, process: Process) -> None:
        """It ends well."""
        process.exit(0)

    def load(self, process: Process) -> Load:
        """Little."""
        return Load(0.002, 14 * 2**20)

    def serve(self, process: Process, port: int, received: bytes) -> bytes | None:
        """What it knows to answer."""
        if port != self._port:
            return None
        if not received:
            return b""
        words = [word for word in received.upper().split() if word[:1] not in (b"*", b"$")]
        return self._answers.get(words[0] if words else b"", self._other)


Answer = Callable[[bytes], bytes]

NGINX = WebServer(
    "nginx/1.29.1",
    _WELCOME,
    (
        "/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration",
        "/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/",
        "/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh",
        "/docker-entrypoint.sh: Configuration complete; ready for start up",
        '{now} [notice] 1#1: using the "epoll" event method',
        "{now} [notice] 1#1: nginx/1.29.1",
        "{now} [notice] 1#1: start worker processes",
        "{now} [notice] 1#1: start worker process 29",
        "{now} [notice] 1#1: start worker process 30",
    ),
)
HTTPD = WebServer(
    "Apache/2.4.65 (Unix)",
    _WORKS,
    ("{now} [mpm_event:notice] [pid 1:tid 1] AH00489: Apache/2.4.65 (Unix) configured -- resuming normal operations",),
)
REDIS = LineServer(
    6379,
    (
        "1:C {now} * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo",
        "1:C {now} * Redis version=8.2.1, bits=64, commit=00000000, modified=0, pid=1, just started",
        "1:M {now} * Running mode=standalone, port=6379.",
        "1:M {now} * Ready to accept connections tcp",
    ),
    {b"PING": b"+PONG\r\n", b"QUIT": b"+OK\r\n", b"SET": b"+OK\r\n", b"GET": b"$-1\r\n", b"COMMAND": b"*0\r\n"},
    b"-ERR unknown command\r\n",
)
POSTGRES = LineServer(
    5432,
    (
        "PostgreSQL Database directory appears to contain a database; Skipping initialization",
        "{now}.112 UTC [1] LOG:  starting PostgreSQL 17.6 on x86_64-pc-linux-gnu, compiled by gcc, 64-bit",
        '{now}.112 UTC [1] LOG:  listening on IPv4 address "0.0.0.0", port 5432',
        "{now}.140 UTC [1] LOG:  database system is ready to accept connections",
    ),
    {},
    b"N",
)
