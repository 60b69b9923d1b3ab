"""How full the volumes of claims are: what the kubelet's figures, and df in a container, say of them."""

from __future__ import annotations

import zlib
from typing import NamedTuple

from k9py.demo.api.registry import Registry
from k9py.demo.core.store import Obj
from k9py.values.quantity import parse_quantity

_KEPT = 16 * 2**20
"""Bytes that a file system keeps for itself."""


class Disk(NamedTuple):
    """A file system: how large, and how much of it is used, in bytes."""

    capacity: int
    used: int

    @property
    def available(self) -> int:
        """What can still be written."""
        return max(0, self.capacity - self.used - _KEPT)


class Filling:
    """A part of a registry. `shares` says how full claims are, by namespace and name; of others, chance does."""

    def __init__(self, registry: Registry) -> None:
        self.shares: dict[tuple[str, str], float] = {}
        self._registry = registry

    def find(self, namespace: str, name: str) -> Disk | None:
        """The file system of a claim that is bound; None for a block device, and for what is only a folder of a node.

        Of a folder (hostPath) kubelets measure nothing.
        """
        claim = self._registry.read("persistentvolumeclaims", namespace, name) or {}
        bound = claim.get("status", {}).get("phase") == "Bound"
        volume = self._registry.read("persistentvolumes", "", claim["spec"].get("volumeName", "")) if bound else None
        if volume is None or "hostPath" in volume["spec"] or volume["spec"].get("volumeMode") == "Block":
            return None
        capacity = int(0.98 * parse_quantity(volume["spec"]["capacity"]["storage"]))
        share = self.shares.get((namespace, name), 0.05 + 0.5 * zlib.crc32(claim["metadata"]["uid"].encode()) / 2**32)
        return Disk(capacity, int(share * (capacity - _KEPT)))


def claim_of(pod: Obj, volume: Obj) -> str:
    """The claim that a volume of a pod stands for; "" for one that stands for none."""
    if "ephemeral" in volume:
        return f"{pod['metadata']['name']}-{volume['name']}"
    return str(volume.get("persistentVolumeClaim", {}).get("claimName", ""))
