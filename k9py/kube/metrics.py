"""What pods and nodes use, read from metrics.k8s.io: it knows no watch, so it is asked again and again."""

from __future__ import annotations

from typing import Literal

import msgspec

from k9py.kube.wire import Garbled, Sender, decode
from k9py.values.quantity import parse_quantity
from k9py.values.request import Request
from k9py.values.usage import Usage


class _Amounts(msgspec.Struct, gc=False):
    cpu: str = "0"
    memory: str = "0"


class _Container(msgspec.Struct, gc=False):
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


_lists = msgspec.json.Decoder(_MeasuredList)


async def read_metrics(
    transport: Sender, version: str, what: Literal["nodes", "pods"], namespace: str = ""
) -> dict[tuple[str, str], Usage]:
    """The usage by (namespace, name); the version is that of metrics.k8s.io, `v1beta1`. ApiError, Unreachable."""
    scope = f"namespaces/{namespace}/" if namespace else ""
    response = await transport.send(Request("GET", f"/apis/metrics.k8s.io/{version}/{scope}{what}"))
    items = decode(_lists, response.body, "list of metrics").items or ()
    try:
        return {(item.metadata.namespace, item.metadata.name): _add_up(item) for item in items}
    except ValueError as error:
        raise Garbled(f"the server's list of metrics is not to be read: {error}") from error


def _add_up(item: _Measured) -> Usage:
    amounts = [item.usage] if item.usage else [container.usage for container in item.containers or ()]
    return Usage(
        sum(parse_quantity(each.cpu) for each in amounts), sum(parse_quantity(each.memory) for each in amounts)
    )
