"""Containers: those of each pod, in the order in which they start. Enter leads to their log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from k9py.kinds.kind import Kind, Opening, Part, Standing, Whole, always, count_cell, text_cell, time_cell
from k9py.kinds.pod import Pod
from k9py.kinds.pod_parts import State
from k9py.kinds.wellknown import CONTAINERS, PODS
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell, Tone
from k9py.values.metadata import Metadata
from k9py.values.resource import Resource


class Port(Part, frozen=True):
    """A port that a container says it listens on."""

    container_port: int = 0
    name: str = ""
    protocol: str = "TCP"


class Wanted(Part, frozen=True):
    """A container as the spec wants it; of its probes only whether it has them."""

    name: str
    image: str = ""
    restart_policy: str = ""
    ports: tuple[Port, ...] = ()
    liveness_probe: Part | None = None
    readiness_probe: Part | None = None
    startup_probe: Part | None = None


class Spec(Part, frozen=True):
    """The containers of a pod."""

    containers: tuple[Wanted, ...] = ()
    init_containers: tuple[Wanted, ...] = ()
    ephemeral_containers: tuple[Wanted, ...] = ()


class Told(Part, frozen=True):
    """How a container is."""

    name: str
    ready: bool = False
    restart_count: int = 0
    state: State = State()


class Status(Part, frozen=True):
    """How the containers of a pod are."""

    container_statuses: tuple[Told, ...] = ()
    init_container_statuses: tuple[Told, ...] = ()
    ephemeral_container_statuses: tuple[Told, ...] = ()


class Parts(Part, frozen=True):
    """What is read of a pod for the rows of its containers."""

    spec: Spec = Spec()
    status: Status = Status()


class ContainerRow(msgspec.Struct, frozen=True, gc=False):
    """One container. Its metadata are its pod's, but for the name: `pod/container`."""

    metadata: Metadata
    pod: str
    index: str
    wanted: Wanted
    told: Told
    order: int


_read = msgspec.json.Decoder(Parts).decode


def _make(_resource: Resource, pod: Pod, whole: Whole) -> Iterable[tuple[tuple[str, str], ContainerRow]]:
    """Init containers (I1 …) first, then the main ones (M1 …), then what was added to debug (E1 …), as k9s has them."""
    parts, metadata = _read(whole()), pod.metadata
    spec, status = parts.spec, parts.status
    order = 0
    groups: tuple[tuple[str, Sequence[Wanted], Sequence[Told]], ...] = (
        ("I", spec.init_containers, status.init_container_statuses),
        ("M", spec.containers, status.container_statuses),
        ("E", spec.ephemeral_containers, status.ephemeral_container_statuses),
    )
    for letter, wanted, told in groups:
        states = {each.name: each for each in told}
        for number, each in enumerate(wanted, 1):
            name = f"{metadata.name}/{each.name}"
            own = Metadata(
                name, metadata.namespace, metadata.uid, "", metadata.creation_timestamp, None, metadata.labels
            )
            order += 1
            known = states.get(each.name) or Told(each.name)
            yield (metadata.namespace, name), ContainerRow(own, metadata.name, f"{letter}{number}", each, known, order)


def _word(row: ContainerRow) -> str:
    state = row.told.state
    if state.terminated:
        return state.terminated.reason or "Terminated"
    if state.running:
        return "Running"
    return (state.waiting.reason if state.waiting else "") or "Waiting"


def _tone(row: ContainerRow, _joined: Joined) -> Tone:
    state = row.told.state
    if state.terminated:
        return Tone.BAD if state.terminated.exit_code else Tone.DONE
    if state.running:
        quiet = row.index.startswith("E") or row.told.ready
        return Tone.OK if quiet else Tone.BUSY
    return Tone.BUSY if _word(row) in ("Waiting", "ContainerCreating", "PodInitializing") else Tone.BAD


def _state(row: ContainerRow, joined: Joined) -> Cell:
    return Cell(_word(row), _tone(row, joined))


def _ready(row: ContainerRow, _joined: Joined) -> Cell:
    return text_cell("true" if row.told.ready else "false")


def _probes(row: ContainerRow, _joined: Joined) -> Cell:
    """Liveness, readiness, startup: `on:on:off`."""
    wanted = row.wanted
    probes = (wanted.liveness_probe, wanted.readiness_probe, wanted.startup_probe)
    return text_cell(":".join("off" if probe is None else "on" for probe in probes))


def _ports(row: ContainerRow, _joined: Joined) -> Cell:
    """`http:8080`, `53╱UDP`: the name where there is one, the protocol where it is not TCP."""
    said = []
    for port in row.wanted.ports:
        name = f"{port.name}:" if port.name else ""
        said.append(f"{name}{port.container_port}" + ("" if port.protocol == "TCP" else f"╱{port.protocol}"))
    return text_cell(",".join(said))


def _stands_for(row: ContainerRow) -> Standing:
    return Standing("pods", row.metadata.namespace, row.pod, row.metadata.uid, row.wanted.name)


def _opens(row: ContainerRow) -> Opening:
    name = row.metadata.name
    return Opening("logs", f"container {name}", row.metadata.namespace, lambda obj: bool(obj.metadata.name == name))


KIND = Kind(
    CONTAINERS.gvr.group,
    CONTAINERS.gvr.plural,
    Parts,
    always(
        Column("POD", lambda row, _: Cell(row.pod), origin=True),
        Column("IDX", lambda row, _: Cell(row.index, Tone.PLAIN, row.order), numeric=True),
        Column("NAME", lambda row, _: Cell(row.wanted.name)),
        Column("IMAGE", lambda row, _: text_cell(row.wanted.image)),
        Column("READY", _ready),
        Column("STATE", _state, glyph=True),
        Column("RESTARTS", lambda row, _: count_cell(row.told.restart_count), "right", numeric=True),
        Column("PROBES(L:R:S)", _probes),
        Column("PORTS", _ports),
        Column("AGE", lambda row, _: time_cell(row.metadata.creation_timestamp), numeric=True),
    ),
    _tone,
    keep_whole=False,
    opens=_opens,
    made_of=(PODS,),
    make=_make,
    stands_for=_stands_for,
)
