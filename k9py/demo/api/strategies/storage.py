"""Volumes, claims, and what provides them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k9py.demo.api.admission.storage import admit_claim
from k9py.demo.api.defaults.filling import filled
from k9py.demo.api.defaults.volumes import default_claim, default_source
from k9py.demo.api.internals import difference, internal
from k9py.demo.api.quantities import amount, settle
from k9py.demo.api.registry import Registry
from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.names import subdomain
from k9py.demo.api.validation.resources import check_name
from k9py.demo.api.validation.volumes import SOURCES
from k9py.demo.api.validation.warnings import warn_of_claim
from k9py.demo.api.validation.words import broken, go, in_order, invalid, one_of, unchanged
from k9py.demo.core.status import Cause, forbidden_value, required
from k9py.demo.core.store import Obj

MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
_NOT_SOURCES = (
    "emptyDir",
    "secret",
    "configMap",
    "projected",
    "downwardAPI",
    "ephemeral",
    "persistentVolumeClaim",
    "image",
)
_VOLUME_SOURCES = (*(kind for kind in SOURCES if kind not in _NOT_SOURCES), "local", "cinder", "vsphereVolume")
_CLAIM = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
_SOURCE = "spec.persistentvolumesource is immutable after creation"


def _check_volume(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    spec = obj["spec"]
    yield from _check_modes(spec, "")
    yield from _check_capacity(spec.get("capacity") or {})
    policy = spec.get("persistentVolumeReclaimPolicy")
    yield from one_of("spec.persistentVolumeReclaimPolicy", policy, ("Delete", "Recycle", "Retain"))
    kinds = [kind for kind in _VOLUME_SOURCES if kind in spec]
    if not kinds:
        yield required("spec", "must specify a volume type")
    for kind in kinds[:1]:
        if kind in SOURCES and kind != "csi":
            yield from SOURCES[kind](f"spec.{kind}", spec[kind] or {})
    for kind in kinds[1:]:
        yield forbidden_value(f"spec.{kind}", "may not specify more than 1 volume type")
    if spec.get("storageClassName"):
        yield from broken("spec.storageClassName", spec["storageClassName"], subdomain)
    if spec.get("volumeMode") not in (None, "Block", "Filesystem"):
        yield from one_of("spec.volumeMode", spec["volumeMode"], ("Block", "Filesystem"))
    if old is not None:
        yield from _check_volume_change(spec, old["spec"])


def _check_volume_change(spec: Obj, old: Obj) -> Iterator[Cause]:
    if any(spec.get(kind) != old.get(kind) for kind in _VOLUME_SOURCES):
        before, after = (internal(one, "core.PersistentVolumeSource") for one in (old, spec))
        yield forbidden_value("spec.persistentvolumesource", f"{_SOURCE}\n{difference(before, after)}")
    yield from unchanged("volumeMode", spec.get("volumeMode"), old.get("volumeMode"))
    if old.get("nodeAffinity") is not None and spec.get("nodeAffinity") != old["nodeAffinity"]:
        yield invalid(
            "spec.nodeAffinity", internal(spec.get("nodeAffinity"), "*core.VolumeNodeAffinity"), "field is immutable"
        )


def _check_modes(spec: Obj, detail: str) -> Iterator[Cause]:
    modes = spec.get("accessModes") or ()
    if not modes:
        yield required("spec.accessModes", detail)
    for mode in modes:
        yield from one_of("spec.accessModes", mode, MODES)
    if "ReadWriteOncePod" in modes and len(modes) > 1:
        yield forbidden_value("spec.accessModes", "may not use ReadWriteOncePod with other access modes")


def _check_capacity(capacity: Obj) -> Iterator[Cause]:
    if not capacity:
        yield required("spec.capacity")
    if "storage" not in capacity or len(capacity) > 1:
        text = f'Unsupported value: {go(in_order(capacity) or None)}: supported values: "storage"'
        yield Cause("spec.capacity", "FieldValueNotSupported", text)
    for name, value in sorted(capacity.items()):
        yield from _check_positive(f"spec.capacity[{name}]", value)


def _check_positive(path: str, value: Any) -> Iterator[Cause]:
    if amount(str(value)) <= 0:
        yield invalid(path, str(value), "must be greater than zero")


def _check_claim(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    yield from _check_claim_spec(obj["spec"])
    if old is not None:
        yield from _check_claim_change(obj, old)


def _check_claim_spec(spec: Obj) -> Iterator[Cause]:
    yield from _check_modes(spec, "at least 1 access mode is required")
    requests = (spec.get("resources") or {}).get("requests") or {}
    if "storage" not in requests:
        yield required("spec.resources[storage]")
    else:
        yield from check_name("spec.resources[storage]", "storage")
        yield from _check_positive("spec.resources[storage]", requests["storage"])
    if spec.get("storageClassName"):
        yield from broken("spec.storageClassName", spec["storageClassName"], subdomain)
    yield from one_of("spec.volumeMode", spec.get("volumeMode"), ("Block", "Filesystem"))


def _check_claim_change(obj: Obj, old: Obj) -> Iterator[Cause]:
    spec, before = obj["spec"], old["spec"]
    bound = (old.get("status") or {}).get("phase") == "Bound"
    allowed = {**spec}
    if not before.get("volumeName") and spec.get("volumeName"):  # the binder's own change
        allowed.pop("volumeName")
    if bound:
        allowed["resources"] = before.get("resources")
        allowed.pop("volumeAttributesClassName", None)
        if "volumeAttributesClassName" in before:
            allowed["volumeAttributesClassName"] = before["volumeAttributesClassName"]
    if before.get("storageClassName") is None and "storageClassName" in spec:
        allowed.pop("storageClassName")
    if allowed != before:
        old_spec, new_spec = (internal(one, "core.PersistentVolumeClaimSpec") for one in (before, allowed))
        yield forbidden_value("spec", f"{_CLAIM}\n{difference(old_spec, new_spec)}")
    if bound:
        yield from _check_growth(spec, before)


def _check_growth(spec: Obj, before: Obj) -> Iterator[Cause]:
    new, old = (((one.get("resources") or {}).get("requests") or {}).get("storage", "0") for one in (spec, before))
    if amount(str(new)) < amount(str(old)):
        yield forbidden_value("spec.resources.requests.storage", "field can not be less than status.capacity")


def _check_storage_class(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    if old is None:
        if not obj.get("provisioner"):
            yield required("provisioner")
        yield from one_of("reclaimPolicy", obj["reclaimPolicy"], ("Delete", "Retain"))
        yield from one_of("volumeBindingMode", obj["volumeBindingMode"], ("Immediate", "WaitForFirstConsumer"))
        return
    if (obj.get("parameters") or {}) != (old.get("parameters") or {}):
        yield invalid("parameters", in_order(obj.get("parameters")), "field is immutable")
    for name in ("provisioner", "reclaimPolicy", "volumeBindingMode"):
        yield from unchanged(name, obj.get(name), old.get(name))


_CLASS = filled(reclaimPolicy="Delete", volumeBindingMode="Immediate")
_DRIVER = {
    "attachRequired": True,
    "podInfoOnMount": False,
    "storageCapacity": False,
    "fsGroupPolicy": "ReadWriteOnceWithFSType",
    "requiresRepublish": False,
    "seLinuxMount": False,
    "volumeLifecycleModes": ["Persistent"],
}


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


def default_csi_node(obj: Obj) -> None:
    """The drivers of a node."""
    spec = obj.setdefault("spec", {})
    spec["drivers"] = spec.get("drivers") or None


STRATEGIES = (
    Strategy(
        "persistentvolumes",
        default_volume,
        prepare=prepare_volume,
        validate=_check_volume,
        status=lambda: {"phase": "Pending"},
        generation=False,
    ),
    Strategy(
        "persistentvolumeclaims",
        default_claim,
        admit_claim,
        prepare_claim,
        _check_claim,
        warn=warn_of_claim,
        status=lambda: {"phase": "Pending"},
        generation=False,
    ),
    Strategy("storageclasses.storage.k8s.io", _CLASS, validate=_check_storage_class, generation=False),
    Strategy("csidrivers.storage.k8s.io", filled(spec=_DRIVER), generation=False),
    Strategy("csinodes.storage.k8s.io", default_csi_node, generation=False),
    Strategy("volumeattachments.storage.k8s.io", filled(status={"attached": False}), generation=False),
    Strategy("csistoragecapacities.storage.k8s.io", generation=False),
    Strategy("volumeattributesclasses.storage.k8s.io", generation=False),
)
