"""Defaults of volumes and of claims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k9py.demo.api.defaults.filling import Fill, filled
from k9py.demo.api.quantities import canonical, settle
from k9py.demo.core.store import Obj

_MODE = 0o644


def default_volume(volume: Obj) -> None:
    """A volume of a pod; one that says nothing is an emptyDir."""
    if len(volume) == 1:
        volume["emptyDir"] = {}
        return
    for kind, source in volume.items():
        default = _SOURCES.get(kind)
        if default and isinstance(source, dict):
            default(source)


def default_claim(claim: Obj) -> None:
    """A PersistentVolumeClaim."""
    default_claim_spec(claim.setdefault("spec", {}))


def default_claim_spec(spec: Obj) -> None:
    """The spec of one, also in a template."""
    spec.setdefault("volumeMode", "Filesystem")
    resources = spec.setdefault("resources", {})
    settle(resources, "requests")
    settle(resources, "limits")
    if "dataSource" in spec:
        spec["dataSource"].setdefault("apiGroup", None)
    if "dataSourceRef" in spec:
        spec["dataSourceRef"].setdefault("apiGroup", None)


def default_source(source: Obj) -> None:
    """Of a persistent volume, too."""
    for kind in set(source) & set(_SOURCES):
        _SOURCES[kind](source[kind])


def _downward(source: Obj) -> None:
    source.setdefault("defaultMode", _MODE)
    _downward_items(source.get("items") or ())


def _downward_items(items: Any) -> None:
    for item in items:
        default_reference(item)


def default_reference(source: Obj) -> None:
    """Where a variable, or a file of the downward API, comes from."""
    if source.get("fieldRef"):
        source["fieldRef"].setdefault("apiVersion", "v1")
    if source.get("resourceFieldRef"):
        source["resourceFieldRef"].setdefault("divisor", "0")


def pull_policy(image: str) -> str:
    """Always for what has no tag, or the tag `latest`."""
    if "@" in image or not image.strip():
        return "IfNotPresent"
    _, _, tag = image.rpartition("/")[2].partition(":")
    return "Always" if tag in ("", "latest") else "IfNotPresent"


def _projected(source: Obj) -> None:
    source.setdefault("defaultMode", _MODE)
    for one in source.get("sources") or ():
        if "serviceAccountToken" in one:
            one["serviceAccountToken"].setdefault("expirationSeconds", 3600)
        if "downwardAPI" in one:
            _downward_items(one["downwardAPI"].get("items") or ())


def _image(source: Obj) -> None:
    if "pullPolicy" not in source:
        source["pullPolicy"] = pull_policy(str(source.get("reference", "")))


def _empty_dir(source: Obj) -> None:
    if "sizeLimit" in source:
        source["sizeLimit"] = canonical(str(source["sizeLimit"]), -3)


def _ephemeral(source: Obj) -> None:
    template = source.get("volumeClaimTemplate")
    if template is not None:
        template.setdefault("metadata", {})
        default_claim_spec(template.setdefault("spec", {}))


_SOURCES: Mapping[str, Fill] = {
    "configMap": filled(defaultMode=_MODE),
    "secret": filled(defaultMode=_MODE),
    "downwardAPI": _downward,
    "projected": _projected,
    "hostPath": filled(type=""),
    "iscsi": filled(iscsiInterface="default"),
    "rbd": filled(pool="rbd", user="admin", keyring="/etc/ceph/keyring"),
    "azureDisk": filled(cachingMode="ReadWrite", fsType="ext4", readOnly=False, kind="Shared"),
    "scaleIO": filled(storageMode="ThinProvisioned", fsType="xfs"),
    "image": _image,
    "emptyDir": _empty_dir,
    "ephemeral": _ephemeral,
}
