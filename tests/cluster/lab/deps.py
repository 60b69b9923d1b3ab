"""The Debian packages that the lab's nodes need, and their installation.

Nothing is asked of the package manager when everything is there, so that a start without a network works.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.cluster.lab.shell import LabError, say

BUSYBOX = Path("/bin/busybox")

#: package -> a program or file that it brings
PACKAGES = {
    "containerd": "containerd",
    "runc": "runc",
    "containernetworking-plugins": "/usr/lib/cni/ptp",
    "busybox-static": str(BUSYBOX),
    "iptables": "iptables",
    "conntrack": "conntrack",
    "socat": "socat",
    "ebtables": "ebtables",
    "ethtool": "ethtool",
    "iproute2": "ip",
    "openssl": "openssl",
    "procps": "sysctl",
    "util-linux": "nsenter",
}


def is_static(program: Path) -> bool:
    """Whether an ELF program names no dynamic loader, so that it runs alone in an image."""
    return b"/ld-" not in program.read_bytes()[:4096]


def present(package: str, sign: str) -> bool:
    """Whether what a package brings is on this machine."""
    found = shutil.which(sign)
    return found is not None and (package != "busybox-static" or is_static(Path(found)))


def missing() -> list[str]:
    """The packages whose programs are not on this machine."""
    return [package for package, sign in PACKAGES.items() if not present(package, sign)]


def install() -> None:
    """Install what is missing with apt-get."""
    wanted = missing()
    if not wanted:
        return
    names = " ".join(wanted)
    if shutil.which("apt-get") is None:
        raise LabError(f"the lab needs these Debian packages, and there is no apt-get to install them with: {names}")
    say(f"installing {names}")
    _apt("update")
    _apt("install", "-y", "--no-install-recommends", *wanted)
    if left := missing():
        raise LabError(f"apt-get installed its packages, and still these are missing: {' '.join(left)}")


def _apt(*argv: str) -> None:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", "-q", *argv], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"apt-get {' '.join(argv)} failed (it needs root): {done.stderr.strip()}")
