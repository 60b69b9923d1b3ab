"""Ingresses, network policies, and the addresses of services as objects."""

from __future__ import annotations

from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.names import anything
from k9py.demo.api.validation.networking import check_ingress, check_ingress_class, check_network_policy
from k9py.demo.api.validation.warnings import warn_of_ingress
from k9py.demo.core.store import Obj


def default_policy(obj: Obj) -> None:
    """Ingress always, egress if it says something of that; TCP."""
    spec = obj.setdefault("spec", {})
    for rule in (*(spec.get("ingress") or ()), *(spec.get("egress") or ())):
        for port in rule.get("ports") or ():
            port.setdefault("protocol", "TCP")
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]
    spec.setdefault("podSelector", {})


def default_ingress(obj: Obj) -> None:
    """A spec."""
    obj.setdefault("spec", {})


def default_class(obj: Obj) -> None:
    """Parameters of the whole cluster."""
    parameters = obj.setdefault("spec", {}).get("parameters")
    if parameters:
        parameters.setdefault("scope", "Cluster")


STRATEGIES = (
    Strategy(
        "ingresses.networking.k8s.io",
        default_ingress,
        validate=check_ingress,
        warn=warn_of_ingress,
        status=lambda: {"loadBalancer": {}},
    ),
    Strategy("ingressclasses.networking.k8s.io", default_class, validate=check_ingress_class),
    Strategy("networkpolicies.networking.k8s.io", default_policy, validate=check_network_policy),
    Strategy("servicecidrs.networking.k8s.io", status=dict[str, object], generation=False),
    Strategy("ipaddresses.networking.k8s.io", name=anything, generation=False),
)
