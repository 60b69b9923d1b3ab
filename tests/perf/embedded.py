"""What the embedded cluster takes: python -m tests.perf.embedded. Nothing but this machine is needed.

CPU is that of the process alone, so that it says something on a machine that does other things too.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any, NamedTuple

import psutil
from aiohttp import ClientSession, ClientTimeout

from k9py.demo.plan import Plan
from k9py.demo.serve import build
from tests.perf.dashboard import K9PY, WARM_UP, has_panes, is_live, press_keys
from tests.perf.recording import Recording
from tests.perf.report import Figure, as_text, quantile, write

NOW = 1_764_093_600.0
HOURS = (1, 6, 12, 24)
_SMALL = "/api/v1/namespaces/default/services/kubernetes"
_BUILDS = 5


def spent(work: Callable[[], object]) -> float:
    """Seconds of CPU."""
    began = time.process_time()
    work()
    return time.process_time() - began


def measure_builds() -> Iterator[Figure]:
    """The world, and an empty cluster as tests make them."""
    build(Plan(), NOW)
    for what, plan in (("the shop's world", Plan()), ("an empty cluster", Plan(empty=True))):
        found = median(spent(lambda: build(plan, NOW)) for _ in range(_BUILDS))  # noqa: B023
        yield Figure(f"make {what}: CPU", 1000 * found, "ms", aim=60 if plan.empty else None)


def measure_starts(rounds: int) -> Iterator[Figure]:
    """From the start of `k9py demo` to panes that live."""
    walls, cpus = [], []
    for _ in range(rounds):
        with Recording([str(K9PY), "demo"]) as recording:
            recording.wait_bytes(b"Deployments")
            while not (has_panes("\n".join(recording.build())) and is_live("\n".join(recording.build()))):
                time.sleep(0.01)
            cpus.append(recording.cpu_s())
            walls.append(recording.first_time(lambda text: has_panes(text) and is_live(text)))
    yield Figure("k9py demo: start to living panes", median(walls), "s", aim=1.5)
    yield Figure("k9py demo: CPU until then", median(cpus), "s", aim=1.2)


def measure_day(hours: int) -> Iterator[Figure]:
    """Resident memory while hours pass."""
    cluster = build(Plan(), NOW)
    for hour in range(1, hours + 1):
        for _ in range(60):
            cluster.clock.advance(60.0)
        if hour in HOURS:
            gc.collect()
            yield Figure(f"memory after {hour} simulated hours", psutil.Process().memory_info().rss / 1e6, "MB")


def measure_keys(pods: int) -> Iterator[Figure]:
    """The cursor's way in a table of all pods, while the cluster lives in the same process."""
    with Recording([str(K9PY), "demo", "--pods", str(pods), "-A", "-c", "pods"]) as recording:
        recording.wait_shown(lambda text: f"Pods {pods // 1000}," in text and is_live(text) and "syncing" not in text)
        time.sleep(4.0)
        probes = press_keys(recording)
        delays = recording.delays(probes)
        keys = [1000 * delays[probe] for probe in probes[WARM_UP:] if probe in delays]
        yield Figure(f"k9py demo --pods {pods}: key to paint, p50", quantile(keys, 0.5), "ms")
        yield Figure(f"k9py demo --pods {pods}: key to paint, p99", quantile(keys, 0.99), "ms")
        yield Figure(f"k9py demo --pods {pods}: memory", recording.rss_mb(), "MB")


