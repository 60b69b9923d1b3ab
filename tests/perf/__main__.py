"""Fills a real API server with pods and measures k9py beside kubectl: python -m tests.perf (or make bench)."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path

from tests.cluster.lab import ApiOnly, LabError
from tests.perf import report
from tests.perf.dashboard import RATE, measure_start, measure_steady
from tests.perf.kubectl import list_pods
from tests.perf.server import fleet_age, prepare

_GROWN = 610
_KEPT = "the filled server runs on for the next run; to end it: python -m tests.cluster.lab api-down"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.perf", description=__doc__)
    parser.add_argument("--pods", type=int, default=10_000, help="how many pods the server holds (default 10,000)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each thing is measured (default 3)")
    parser.add_argument("--fresh", action="store_true", help="fill the server anew, even if it is still filled")
    parser.add_argument("--starts-only", action="store_true", help="leave out what takes minutes: CPU, events and keys")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/benchmarks.md")
    parser.add_argument("--down", action="store_true", help="end the server when done")
    return parser.parse_args()


def _measure(given: argparse.Namespace) -> None:
    kubeconfig = prepare(given.pods, given.fresh)
    machine = report.describe_machine(given.pods, ApiOnly().version.kubernetes)
    print(machine, flush=True)
    kubectl, table, home, steady = [], [], [], []
    list_pods(kubeconfig)  # once for nothing: the server's caches and the disk's
    for number in range(given.rounds):
        print(f"round {number + 1}: starts", flush=True)
        # side by side, so that whatever else the machine does befalls both
        kubectl.append(list_pods(kubeconfig))
        table.append(measure_start(kubeconfig, given.pods, "-c", "pods"))
        home.append(measure_start(kubeconfig, given.pods))
    if not given.starts_only:
        _wait_until_grown(kubeconfig)
    for number in range(0 if given.starts_only else given.rounds):
        print(f"round {number + 1}: at rest, and at {RATE} changes a second", flush=True)
        steady.append(measure_steady(kubeconfig, given.pods))
    found = report.figures(kubectl, table, home, steady)
    machine += report.caution(steady)
    print(f"{report.as_text(found)}\n{machine}")
    if given.write:
        report.write(found, machine)


def _wait_until_grown(kubeconfig: Path) -> None:
    """The age of a pod younger than ten minutes is another each second; a cluster has few of these."""
    left = _GROWN - asyncio.run(fleet_age(kubeconfig))
    if left > 0:
        print(f"waiting {left:.0f} s, until ages do not change each second any more", flush=True)
        time.sleep(left)


def main() -> int:
    """Measure; an error that the reader can act on is one line."""
    given = _arguments()
    try:
        _measure(given)
    except (LabError, TimeoutError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if given.down:
        ApiOnly().down()
    else:
        print(_KEPT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
