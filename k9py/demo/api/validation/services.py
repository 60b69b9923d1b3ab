"""Validation of services."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any

from k9py.demo.api.internals import internal
from k9py.demo.api.validation.containers import PROTOCOLS, check_port
from k9py.demo.api.validation.meta import check_labels
from k9py.demo.api.validation.names import label, subdomain
from k9py.demo.api.validation.words import between, broken, go, invalid, needed, one_of
from k9py.demo.core.status import Cause, duplicate_value, forbidden_value, required
from k9py.demo.core.store import Obj

ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")


def is_address(text: str) -> bool:
    """Whether it is an IP address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def is_network(text: str) -> bool:
    """Whether it is a range of addresses: `10.0.0.0/8`."""
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return "/" in text


def check_service(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A service."""
    spec = obj["spec"]
    kind, headless = spec["type"], spec.get("clusterIP") == "None"
    if old is not None:
        yield from _check_kept_address(spec, old["spec"])
    if not spec.get("ports") and not headless and kind != "ExternalName":
        yield required("spec.ports")
    yield from _check_type(spec)
    yield from _check_ports(spec)
    yield from check_labels("spec.selector", spec.get("selector") or {})
    yield from one_of("spec.sessionAffinity", spec["sessionAffinity"], ("ClientIP", "None"))
    yield from _check_addresses(spec)
    yield from one_of("spec.type", kind, TYPES)
    yield from _check_node_ports(spec)
    yield from _check_source_ranges(spec)
    yield from _check_traffic(spec)


def _check_type(spec: Obj) -> Iterator[Cause]:
    if spec["type"] == "ExternalName":
        if spec.get("clusterIPs"):
            yield forbidden_value("spec.clusterIPs", "may not be set for ExternalName services")
        name = spec.get("externalName", "").removesuffix(".")
        yield from needed("spec.externalName", name, subdomain)
    elif spec["type"] in ("NodePort", "LoadBalancer") and spec.get("clusterIP") == "None":
        yield invalid("spec.clusterIPs[0]", "None", f"may not be set to 'None' for {spec['type']} services")


def _check_ports(spec: Obj) -> Iterator[Cause]:
    ports = spec.get("ports") or ()
    names: set[str] = set()
    for index, port in enumerate(ports):
        path, name = f"spec.ports[{index}]", port.get("name", "")
        if not name and len(ports) > 1:
            yield required(f"{path}.name")
        elif name:
            yield from broken(f"{path}.name", name, label)
            if name in names:
                yield duplicate_value(f"{path}.name", f'"{name}"')
        names.add(name)
        yield from between(f"{path}.port", port.get("port", 0), 1, 65535)
        yield from one_of(f"{path}.protocol", port.get("protocol"), PROTOCOLS)
        yield from check_port(f"{path}.targetPort", port.get("targetPort", 0))
    yield from _check_doubled(ports)


def _check_doubled(ports: Any) -> Iterator[Cause]:
    seen: set[tuple[Any, Any]] = set()
    for index, port in enumerate(ports):
        key = (port.get("protocol"), port.get("port"))
        if key in seen:
            bare = {"protocol": key[0], "port": key[1], "targetPort": 0}
            yield duplicate_value(f"spec.ports[{index}]", go(internal(bare, "core.ServicePort")))
        seen.add(key)


def _check_addresses(spec: Obj) -> Iterator[Cause]:
    for index, address in enumerate(spec.get("clusterIPs") or ()):
        if address != "None" and not is_address(address):
            yield invalid(f"spec.clusterIPs[{index}]", address, ADDRESS)
    for index, address in enumerate(spec.get("externalIPs") or ()):
        if not is_address(address):
            yield invalid(f"spec.externalIPs[{index}]", address, ADDRESS)


def _check_node_ports(spec: Obj) -> Iterator[Cause]:
    seen: set[tuple[Any, Any]] = set()
    for index, port in enumerate(spec.get("ports") or ()):
        number, path = port.get("nodePort", 0), f"spec.ports[{index}].nodePort"
        if not number:
            continue
        if spec["type"] == "ClusterIP":
            yield forbidden_value(path, "may not be used when `type` is 'ClusterIP'")
        key = (port.get("protocol"), number)
        if key in seen:
            yield duplicate_value(path, go(number))
        seen.add(key)


def _check_traffic(spec: Obj) -> Iterator[Cause]:
    external = spec.get("externalTrafficPolicy")
    exposed = spec["type"] in ("NodePort", "LoadBalancer") or (spec["type"] == "ClusterIP" and spec.get("externalIPs"))
    if external is not None:
        if not exposed:
            detail = "may only be set for externally-accessible services"
            yield invalid("spec.externalTrafficPolicy", external, detail)
        else:
            yield from one_of("spec.externalTrafficPolicy", external, ("Cluster", "Local"))
    internal_policy = spec.get("internalTrafficPolicy")
    if internal_policy is not None:
        yield from one_of("spec.internalTrafficPolicy", internal_policy, ("Cluster", "Local"))
    if spec["type"] != "LoadBalancer":
        if spec.get("allocateLoadBalancerNodePorts") is not None:
            yield forbidden_value(
                "spec.allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'"
            )
        if spec.get("loadBalancerClass"):
            yield forbidden_value("spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'")


def _check_source_ranges(spec: Obj) -> Iterator[Cause]:
    ranges, path = spec.get("loadBalancerSourceRanges") or (), "spec.LoadBalancerSourceRanges"
    if ranges and spec["type"] != "LoadBalancer":
        yield forbidden_value(path, "may only be used when `type` is 'LoadBalancer'")
    for index, one in enumerate(ranges):
        if not is_network(one):
            detail = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
            yield invalid(f"{path}[{index}]", one, detail)


def _check_kept_address(spec: Obj, old: Obj) -> Iterator[Cause]:
    if old["type"] == "ExternalName" or spec["type"] == "ExternalName" or not old.get("clusterIP"):
        return
    if spec.get("clusterIPs") != old.get("clusterIPs") and (spec.get("clusterIPs") or [None])[0] != old["clusterIP"]:
        yield invalid("spec.clusterIPs[0]", spec.get("clusterIPs"), "may not change once set")
