"""What objects count for against a quota (the evaluators of ResourceQuota)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from k9py.demo.api.podresources import pod_amounts, qos_class
from k9py.demo.api.quantities import Amounts, amount
from k9py.demo.core.store import Obj

_ONE = Fraction(1)
_COMPUTE = ("cpu", "memory", "ephemeral-storage")


def _pod_usage(pod: Obj) -> Amounts:
    """What has ended uses nothing but its place."""
    if (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
        return {}
    requests, limits = pod_amounts(pod["spec"], "requests"), pod_amounts(pod["spec"], "limits")
    found = {"pods": _ONE}
    found.update({name: requests[name] for name in _COMPUTE if name in requests})
    found.update({f"requests.{name}": value for name, value in requests.items()})
    found.update({f"limits.{name}": limits[name] for name in _COMPUTE if name in limits})
    return found


def _service_usage(service: Obj) -> Amounts:
    spec = service["spec"]
    ports = len(spec.get("ports") or ())
    found = {"services": _ONE}
    if spec.get("type") == "LoadBalancer":
        found["services.loadbalancers"] = _ONE
        ports = 0 if spec.get("allocateLoadBalancerNodePorts") is False else ports
    if spec.get("type") in ("NodePort", "LoadBalancer"):
        found["services.nodeports"] = Fraction(ports)
    return found


def _claim_usage(claim: Obj) -> Amounts:
    spec = claim["spec"]
    size = amount(str(((spec.get("resources") or {}).get("requests") or {}).get("storage", "0")))
    found = {"persistentvolumeclaims": _ONE, "requests.storage": size}
    name = spec.get("storageClassName")
    if name:
        prefix = f"{name}.storageclass.storage.k8s.io"
        found |= {f"{prefix}/persistentvolumeclaims": _ONE, f"{prefix}/requests.storage": size}
    return found


def _only(name: str) -> Callable[[Obj], Amounts]:
    return lambda obj: {name: _ONE}


COUNTED: Mapping[str, Callable[[Obj], Amounts]] = {
    "pods": _pod_usage,
    "services": _service_usage,
    "persistentvolumeclaims": _claim_usage,
    **{name: _only(name) for name in ("configmaps", "secrets", "replicationcontrollers", "resourcequotas")},
}
"""By collection: what its objects count for beside their number."""


def usage_of(collection: str, obj: Obj) -> Amounts:
    """All that an object counts for."""
    found = {f"count/{collection}": _ONE}
    evaluate = COUNTED.get(collection)
    return {**found, **evaluate(obj)} if evaluate else found


def in_scope(spec: Obj, collection: str, obj: Obj) -> bool:
    """Whether a quota counts it: one with scopes counts pods only (and claims never)."""
    selector = (spec.get("scopeSelector") or {}).get("matchExpressions") or ()
    terms = [*({"scopeName": scope, "operator": "Exists"} for scope in spec.get("scopes") or ()), *selector]
    if not terms:
        return True
    return collection == "pods" and all(_matches(term, obj) for term in terms)


def _matches(term: Obj, pod: Obj) -> bool:
    scope, spec = term.get("scopeName"), pod["spec"]
    if scope == "PriorityClass":
        return _matches_class(term, spec.get("priorityClassName", ""))
    if scope in ("Terminating", "NotTerminating"):
        return (spec.get("activeDeadlineSeconds") is not None) is (scope == "Terminating")
    if scope in ("BestEffort", "NotBestEffort"):
        return (qos_class(spec) == "BestEffort") is (scope == "BestEffort")
    return False


def _matches_class(term: Obj, name: str) -> bool:
    operator, values = term.get("operator"), term.get("values") or ()
    if operator in ("Exists", "DoesNotExist"):
        return bool(name) is (operator == "Exists")
    return (name in values) is (operator == "In")


def unlimited_containers(spec: Obj, hard: Amounts) -> str:
    """Which containers say nothing about what is limited: `limits.cpu for: a,b; limits.memory for: a`."""
    if spec.get("resources"):
        return ""
    parts = []
    for name in sorted(hard):
        part, _, resource = name.rpartition(".")
        if resource not in ("cpu", "memory") or part not in ("", "requests", "limits"):
            continue
        silent = [
            container["name"]
            for kind in ("containers", "initContainers")
            for container in spec.get(kind) or ()
            if resource not in ((container.get("resources") or {}).get(part or "requests") or {})
        ]
        if silent:
            parts.append(f"{name} for: {','.join(sorted(silent))}")
    return "; ".join(parts)
