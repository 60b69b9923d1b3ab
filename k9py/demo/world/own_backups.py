"""The operator of the shop's own kinds: backups go through their phases."""

from __future__ import annotations

from random import Random

from k9py.demo.api.events import Recorder
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj
from k9py.demo.world.parts.own_kinds import GROUP

BACKUPS = f"shopbackups.{GROUP}"
PHASES = ("Pending", "Running", "Verifying", "Complete")


def advance_backups(cluster: Cluster, recorder: Recorder, random: Random) -> None:
    """One of the backups takes its next step."""
    entries = cluster.store.entries(BACKUPS, "data")
    if not entries:
        return
    entry = random.choice(entries)

    def change(obj: Obj) -> Obj:
        status = obj.setdefault("status", {})
        here = PHASES.index(status["phase"]) if status.get("phase") in PHASES else 0
        status["phase"] = PHASES[(here + 1) % len(PHASES)]
        status["size"] = (
            f"{random.randrange(190, 320)}Mi" if status["phase"] == "Verifying" else status.get("size", "0")
        )
        return obj

    obj = cluster.registry.patch(BACKUPS, (entry.key.namespace, entry.key.name), change, "status")
    if obj["status"]["phase"] == "Complete":
        recorder.normal(obj, "BackupComplete", f"백업 완료 ✅ {obj['status']['size']}")
