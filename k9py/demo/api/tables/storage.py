"""Volumes, claims, and the drivers that make them."""

from __future__ import annotations

from typing import Any

from k9py.demo.api.tables.printer import NONE, UNSET, Cell, age, at, count, listed, name_and_time, name_of, part, row
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj

_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
_BETA_CLASS = "volume.beta.kubernetes.io/storage-class"
_DEFAULT = "storageclass.kubernetes.io/is-default-class"


def _modes(path: str) -> Cell:
    """In a fixed order, each once."""
    find = at(path, ())
    return lambda obj, cluster: ",".join(short for mode, short in _MODES.items() if mode in find(obj, cluster))


def _class(obj: Obj, cluster: Cluster) -> str:
    annotations = obj["metadata"].get("annotations") or {}
    found: str = annotations.get(_BETA_CLASS, part(obj, "spec").get("storageClassName") or "")
    return found


def _phase(obj: Obj, cluster: Cluster) -> str:
    leaving = obj["metadata"].get("deletionTimestamp")
    return "Terminating" if leaving else part(obj, "status").get("phase", "")


def _claim(obj: Obj, cluster: Cluster) -> str:
    claim = part(obj, "spec").get("claimRef")
    return f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else ""


def _bound(cell: Cell) -> Cell:
    """What a claim says only when it has a volume."""
    return lambda obj, cluster: cell(obj, cluster) if part(obj, "spec").get("volumeName") else ""


def _storage_class(obj: Obj, cluster: Cluster) -> list[Any]:
    """Its name tells whether it is the one that is taken by default."""
    marked = (obj["metadata"].get("annotations") or {}).get(_DEFAULT) == "true"
    return [name_of(obj) + (" (default)" if marked else ""), *_OF_CLASS(obj, cluster)[1:]]


def _audiences(obj: Obj, cluster: Cluster) -> str:
    tokens = part(obj, "spec").get("tokenRequests")
    return UNSET if tokens is None else ",".join(one["audience"] for one in tokens)


_OF_CLASS = row(
    at("provisioner"),
    at("reclaimPolicy", "Delete"),
    at("volumeBindingMode", "Immediate"),
    at("allowVolumeExpansion", False),
    age,
)
_ATTRIBUTES, _MODE = at("spec.volumeAttributesClassName", UNSET), at("spec.volumeMode", UNSET)
PRINTERS = {
    "persistentvolumes": row(
        at("spec.capacity.storage", "0"),
        _modes("spec.accessModes"),
        at("spec.persistentVolumeReclaimPolicy"),
        _phase,
        _claim,
        _class,
        _ATTRIBUTES,
        at("status.reason"),
        age,
        _MODE,
    ),
    "persistentvolumeclaims": row(
        _phase,
        at("spec.volumeName"),
        _bound(at("status.capacity.storage", "0")),
        _bound(_modes("status.accessModes")),
        _class,
        _ATTRIBUTES,
        age,
        _MODE,
    ),
    "storageclasses.storage.k8s.io": _storage_class,
    "csidrivers.storage.k8s.io": row(
        at("spec.attachRequired", True),
        at("spec.podInfoOnMount", False),
        at("spec.storageCapacity", False),
        _audiences,
        at("spec.requiresRepublish", False),
        listed("spec.volumeLifecycleModes", NONE),
        age,
    ),
    "csinodes.storage.k8s.io": row(count("spec.drivers"), age),
    "csistoragecapacities.storage.k8s.io": name_and_time,
    "volumeattachments.storage.k8s.io": row(
        at("spec.attacher"),
        at("spec.source.persistentVolumeName"),
        at("spec.nodeName"),
        at("status.attached", False),
        age,
    ),
    "volumeattributesclasses.storage.k8s.io": row(at("driverName"), age),
}
