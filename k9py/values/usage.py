"""What a pod or a node uses, as metrics.k8s.io measures it."""

from __future__ import annotations

from typing import NamedTuple


class Usage(NamedTuple):
    """CPU in cores, memory in bytes; a pod's is the sum of its containers'."""

    cpu: float
    memory: float
