"""What kubectl takes to print the same pods: the yardstick, since a machine's digits say little and ratios hold."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tests.cluster.lab import LabError

KUBECTL = Path(sys.executable).with_name("kubectl")


class Cost(NamedTuple):
    """Seconds of the clock, and the most memory in MB."""

    seconds: float
    peak_mb: float


def list_pods(kubeconfig: Path) -> Cost:
    """`kubectl get pods -A`, its output thrown away."""
    argv = [str(KUBECTL), f"--kubeconfig={kubeconfig}", "get", "pods", "-A"]
    nowhere = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
    began = time.monotonic()
    pid = os.posix_spawn(argv[0], argv, dict(os.environ), file_actions=nowhere)
    _, status, used = os.wait4(pid, 0)
    if status:
        raise LabError(f"kubectl get pods -A failed ({os.waitstatus_to_exitcode(status)})")
    return Cost(time.monotonic() - began, used.ru_maxrss * 1024 / 1e6)
