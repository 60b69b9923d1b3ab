"""Which Kubernetes the lab runs, and where its files lie.

Each Kubernetes goes with the etcd that its own modules were built with. Older minors than these are left out
because some of their modules can no longer be had.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.lab.shell import LabError

METRICS_SERVER = "v0.9.0"
DEFAULT = "1.36"
#: Unix socket paths end at 107 bytes, and the longest one below the state folder takes about 45 of them.
LONGEST_FOLDER = 60


@dataclass(frozen=True)
class Version:
    """A Kubernetes release and the etcd release beside it."""

    kubernetes: str
    etcd: str

    @property
    def minor(self) -> str:
        return self.kubernetes.split(".")[1]

    @property
    def modules(self) -> str:
        """The version that the k8s.io modules of this release are published under."""
        return "v0." + self.kubernetes.removeprefix("v1.")


VERSIONS = {
    "1.34": Version("v1.34.4", "v3.6.4"),
    "1.36": Version("v1.36.3", "v3.6.8"),
    "1.37": Version("v1.37.2", "v3.7.0"),
}


def chosen() -> Version:
    """The version that the environment variable KUBERNETES names."""
    name = os.environ.get("KUBERNETES") or DEFAULT
    if name not in VERSIONS:
        raise LabError(f"KUBERNETES={name} is not one of {', '.join(VERSIONS)}")
    return VERSIONS[name]


def cache_folder() -> Path:
    """Where built programs are kept between runs."""
    own = os.environ.get("K9PY_CACHE")
    general = os.environ.get("XDG_CACHE_HOME")
    base = Path(own) if own else (Path(general) if general else Path.home() / ".cache") / "k9py"
    return base.absolute() / "lab"


def state_folder() -> Path:
    """Where a running lab keeps everything it writes."""
    folder = Path(os.environ.get("K9PY_LAB_DIR") or "/var/tmp/k9py-lab").resolve()
    if len(str(folder)) > LONGEST_FOLDER:
        raise LabError(
            f"K9PY_LAB_DIR has over {LONGEST_FOLDER} characters, too many for the sockets below it: {folder}"
        )
    return folder
