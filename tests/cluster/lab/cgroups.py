"""A cgroup for each node, so that two kubelets on one machine do not clean up each other's pods.

Works with both versions of cgroups: with v1 there is a tree for each controller, with v2 a single one.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from tests.cluster.lab.network import NODES
from tests.cluster.lab.programs import Record

_ROOT = Path("/sys/fs/cgroup")
_TYPES = ("cgroup", "cgroup2")


def name(node: int) -> str:
    """The name of a node's cgroup below each tree's root."""
    return f"k9lab{node}"


def trees(mounts: str) -> list[Path]:
    """The roots of this machine's cgroup trees, from the text of /proc/mounts."""
    rows = [line.split() for line in mounts.splitlines()]
    return [Path(row[1]) for row in rows if row[2] in _TYPES and Path(row[1]).is_relative_to(_ROOT)]


def _all() -> list[Path]:
    roots = trees(Path("/proc/mounts").read_text())
    return [root / name(node) for root in roots for node in NODES]


def create() -> None:
    """Make the nodes' cgroups in every tree."""
    if (_ROOT / "cgroup.controllers").exists():
        _enable_controllers()
    for folder in _all():
        folder.mkdir(exist_ok=True)
        for cpuset in ("cpuset.cpus", "cpuset.mems"):
            _give_cpus(folder, cpuset)


def _give_cpus(folder: Path, file: str) -> None:
    """With v1 nothing can live in a cpuset before it was given its share (with v2 it inherits one)."""
    if folder.parent != _ROOT and (folder / file).exists():
        (folder / file).write_text((folder.parent / file).read_text())


def _enable_controllers() -> None:
    """With v2 children have only the controllers that their parent hands on; some machines forbid some."""
    for controller in (_ROOT / "cgroup.controllers").read_text().split():
        with contextlib.suppress(OSError):
            (_ROOT / "cgroup.subtree_control").write_text(f"+{controller}")


def members() -> list[Record]:
    """The processes of the nodes' containers."""
    pids: set[int] = set()
    for folder in _all():
        for file in folder.rglob("cgroup.procs"):
            with contextlib.suppress(OSError):
                pids.update(int(pid) for pid in file.read_text().split())
    return [Record.of(pid) for pid in sorted(pids - {os.getpid(), 0})]


def remove() -> None:
    """Remove the nodes' cgroups; the kernel may need a moment after their last process has ended."""
    for folder in _all():
        below = sorted((p for p in folder.rglob("*") if p.is_dir()), reverse=True)
        for path in [*below, folder]:
            _remove(path)


def _remove(path: Path) -> None:
    for _ in range(20):
        try:
            path.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
