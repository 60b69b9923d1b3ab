"""Ingresses, policies and addresses."""

from __future__ import annotations

from k9py.demo.api.tables.printer import NONE, age, at, listed, part, row, selector
from k9py.demo.api.tables.services import balancer_addresses
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj

_MOST = 3


def _addresses(obj: Obj, cluster: Cluster) -> str:
    return ",".join(balancer_addresses(part(obj, "status")))


def _ports(obj: Obj, cluster: Cluster) -> str:
    return "80, 443" if part(obj, "spec").get("tls") else "80"


def _hosts(obj: Obj, cluster: Cluster) -> str:
    """The first three hosts. How many more there are is counted in rules, with a host or without."""
    rules = part(obj, "spec").get("rules") or ()
    hosts = [rule["host"] for rule in rules if rule.get("host")]
    shown = ",".join(hosts[:_MOST])
    after = [index for index, rule in enumerate(rules) if rule.get("host")][_MOST - 1 : _MOST]
    more = bool(after) and after[0] < len(rules) - 1
    return f"{shown} + {len(rules) - _MOST} more..." if more else shown or "*"


def _parameters(obj: Obj, cluster: Cluster) -> str:
    found = part(obj, "spec").get("parameters")
    if not found:
        return NONE
    group = f".{found['apiGroup']}" if found.get("apiGroup") is not None else ""
    return f"{found['kind']}{group}/{found['name']}"


def _parent(obj: Obj, cluster: Cluster) -> str:
    parent = part(obj, "spec").get("parentRef")
    if not parent:
        return NONE
    resource = ".".join(filter(None, (parent.get("resource", ""), parent.get("group", "")))).lower()
    return "/".join(filter(None, (resource, parent.get("namespace"), parent.get("name", ""))))


PRINTERS = {
    "ingresses.networking.k8s.io": row(at("spec.ingressClassName", NONE), _hosts, _addresses, _ports, age),
    "ingressclasses.networking.k8s.io": row(at("spec.controller"), _parameters, age),
    "networkpolicies.networking.k8s.io": row(selector("spec.podSelector"), age),
    # a cell more than there are columns, as the real server has it
    "ipaddresses.networking.k8s.io": row(_parent, age),
    "servicecidrs.networking.k8s.io": row(listed("spec.cidrs"), age),
}
