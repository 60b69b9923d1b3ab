"""Services: their addresses and ports."""

from __future__ import annotations

from typing import Any

from k9py.demo.api.addresses import PORTS, Addresses
from k9py.demo.api.registry import Intent, Registry
from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.names import label
from k9py.demo.api.validation.services import check_service
from k9py.demo.api.validation.warnings import warn_of_service
from k9py.demo.api.validation.words import invalid
from k9py.demo.core.status import Cause
from k9py.demo.core.status import invalid as refuse
from k9py.demo.core.store import Obj

EXPOSED = ("NodePort", "LoadBalancer")
"""Types that have node ports."""


def default(obj: Obj) -> None:
    """A cluster IP, TCP, and the same port behind."""
    spec = obj.setdefault("spec", {})
    spec.setdefault("sessionAffinity", "None")
    if spec["sessionAffinity"] == "None":
        spec.pop("sessionAffinityConfig", None)
    elif spec["sessionAffinity"] == "ClientIP" and not spec.get("sessionAffinityConfig"):
        spec["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": 10800}}
    spec.setdefault("type", "ClusterIP")
    for port in spec.get("ports") or ():
        port.setdefault("protocol", "TCP")
        if not port.get("targetPort"):
            port["targetPort"] = port.get("port", 0)
    if spec["type"] in EXPOSED or spec.get("externalIPs"):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if spec["type"] in ("ClusterIP", *EXPOSED):
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if spec["type"] == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)


def prepare(obj: Obj, old: Obj | None, registry: Registry) -> None:
    """What is said once and stands twice; what an earlier type had and this one has not."""
    spec = obj["spec"]
    before = old["spec"] if old else {}
    if old:
        _patch_allocated(spec, before)
        _drop_of_type(spec, before)
    if spec.get("clusterIP") and (not spec.get("clusterIPs") or spec.get("clusterIP") != before.get("clusterIP")):
        spec["clusterIPs"] = [spec["clusterIP"], *(spec.get("clusterIPs") or [])[1:]]
    elif spec.get("clusterIPs") and not spec.get("clusterIP") and not before.get("clusterIP"):
        spec["clusterIP"] = spec["clusterIPs"][0]
    if spec["type"] != "ExternalName":
        _choose_families(spec)
    if obj.setdefault("status", {}) == {}:
        obj["status"] = {"loadBalancer": {}}


def _patch_allocated(spec: Obj, before: Obj) -> None:
    """Whoever replaces a service without naming what it was given keeps that."""
    if spec["type"] != "ExternalName" and before.get("type") != "ExternalName":
        for name in ("clusterIP", "clusterIPs"):
            if not spec.get(name) and before.get(name):
                spec[name] = before[name]
    if spec["type"] in EXPOSED and before.get("type") in EXPOSED:
        if any(port.get("nodePort") for port in spec.get("ports") or ()):
            return
        known = {(one.get("port"), one.get("protocol")): one.get("nodePort") for one in before.get("ports") or ()}
        for port in spec.get("ports") or ():
            number = known.get((port.get("port"), port.get("protocol")))
            if number:
                port["nodePort"] = number


def _drop_of_type(spec: Obj, before: Obj) -> None:
    """A change of the type takes back what the old one had, unless it was said anew."""
    kind, old_kind = spec["type"], before.get("type")
    if kind == old_kind:
        return
    if kind == "ExternalName":
        _drop(spec, before, ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"))
    if kind not in EXPOSED and old_kind in EXPOSED:
        _drop_node_ports(spec, before)
        if not spec.get("externalIPs"):
            spec.pop("externalTrafficPolicy", None)
    if kind != "LoadBalancer":
        _drop(spec, before, ("allocateLoadBalancerNodePorts", "healthCheckNodePort", "loadBalancerClass"))


def _drop(spec: Obj, before: Obj, names: tuple[str, ...]) -> None:
    for name in names:
        if spec.get(name) == before.get(name):
            spec.pop(name, None)


def _drop_node_ports(spec: Obj, before: Obj) -> None:
    numbers = [[port.get("nodePort") for port in one.get("ports") or ()] for one in (spec, before)]
    if numbers[0] == numbers[1]:
        for port in spec.get("ports") or ():
            port.pop("nodePort", None)


def _choose_families(spec: Obj) -> None:
    """IPv4 alone; but a headless service without a selector leaves it open."""
    if spec.get("clusterIP") == "None" and not spec.get("selector"):
        spec.setdefault("ipFamilyPolicy", "RequireDualStack")
        spec.setdefault("ipFamilies", ["IPv4", "IPv6"] if spec["ipFamilyPolicy"] != "SingleStack" else ["IPv4"])
    spec.setdefault("ipFamilyPolicy", "SingleStack")
    spec.setdefault("ipFamilies", ["IPv4"])


def finish(obj: Obj, old: Obj | None, registry: Registry, intent: Intent) -> None:
    """An address and ports, if it has none. StatusError if what it asks for cannot be had; a dry run takes nothing."""
    spec, addresses, uid = obj["spec"], registry.part(Addresses), obj["metadata"]["uid"]
    name = obj["metadata"]["name"]
    if spec["type"] != "ExternalName":
        if not spec.get("clusterIP"):
            spec["clusterIP"] = addresses.next_address()
            spec["clusterIPs"] = [spec["clusterIP"]]
        elif spec["clusterIP"] != "None":
            _check_address(name, spec["clusterIP"], addresses, uid, intent.dry_run)
    if spec["type"] in EXPOSED:
        _take_ports(name, spec, addresses, uid, intent.dry_run)


def _check_address(name: str, address: str, addresses: Addresses, uid: str, dry_run: bool) -> None:
    if addresses.holder(address) == uid:
        return
    why = ""
    if not addresses.fits(address):
        why = f"the provided IP ({address}) is not in the valid range. The range of valid IPs is {addresses.network}"
    elif addresses.holder(address) and not dry_run:
        why = "provided IP is already allocated"
    if why:
        _refuse(name, invalid("spec.clusterIPs", [address], f"failed to allocate IP {address}: {why}"))


def _take_ports(name: str, spec: Obj, addresses: Addresses, uid: str, dry_run: bool) -> None:
    if spec["type"] == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts") is False:
        return
    by_number: dict[int, int] = {}
    for index, port in enumerate(spec.get("ports") or ()):
        if port.get("nodePort"):
            if not dry_run:
                _check_port(name, index, port, addresses, uid)
        else:  # the same port in another protocol gets the same number
            port["nodePort"] = by_number.get(port["port"]) or addresses.next_port()
        by_number[port["port"]] = port["nodePort"]
    if spec["type"] == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local":
        spec.setdefault("healthCheckNodePort", addresses.next_port())


def _check_port(name: str, index: int, port: dict[str, Any], addresses: Addresses, uid: str) -> None:
    number, path = port["nodePort"], f"spec.ports[{index}].nodePort"
    if addresses.port_holder(number, port["protocol"]) not in (None, uid):
        _refuse(name, invalid(path, number, "provided port is already allocated"))
    if number not in PORTS:
        detail = f"provided port is not in the valid range. The range of valid ports is {PORTS[0]}-{PORTS[-1]}"
        _refuse(name, invalid(path, number, detail))


def _refuse(name: str, cause: Cause) -> None:
    raise refuse("", "Service", name, [cause])


STRATEGIES = (
    Strategy(
        "services",
        default,
        prepare=prepare,
        validate=check_service,
        warn=warn_of_service,
        finish=finish,
        name=label,
        generation=False,
    ),
)
