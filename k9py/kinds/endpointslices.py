"""Endpoint slices (discovery.k8s.io/v1, v1beta1): how many of a service's addresses are ready. Enter: their pods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from k9py.kinds.kind import AGE, LABELS, NAME, Kind, Opening, Part, always, ratio_cell, text_cell
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell, Tone
from k9py.values.metadata import Metadata

_MOST = 3
_UNSET = Cell("<unset>", Tone.DIM)
_SERVICE = "kubernetes.io/service-name"


class State(Part, frozen=True):
    """Whether an endpoint takes requests; not known counts as ready, as the API says."""

    ready: bool | None = None


class Aim(Part, frozen=True):
    """What an endpoint is."""

    kind: str = ""
    name: str = ""


class Endpoint(Part, frozen=True):
    """One thing that answers."""

    addresses: tuple[str, ...] | None = None
    conditions: State = State()
    target_ref: Aim | None = None

    @property
    def ready(self) -> bool:
        """Whether it takes requests."""
        return self.conditions.ready is not False


class SlicePort(Part, frozen=True):
    """A port of all of them."""

    name: str | None = None
    port: int | None = None

    def __str__(self) -> str:
        return str(self.port or self.name or "*")


class EndpointSlice(Part, frozen=True):
    """An endpoint slice; some servers write null for an empty one."""

    metadata: Metadata
    address_type: str = ""
    endpoints: tuple[Endpoint, ...] | None = None
    ports: tuple[SlicePort, ...] | None = None

    @property
    def ready(self) -> int:
        """How many take requests."""
        return sum(each.ready for each in self.endpoints or ())


def _tone(obj: EndpointSlice, _joined: Joined) -> Tone:
    if obj.metadata.deletion_timestamp:
        return Tone.GOING
    count = len(obj.endpoints or ())
    if not count:
        return Tone.DONE
    return Tone.OK if obj.ready == count else Tone.WARN if obj.ready else Tone.BAD


def _ready(obj: EndpointSlice, joined: Joined) -> Cell:
    return ratio_cell(obj.ready, len(obj.endpoints or ()), _tone(obj, joined))


def _some(texts: Iterable[str]) -> Cell:
    """The first few, and how many more there are."""
    every = list(texts)
    more = f" + {len(every) - _MOST} more..." if len(every) > _MOST else ""
    return Cell(",".join(every[:_MOST]) + more) if every else _UNSET


def _hosts(obj: EndpointSlice, _joined: Joined) -> Cell:
    return _some(address for each in obj.endpoints or () for address in each.addresses or ())


def _opens(obj: EndpointSlice) -> Opening:
    namespace = obj.metadata.namespace
    names = {each.target_ref.name for each in obj.endpoints or () if each.target_ref and each.target_ref.kind == "Pod"}

    def keep(pod: Any) -> bool:
        return bool(pod.metadata.namespace == namespace) and pod.metadata.name in names

    return Opening("pods", f"endpointslice {obj.metadata.name}", namespace, keep)


KIND = Kind(
    "discovery.k8s.io",
    "endpointslices",
    EndpointSlice,
    always(
        NAME,
        Column("READY", _ready, numeric=True, glyph=True),
        Column("ADDRESSTYPE", lambda obj, _: Cell(obj.address_type)),
        Column("PORTS", lambda obj, _: _some(map(str, obj.ports or ()))),
        Column("ENDPOINTS", _hosts),
        Column("SERVICE", lambda obj, _: text_cell((obj.metadata.labels or {}).get(_SERVICE, "")), wide=True),
        LABELS,
        AGE,
    ),
    _tone,
    opens=_opens,
)
