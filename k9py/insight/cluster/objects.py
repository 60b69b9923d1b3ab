"""As much of the objects on the map as is read of their JSON."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from k9py.kinds.kind import Part
from k9py.kinds.nodes import NodeInfo
from k9py.values.age import parse_time
from k9py.values.metadata import Metadata


class LeaseSpec(Part, frozen=True):
    """Who holds it, and since when (coordination.k8s.io/v1)."""

    holder_identity: str | None = None
    lease_duration_seconds: int | None = None
    acquire_time: str | None = None
    renew_time: str | None = None
    lease_transitions: int | None = None


class LeaseMetadata(Metadata, frozen=True, gc=False, rename="camel"):
    """Metadata and annotations: an API server tells its address there (KEP-4020)."""

    annotations: Mapping[str, str] | None = None


class Lease(Part, frozen=True):
    """A sign of life."""

    metadata: LeaseMetadata
    spec: LeaseSpec = LeaseSpec()

    @property
    def holder(self) -> str:
        """Who holds it, as the lease says it."""
        return self.spec.holder_identity or ""

    @property
    def renewed(self) -> float | None:
        """When it was renewed last, by the clock of its holder."""
        return parse_time(self.spec.renew_time)

    @property
    def lasts(self) -> int:
        """Seconds for which a renewal holds; 15 is what client-go's leader election takes where none is said."""
        return self.spec.lease_duration_seconds or 15


class FullCondition(Part, frozen=True):
    """A condition with all that it says."""

    type: str
    status: str = ""
    reason: str = ""
    message: str = ""
    last_heartbeat_time: str | None = None
    last_transition_time: str | None = None


class NodeFactsStatus(Part, frozen=True):
    """How the node is."""

    allocatable: Mapping[str, str] = {}
    conditions: tuple[FullCondition, ...] = ()
    node_info: NodeInfo = NodeInfo()


class NodeFactsSpec(Part, frozen=True):
    """What is wanted of it."""

    unschedulable: bool = False


class NodeFacts(Part, frozen=True):
    """A node with what its kubelet says of it."""

    metadata: Metadata
    spec: NodeFactsSpec = NodeFactsSpec()
    status: NodeFactsStatus = NodeFactsStatus()

    @property
    def ready(self) -> FullCondition:
        """Its Ready condition; one of unknown status where it has never said."""
        found = (each for each in self.status.conditions if each.type == "Ready")
        return next(found, FullCondition("Ready", "Unknown", "NodeStatusNeverUpdated"))


class DaemonSetStatus(Part, frozen=True):
    """How far it is."""

    desired_number_scheduled: int = 0
    number_ready: int = 0


class DaemonSet(Part, frozen=True):
    """A DaemonSet of kube-system."""

    metadata: Metadata
    status: DaemonSetStatus = DaemonSetStatus()


class ServicePort(Part, frozen=True):
    """A port of a Service."""

    port: int
    name: str = ""


class Ingress(Part, frozen=True):
    """An address that a load balancer has given."""

    ip: str = ""
    hostname: str = ""


class LoadBalancer(Part, frozen=True):
    """What a load balancer has given."""

    ingress: tuple[Ingress, ...] = ()


class ServiceSpec(Part, frozen=True):
    """What is served."""

    ports: tuple[ServicePort, ...] = ()


class ServiceStatus(Part, frozen=True):
    """Where it can be reached from outside."""

    load_balancer: LoadBalancer = LoadBalancer()


class Service(Part, frozen=True):
    """A Service of kube-system."""

    metadata: Metadata
    spec: ServiceSpec = ServiceSpec()
    status: ServiceStatus = ServiceStatus()


class ServedBy(Part, frozen=True):
    """The Service that an aggregated API leads to."""

    name: str = ""
    namespace: str = ""


class ApiServiceSpec(Part, frozen=True):
    """Who serves it; None is the API server itself."""

    service: ServedBy | None = None


class ApiServiceStatus(Part, frozen=True):
    """Whether it can be had."""

    conditions: tuple[FullCondition, ...] = ()


class ApiService(Part, frozen=True):
    """One group and version that the server offers (apiregistration.k8s.io/v1)."""

    metadata: Metadata
    spec: ApiServiceSpec = ApiServiceSpec()
    status: ApiServiceStatus = ApiServiceStatus()


class _Cpu(Part, frozen=True):
    usage_nano_cores: int = 0


class _Memory(Part, frozen=True):
    working_set_bytes: int = 0


class _NodeStats(Part, frozen=True):
    cpu: _Cpu = _Cpu()
    memory: _Memory = _Memory()


class Summary(Part, frozen=True):
    """What a kubelet measures (stats/v1alpha1, Summary)."""

    node: _NodeStats = _NodeStats()


decode_node = msgspec.json.Decoder(NodeFacts).decode
"""Reads a node. Raises msgspec.MsgspecError."""
decode_summary = msgspec.json.Decoder(Summary).decode
"""Reads /stats/summary."""
