"""Nodes read as `kubectl get nodes -o wide` prints them."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from k9py.kinds.nodes import KIND, Node
from k9py.store.column import Joined
from k9py.values.cell import Tone
from k9py.values.usage import Usage
from tests.unit.objects import pod
from tests.unit.test_pods import read as read_pod

COLUMNS = {column.title: column for column in KIND.columns(())}


def read(*, ready: str | None = "True", conditions: tuple[tuple[str, str], ...] = (), **more: Any) -> Node:
    """A node; `more` goes into metadata, spec or status."""
    told = [{"type": kind, "status": value} for kind, value in (*conditions, ("Ready", ready)) if value]
    obj = {
        "metadata": {"name": "worker-a", **more.get("metadata", {})},
        "spec": more.get("spec", {}),
        "status": {
            "conditions": told,
            "allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"},
            **more.get("status", {}),
        },
    }
    return msgspec.json.decode(json.dumps(obj), type=Node)


def text(node: Node, title: str, joined: Joined | None = None) -> str:
    return COLUMNS[title].cell(node, joined or Joined()).text


@pytest.mark.parametrize(
    ("node", "status", "tone"),
    [
        (read(), "Ready", Tone.OK),
        (read(ready="False"), "NotReady", Tone.BAD),
        (read(ready="Unknown"), "NotReady", Tone.BAD),
        (read(ready=None), "Unknown", Tone.BAD),
        (read(spec={"unschedulable": True}), "Ready,SchedulingDisabled", Tone.BUSY),
        (read(ready="False", spec={"unschedulable": True}), "NotReady,SchedulingDisabled", Tone.BAD),
        (read(conditions=(("DiskPressure", "True"),)), "Ready", Tone.WARN),
        (read(conditions=(("DiskPressure", "False"),)), "Ready", Tone.OK),
    ],
)
def test_status(node: Node, status: str, tone: Tone) -> None:
    assert text(node, "STATUS") == status
    assert KIND.tone(node, Joined()) is tone


@pytest.mark.parametrize(
    ("labels", "roles"),
    [
        ({}, "<none>"),
        ({"node-role.kubernetes.io/control-plane": "", "node-role.kubernetes.io/a": "x"}, "a,control-plane"),
        ({"kubernetes.io/role": "old", "node-role.kubernetes.io/": ""}, "old"),
    ],
)
def test_roles(labels: dict[str, str], roles: str) -> None:
    assert text(read(metadata={"labels": labels}), "ROLES") == roles


def test_pods_are_counted_once_they_are_known() -> None:
    assert text(read(), "PODS") == "-/110"
    assert text(read(), "PODS", Joined(pods_on_node={"worker-a": 62})) == "62/110"
    assert text(read(), "PODS", Joined(pods_on_node={"worker-b": 1})) == "0/110"


def test_usage_is_measured_against_what_pods_can_have() -> None:
    joined = Joined(usage={("", "worker-a"): Usage(2.84, 7.4 * 2**30)})
    cells = [COLUMNS[title].cell(read(), joined) for title in ("CPU", "%CPU", "MEM", "%MEM")]
    assert [cell.text for cell in cells] == ["2840m", "71", "7577Mi", "92"]
    assert [cell.tone for cell in cells] == [Tone.PLAIN, Tone.WARN, Tone.PLAIN, Tone.BAD]
    assert {text(read(), title) for title in ("CPU", "%CPU", "MEM", "%MEM")} == {"-"}


def test_wide_columns() -> None:
    node = read(
        spec={"taints": [{"key": "a", "effect": "NoSchedule"}]},
        status={
            "addresses": [{"type": "Hostname", "address": "h"}, {"type": "InternalIP", "address": "10.0.0.1"}],
            "nodeInfo": {"architecture": "arm64", "kubeletVersion": "v1.36.3", "osImage": "Debian"},
        },
    )
    titles = ("TAINTS", "VERSION", "INTERNAL-IP", "EXTERNAL-IP", "ARCH", "OS-IMAGE", "KERNEL-VERSION")
    assert [text(node, title) for title in titles] == [
        "1", "v1.36.3", "10.0.0.1", "<none>", "arm64", "Debian", "<unknown>",
    ]  # fmt: skip


def test_enter_leads_to_its_pods() -> None:
    opening = KIND.opens(read())
    assert opening is not None
    assert (opening.what, opening.title, opening.namespace) == ("pods", "node worker-a", "")
    assert opening.keep(read_pod(pod("a", node="worker-a")))
    assert not opening.keep(read_pod(pod("b", node="worker-b")))


def test_what_the_first_line_adds_up() -> None:
    assert read().ready
    assert read().allocatable_cpu == 4
    assert read().allocatable_memory == 8 << 30