class Served(NamedTuple):
    """A `k9py demo --serve` that runs."""

    url: str
    process: psutil.Process
    wall: float

    @property
    def cpu(self) -> float:
        """Seconds, since its start."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@contextmanager
def served(*options: str) -> Iterator[Served]:
    """Start one; it is there when it has printed its kubeconfig."""
    began = time.monotonic()
    with subprocess.Popen([str(K9PY), "demo", "--serve", *options], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            text = ""
            while not text.endswith("\n}\n"):
                line = process.stdout.readline()
                assert line, "it has ended"
                text += line
            url = json.loads(text)["clusters"][0]["cluster"]["server"]
            yield Served(url, psutil.Process(process.pid), time.monotonic() - began)
        finally:
            process.terminate()


def measure_serving(pods: int, watchers: int, seconds: float, *more: str) -> Iterator[Figure]:
    """A large cluster with several who watch all its pods, and one who asks for something small."""
    name = " ".join(("--serve --pods", str(pods), *more))
    with served("--pods", str(pods), *more) as server:
        yield Figure(f"{name}: start", server.wall, "s", aim=5)
        yield Figure(f"{name}: CPU of the start", server.cpu, "s")
        yield from asyncio.run(_read(server, name, watchers, seconds))


async def _read(server: Served, name: str, watchers: int, seconds: float) -> list[Figure]:
    async with ClientSession(timeout=ClientTimeout(total=None)) as session:
        began = time.monotonic()
        listed = await _get(session, f"{server.url}/api/v1/pods")
        took = time.monotonic() - began
        version = json.loads(listed)["metadata"]["resourceVersion"]
        counts = [0] * watchers
        path = f"{server.url}/api/v1/pods?watch=1&resourceVersion={version}"
        tasks = [asyncio.create_task(_watch(session, path, counts, number)) for number in range(watchers)]
        await asyncio.sleep(2.0)
        before, cpu, began = sum(counts), server.cpu, time.monotonic()
        delays = await _ask(session, server.url + _SMALL, seconds)
        lasted = time.monotonic() - began
        rate, share = (sum(counts) - before) / watchers / lasted, 100 * (server.cpu - cpu) / lasted
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return [
        Figure(f"{name}: list of all pods", took, "s"),
        Figure(f"{name}: events to each of {watchers} watchers", rate, "/s"),
        Figure(f"{name}: CPU at that rate", share, "%", aim=100),
        Figure(f"{name}: a small GET meanwhile, p50", quantile(delays, 0.5), "ms"),
        Figure(f"{name}: a small GET meanwhile, p99", quantile(delays, 0.99), "ms"),
        Figure(f"{name}: memory", server.process.memory_info().rss / 1e6, "MB"),
    ]


async def _get(session: ClientSession, url: str) -> bytes:
    async with session.get(url) as response:
        return await response.read()


async def _watch(session: ClientSession, url: str, counts: list[int], number: int) -> None:
    """Count lines: each is an event."""
    async with session.get(url) as response:
        async for data in response.content.iter_any():
            counts[number] += data.count(b"\n")


async def _ask(session: ClientSession, url: str, seconds: float) -> list[float]:
    delays = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        await _get(session, url)
        delays.append(1000 * (time.monotonic() - began))
        await asyncio.sleep(0.02)
    return delays


def describe_machine() -> str:
    """What it was measured on, and how much else went on there."""
    memory, load = psutil.virtual_memory().total / 1e9, os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {memory:.0f} GB; Python {platform.python_version()}; load average {load:.1f}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.perf.embedded", description=__doc__)
    parser.add_argument("--pods", type=int, default=10_000, help="of the large cluster (default 10,000)")
    parser.add_argument("--nodes", type=int, default=300, help="of a second large cluster (default 300)")
    parser.add_argument("--hours", type=int, default=24, help="that pass in the shop's world (default 24; 0: none)")
    parser.add_argument("--seconds", type=float, default=30.0, help="for which events are counted (default 30)")
    parser.add_argument("--rounds", type=int, default=5, help="starts of k9py demo (default 5)")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/benchmarks.md")
    return parser.parse_args()


def _measure(given: argparse.Namespace) -> Iterator[Figure]:
    yield from measure_day(given.hours)  # first, as long as nothing else has used memory
    yield from measure_starts(given.rounds)
    yield from measure_builds()
    yield from measure_serving(given.pods, 3, given.seconds)
    yield from measure_serving(given.pods, 3, given.seconds, "--nodes", str(given.nodes))
    yield from measure_keys(given.pods)


def main() -> int:
    """Measure, and say each figure as soon as it is known."""
    given: Any = _arguments()
    machine, found = describe_machine(), []
    for figure in _measure(given):
        found.append(figure)
        print(f"{figure.what}: {figure.columns()[1]}", flush=True)
    print(f"\n{as_text(found)}\n{machine}")
    if given.write:
        write(found, machine, "embedded")
    return 0


if __name__ == "__main__":
    sys.exit(main())
