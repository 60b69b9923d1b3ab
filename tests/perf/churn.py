"""Changes the status of random pods at a steady rate: python -m tests.perf.churn KUBECONFIG PODS RATE, until ended.

A process of its own, so that who measures does not wait for who writes.
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.perf import fleet
from tests.perf.server import JSON_PATCH, Client

#: Changes that may be under way: when the server is slower than the rate, the rate falls and nothing piles up.
_AT_ONCE = 32


async def churn(kubeconfig: Path, pods: int, rate: float) -> None:
    """Each change gives a pod another number of restarts. Every second a line says how many were done so far."""
    began, sent, free = time.monotonic(), 0, asyncio.Semaphore(_AT_ONCE)
    async with Client(kubeconfig) as client, asyncio.TaskGroup() as group:

        async def change(count: int) -> None:
            path = f"{fleet.pod_path(random.randrange(pods))}/status"
            await client.patch(path, fleet.restarts(count), JSON_PATCH)

        while True:
            await free.acquire()
            group.create_task(change(sent % 100 + 1)).add_done_callback(lambda _: free.release())
            sent += 1
            if not sent % int(rate):
                print(f"{time.monotonic() - began:.2f} {sent}", flush=True)
            await asyncio.sleep(max(0.0, began + sent / rate - time.monotonic()))


class Churn:
    """A running churn."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._first = self._last = (0.0, 0)

    def wait_begun(self) -> None:
        """Until it has gone on for about two seconds."""
        assert self._process.stdout
        for _ in range(2):
            seconds, sent = self._process.stdout.readline().split()
        self._first = (float(seconds), int(sent))

    def end(self) -> float:
        """Stop it; the changes a second that the server took."""
        self._process.terminate()
        out, _ = self._process.communicate()
        seconds, sent = out.split("\n")[-2].split()
        return (int(sent) - self._first[1]) / (float(seconds) - self._first[0])


@contextmanager
def churning(kubeconfig: Path, pods: int, rate: float) -> Iterator[Churn]:
    """A churn that runs for as long as the context."""
    argv = [sys.executable, "-m", "tests.perf.churn", str(kubeconfig), str(pods), str(rate)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        try:
            churn = Churn(process)
            churn.wait_begun()
            yield churn
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(churn(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
