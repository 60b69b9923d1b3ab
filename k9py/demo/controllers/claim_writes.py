"""How a claim and a volume become one: what is written into both."""

from __future__ import annotations

from k9py.demo.api.registry import Registry
from k9py.demo.core.store import Obj
from k9py.values.quantity import parse_quantity
from k9py.values.selector import read_selector

COMPLETED = "pv.kubernetes.io/bind-completed"
BY_US = "pv.kubernetes.io/bound-by-controller"
SELECTED = "volume.kubernetes.io/selected-node"
PROVISIONERS = ("volume.beta.kubernetes.io/storage-provisioner", "volume.kubernetes.io/storage-provisioner")
PROVISIONED = "pv.kubernetes.io/provisioned-by"


def size_of(volume: Obj) -> float:
    """Bytes of a volume."""
    return parse_quantity(str((volume["spec"].get("capacity") or {}).get("storage", "0")))


def suits(volume: Obj, claim: Obj) -> bool:
    """Whether a free volume has the class, the size, the modes and the labels that a claim asks for."""
    spec, wanted = volume["spec"], claim["spec"]
    ref = spec.get("claimRef")
    metadata = claim["metadata"]
    if ref:
        same = ref.get("namespace") == metadata["namespace"] and ref.get("name") == metadata["name"]
        return same and ref.get("uid") in (None, "", metadata["uid"])
    if (volume.get("status") or {}).get("phase") != "Available" or volume["metadata"].get("deletionTimestamp"):
        return False
    asked = parse_quantity(str((wanted.get("resources") or {}).get("requests", {}).get("storage", "0")))
    return (
        (spec.get("storageClassName") or "") == (wanted.get("storageClassName") or "")
        and set(wanted.get("accessModes", ())) <= set(spec.get("accessModes", ()))
        and spec.get("volumeMode", "Filesystem") == wanted.get("volumeMode", "Filesystem")
        and size_of(volume) >= asked
        and ("selector" not in wanted or read_selector(wanted["selector"]).matches(volume["metadata"].get("labels")))
    )


def bind(registry: Registry, claim: Obj, volume: Obj) -> None:
    """Make them one: claimRef there, volumeName here, and both say that they are Bound."""
    name = volume["metadata"]["name"]
    metadata = claim["metadata"]
    now = registry.clock.stamp()
    ours = not volume["spec"].get("claimRef")

    def take(obj: Obj) -> Obj:
        obj["spec"]["claimRef"] = claim_reference(claim)
        if ours:
            obj["metadata"].setdefault("annotations", {})[BY_US] = "yes"
        obj["status"] = {"phase": "Bound", "lastPhaseTransitionTime": now}
        return obj

    def give(obj: Obj) -> Obj:
        notes = obj["metadata"].setdefault("annotations", {})
        notes[COMPLETED] = "yes"
        if not obj["spec"].get("volumeName"):
            notes[BY_US] = "yes"
        obj["spec"]["volumeName"] = name
        spec = volume["spec"]
        obj["status"] = {
            "phase": "Bound",
            "accessModes": list(spec.get("accessModes", ())),
            "capacity": dict(spec.get("capacity") or {}),
        }
        return obj

    registry.patch("persistentvolumes", ("", name), take)
    registry.patch("persistentvolumeclaims", (metadata["namespace"], metadata["name"]), give)


def claim_reference(claim: Obj) -> Obj:
    """The claimRef of its volume."""
    metadata = claim["metadata"]
    return {
        "kind": "PersistentVolumeClaim",
        "namespace": metadata["namespace"],
        "name": metadata["name"],
        "uid": metadata["uid"],
        "apiVersion": "v1",
        "resourceVersion": metadata["resourceVersion"],
    }


def new_volume(claim: Obj, offered: Obj, node: str, driver: bool) -> Obj:
    """A volume of a class for a claim; on that node, if its claim has been given one.

    Where the provisioner is a `driver` (CSI) it is a disk, else a folder of the node.
    """
    wanted, metadata = claim["spec"], claim["metadata"]
    name = f"pvc-{metadata['uid']}"
    folder = f"{name}_{metadata['namespace']}_{metadata['name']}"
    behind: Obj = {"hostPath": {"path": f"/var/local-path-provisioner/{folder}", "type": "DirectoryOrCreate"}}
    if driver:
        behind = {"csi": {"driver": offered["provisioner"], "volumeHandle": name, "fsType": "ext4"}}
    spec: Obj = {
        "capacity": {"storage": wanted["resources"]["requests"]["storage"]},
        "accessModes": list(wanted["accessModes"]),
        "claimRef": claim_reference(claim),
        "persistentVolumeReclaimPolicy": offered.get("reclaimPolicy", "Delete"),
        "storageClassName": offered["metadata"]["name"],
        "volumeMode": wanted.get("volumeMode", "Filesystem"),
        **behind,
    }
    if node:
        term = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}]}
        spec["nodeAffinity"] = {"required": {"nodeSelectorTerms": [term]}}
    notes = {PROVISIONED: offered["provisioner"]}
    return {
        "kind": "PersistentVolume",
        "apiVersion": "v1",
        "metadata": {"name": name, "annotations": notes},
        "spec": spec,
    }
