"""Volumes, claims, and what provides them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k9py.demo.api.admission.storage import admit_claim
from k9py.demo.api.defaults.volumes import default_claim, default_source
from k9py.demo.api.quantities import settle
from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.storage import check_claim, check_storage_class, check_volume
from k9py.demo.api.validation.warnings import warn_of_claim
from k9py.demo.core.store import Obj

if TYPE_CHECKING:
    from k9py.demo.api.registry import Registry

_DRIVER = (
    ("attachRequired", True),
    ("podInfoOnMount", False),
    ("storageCapacity", False),
    ("fsGroupPolicy", "ReadWriteOnceWithFSType"),
    ("requiresRepublish", False),
    ("seLinuxMount", False),
)


def default_volume(obj: Obj) -> None:
    """It is kept, and is a file system."""
    spec = obj.setdefault("spec", {})
    settle(spec, "capacity")
    spec.setdefault("persistentVolumeReclaimPolicy", "Retain")
    spec.setdefault("volumeMode", "Filesystem")
    default_source({name: spec[name] for name in ("hostPath", "iscsi", "rbd", "azureDisk", "scaleIO") if name in spec})


def prepare_volume(obj: Obj, old: Obj | None, registry: Registry) -> None:
    """Protected while it is in use."""
    if old is None:
        _protect(obj, "kubernetes.io/pv-protection")
        obj["status"].setdefault("lastPhaseTransitionTime", registry.clock.stamp())


def prepare_claim(obj: Obj, old: Obj | None, registry: Registry) -> None:
    """Protected while it is in use; both forms of where its data comes from."""
    spec = obj["spec"]
    if old is None:
        _protect(obj, "kubernetes.io/pvc-protection")
        if "dataSource" in spec and "dataSourceRef" not in spec:
            spec["dataSourceRef"] = dict(spec["dataSource"])
        elif "dataSourceRef" in spec and "dataSource" not in spec and "namespace" not in spec["dataSourceRef"]:
            spec["dataSource"] = dict(spec["dataSourceRef"])


def _protect(obj: Obj, finalizer: str) -> None:
    finalizers = obj["metadata"].setdefault("finalizers", [])
    if finalizer not in finalizers:
        finalizers.append(finalizer)


def default_class(obj: Obj) -> None:
    """Volumes go with their claims, and are bound at once."""
    obj.setdefault("reclaimPolicy", "Delete")
    obj.setdefault("volumeBindingMode", "Immediate")


def default_driver(obj: Obj) -> None:
    """A CSI driver."""
    spec = obj.setdefault("spec", {})
    for name, value in _DRIVER:
        spec.setdefault(name, value)
    spec.setdefault("volumeLifecycleModes", ["Persistent"])


def default_csi_node(obj: Obj) -> None:
    """The drivers of a node."""
    spec = obj.setdefault("spec", {})
    spec["drivers"] = spec.get("drivers") or None


def default_attachment(obj: Obj) -> None:
    """Not attached yet."""
    obj.setdefault("status", {}).setdefault("attached", False)


STRATEGIES = (
    Strategy(
        "persistentvolumes",
        default_volume,
        prepare=prepare_volume,
        validate=check_volume,
        status=lambda: {"phase": "Pending"},
        generation=False,
    ),
    Strategy(
        "persistentvolumeclaims",
        default_claim,
        admit_claim,
        prepare_claim,
        check_claim,
        warn=warn_of_claim,
        status=lambda: {"phase": "Pending"},
        generation=False,
    ),
    Strategy("storageclasses.storage.k8s.io", default_class, validate=check_storage_class, generation=False),
    Strategy("csidrivers.storage.k8s.io", default_driver, generation=False),
    Strategy("csinodes.storage.k8s.io", default_csi_node, generation=False),
    Strategy("volumeattachments.storage.k8s.io", default_attachment, generation=False),
    Strategy("csistoragecapacities.storage.k8s.io", generation=False),
    Strategy("volumeattributesclasses.storage.k8s.io", generation=False),
)
