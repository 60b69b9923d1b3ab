"""Whether a kubelet's version goes with the API server's (kubernetes.io/releases/version-skew-policy)."""

from __future__ import annotations

import re

_VERSION = re.compile(r"v?(\d+)\.(\d+)")
WIDENED = 28
"""The minor since which a kubelet may be three minors older; before it two (kubernetes.io, "Kubernetes v1.28")."""


def skew_of(kubelet: str, server: str) -> str:
    """What is wrong with a kubelet's version, or the empty string."""
    ours, theirs = _read(kubelet), _read(server)
    if not ours or not theirs or ours[0] != theirs[0]:
        return ""
    behind = theirs[1] - ours[1]
    most = 3 if theirs[1] >= WIDENED else 2
    if behind < 0:
        return f"its kubelet {kubelet} is newer than the API server"
    return f"its kubelet {kubelet} is {behind} minors older than the API server; {most} are supported" * (behind > most)


def _read(version: str) -> tuple[int, int] | None:
    found = _VERSION.match(version)
    return (int(found[1]), int(found[2])) if found else None
