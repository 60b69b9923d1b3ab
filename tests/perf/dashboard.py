"""What k9py takes: to start, to stand still, to follow what changes, and to answer a key."""

from __future__ import annotations

import asyncio
import random
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.cluster.lab import LabError
from tests.perf import fleet
from tests.perf.churn import churning
from tests.perf.recording import Probe, Recording
from tests.perf.server import JSON_PATCH, Client, heard

K9PY = Path(sys.executable).with_name("k9py")
RATE = 200
EVENTS, KEYS = 60, 200
_CPU_SECONDS = 20.0
#: Time for what goes on after the table is complete: kinds, rights, the release of what only the start needed.
_SETTLE = 4.0
#: So many of the first probes are left out.
WARM_UP = 5
_POD = re.compile(r"(team-\d) +([a-z]+-[a-z0-9]{10}-[a-z0-9]{5}) ")
_CURSOR = "▸"


class Start(NamedTuple):
    """Seconds from the process's start, and MB. `panes` is 0 for a page that has none."""

    first_row: float
    complete: float
    memory: float
    peak: float
    panes: float


@dataclass(frozen=True)
class Steady:
    """What one complete table took. CPU in percent of a core, delays in seconds."""

    cpu: float
    rate: float
    events: list[float]
    heard: list[float]
    """When the same events reached a watch that does nothing else: what of the delay is the server's."""
    keys: list[float]


@contextmanager
def opened(kubeconfig: Path, pods: int, *more: str) -> Iterator[Recording]:
    """k9py over all namespaces, its table of pods complete."""
    with Recording([str(K9PY), "--kubeconfig", str(kubeconfig), "-A", *more]) as recording:
        recording.wait_bytes(_title(pods).encode())
        recording.wait_shown(lambda text: _is_complete(text, pods))
        yield recording


def _title(pods: int) -> str:
    return f"Pods {pods:,}"


def _is_complete(text: str, pods: int) -> bool:
    return _title(pods) in text and is_live(text)


def is_live(text: str) -> bool:
    """Whether a list is complete and followed."""
    return "live" in text and "syncing" not in text and "connecting" not in text


def has_panes(text: str) -> bool:
    return all(f" {title} " in text for title in ("Nodes", "Deployments", "Pods"))


def measure_start(kubeconfig: Path, pods: int, *more: str) -> Start:
    """Open a page of its own (`-c pods`), or without `more` the home page."""
    with opened(kubeconfig, pods, *more) as recording:
        time.sleep(_SETTLE)
        memory, peak = recording.rss_mb(), _peak_mb(recording.pid)
    return Start(
        recording.first_time(lambda text: bool(_POD.search(text))),
        recording.first_time(lambda text: _is_complete(text, pods)),
        memory,
        peak,
        0 if more else recording.first_time(has_panes),
    )


def _peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


def measure_steady(kubeconfig: Path, pods: int) -> tuple[Steady, Steady]:
    """One session at rest, and the same at RATE changes a second."""
    with opened(kubeconfig, pods, "-c", "pods") as recording:
        time.sleep(_SETTLE)
        idle = _Sampled.of(recording, kubeconfig)
        with churning(kubeconfig, pods, RATE) as churn:
            busy = _Sampled.of(recording, kubeconfig)
            rate = churn.end()
    delays = recording.delays([*idle.probes, *busy.probes])
    return idle.judge(delays), busy.judge(delays, rate)


class _Event(NamedTuple):
    """A change, and when the bare watch beside k9py heard of it."""

    probe: Probe
    heard: float


class _Sampled(NamedTuple):
    """What was done, before it is known how long it took to be seen."""

    cpu: float
    events: list[_Event]
    keys: list[Probe]

    @classmethod
    def of(cls, recording: Recording, kubeconfig: Path) -> _Sampled:
        return cls(_measure_cpu(recording), asyncio.run(_change_visible(recording, kubeconfig)), press_keys(recording))

    @property
    def probes(self) -> list[Probe]:
        """In the order of time."""
        return [*(event.probe for event in self.events), *self.keys]

    def judge(self, delays: dict[Probe, float], rate: float = 0) -> Steady:
        events = [event for event in self.events[WARM_UP:] if event.probe in delays]
        keys = [delays[probe] for probe in self.keys[WARM_UP:] if probe in delays]
        if len(events) < 0.9 * EVENTS or len(keys) < 0.9 * KEYS:
            raise LabError(f"only {len(events)} of {EVENTS} events and {len(keys)} of {KEYS} keys were seen")
        seen = [delays[event.probe] for event in events]
        heard = [max(0.0, event.heard - event.probe.at) for event in events]
        return Steady(self.cpu, rate, seen, heard, keys)


def _measure_cpu(recording: Recording) -> float:
    before, began = recording.cpu_s(), time.monotonic()
    time.sleep(_CPU_SECONDS)
    return 100 * (recording.cpu_s() - before) / (time.monotonic() - began)


async def _change_visible(recording: Recording, kubeconfig: Path) -> list[_Event]:
    """Give visible pods a number of restarts that is seen nowhere else; the delay counts from the server's answer."""
    places = [(y, found[1], found[2]) for y, line in enumerate(recording.build()) if (found := _POD.search(line))]
    probes = []
    async with Client(kubeconfig) as client, heard(client, "/api/v1/pods") as hearing:
        for _ in range(EVENTS + WARM_UP):
            row, namespace, name = random.choice(places)
            count = 10_000 + int(time.monotonic() * 1000) % 80_000
            seen, since = len(recording.chunks), time.monotonic()
            path = f"/api/v1/namespaces/{namespace}/pods/{name}/status"
            await client.patch(path, fleet.restarts(count), JSON_PATCH)
            probes.append(Probe(since, time.monotonic(), row, str(count)))
            await asyncio.to_thread(recording.wait_bytes, str(count).encode(), seen, 5)
            await asyncio.sleep(random.uniform(0.05, 0.15))
        return [_Event(probe, hearing.when(f'"restartCount":{probe.text}'.encode())) for probe in probes]


def press_keys(recording: Recording) -> list[Probe]:
    """Move the cursor down and up again, each time as soon as it has been seen to move and a moment after."""
    here = next(y for y, line in enumerate(recording.build()) if _CURSOR in line)
    probes = []
    for number in range(KEYS + WARM_UP):
        seen, since = len(recording.chunks), time.monotonic()
        recording.send("k" if number % 2 else "j")
        probes.append(Probe(since, since, here if number % 2 else here + 1, _CURSOR))
        recording.wait_bytes(_CURSOR.encode(), seen, 5)
        time.sleep(random.uniform(0.03, 0.1))
    return probes
