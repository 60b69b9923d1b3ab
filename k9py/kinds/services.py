"""Services: where they are reached, in kubectl's words. Enter leads to the pods that they select."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from k9py.kinds.kind import AGE, LABELS, NAME, UNKNOWN, Kind, Opening, Part, always, join_labels, join_texts, text_cell
from k9py.kinds.parts import opens_one, opens_pods
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell, Tone
from k9py.values.metadata import Metadata
from k9py.values.selector import LabelSelector, selector_from


class ServicePort(Part, frozen=True):
    """One port of it."""

    port: int = 0
    node_port: int = 0
    protocol: str = ""

    def __str__(self) -> str:
        node = f":{self.node_port}" if self.node_port else ""
        return f"{self.port}{node}/{self.protocol}"


class ServiceSpec(Part, frozen=True):
    """What is wanted. Servers before 1.20 have clusterIP alone."""

    type: str = ""
    cluster_ip: str = msgspec.field(default="", name="clusterIP")
    cluster_ips: tuple[str, ...] | None = msgspec.field(default=None, name="clusterIPs")
    external_ips: tuple[str, ...] | None = msgspec.field(default=None, name="externalIPs")
    external_name: str = ""
    ports: tuple[ServicePort, ...] | None = None
    selector: Mapping[str, str] | None = None


class Ingress(Part, frozen=True):
    """Where a load balancer is reached."""

    ip: str = ""
    hostname: str = ""


class LoadBalancer(Part, frozen=True):
    """What a load balancer has told."""

    ingress: tuple[Ingress, ...] | None = None

    @property
    def addresses(self) -> list[str]:
        """Each once."""
        return sorted({each.ip or each.hostname for each in self.ingress or ()} - {""})


class ServiceStatus(Part, frozen=True):
    """What came of it."""

    load_balancer: LoadBalancer = LoadBalancer()


class Service(msgspec.Struct, frozen=True, gc=False):
    """A service."""

    metadata: Metadata
    spec: ServiceSpec = ServiceSpec()
    status: ServiceStatus = ServiceStatus()

    @property
    def pending(self) -> bool:
        """Whether it waits for a load balancer."""
        balancer = self.status.load_balancer
        return self.spec.type == "LoadBalancer" and not balancer.addresses and not self.spec.external_ips


def _tone(service: Service, _joined: Joined) -> Tone:
    if service.metadata.deletion_timestamp:
        return Tone.GOING
    return Tone.BUSY if service.pending else Tone.OK


def _type(service: Service, joined: Joined) -> Cell:
    return Cell(service.spec.type, _tone(service, joined))


def _cluster_ip(service: Service, _joined: Joined) -> Cell:
    return text_cell((service.spec.cluster_ips or (service.spec.cluster_ip,))[0])


def _external_ip(service: Service, joined: Joined) -> Cell:
    spec = service.spec
    if spec.type == "ExternalName":
        return Cell(spec.external_name)
    if service.pending:
        return Cell("<pending>", _tone(service, joined))
    if spec.type == "LoadBalancer":
        return join_texts([*service.status.load_balancer.addresses, *(spec.external_ips or ())])
    return join_texts(spec.external_ips or ()) if spec.type in ("ClusterIP", "NodePort") else UNKNOWN


def _ports(service: Service, _joined: Joined) -> Cell:
    return join_texts(map(str, service.spec.ports or ()))


def _opens(service: Service) -> Opening | None:
    """Its pods; without a selector the endpoints that somebody else keeps, which have its name."""
    name, namespace, spec = service.metadata.name, service.metadata.namespace, service.spec
    if spec.selector:
        return opens_pods("service", service.metadata, selector_from(LabelSelector(spec.selector)))
    if spec.type == "ExternalName":
        return None
    return opens_one("endpoints", f"service {name}", name, namespace)


KIND = Kind(
    "",
    "services",
    Service,
    always(
        NAME,
        Column("TYPE", _type, glyph=True),
        Column("CLUSTER-IP", _cluster_ip),
        Column("EXTERNAL-IP", _external_ip),
        Column("PORT(S)", _ports),
        Column("SELECTOR", lambda service, _: join_labels(service.spec.selector), wide=True),
        LABELS,
        AGE,
    ),
    _tone,
    opens=_opens,
)
