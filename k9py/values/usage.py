"""What a pod or a node uses, as metrics.k8s.io measures it, and how full a volume is."""

from __future__ import annotations

from typing import NamedTuple


class Usage(NamedTuple):
    """CPU in cores, memory in bytes; a pod's is the sum of its containers'."""

    cpu: float
    memory: float


class Fill(NamedTuple):
    """How full a file system is: bytes, and inodes. 0 for what is not told, as a kubelet has it (VolumeStats)."""

    used: int = 0
    free: int = 0
    capacity: int = 0
    inodes_used: int = 0
    inodes_free: int = 0

    @property
    def share(self) -> int | None:
        """Percent of the bytes that can be used, rounded down: of a disk that others share, too, as `df` has it."""
        return _share(self.used, self.free)

    @property
    def inode_share(self) -> int | None:
        """Percent of the inodes, rounded down; None of a file system that does not count them."""
        return _share(self.inodes_used, self.inodes_free)


def _share(used: int, free: int) -> int | None:
    return 100 * used // (used + free) if used + free else None
