"""A container alone, for the tests of what runs in one."""

from __future__ import annotations

from functools import lru_cache
from random import Random
from typing import Any

from k9py.demo.cluster import Cluster
from k9py.demo.node.files import Files
from k9py.demo.node.log import Log
from k9py.demo.node.program import Process, Program
from k9py.demo.node.shell.session import Session, execute

START = 1_795_626_380.0


@lru_cache(1)
def _cluster() -> Cluster:
    """One for all: only its clock matters here."""
    return Cluster(START)


class Box:
    """One container, and the clock that drives it."""

    def __init__(self, image: str = "busybox", argv: tuple[str, ...] = ("app",), **container: Any) -> None:
        self.cluster = _cluster()
        self.clock = self.cluster.clock
        self.program = Program()
        self.ended: list[int] = []
        self.process = Process(
            cluster=self.cluster,
            namespace="default",
            pod="web",
            container={"name": "main", "image": image, **container},
            argv=argv,
            env={"HOSTNAME": "web", "PATH": "/usr/local/bin:/usr/bin:/bin"},
            files=Files(),
            out=Log(self.clock),
            random=Random(1),
            started=self.clock.now,
            exited=lambda code, reason: self.ended.append(code),
            ip="10.0.0.7",
            uid="u",
        )

    def start(self, *argv: str, stdin: bool = False, tty: bool = False) -> Session:
        """Begin a command."""
        return execute(self.process, self.program, argv, stdin, tty)

    def sh(self, text: str, stdin: bytes = b"", limit: float = 100.0) -> tuple[str, str, int | None]:
        """What `sh -c text` writes to its two outputs, and its exit code; None if it has not ended in time."""
        session = self.start("sh", "-c", text, stdin=bool(stdin))
        if stdin:
            session.feed(stdin)
            session.end_input()
        assert session.stderr is not None
        out, err = bytearray(), bytearray()
        end = self.clock.now + limit
        while True:
            out += session.stdout.take()
            err += session.stderr.take()
            if session.done or self.clock.now >= end:
                break
            self.clock.advance(0.25)
        out += session.stdout.take()
        err += session.stderr.take()
        return out.decode(), err.decode(), session.task.status if session.done else None

    def out(self, text: str, stdin: bytes = b"") -> str:
        """What a script writes; it must end well and say nothing else."""
        out, err, code = self.sh(text, stdin)
        assert (err, code) == ("", 0)
        return out

    def log(self) -> list[str]:
        """The lines of its log."""
        return [line.text.decode() for line in self.process.out.lines]
