"""Validation of volumes, claims and storage classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k9py.demo.api.internals import difference, internal
from k9py.demo.api.quantities import amount
from k9py.demo.api.validation.names import subdomain
from k9py.demo.api.validation.resources import check_name
from k9py.demo.api.validation.volumes import SOURCES
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


def check_volume(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A persistent volume."""
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


def check_claim(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A claim."""
    yield from check_claim_spec(obj["spec"])
    if old is not None:
        yield from _check_claim_change(obj, old)


def check_claim_spec(spec: Obj) -> Iterator[Cause]:
    """The spec of one."""
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


def check_storage_class(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A storage class. What is once set stays."""
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
