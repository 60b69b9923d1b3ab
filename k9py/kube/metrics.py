"""What pods, containers, nodes and volumes use: of metrics.k8s.io, which knows no watch, or of each node's kubelet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

import msgspec

from k9py.kube.wire import Garbled, Sender, decode
from k9py.values.quantity import parse_quantity
from k9py.values.request import Request
from k9py.values.resource import Gvr, Resource
from k9py.values.usage import Fill, Usage

Name = tuple[str, str]
"""Namespace and name; a container's name is `pod/container`, which no pod can be called."""

_NODES = "/api/v1/nodes"


class _Amounts(msgspec.Struct, gc=False):
    cpu: str = "0"
    memory: str = "0"


class _Container(msgspec.Struct, gc=False):
    name: str = ""
    usage: _Amounts = msgspec.field(default_factory=_Amounts)


class _Metadata(msgspec.Struct, gc=False):
    name: str
    namespace: str = ""


class _Measured(msgspec.Struct, gc=False):
    """NodeMetrics have their usage at the top, PodMetrics one per container."""

    metadata: _Metadata
    usage: _Amounts | None = None
    containers: list[_Container] | None = None


class _MeasuredList(msgspec.Struct, gc=False):
    items: list[_Measured] | None


class _Cpu(msgspec.Struct, gc=False, rename="camel"):
    usage_nano_cores: int = 0


class _Memory(msgspec.Struct, gc=False, rename="camel"):
    working_set_bytes: int = 0


class _Stats(msgspec.Struct, gc=False):
    """ContainerStats and NodeStats; what has only just begun has no figures."""

    name: str = ""
    cpu: _Cpu | None = None
    memory: _Memory | None = None


class _VolumeStats(msgspec.Struct, gc=False, rename="camel"):
    """A mounted volume; of those that are claimed it says by what."""

    pvc_ref: _Metadata | None = None
    used_bytes: int = 0
    available_bytes: int = 0
    capacity_bytes: int = 0
    inodes_used: int = 0
    inodes_free: int = 0


class _PodStats(msgspec.Struct, gc=False, rename="camel"):
    pod_ref: _Metadata
    containers: list[_Stats] | None = None
    volume: list[_VolumeStats] | None = None


class _Summary(msgspec.Struct, gc=False):
    """Summary (k8s.io/kubelet/pkg/apis/stats/v1alpha1), of which only this is read."""

    node: _Stats
    pods: list[_PodStats] | None = None


class _Named(msgspec.Struct, gc=False):
    metadata: _Metadata


class _NamedList(msgspec.Struct, gc=False):
    items: list[_Named] | None


_lists = msgspec.json.Decoder(_MeasuredList)
_summaries = msgspec.json.Decoder(_Summary)
_names = msgspec.json.Decoder(_NamedList)


async def read_metrics(
    transport: Sender, version: str, what: Literal["nodes", "pods"], namespace: str = ""
) -> dict[Name, Usage]:
    """The usage of nodes, or of pods and containers; `version` is that of metrics.k8s.io. ApiError, Unreachable."""
    scope = f"namespaces/{namespace}/" if namespace else ""
    response = await transport.send(Request("GET", f"/apis/metrics.k8s.io/{version}/{scope}{what}"))
    usage: dict[Name, Usage] = {}
    try:
        for item in decode(_lists, response.body, "list of metrics").items or ():
            _take(usage, item)
    except ValueError as error:
        raise Garbled(f"the server's list of metrics is not to be read: {error}") from error
    return usage


def _take(usage: dict[Name, Usage], item: _Measured) -> None:
    if item.usage:
        usage[item.metadata.namespace, item.metadata.name] = _amounts(item.usage)
    else:
        _add_up(usage, item.metadata, [(each.name, _amounts(each.usage)) for each in item.containers or ()])


def _amounts(told: _Amounts) -> Usage:
    return Usage(parse_quantity(told.cpu), parse_quantity(told.memory))


def _add_up(usage: dict[Name, Usage], pod: _Metadata, parts: Iterable[tuple[str, Usage]]) -> None:
    """A pod is the sum of its containers, as kubectl top has it."""
    cpu = memory = 0.0
    for name, part in parts:
        cpu, memory = cpu + part.cpu, memory + part.memory
        if name:
            usage[pod.namespace, f"{pod.name}/{name}"] = part
    usage[pod.namespace, pod.name] = Usage(cpu, memory)


async def read_node_names(transport: Sender, most: int) -> list[str]:
    """The names of the nodes, so many at most."""
    response = await transport.send(Request("GET", _NODES, {"limit": str(most)}))
    return [each.metadata.name for each in decode(_names, response.body, "list of nodes").items or ()]


class Summary(NamedTuple):
    """What a node, its pods and their containers use, and how full the claims are whose volumes are mounted there."""

    usage: dict[Name, Usage]
    fills: dict[Name, Fill]


async def read_summary(transport: Sender, node: str) -> Summary:
    """What a kubelet says of its node. ApiError, Unreachable.

    Usage is what metrics-server takes: of CPU the rate, of memory the working set.
    """
    path = Resource(Gvr("", "v1", "nodes"), "Node", "node", False, frozenset()).path("", node, "proxy")
    response = await transport.send(Request("GET", f"{path}/stats/summary"))
    summary = decode(_summaries, response.body, "kubelet's summary")
    usage = {("", node): told} if (told := _stats(summary.node)) else {}
    fills: dict[Name, Fill] = {}
    for pod in summary.pods or ():
        parts = [(each.name, told) for each in pod.containers or () if (told := _stats(each))]
        if parts:
            _add_up(usage, pod.pod_ref, parts)
        for volume in pod.volume or ():
            if claim := volume.pvc_ref:
                fills[claim.namespace, claim.name] = _fill(volume)
    return Summary(usage, fills)


def _fill(told: _VolumeStats) -> Fill:
    return Fill(told.used_bytes, told.available_bytes, told.capacity_bytes, told.inodes_used, told.inodes_free)


def _stats(told: _Stats) -> Usage | None:
    if told.cpu is None or told.memory is None:
        return None
    return Usage(told.cpu.usage_nano_cores / 1e9, told.memory.working_set_bytes)
