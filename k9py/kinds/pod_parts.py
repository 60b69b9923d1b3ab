"""The fields of a pod that are read of its JSON, and nothing else of it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from k9py.kinds.conditions import Condition
from k9py.kinds.kind import Part
from k9py.values.metadata import Metadata


class Resources(Part, frozen=True):
    """Requests and limits, as quantities by resource."""

    requests: Mapping[str, str] | None = None
    limits: Mapping[str, str] | None = None


class Container(Part, frozen=True):
    """A container as the spec wants it."""

    name: str
    restart_policy: str = ""
    resources: Resources = Resources()

    @property
    def is_sidecar(self) -> bool:
        """Whether this is an init container that goes on running beside the others."""
        return self.restart_policy == "Always"


class ReadinessGate(Part, frozen=True):
    """A condition that something outside must set before the pod is ready."""

    condition_type: str


class ClaimSource(Part, frozen=True):
    """A claim by its name."""

    claim_name: str = ""


class Ephemeral(Part, frozen=True):
    """A claim that is made for the pod, and called after it."""


class PodVolume(Part, frozen=True):
    """A volume: only whether a claim is behind it."""

    name: str = ""
    persistent_volume_claim: ClaimSource | None = None
    ephemeral: Ephemeral | None = None


class PodSpec(Part, frozen=True):
    """What is wanted."""

    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    ephemeral_containers: tuple[Container, ...] = ()
    node_name: str = ""
    service_account_name: str = ""
    readiness_gates: tuple[ReadinessGate, ...] = ()
    resources: Resources = Resources()
    overhead: Mapping[str, str] | None = None
    volumes: tuple[PodVolume, ...] = ()


class Waiting(Part, frozen=True):
    """Not started yet, and why."""

    reason: str = ""


class Terminated(Part, frozen=True):
    """Over, and how it ended."""

    exit_code: int = 0
    signal: int = 0
    reason: str = ""
    finished_at: str | None = None


class Running(Part, frozen=True):
    """Running."""


class State(Part, frozen=True):
    """One of three; none of them means waiting."""

    waiting: Waiting | None = None
    running: Running | None = None
    terminated: Terminated | None = None


class ContainerStatus(Part, frozen=True):
    """How a container is."""

    name: str
    ready: bool = False
    started: bool | None = None
    restart_count: int = 0
    state: State = State()
    last_state: State = State()


class PodIp(Part, frozen=True):
    """An address of the pod."""

    ip: str = ""


class PodStatus(Part, frozen=True):
    """How the pod is."""

    phase: str = ""
    reason: str = ""
    conditions: tuple[Condition, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()
    pod_ips: tuple[PodIp, ...] = msgspec.field(default=(), name="podIPs")
    qos_class: str = ""
    nominated_node_name: str = ""


class Annotations(msgspec.Struct, frozen=True, gc=False):
    """The annotations that mean something to k9py."""

    default_container: str = msgspec.field(default="", name="kubectl.kubernetes.io/default-container")


class PodMetadata(Metadata, frozen=True, gc=False, rename="camel"):
    """Metadata and what annotations say."""

    annotations: Annotations | None = None


class PodObject(Part, frozen=True):
    """A pod as the server tells it."""

    metadata: PodMetadata
    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()
