"""Ingresses, policies and addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from k9py.demo.api.tables.printer import NONE, age, name_of, part, selector_text
from k9py.demo.api.tables.services import balancer_addresses
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj

_MOST = 3


def _ingress(obj: Obj, cluster: Cluster) -> list[Any]:
    spec = part(obj, "spec")
    return [
        name_of(obj),
        spec.get("ingressClassName") or NONE,
        _hosts(spec.get("rules") or ()),
        ",".join(balancer_addresses(part(obj, "status"))),
        "80, 443" if spec.get("tls") else "80",
        age(obj, cluster),
    ]


def _hosts(rules: Sequence[Mapping[str, Any]]) -> str:
    """The first three hosts. How many more there are is counted in rules, with a host or without."""
    hosts = [rule["host"] for rule in rules if rule.get("host")]
    shown = ",".join(hosts[:_MOST])
    after = [index for index, rule in enumerate(rules) if rule.get("host")][_MOST - 1 : _MOST]
    more = bool(after) and after[0] < len(rules) - 1
    return f"{shown} + {len(rules) - _MOST} more..." if more else shown or "*"


def _ingress_class(obj: Obj, cluster: Cluster) -> list[Any]:
    spec = part(obj, "spec")
    return [name_of(obj), spec.get("controller", ""), _parameters(spec.get("parameters")), age(obj, cluster)]


def _parameters(found: Mapping[str, Any] | None) -> str:
    if not found:
        return NONE
    group = f".{found['apiGroup']}" if found.get("apiGroup") is not None else ""
    return f"{found['kind']}{group}/{found['name']}"


def _network_policy(obj: Obj, cluster: Cluster) -> list[Any]:
    selector = part(obj, "spec").get("podSelector")
    return [name_of(obj), selector_text(selector) or NONE, age(obj, cluster)]


def _ip_address(obj: Obj, cluster: Cluster) -> list[Any]:
    """A cell more than there are columns, as the real server has it."""
    return [name_of(obj), _parent(part(obj, "spec").get("parentRef")), age(obj, cluster)]


def _parent(parent: Mapping[str, Any] | None) -> str:
    if not parent:
        return NONE
    resource = ".".join(filter(None, (parent.get("resource", ""), parent.get("group", "")))).lower()
    return "/".join(filter(None, (resource, parent.get("namespace"), parent.get("name", ""))))


def _service_cidr(obj: Obj, cluster: Cluster) -> list[Any]:
    return [name_of(obj), ",".join(part(obj, "spec").get("cidrs") or ()), age(obj, cluster)]


PRINTERS = {
    "ingresses.networking.k8s.io": _ingress,
    "ingressclasses.networking.k8s.io": _ingress_class,
    "networkpolicies.networking.k8s.io": _network_policy,
    "ipaddresses.networking.k8s.io": _ip_address,
    "servicecidrs.networking.k8s.io": _service_cidr,
}
