"""What customers meet first: the gateway and the storefront."""

from __future__ import annotations

from k9py.demo.node.program import Load, Process
from k9py.demo.world.programs.service import MIB, Service, http_answer, requested_path
from k9py.demo.world.programs.voices import access_line, json_line, plain_line
from k9py.demo.world.traffic import Visit

STATUS = {"": 200, "checkout": 502, "payments-api": 504}
"""What the gateway answers when an app cannot be reached; 503 for others."""


class Gateway(Service):
    """nginx: an access log, and an error log on stderr."""

    app = "gateway"
    voice = staticmethod(access_line)
    rest = Load(0.002, 18 * MIB)
    each = Load(0.0006, 0.02 * MIB)

    def open(self, process: Process) -> None:
        """As the official image begins."""
        process.log("/docker-entrypoint.sh: Configuration complete; ready for start up")
        for line in (f"nginx/{self.version}", "start worker processes", "start worker process 31"):
            process.log(plain_line(process.clock.now, f"[notice] 1#1: {line}"), "stderr")

    def handle(self, process: Process, visit: Visit) -> None:
        """One line a request, and one of error when nobody answered."""
        now, path = process.clock.now, visit.path[-1]
        status = 201 if visit.order and not visit.lost else STATUS.get(visit.lost, 503)
        request = f"POST {path}/{visit.order}" if visit.order else f"GET {path}/{visit.thing}"
        took = 0.02 + 0.3 * visit.number**3 + (5.0 if status == 504 else 0.0)
        self.say(process, visit.client, request, status, 310 + visit.amount % 9000, visit.agent, took)
        if visit.lost:
            why = "upstream timed out" if status == 504 else "no live upstreams while connecting to upstream"
            text = f'[error] 31#31: *{visit.amount} {why}, client: {visit.client}, request: "{request} HTTP/1.1"'
            process.log(plain_line(now, f'{text}, upstream: "http://{visit.lost}:8080"'), "stderr")

    def serve(self, process: Process, port: int, received: bytes) -> bytes | None:
        """The home page."""
        if port != self.port or requested_path(received) != "/":
            return super().serve(process, port, received)
        page = "<!doctype html><title>shop</title><h1>어서 오세요 👋 Welcome to the shop</h1>\n"
        return http_answer("200 OK", page, "text/html; charset=utf-8")


class Storefront(Service):
    """Node: pages rendered on the server, a log of JSON lines."""

    app = "storefront"
    voice = staticmethod(json_line)
    rest = Load(0.01, 110 * MIB)
    each = Load(0.0030, 0.3 * MIB)

    def open(self, process: Process) -> None:
        """It listens at once."""
        self.say(process, "info", "server listening", port=8080, version=self.version)

    def handle(self, process: Process, visit: Visit) -> None:
        """A page, now and then a slow one."""
        took = round(12 + 80 * visit.number, 1)
        self.say(
            process,
            "info",
            "page rendered",
            thing=visit.thing,
            title=visit.thing_name,
            locale="ko-KR",
            ms=took,
            trace=visit.trace,
        )
        if visit.number > 0.93:
            self.say(process, "warn", "slow render", thing=visit.thing, ms=took * 9, trace=visit.trace)
