"""metadata: names, labels, annotations, owners, finalizers, and what an update may not change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from k9py.demo.api.validation.names import Rule, label_value, qualified
from k9py.demo.api.validation.words import broken, invalid, unchanged
from k9py.demo.core.status import Cause, forbidden_value

ANNOTATIONS = 256 << 10
"""Bytes that all annotations together may have."""
_STANDARD = ("kubernetes", "orphan", "foregroundDeletion")


def check_metadata(metadata: Mapping[str, Any], rule: Rule) -> Iterator[Cause]:
    """All that can be wrong with a new object's metadata."""
    prefix = metadata.get("generateName")
    if prefix:
        yield from broken("metadata.generateName", prefix, lambda text: rule(_masked(text)))
    yield from broken("metadata.name", metadata["name"], rule)
    yield from _check_shared(metadata)


def check_metadata_change(metadata: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[Cause]:
    """All that can be wrong with a change of it. The server looks at it twice, and says it twice."""
    for _ in range(2):
        yield from _check_shared(metadata)
        yield from _check_new_finalizers(metadata, old)


def _check_new_finalizers(metadata: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[Cause]:
    added = [one for one in metadata.get("finalizers", ()) if one not in old.get("finalizers", ())]
    if added and old.get("deletionTimestamp"):
        listed = ", ".join(f'"{one}"' for one in added)
        detail = "no new finalizers can be added if the object is being deleted, found new finalizers"
        yield forbidden_value("metadata.finalizers", f"{detail} []string{{{listed}}}")


def check_fixed(metadata: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[Cause]:
    """A uid that is another: the object has been replaced. The server says it twice; other fields it sets back."""
    for _ in range(2):
        if metadata.get("uid"):
            yield from unchanged("metadata.uid", metadata["uid"], old.get("uid"))


def _check_shared(metadata: Mapping[str, Any]) -> Iterator[Cause]:
    yield from check_labels("metadata.labels", metadata.get("labels") or {})
    yield from _check_annotations(metadata.get("annotations") or {})
    yield from _check_owners(metadata.get("ownerReferences") or ())
    yield from _check_finalizers(metadata.get("finalizers") or ())


def check_labels(path: str, labels: Mapping[str, str]) -> Iterator[Cause]:
    """Keys and values."""
    for key, value in sorted(labels.items()):
        yield from broken(path, key, qualified)
        yield from broken(path, value, label_value)


def _check_annotations(annotations: Mapping[str, str]) -> Iterator[Cause]:
    total = 0
    for key, value in sorted(annotations.items()):
        yield from broken("metadata.annotations", key, lambda text: qualified(text.lower()))
        total += len(key) + len(value.encode())
    if total > ANNOTATIONS:
        yield Cause("metadata.annotations", "FieldValueTooLong", f"Too long: may not be more than {ANNOTATIONS} bytes")


def _check_owners(owners: Any) -> Iterator[Cause]:
    controllers = [owner for owner in owners if owner.get("controller")]
    for owner in owners:
        for name, message in (
            ("apiVersion", "version must not be empty"),
            ("kind", "must not be empty"),
            ("name", "must not be empty"),
            ("uid", "must not be empty"),
        ):
            if not owner.get(name):
                yield invalid(f"metadata.ownerReferences.{name}", owner.get(name, ""), message)
    if len(controllers) > 1:
        first, second = (f"{one.get('kind')}/{one.get('name')}" for one in controllers[:2])
        detail = (
            f'Only one reference can have Controller set to true. Found "true" in references for {first} and {second}'
        )
        yield invalid("metadata.ownerReferences", owners, detail)


def _check_finalizers(finalizers: Any) -> Iterator[Cause]:
    for index, one in enumerate(finalizers):
        path = f"metadata.finalizers[{index}]"
        yield from broken(path, one, qualified)
        if "/" not in one and one not in _STANDARD and not qualified(one):
            yield invalid(path, one, "name is neither a standard finalizer name nor is it fully qualified")


def _masked(prefix: str) -> str:
    """What follows a generateName counts as a letter."""
    return f"{prefix[:-1]}a" if prefix.endswith("-") else prefix
