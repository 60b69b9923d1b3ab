"""Admission of claims: the default storage class."""

from __future__ import annotations

from k9py.demo.api.admission.limits import limit_claim
from k9py.demo.api.registry import Intent, Registry
from k9py.demo.core.store import Change, Obj

_DEFAULT = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")
CLASSES = "storageclasses.storage.k8s.io"


class DefaultClass:
    """The storage classes that are the default, the newest first."""

    def __init__(self, registry: Registry) -> None:
        self._marked: dict[str, str] = {}
        registry.store.follow(CLASSES, self._hear)

    @property
    def name(self) -> str | None:
        """Its name. Of several the newest counts."""
        ranked = sorted(self._marked.items(), key=lambda item: item[0])
        return max(ranked, key=lambda item: item[1])[0] if ranked else None

    def _hear(self, change: Change) -> None:
        metadata = change.entry.read()["metadata"]
        annotations = metadata.get("annotations") or {}
        if change.type != "DELETED" and any(annotations.get(name) == "true" for name in _DEFAULT):
            self._marked[metadata["name"]] = metadata.get("creationTimestamp", "")
        else:
            self._marked.pop(metadata["name"], None)


def admit_claim(obj: Obj, old: Obj | None, registry: Registry, intent: Intent) -> None:
    """The default class for a claim that names none."""
    limit_claim(obj, registry)
    if old is not None:
        return
    spec = obj["spec"]
    if "storageClassName" not in spec and "volume.beta.kubernetes.io/storage-class" not in (
        obj["metadata"].get("annotations") or {}
    ):
        name = registry.part(DefaultClass).name
        if name:
            spec["storageClassName"] = name
