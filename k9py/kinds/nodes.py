"""Nodes: state and roles in kubectl's words, what runs on them and how full they are. Enter leads to their pods."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from k9py.kinds.conditions import Condition
from k9py.kinds.kind import AGE, LABELS, NAME, UNKNOWN, Kind, Opening, Part, always, count_cell, join_texts, text_cell
from k9py.kinds.usage import UNMEASURED, cpu_cell, memory_cell, share_cell
from k9py.kinds.valid import valid_column
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell, Tone
from k9py.values.metadata import Metadata
from k9py.values.quantity import millicores, parse_quantity
from k9py.values.usage import Usage

_ROLE = "node-role.kubernetes.io/"
_OLD_ROLE = "kubernetes.io/role"


class Taint(Part, frozen=True):
    """What keeps pods away."""

    key: str
    effect: str = ""


class NodeSpec(Part, frozen=True):
    """What is wanted."""

    unschedulable: bool = False
    taints: tuple[Taint, ...] = ()


class Address(Part, frozen=True):
    """One address, by its type."""

    type: str
    address: str


class NodeInfo(Part, frozen=True):
    """What runs there."""

    architecture: str = ""
    kubelet_version: str = ""
    os_image: str = ""
    kernel_version: str = ""
    container_runtime_version: str = ""


class NodeStatus(Part, frozen=True):
    """How the node is."""

    allocatable: Mapping[str, str] = {}
    conditions: tuple[Condition, ...] = ()
    addresses: tuple[Address, ...] = ()
    node_info: NodeInfo = NodeInfo()


class Node(msgspec.Struct, frozen=True, gc=False):
    """A node."""

    metadata: Metadata
    spec: NodeSpec = NodeSpec()
    status: NodeStatus = NodeStatus()

    @property
    def readiness(self) -> str:
        """`Ready`, `NotReady`, or `Unknown` for a node that has never said."""
        for condition in self.status.conditions:
            if condition.type == "Ready":
                return "Ready" if condition.status == "True" else "NotReady"
        return "Unknown"

    @property
    def ready(self) -> bool:
        """Whether pods can run there."""
        return self.readiness == "Ready"

    @property
    def pressed(self) -> bool:
        """Whether it is short of something: memory, disk, process ids, network."""
        return any(each.status == "True" and each.type != "Ready" for each in self.status.conditions)

    @property
    def allocatable_cpu(self) -> float:
        """Cores that pods can have."""
        return parse_quantity(self.status.allocatable.get("cpu", "0"))

    @property
    def allocatable_memory(self) -> float:
        """Bytes that pods can have."""
        return parse_quantity(self.status.allocatable.get("memory", "0"))


def _usage(node: Node, joined: Joined) -> Usage | None:
    return joined.usage.get(("", node.metadata.name))


def _status(node: Node, joined: Joined) -> Cell:
    cordoned = ",SchedulingDisabled" if node.spec.unschedulable else ""
    return Cell(node.readiness + cordoned, _tone(node, joined))


def _tone(node: Node, _joined: Joined) -> Tone:
    if not node.ready:
        return Tone.BAD
    if node.spec.unschedulable:
        return Tone.BUSY
    return Tone.WARN if node.pressed else Tone.OK


def _wrong(node: Node) -> str:
    """Conditions, and that no pods shall come."""
    told = [str(each) for each in node.status.conditions if (each.status == "True") is not (each.type == "Ready")]
    return "; ".join([*told, *(["no pods are scheduled here"] if node.spec.unschedulable else [])])


def _roles(node: Node, _joined: Joined) -> Cell:
    labels = node.metadata.labels or {}
    roles = {label.removeprefix(_ROLE) for label in labels if label.startswith(_ROLE)} | {labels.get(_OLD_ROLE, "")}
    return join_texts(sorted(roles - {""}))


def _taints(node: Node, _joined: Joined) -> Cell:
    return count_cell(len(node.spec.taints))


def _pods(node: Node, joined: Joined) -> Cell:
    """How many pods it has of those that it may have."""
    room = node.status.allocatable.get("pods", "?")
    if not joined.pods_on_node:
        return Cell(f"-/{room}", Tone.DIM)
    count = joined.pods_on_node.get(node.metadata.name, 0)
    return Cell(f"{count}/{room}", Tone.PLAIN, count)


def _cpu(node: Node, joined: Joined) -> Cell:
    return cpu_cell(_usage(node, joined))


def _cpu_share(node: Node, joined: Joined) -> Cell:
    usage = _usage(node, joined)
    return share_cell(millicores(usage.cpu), millicores(node.allocatable_cpu)) if usage else UNMEASURED


def _memory(node: Node, joined: Joined) -> Cell:
    return memory_cell(_usage(node, joined))


def _memory_share(node: Node, joined: Joined) -> Cell:
    usage = _usage(node, joined)
    return share_cell(int(usage.memory), int(node.allocatable_memory)) if usage else UNMEASURED


def _address(wanted: str) -> Column:
    def cell(node: Node, _joined: Joined) -> Cell:
        return text_cell(next((each.address for each in node.status.addresses if each.type == wanted), ""))

    return Column(f"{wanted.removesuffix('IP').upper()}-IP", cell, wide=True)


def _info(title: str, field: str) -> Column:
    def cell(node: Node, _joined: Joined) -> Cell:
        text: str = getattr(node.status.node_info, field)
        return Cell(text) if text else UNKNOWN

    return Column(title, cell, wide=True)


def _opens(node: Node) -> Opening:
    name = node.metadata.name
    return Opening("pods", f"node {name}", "", lambda pod: bool(pod.node == name))


KIND = Kind(
    "",
    "nodes",
    Node,
    always(
        NAME,
        Column("STATUS", _status, glyph=True),
        Column("ROLES", _roles),
        Column("TAINTS", _taints, "right", numeric=True),
        Column("VERSION", lambda node, _: Cell(node.status.node_info.kubelet_version)),
        Column("PODS", _pods, "right", numeric=True),
        Column("CPU", _cpu, "right", numeric=True),
        Column("%CPU", _cpu_share, "right", numeric=True),
        Column("MEM", _memory, "right", numeric=True),
        Column("%MEM", _memory_share, "right", numeric=True),
        _address("InternalIP"),
        _address("ExternalIP"),
        _info("ARCH", "architecture"),
        _info("OS-IMAGE", "os_image"),
        _info("KERNEL-VERSION", "kernel_version"),
        _info("CONTAINER-RUNTIME", "container_runtime_version"),
        LABELS,
        valid_column(_tone, _wrong),
        AGE,
    ),
    _tone,
    joins=frozenset({"usage", "pods_on_node"}),
    brief=("NAME", "STATUS", "ROLES", "%CPU", "%MEM", "PODS", "AGE"),
    opens=_opens,
)
