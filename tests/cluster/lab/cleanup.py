"""Clears what a lab left behind, however it ended: programs, containers, mounts, network, cgroups, files.

Nothing is ended by its name. A process is ours when it carries the lab's mark in its environment (every program,
and what those start: shims, runc, iptables) or lives in one of the nodes' cgroups (the containers).
"""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from tests.cluster.lab import cgroups, network
from tests.cluster.lab.programs import Programs, kill_all, marked
from tests.cluster.lab.shell import LabError, attempt

#: What containerd's and the kubelet's helpers write outside of the lab's folder.
_POD_NETWORK_RESULTS = Path("/var/lib/cni/results")
_LOG_LINKS = Path("/var/log/containers")
#: A file that says that a folder is a lab's: nothing is ever removed from one that lacks it.
_SIGN = ".lab"


def claim(folder: Path) -> None:
    """Make a folder the lab's; LabError when it holds something else."""
    folder.mkdir(parents=True, exist_ok=True)
    sign = folder / _SIGN
    if not sign.exists() and any(folder.iterdir()):
        raise LabError(f"{folder} holds files that are not a lab's: empty it, or name another folder")
    sign.touch()


def mount_points(mounts: str, folder: Path) -> list[str]:
    """The mount points below a folder, deepest first, from the text of /proc/mounts."""
    points = [line.split()[1].encode().decode("unicode_escape") for line in mounts.splitlines()]
    return sorted({p for p in points if Path(p).is_relative_to(folder)}, reverse=True)


def clear(folder: Path) -> None:
    """Clear everything that the lab of two nodes in `folder` left; its logs stay until the next start."""
    kubelets = [record for n in network.NODES if (record := Programs(folder).record(f"kubelet{n}"))]
    kill_all(kubelets)
    kill_all(cgroups.members())
    _clear_programs(folder)
    network.remove()
    cgroups.remove()
    _clear_outside(folder)
    _clear_files(folder)


def clear_programs_only(folder: Path) -> None:
    """Clear what a lab without nodes left."""
    _clear_programs(folder)
    _clear_files(folder)


def _clear_programs(folder: Path) -> None:
    while left := marked(folder):
        kill_all(left)
    _remove_shim_sockets(folder)
    for _ in range(5):
        points = mount_points(Path("/proc/mounts").read_text(), folder)
        if not points:
            return
        if not attempt("umount", *points):
            attempt("umount", "--lazy", *points)


def _remove_shim_sockets(folder: Path) -> None:
    """The shims' sockets lie in a folder that all containerds share; each shim notes its own."""
    for note in folder.glob("ctrd*/state/io.containerd.runtime.v2.task/*/*/address"):
        with contextlib.suppress(OSError):
            Path(note.read_text().strip().removeprefix("unix://")).unlink()


def _clear_outside(folder: Path) -> None:
    for node in network.NODES:
        for result in _POD_NETWORK_RESULTS.glob(f"{cgroups.name(node)}-*"):
            pod = result.name.split("-")[1]
            (_POD_NETWORK_RESULTS / f"cni-loopback-{pod}-lo").unlink(missing_ok=True)
            result.unlink(missing_ok=True)
    for link in _LOG_LINKS.glob("*.log"):
        if link.is_symlink() and link.readlink().is_relative_to(folder):
            link.unlink(missing_ok=True)


def _clear_files(folder: Path) -> None:
    if not (folder / _SIGN).exists():
        return
    for entry in folder.iterdir():
        if entry.name in ("logs", _SIGN):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
