"""Ingresses, network policies, and the addresses of services as objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k9py.demo.api.defaults.filling import filled
from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.containers import check_port
from k9py.demo.api.validation.names import anything, label, subdomain
from k9py.demo.api.validation.selectors import check_selector
from k9py.demo.api.validation.services import is_address
from k9py.demo.api.validation.warnings import warn_of_ingress
from k9py.demo.api.validation.words import broken, every, invalid, needed, one_of, unchanged
from k9py.demo.core.status import Cause, required
from k9py.demo.core.store import Obj

_PATHS = ("Exact", "ImplementationSpecific", "Prefix")


def _check_ingress(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    spec = obj["spec"]
    if not spec.get("rules") and spec.get("defaultBackend") is None:
        yield invalid("spec", None, "either `defaultBackend` or `rules` must be specified")
    if spec.get("defaultBackend") is not None:
        yield from _check_backend("spec.defaultBackend", spec["defaultBackend"])
    for index, tls in enumerate(spec.get("tls") or ()):
        for place, host in enumerate(tls.get("hosts") or ()):
            yield from broken(f"spec.tls[{index}].hosts[{place}]", host.removeprefix("*."), subdomain)
    yield from every("spec.rules", spec.get("rules"), _check_rule)
    if spec.get("ingressClassName") is not None:
        yield from broken("spec.ingressClassName", spec["ingressClassName"], subdomain)


def _check_rule(path: str, rule: Obj) -> Iterator[Cause]:
    host = rule.get("host", "")
    if host:
        if is_address(host):
            yield invalid(f"{path}.host", host, "must be a DNS name, not an IP address")
        yield from broken(f"{path}.host", host.removeprefix("*."), subdomain)
    if rule.get("http") is None:
        return
    paths = rule["http"].get("paths")
    if not paths:
        yield required(f"{path}.http.paths")
    yield from every(f"{path}.http.paths", paths, _check_path)


def _check_path(path: str, one: Obj) -> Iterator[Cause]:
    kind, text = one.get("pathType"), one.get("path", "")
    if kind is None:
        yield required(f"{path}.pathType", "pathType must be specified")
        return
    wrong = list(one_of(f"{path}.pathType", kind, _PATHS))
    yield from wrong
    if not wrong and kind in ("Exact", "Prefix") and not text.startswith("/"):
        yield invalid(f"{path}.path", text, "must be an absolute path")
    yield from _check_backend(f"{path}.backend", one.get("backend") or {})


def _check_backend(path: str, backend: Obj) -> Iterator[Cause]:
    service, resource = backend.get("service"), backend.get("resource")
    if service is not None and resource is not None:
        yield invalid(path, "", "cannot set both resource and service backends")
    elif service is None and resource is None:
        yield invalid(path, "", "resource or service backend is required")
    elif service is not None:
        yield from needed(f"{path}.service.name", service.get("name"), label)
        port = service.get("port") or {}
        if port.get("name"):
            yield from check_port(f"{path}.service.port.name", port["name"])
        elif port.get("number"):
            yield from check_port(f"{path}.service.port.number", port["number"])
        else:
            yield required(path, "port name or number is required")


def _check_ingress_class(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    controller = obj["spec"].get("controller", "")
    if old is not None:
        yield from unchanged("spec.controller", controller, old["spec"].get("controller"))
    elif not controller:
        yield required("spec.controller")
    elif "/" not in controller:
        yield invalid("spec.controller", controller, 'must be a domain-prefixed path (such as "acme.io/foo")')


def _check_network_policy(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    spec = obj["spec"]
    yield from check_selector("spec.podSelector", spec.get("podSelector"))
    for kind, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(spec.get(kind) or ()):
            path = f"spec.{kind}[{index}]"
            yield from every(f"{path}.ports", rule.get("ports"), _check_policy_port)
            yield from every(f"{path}.{peers}", rule.get(peers), _check_peer)
    types: Any = spec.get("policyTypes") or ()
    if len(types) > 2:
        yield invalid("spec.policyTypes", types, "may not specify more than two policyTypes")
        return
    yield from every("spec.policyTypes", types, one_of, ("Ingress", "Egress"))


def _check_policy_port(path: str, port: Obj) -> Iterator[Cause]:
    yield from one_of(f"{path}.protocol", port.get("protocol"), ("TCP", "UDP", "SCTP"))
    if port.get("port") is not None:
        yield from check_port(f"{path}.port", port["port"])


def _check_peer(path: str, peer: Obj) -> Iterator[Cause]:
    if not peer:
        yield required(path, "must specify a peer")
    for name in ("podSelector", "namespaceSelector"):
        yield from check_selector(f"{path}.{name}", peer.get(name))


def default_policy(obj: Obj) -> None:
    """Ingress always, egress if it says something of that; TCP."""
    spec = obj.setdefault("spec", {})
    for rule in (*(spec.get("ingress") or ()), *(spec.get("egress") or ())):
        for port in rule.get("ports") or ():
            port.setdefault("protocol", "TCP")
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]
    spec.setdefault("podSelector", {})


def default_class(obj: Obj) -> None:
    """Parameters of the whole cluster."""
    parameters = obj.setdefault("spec", {}).get("parameters")
    if parameters:
        parameters.setdefault("scope", "Cluster")


STRATEGIES = (
    Strategy(
        "ingresses.networking.k8s.io",
        filled(spec={}),
        validate=_check_ingress,
        warn=warn_of_ingress,
        status=lambda: {"loadBalancer": {}},
    ),
    Strategy("ingressclasses.networking.k8s.io", default_class, validate=_check_ingress_class),
    Strategy("networkpolicies.networking.k8s.io", default_policy, validate=_check_network_policy),
    Strategy("servicecidrs.networking.k8s.io", status=dict[str, object], generation=False),
    Strategy("ipaddresses.networking.k8s.io", name=anything, generation=False),
)
