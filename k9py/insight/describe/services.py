"""Services, with the addresses behind each of their ports."""

from __future__ import annotations

from collections.abc import Iterable

from k9py.insight.describe.facts import EMPTY, Obj, each, get, join, joined_pairs, sub, text, texts
from k9py.insight.describe.sheet import NONE, UNSET, Cell, Sheet
from k9py.insight.describe.subject import Asks, Describer, Subject, annotations_of, has, in_namespace, labels_of
from k9py.values.request import Request

SLICES = "endpointslices"
_SHOWN = 3
"""Addresses that are told of a port; of more, how many there are."""


def ask_slices(found: Obj, name: str) -> Request:
    """The endpoint slices of a service in the namespace of an object."""
    chosen = f"kubernetes.io/service-name={name}"
    return in_namespace(found, "/apis/discovery.k8s.io/v1", SLICES, labelSelector=chosen)


def ask(found: Obj) -> Asks:
    """Its endpoint slices."""
    return {SLICES: ask_slices(found, text(found, "metadata", "name"))}


def describe(sheet: Sheet, subject: Subject) -> None:
    """Type, addresses, ports with what is behind them, policies."""
    found, spec = subject.found, sub(subject.found, "spec")
    sheet.field("Name", subject.name)
    sheet.field("Namespace", text(found, "metadata", "namespace"))
    labels_of(sheet, found)
    annotations_of(sheet, found)
    sheet.field("Selector", joined_pairs(spec, "selector"))
    sheet.field("Type", text(spec, "type"))
    _write_addresses(sheet, found, spec)
    for port in each(spec, "ports"):
        _write_port(sheet, port, subject)
    _write_policies(sheet, spec)


def _write_addresses(sheet: Sheet, found: Obj, spec: Obj) -> None:
    if policy := text(spec, "ipFamilyPolicy"):
        sheet.field("IP Family Policy", policy)
    sheet.field("IP Families", join(texts(spec, "ipFamilies")))
    sheet.field("IP", text(spec, "clusterIP"))
    sheet.field("IPs", join(texts(spec, "clusterIPs")))
    if has(spec, "externalIPs"):
        sheet.field("External IPs", join(texts(spec, "externalIPs")))
    for label, field in (("Desired LoadBalancer IP", "loadBalancerIP"), ("External Name", "externalName")):
        if value := text(spec, field):
            sheet.field(label, value)
    if gates := each(found, "status", "loadBalancer", "ingress"):
        sheet.field("LoadBalancer Ingress", ", ".join(map(say_gate, gates)))


def say_gate(gate: Obj) -> str:
    """Where a load balancer takes traffic: an address and its mode, or a name."""
    address = text(gate, "ip")
    mode = text(gate, "ipMode")
    return (f"{address} ({mode})" if mode else address) if address else text(gate, "hostname")


def _write_port(sheet: Sheet, port: Obj, subject: Subject) -> None:
    name, protocol = text(port, "name", none=UNSET), text(port, "protocol", none="TCP")
    sheet.field("Port", name, f"{text(port, 'port')}/{protocol}")
    sheet.field("TargetPort", f"{text(port, 'targetPort', none='0')}/{protocol}")
    if node_port := text(port, "nodePort", none="0").removeprefix("0"):
        sheet.field("NodePort", name, f"{node_port}/{protocol}")
    behind = subject.why_not(SLICES) or say_addresses(subject.items(SLICES), text(port, "name"))
    sheet.field("Endpoints", behind if isinstance(behind, Cell) or behind != NONE else Cell(NONE, "mark"))


def say_addresses(slices: Iterable[Obj], port_name: str) -> str:
    """The addresses of a port that are ready."""
    found = [
        _say_address(address, text(port, "port"))
        for each_slice in slices
        for port in each(each_slice, "ports") or [EMPTY]
        if port is EMPTY or text(port, "name") == port_name
        for endpoint in each(each_slice, "endpoints")
        if get(endpoint, "conditions", "ready") is not False
        for address in texts(endpoint, "addresses")[:1]
    ]
    more = f" + {len(found) - _SHOWN} more..." if len(found) > _SHOWN else ""
    return ",".join(found[:_SHOWN]) + more if found else NONE


def _say_address(address: str, port: str) -> str:
    host = f"[{address}]" if port and ":" in address else address
    return f"{host}:{port}" if port else host


_POLICIES = (
    ("External Traffic Policy", "externalTrafficPolicy"),
    ("Internal Traffic Policy", "internalTrafficPolicy"),
    ("Load Balancer Class", "loadBalancerClass"),
)


def _write_policies(sheet: Sheet, spec: Obj) -> None:
    sheet.field("Session Affinity", text(spec, "sessionAffinity"))
    for label, field in _POLICIES:
        if value := text(spec, field):
            sheet.field(label, value)
    if port := text(spec, "healthCheckNodePort", none="0").removeprefix("0"):
        sheet.field("HealthCheck NodePort", port)
    if ranges := texts(spec, "loadBalancerSourceRanges"):
        sheet.field("LoadBalancer Source Ranges", ",".join(ranges))
    if near := text(spec, "trafficDistribution"):
        sheet.field("Traffic Distribution", near)


DESCRIBERS = (Describer(("services",), describe, ask, (SLICES,)),)
