"""k9py in a pseudo-terminal, on an embedded cluster in a thread of its own whose connections a test can cut."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import TypeVar
from urllib.parse import urlsplit

from tests.cluster.screen import K9py
from tests.demo.channelling import opened
from tests.demo.nodelab import Lab

T = TypeVar("T")


@dataclass
class Stage:
    """The cluster, and the way to it."""

    folder: Path
    loop: asyncio.AbstractEventLoop
    lab: Lab
    url: str
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    def do(self, work: Callable[[], T]) -> T:
        """Do something to the cluster, in its thread."""
        done: Future[T] = Future()
        self.loop.call_soon_threadsafe(lambda: done.set_result(work()))
        return done.result(10)

    def cut(self) -> None:
        """End every connection to it."""

        def abort() -> None:
            for writer in self.writers:
                writer.transport.abort()

        self.do(abort)

    @property
    def log(self) -> str:
        """k9py's log."""
        path = self.folder / "state" / "k9py" / "log" / "k9py.log"
        return path.read_text() if path.exists() else ""

    @property
    def audit(self) -> list[dict[str, object]]:
        """What k9py wrote of its changes."""
        path = self.folder / "state" / "k9py" / "log" / "audit.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()]

    def k9py(self, *options: str, size: tuple[int, int] = (100, 24), where: str = "full-screen") -> K9py:
        """k9py on it, with the pods of its namespace shown; `where` is where shells open (docs/configuration.md)."""
        settings = self.folder / "config" / "k9py" / "config.toml"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(f'shell = "{where}"\n')
        context = {"cluster": "c", "user": "u", "namespace": "default"}
        config = {
            "current-context": "lab",
            "contexts": [{"name": "lab", "context": context}],
            "clusters": [{"name": "c", "cluster": {"server": self.url}}],
            "users": [{"name": "u", "user": {}}],
        }
        path = self.folder / "kubeconfig"
        path.write_text(json.dumps(config))
        argv = [sys.executable, "-m", "k9py.cli", "--kubeconfig", str(path), "-c", "pods default", *options]
        folders = {f"XDG_{name}_HOME": str(self.folder / name.lower()) for name in ("STATE", "CONFIG")}
        home = {"HOME": str(self.folder), **folders}
        return K9py(argv, size, home)


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """The cluster of tests/demo/channelling.py, its clock going, until the block ends."""
    ready: Future[Stage] = Future()
    stop = asyncio.Event()

    async def live() -> None:
        async with opened() as cluster:
            where = urlsplit(cluster.url)
            stage = Stage(folder, asyncio.get_running_loop(), cluster.lab, "")

            async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                far_reader, far_writer = await asyncio.open_connection(where.hostname, where.port)
                stage.writers += [writer, far_writer]
                await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))

            relay = await asyncio.start_server(pass_on, "127.0.0.1", 0)
            stage.url = f"http://127.0.0.1:{relay.sockets[0].getsockname()[1]}{where.path}"
            ticking = asyncio.create_task(cluster.lab.cluster.clock.run(1))
            ready.set_result(stage)
            await stop.wait()
            ticking.cancel()
            relay.close()
            for writer in stage.writers:
                writer.transport.abort()

    thread = Thread(target=lambda: asyncio.run(live()), daemon=True)
    thread.start()
    stage = ready.result(30)
    try:
        yield stage
    finally:
        stage.loop.call_soon_threadsafe(stop.set)
        thread.join(10)
    assert " ERROR " not in stage.log, stage.log


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
