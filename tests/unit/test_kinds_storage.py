"""Volumes and claims say of what size they are, whose, and how they feel."""

from __future__ import annotations

from typing import Any

import pytest

from k9py.kinds.kind import Kind
from k9py.kinds.persistentvolumeclaims import KIND as CLAIMS
from k9py.kinds.persistentvolumes import KIND as VOLUMES
from k9py.values.cell import Tone
from tests.unit.kinds import LEAVING, Shown

OLD_CLASS = {"annotations": {"volume.beta.kubernetes.io/storage-class": "old"}}


@pytest.mark.parametrize("kind", [VOLUMES, CLAIMS])
@pytest.mark.parametrize(
    ("phase", "tone"),
    [
        ("Bound", Tone.OK),
        ("Available", Tone.OK),
        ("Pending", Tone.BUSY),
        ("Released", Tone.WARN),
        ("Failed", Tone.BAD),
        ("Lost", Tone.BAD),
        ("Future", Tone.PLAIN),
    ],
)
def test_phases(kind: Kind, phase: str, tone: Tone) -> None:
    shown = Shown(kind, status={"phase": phase})
    assert shown.cell("STATUS") == (phase, tone, None, None)
    assert shown.tone is tone
    leaving = Shown(kind, metadata=LEAVING, status={"phase": phase})
    assert (leaving.cell("STATUS").text, leaving.tone) == ("Terminating", Tone.GOING)


def volume(metadata: Any = None, **spec: Any) -> Shown:
    return Shown(VOLUMES, metadata={"namespace": "", **(metadata or {})}, spec=spec, status={"phase": "Bound"})


def claim(volume: str, metadata: Any = None, **status: Any) -> Shown:
    spec = {"volumeName": volume, "storageClassName": "fast"}
    return Shown(CLAIMS, metadata=metadata or {}, spec=spec, status={"phase": "Bound", **status})


def test_modes_are_told_in_short_and_in_order() -> None:
    assert volume(accessModes=["ReadWriteMany", "ReadWriteOnce", "ReadWriteMany"]).texts("ACCESS MODES") == ["RWO,RWX"]
    assert volume(accessModes=None).texts("ACCESS MODES") == [""]


def test_sizes_are_sorted_by_what_they_stand_for() -> None:
    sizes = [volume(capacity={"storage": size}).cell("CAPACITY") for size in ("900Mi", "1Gi", "2G", "1Ti")]
    assert [cell.text for cell in sizes] == ["900Mi", "1Gi", "2G", "1Ti"]
    assert [cell.value for cell in sizes] == sorted(cell.value for cell in sizes)
    assert volume(capacity={"storage": "much"}).cell("CAPACITY").value is None


def test_what_a_claim_got_is_said_once_it_has_a_volume() -> None:
    got: dict[str, Any] = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"]}
    assert claim("pv-1", **got).texts("CAPACITY", "ACCESS MODES") == ["1Gi", "RWO"]
    assert claim("", **got).texts("CAPACITY", "ACCESS MODES") == ["", ""]


def test_the_class_in_an_annotation_wins() -> None:
    assert claim("pv-1").texts("STORAGECLASS") == ["fast"]
    assert claim("pv-1", OLD_CLASS).texts("STORAGECLASS") == ["old"]
    assert volume(OLD_CLASS, storageClassName="fast").texts("STORAGECLASS") == ["old"]


def test_a_claim_and_its_volume_lead_to_each_other() -> None:
    bound = claim("pv-1")
    there = volume({"name": "pv-1"}, claimRef={"namespace": "shop", "name": "web"})
    assert there.texts("CLAIM") == ["shop/web"]
    assert (there.opening.what, there.opening.namespace) == ("persistentvolumeclaims", "shop")
    assert there.opening.keep(bound.obj)
    assert (bound.opening.what, bound.opening.namespace) == ("persistentvolumes", "")
    assert bound.opening.keep(there.obj)
    assert not bound.opening.keep(volume({"name": "pv-2"}).obj)
    assert VOLUMES.opens(volume().obj) is None
    assert CLAIMS.opens(claim("").obj) is None
