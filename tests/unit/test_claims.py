"""How full the volumes of claims are, and what is said where that is not known."""

from __future__ import annotations

from typing import Any

import pytest

from k9py.insight.claims import Said, find_mounts, make_rows, nodes_of
from k9py.kinds.claims import KIND, ClaimRow
from k9py.kinds.persistentvolumeclaims import KIND as CLAIM_KIND
from k9py.kinds.persistentvolumeclaims import Claim
from k9py.kinds.pod import Pod
from k9py.kinds.pods import KIND as POD_KIND
from k9py.kinds.registry import decoder
from k9py.store.column import Joined
from k9py.values.cell import Tone
from k9py.values.quantity import say_size
from k9py.values.usage import Fill
from tests.unit.objects import raw

GIB = 2**30
NAME = ("shop", "data")


def claim(phase: str = "Bound", **spec: Any) -> Claim:
    metadata = {"name": "data", "namespace": "shop", "uid": "u", "labels": {"app": "db"}}
    wanted = {"resources": {"requests": {"storage": "10Gi"}}, "storageClassName": "fast", "volumeName": "pv", **spec}
    read: Claim = decoder(CLAIM_KIND)(raw({"metadata": metadata, "spec": wanted, "status": {"phase": phase}}))
    return read


def pod(name: str = "db-0", node: str = "one", phase: str = "Running", *volumes: dict[str, Any]) -> Pod:
    mounted = volumes or ({"name": "v", "persistentVolumeClaim": {"claimName": "data"}},)
    spec = {"nodeName": node, "containers": [{"name": "main"}], "volumes": mounted}
    metadata = {"name": name, "namespace": "shop"}
    read: Pod = decoder(POD_KIND)(raw({"metadata": metadata, "spec": spec, "status": {"phase": phase}}))
    return read


def row(told: Claim, *pods: Pod, said: dict[str, Said] | None = None, unseen: str = "") -> ClaimRow:
    mounts = find_mounts(pods, {NAME})
    return dict(make_rows([told], mounts, said or {}, unseen))[NAME]


def cell(of: ClaimRow, title: str) -> tuple[str, Tone]:
    column = next(column for column in KIND.columns(()) if column.title == title)
    found = column.cell(of, Joined())
    return found.text, found.tone


def test_the_share_is_of_what_can_be_used_and_rounded_down() -> None:
    assert Fill(30, 60, 100).share == 33  # ten are kept by the file system
    assert Fill(999, 1, 1000).share == 99
    assert Fill(1000, 0, 1000).share == 100
    assert Fill(capacity=100).share is None  # a block device
    assert Fill(1, 1, 2, inodes_used=9, inodes_free=1).inode_share == 90
    assert Fill(1, 1, 2).inode_share is None  # a file system that makes them as it needs them


@pytest.mark.parametrize(("size", "said"), [(0, "0"), (1023, "1023"), (2048, "2Ki"), (int(39.24 * GIB), "39.2Gi")])
def test_sizes_are_said_as_df_says_them(size: int, said: str) -> None:
    assert say_size(size) == said


def test_a_pod_knows_its_claims() -> None:
    scratch = {"name": "scratch", "ephemeral": {"volumeClaimTemplate": {}}}
    config = {"name": "config", "configMap": {"name": "x"}}
    named = {"name": "v", "persistentVolumeClaim": {"claimName": "data"}}
    assert pod("db-0", "one", "Running", scratch, config, named).volume_claims == ("db-0-scratch", "data")


def test_what_has_ended_and_what_is_elsewhere_mounts_nothing() -> None:
    mounts = find_mounts([pod(), pod("done", phase="Succeeded"), pod("waits", node=""), pod("b", "two")], {NAME})
    assert [each.metadata.name for each in mounts[NAME]] == ["db-0", "waits", "b"]
    assert nodes_of(mounts) == ["one", "two"]
    assert not find_mounts([pod()], {("shop", "other")})


@pytest.mark.parametrize(
    ("used", "tone"), [(79, Tone.OK), (80, Tone.WARN), (94, Tone.WARN), (95, Tone.BAD), (100, Tone.BAD)]
)
def test_from_80_percent_on_it_warns_and_from_95_on_it_is_bad(used: int, tone: Tone) -> None:
    full = row(claim(), pod(), said={"one": Said({NAME: Fill(used * GIB, (100 - used) * GIB, 100 * GIB)})})
    assert cell(full, "%USED") == (str(used), tone)
    assert KIND.tone(full, Joined()) is tone
    assert cell(full, "REMARK")[0] == ""
    assert cell(full, "MOUNTED BY") == ("db-0", Tone.PLAIN)


def test_few_inodes_left_are_as_bad_as_few_bytes() -> None:
    full = row(claim(), pod(), said={"one": Said({NAME: Fill(GIB, GIB, 2 * GIB, 97, 3)})})
    assert cell(full, "%USED") == ("50", Tone.OK)
    assert cell(full, "%INODES") == ("97", Tone.BAD)
    assert KIND.tone(full, Joined()) is Tone.BAD


def test_one_of_several_nodes_is_enough() -> None:
    said = {"one": Said({}, "kubelet of one: forbidden"), "two": Said({NAME: Fill(1, 1, 2)})}
    assert row(claim(), pod(), pod("db-1", "two"), said=said).fill == Fill(1, 1, 2)


BLOCK = Said({NAME: Fill(capacity=10 * GIB)})


@pytest.mark.parametrize(
    ("found", "remark"),
    [
        (row(claim("Pending", volumeName="")), "has no volume yet"),
        (row(claim("Lost")), "has lost its volume"),
        (row(claim()), "no pod mounts it: only where it is mounted it is known"),
        (row(claim(), unseen="pods: forbidden"), "pods: forbidden"),
        (row(claim(), pod(node="")), "its pod is on no node yet"),
        (row(claim(), pod()), "asking the kubelet"),
        (row(claim(), pod(), said={"one": Said({}, "kubelet of one: no")}), "kubelet of one: no"),
        (row(claim(), pod(), said={"one": Said({})}), "the kubelet says nothing of it (yet)"),
        (row(claim(volumeMode="Block"), pod()), "a block device: no kubelet knows how full it is"),
        (
            row(claim(volumeMode="Block"), pod(), said={"one": BLOCK}),
            "a block device: no kubelet knows how full it is",
        ),
    ],
)
def test_without_figures_there_are_dashes_and_the_reason(found: ClaimRow, remark: str) -> None:
    assert cell(found, "%USED") == ("-", Tone.DIM)
    assert cell(found, "FREE") == ("-", Tone.DIM)
    assert cell(found, "REMARK")[0] == remark
    assert cell(found, "REQUESTED")[0] == "10Gi"


def test_of_a_block_device_the_size_is_known() -> None:
    found = row(claim(volumeMode="Block"), pod(), said={"one": BLOCK})
    assert cell(found, "CAPACITY") == ("10Gi", Tone.PLAIN)
    assert KIND.tone(found, Joined()) is Tone.PLAIN


def test_a_row_stands_for_its_claim_and_leads_to_the_pods_that_mount_it() -> None:
    found = row(claim(), pod())
    standing = KIND.stands_for(found)
    assert standing
    assert (standing.resource, standing.namespace, standing.name, standing.uid) == (
        "persistentvolumeclaims",
        "shop",
        "data",
        "u",
    )
    opening = KIND.opens(found)
    assert opening
    assert opening.keep(pod())
    assert not opening.keep(pod("other", "one", "Running", {"name": "v", "emptyDir": {}}))
