"""Claims, their volumes and the pods that mount them, put into the small cluster of the screens' tests."""

from __future__ import annotations

from typing import Any

from k9py.demo.node.filling import Filling
from tests.kube.scripted import ScriptedServer
from tests.ui.pages.objects import PODS, ago, fill, put_pod

CLAIMS = "/api/v1/persistentvolumeclaims"
VOLUMES = "/api/v1/persistentvolumes"
DISK = {"csi": {"driver": "disk.csi.example.com", "volumeHandle": "vol-1"}}
FOLDER = {"hostPath": {"path": "/var/lib/shop"}}


def put_claim(
    server: ScriptedServer,
    name: str,
    namespace: str = "shop",
    *,
    size: str = "40Gi",
    filled: float | None = None,
    phase: str = "Bound",
    source: dict[str, Any] = DISK,
    mode: str = "Filesystem",
) -> None:
    """A claim, and its volume where it has one; `filled` is the share of it that is used."""
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "volumeMode": mode}
    volume = f"pv-{name}" if phase == "Bound" else ""
    metadata = {"creationTimestamp": ago(days=5)}
    capacity = {"storage": size}
    if volume:
        taken = {"capacity": capacity, "claimRef": {"namespace": namespace, "name": name}, **source}
        status = {"phase": "Bound"}
        server.store.put(VOLUMES, volume, metadata=metadata, spec={**spec, **taken}, status=status)
    if filled is not None:
        server.cluster.registry.part(Filling).shares[namespace, name] = filled
    wanted = {**spec, "resources": {"requests": capacity}, "volumeName": volume}
    got = {"capacity": capacity, "accessModes": spec["accessModes"]} if volume else {}
    server.store.put(CLAIMS, name, namespace, metadata=metadata, spec=wanted, status={"phase": phase, **got})


def mount(server: ScriptedServer, pod: str, *claims: str, node: str = "worker-a") -> None:
    """A pod that mounts claims, and has been running for long."""
    put_pod(server, pod, node=node)
    made = server.store.get(PODS, pod, "shop")
    assert made
    volumes = [{"name": claim, "persistentVolumeClaim": {"claimName": claim}} for claim in claims]
    mounts = [{"name": claim, "mountPath": f"/{claim}"} for claim in claims]
    containers = [{**each, "volumeMounts": mounts} for each in made["spec"]["containers"]]
    spec = {**made["spec"], "containers": containers, "volumes": volumes}
    server.store.put(PODS, pod, "shop", metadata=made["metadata"], spec=spec, status=made["status"])
    server.running.use(pod, "shop", "10m", "20Mi")


def fill_storage(server: ScriptedServer) -> None:
    """Volumes that are fine, full and overfull, and of each sort of which it is not known."""
    fill(server)
    for name, share in (("data-db-0", 0.42), ("data-db-1", 0.83), ("결제-기록-📒", 0.97)):
        put_claim(server, name, filled=share)
    mount(server, "db-0", "data-db-0")
    mount(server, "db-1", "data-db-1", "raw", node="worker-b")
    mount(server, "결제-기록-0", "결제-기록-📒", "folder")
    put_claim(server, "raw", size="8Gi", mode="Block")
    put_claim(server, "folder", size="1Gi", source=FOLDER)
    put_claim(server, "unused", size="500Mi")
    put_claim(server, "waiting", size="2Ti", phase="Pending")
