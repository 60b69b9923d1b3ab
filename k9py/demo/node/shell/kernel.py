"""/proc: what the kernel tells of itself and of the processes of a container."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from k9py.demo.core.store import Obj
from k9py.demo.node.files import Folder, Link, Live, LiveFolder, Node

if TYPE_CHECKING:
    from k9py.demo.node.shell.system import Entry, System

RELEASE = "6.8.0-45-generic"
VERSION = "#45-Ubuntu SMP PREEMPT_DYNAMIC Fri Aug 30 12:02:04 UTC 2024"
BOOTED = 864_000.0
"""Seconds that a machine had been up when its first container began."""


def memory(system: System) -> dict[str, int]:
    """Kilobytes of the machine, as /proc/meminfo has them."""
    total = 16 * 2**20
    used = 4 * 2**20 + int(system.program.load(system.process).memory) // 1024
    return {"MemTotal": total, "MemFree": total - used - 3 * 2**20, "MemAvailable": total - used, "Buffers": 262_144,
            "Cached": 3 * 2**20 - 262_144, "Shmem": 9_136, "SwapTotal": 0, "SwapFree": 0}  # fmt: skip


def uptime(system: System) -> float:
    """Seconds since the machine has begun."""
    return BOOTED + max(0.0, system.clock.now - system.process.started)


def load_average(system: System) -> tuple[float, float, float]:
    """Of 1, 5 and 15 minutes."""
    cores = system.program.load(system.process).cores
    return round(0.31 + cores, 2), round(0.27 + cores * 0.9, 2), round(0.25 + cores * 0.8, 2)


def proc(system: System, pod: Obj) -> Folder:
    """The folder /proc."""
    node = (pod.get("spec") or {}).get("nodeName", "")
    fixed: Mapping[str, Node] = {
        "version": _text(lambda: f"Linux version {RELEASE} (buildd@lcy02-amd64-075) {VERSION}\n"),
        "uptime": _text(lambda: f"{uptime(system):.2f} {uptime(system) * 3.1:.2f}\n"),
        "loadavg": _text(lambda: _loadavg(system)),
        "meminfo": _text(lambda: "".join(f"{name + ':':15}{size:>9} kB\n" for name, size in memory(system).items())),
        "cpuinfo": _text(_cpus),
        "mounts": _text(lambda: mounts(system)),
        "cmdline": _text(lambda: "BOOT_IMAGE=/boot/vmlinuz root=/dev/vda1 ro\n"),
        "filesystems": _text(lambda: "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\toverlay\n\text4\n"),
        "self": Link(mode=0o777, target="1"),
        "sys": Folder(mode=0o555, own={"kernel": Folder(own={"hostname": _text(lambda: f"{node}\n")})}),
    }

    def entries() -> dict[str, Node]:
        return {str(pid): _process(system, entry) for pid, entry in sorted(system.processes.items())} | dict(fixed)

    return LiveFolder(mode=0o555, time=system.process.started, read_only=True, source=entries)


def mounts(system: System) -> str:
    """What /proc/mounts says."""
    return "".join(f"{one.device} {one.path} {one.type} {one.options} 0 0\n" for one in system.files.mounts)


def _text(source: object) -> Live:
    assert callable(source)
    return Live(mode=0o444, source=lambda: str(source()).encode())


def _loadavg(system: System) -> str:
    averages = " ".join(f"{one:.2f}" for one in load_average(system))
    return f"{averages} 1/{len(system.processes) + 420} {max(system.processes, default=1)}\n"


def _cpus() -> str:
    one = "processor\t: {0}\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz\n"
    return "".join(one.format(index) + "cpu MHz\t\t: 2899.998\ncpu cores\t: 4\n\n" for index in range(4))


def _process(system: System, entry: Entry) -> Folder:
    name = entry.argv[0].rpartition("/")[2] if entry.argv else "sh"
    status = f"Name:\t{name}\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t{entry.pid}\nNgid:\t0\nPid:\t{entry.pid}\n"
    user = system.files.user
    status += f"PPid:\t{entry.parent}\nTracerPid:\t0\nUid:\t{user}\t{user}\t{user}\t{user}\nGid:\t0\t0\t0\t0\n"
    status += "FDSize:\t64\nGroups:\t0 \nVmPeak:\t    4352 kB\nVmSize:\t    4352 kB\nVmRSS:\t    1996 kB\nThreads:\t1\n"
    env = "\0".join(f"{key}={value}" for key, value in system.env.items())
    own: dict[str, Node] = {
        "cmdline": _text(lambda: "\0".join(entry.argv) + "\0"),
        "comm": _text(lambda: f"{name}\n"),
        "environ": _text(lambda: env + "\0"),
        "status": _text(lambda: status),
        "mounts": _text(lambda: mounts(system)),
        "cgroup": _text(lambda: "0::/\n"),
        "cwd": Link(mode=0o777, target="/"),
        "root": Link(mode=0o777, target="/"),
        "fd": Folder(own={str(number): Link(mode=0o777, target="/dev/null") for number in range(3)}),
    }
    return Folder(mode=0o555, own=own, time=entry.started, read_only=True)
