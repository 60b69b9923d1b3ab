"""Volumes, claims, and the drivers that make them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from k9py.demo.api.tables.printer import NONE, UNSET, age, default_mark, name_and_time, name_of, part
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj

_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
_BETA_CLASS = "volume.beta.kubernetes.io/storage-class"


def _modes(modes: Iterable[str] | None) -> str:
    """In a fixed order, each once."""
    wanted = frozenset(modes or ())
    return ",".join(short for mode, short in _MODES.items() if mode in wanted)


def _class(obj: Obj) -> str:
    annotations = obj["metadata"].get("annotations") or {}
    found: str = annotations.get(_BETA_CLASS, part(obj, "spec").get("storageClassName") or "")
    return found


def _phase(obj: Obj) -> str:
    leaving = obj["metadata"].get("deletionTimestamp")
    return "Terminating" if leaving else part(obj, "status").get("phase", "")


def _attributes(spec: dict[str, Any]) -> str:
    found: str = spec.get("volumeAttributesClassName", UNSET)
    return found


def _volume(obj: Obj, cluster: Cluster) -> list[Any]:
    spec, claim = part(obj, "spec"), part(obj, "spec").get("claimRef")
    return [
        name_of(obj),
        part(spec, "capacity").get("storage", "0"),
        _modes(spec.get("accessModes")),
        spec.get("persistentVolumeReclaimPolicy", ""),
        _phase(obj),
        f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else "",
        _class(obj),
        _attributes(spec),
        part(obj, "status").get("reason", ""),
        age(obj, cluster),
        spec.get("volumeMode", UNSET),
    ]


def _claim(obj: Obj, cluster: Cluster) -> list[Any]:
    spec, status = part(obj, "spec"), part(obj, "status")
    volume = spec.get("volumeName", "")
    bound = [part(status, "capacity").get("storage", "0"), _modes(status.get("accessModes"))] if volume else ["", ""]
    name_and_phase = [name_of(obj), _phase(obj), volume]
    end = [_attributes(spec), age(obj, cluster), spec.get("volumeMode", UNSET)]
    return [*name_and_phase, *bound, _class(obj), *end]


def _storage_class(obj: Obj, cluster: Cluster) -> list[Any]:
    return [
        default_mark(obj, "storageclass.kubernetes.io/is-default-class"),
        obj.get("provisioner", ""),
        obj.get("reclaimPolicy", "Delete"),
        obj.get("volumeBindingMode", "Immediate"),
        obj.get("allowVolumeExpansion", False),
        age(obj, cluster),
    ]


def _driver(obj: Obj, cluster: Cluster) -> list[Any]:
    spec = part(obj, "spec")
    tokens = spec.get("tokenRequests")
    return [
        name_of(obj),
        spec.get("attachRequired", True),
        spec.get("podInfoOnMount", False),
        spec.get("storageCapacity", False),
        UNSET if tokens is None else ",".join(one["audience"] for one in tokens),
        spec.get("requiresRepublish", False),
        ",".join(spec.get("volumeLifecycleModes") or ()) or NONE,
        age(obj, cluster),
    ]


def _node(obj: Obj, cluster: Cluster) -> list[Any]:
    return [name_of(obj), len(part(obj, "spec").get("drivers") or ()), age(obj, cluster)]


def _attachment(obj: Obj, cluster: Cluster) -> list[Any]:
    spec = part(obj, "spec")
    volume = part(spec, "source").get("persistentVolumeName", "")
    attached = part(obj, "status").get("attached", False)
    return [name_of(obj), spec.get("attacher", ""), volume, spec.get("nodeName", ""), attached, age(obj, cluster)]


def _attributes_class(obj: Obj, cluster: Cluster) -> list[Any]:
    return [name_of(obj), obj.get("driverName", ""), age(obj, cluster)]


PRINTERS = {
    "persistentvolumes": _volume,
    "persistentvolumeclaims": _claim,
    "storageclasses.storage.k8s.io": _storage_class,
    "csidrivers.storage.k8s.io": _driver,
    "csinodes.storage.k8s.io": _node,
    "csistoragecapacities.storage.k8s.io": name_and_time,
    "volumeattachments.storage.k8s.io": _attachment,
    "volumeattributesclasses.storage.k8s.io": _attributes_class,
}
