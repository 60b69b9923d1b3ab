"""Validation of ingresses and network policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k9py.demo.api.validation.containers import check_port
from k9py.demo.api.validation.names import label, subdomain
from k9py.demo.api.validation.selectors import check_selector
from k9py.demo.api.validation.services import is_address
from k9py.demo.api.validation.words import broken, invalid, needed, one_of, unchanged
from k9py.demo.core.status import Cause, required
from k9py.demo.core.store import Obj

_PATHS = ("Exact", "ImplementationSpecific", "Prefix")


def check_ingress(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """An ingress."""
    spec = obj["spec"]
    if not spec.get("rules") and spec.get("defaultBackend") is None:
        yield invalid("spec", None, "either `defaultBackend` or `rules` must be specified")
    if spec.get("defaultBackend") is not None:
        yield from _check_backend("spec.defaultBackend", spec["defaultBackend"])
    for index, tls in enumerate(spec.get("tls") or ()):
        for place, host in enumerate(tls.get("hosts") or ()):
            yield from broken(f"spec.tls[{index}].hosts[{place}]", host.removeprefix("*."), subdomain)
    for index, rule in enumerate(spec.get("rules") or ()):
        yield from _check_rule(f"spec.rules[{index}]", rule)
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
    for index, one in enumerate(paths or ()):
        yield from _check_path(f"{path}.http.paths[{index}]", one)


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


def check_ingress_class(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """An ingress class."""
    controller = obj["spec"].get("controller", "")
    if old is not None:
        yield from unchanged("spec.controller", controller, old["spec"].get("controller"))
    elif not controller:
        yield required("spec.controller")
    elif "/" not in controller:
        yield invalid("spec.controller", controller, 'must be a domain-prefixed path (such as "acme.io/foo")')


def check_network_policy(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A network policy."""
    spec = obj["spec"]
    yield from check_selector("spec.podSelector", spec.get("podSelector"))
    for kind, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(spec.get(kind) or ()):
            path = f"spec.{kind}[{index}]"
            for place, port in enumerate(rule.get("ports") or ()):
                yield from _check_policy_port(f"{path}.ports[{place}]", port)
            for place, peer in enumerate(rule.get(peers) or ()):
                yield from _check_peer(f"{path}.{peers}[{place}]", peer)
    types: Any = spec.get("policyTypes") or ()
    if len(types) > 2:
        yield invalid("spec.policyTypes", types, "may not specify more than two policyTypes")
        return
    for index, kind in enumerate(types):
        yield from one_of(f"spec.policyTypes[{index}]", kind, ("Ingress", "Egress"))


def _check_policy_port(path: str, port: Obj) -> Iterator[Cause]:
    yield from one_of(f"{path}.protocol", port.get("protocol"), ("TCP", "UDP", "SCTP"))
    if port.get("port") is not None:
        yield from check_port(f"{path}.port", port["port"])


def _check_peer(path: str, peer: Obj) -> Iterator[Cause]:
    if not peer:
        yield required(path, "must specify a peer")
    for name in ("podSelector", "namespaceSelector"):
        yield from check_selector(f"{path}.{name}", peer.get(name))
