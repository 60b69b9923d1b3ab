"""What the shop's own services have in common: they know the others, answer HTTP, and work as much as customers ask."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from k9py.demo.core.store import Obj
from k9py.demo.node.program import Load, Process, Program
from k9py.demo.world.programs.voices import plain_line
from k9py.demo.world.shop import Shop
from k9py.demo.world.traffic import Visit
from k9py.values.quantity import parse_quantity

MIB = 2**20


def http_answer(status: str, body: object, kind: str = "application/json") -> bytes:
    """A whole HTTP answer; the connection may stay open."""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False) + "\n"
    raw = text.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(raw)}\r\n\r\n"
    return head.encode() + raw


def requested_path(received: bytes) -> str:
    """The path that an HTTP request asks for; `/` for what is none."""
    words = received.split(b"\r\n", 1)[0].split()
    return words[1].decode(errors="replace") if len(words) > 1 else "/"


def memory_limit(process: Process) -> float:
    """The memory that its container may use, in bytes; none is very much."""
    text = ((process.container.get("resources") or {}).get("limits") or {}).get("memory", "1Ti")
    return parse_quantity(text)


class Service(Program):
    """A service in one version. Subclasses say how it writes, and what it needs."""

    app: str
    rest: Load = Load(0.004, 48 * MIB)
    """What it uses when nobody comes."""
    each: Load = Load(0.001, 0.05 * MIB)
    """What each request a second adds."""
    port: int = 8080
    voice: Callable[..., str] = staticmethod(plain_line)
    """How it writes: a line of its log, of a time and what there is to say."""
    needs: tuple[str, ...] = ()
    """Apps without which it is not ready."""

    def __init__(self, shop: Shop, version: str) -> None:
        self.shop = shop
        self.version = version

    def start(self, process: Process) -> None:
        """Say hello, and be there for customers."""
        self.open(process)
        self.shop.enter(self, process)

    def open(self, process: Process) -> None:
        """The first lines of its log, and what it does by itself."""

    def say(self, process: Process, *words: object, **fields: Any) -> None:
        """Write a line of its log."""
        process.log(self.voice(process.clock.now, *words, **fields))

    def handle(self, process: Process, visit: Visit) -> None:
        """A request."""

    def confirm(self, process: Process, visit: Visit) -> None:
        """The outcome of what it had asked another for."""

    def load(self, process: Process) -> Load:
        """What it uses grows with what comes to it."""
        requests = self.shop.share(self.app, process.clock.now) if self.shop.is_ready(process) else 0.0
        return Load(self.rest.cores + self.each.cores * requests, self.rest.memory + self.each.memory * requests)

    def missing(self) -> str:
        """The first app that it needs and that cannot be reached."""
        return next((app for app in self.needs if not self.shop.has(app)), "")

    def probe(self, process: Process, kind: str, handler: Obj) -> str:
        """It lives; and it is ready while all that it needs is there."""
        if kind == "readiness" and self.missing():
            return "HTTP probe failed with statuscode: 503"
        return ""

    def steady(self, process: Process) -> bool:
        """Nobody needs to ask before one of those that it needs is away: the shop tells it."""
        return not self.missing()

    def serve(self, process: Process, port: int, received: bytes) -> bytes | None:
        """A little of what one would expect at its port."""
        if port != self.port:
            return None
        path = requested_path(received)
        if path.startswith(("/healthz", "/readyz", "/livez")):
            missing = self.missing()
            return http_answer("503 Service Unavailable" if missing else "200 OK", missing or "ok", "text/plain")
        if path.startswith("/metrics"):
            return http_answer("200 OK", self._metrics(process), "text/plain; version=0.0.4")
        return http_answer("200 OK", {"app": self.app, "version": self.version, "pod": process.pod, "path": path})

    def _metrics(self, process: Process) -> str:
        used = self.load(process)
        return (
            "# TYPE process_resident_memory_bytes gauge\n"
            f"process_resident_memory_bytes {used.memory:.0f}\n"
            "# TYPE http_requests_per_second gauge\n"
            f"http_requests_per_second {self.shop.share(self.app, process.clock.now):.1f}\n"
        )
