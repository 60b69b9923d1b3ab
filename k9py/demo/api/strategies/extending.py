"""Webhooks, admission policies, and how the server divides its attention."""

from __future__ import annotations

from collections.abc import Callable

from k9py.demo.api.defaults.filling import fill
from k9py.demo.api.strategy import Strategy
from k9py.demo.core.store import Obj

_GROUP = "admissionregistration.k8s.io"
_FLOW = "flowcontrol.apiserver.k8s.io"
_SELECTORS: Obj = {"namespaceSelector": {}, "objectSelector": {}}
_WEBHOOK = {"failurePolicy": "Fail", "matchPolicy": "Equivalent", "timeoutSeconds": 10, **_SELECTORS}


def _default_webhooks(mutating: bool) -> Callable[[Obj], None]:
    def default(obj: Obj) -> None:
        for webhook in obj.get("webhooks") or ():
            fill(webhook, _WEBHOOK)
            if mutating:
                webhook.setdefault("reinvocationPolicy", "Never")
            _default_rules(webhook.get("rules") or ())
            service = (webhook.get("clientConfig") or {}).get("service")
            if service:
                service.setdefault("port", 443)

    return default


def _default_rules(rules: object) -> None:
    for rule in rules if isinstance(rules, list) else ():
        rule.setdefault("scope", "*")


def default_policy(obj: Obj) -> None:
    """A ValidatingAdmissionPolicy, or a mutating one."""
    spec = obj.setdefault("spec", {})
    spec.setdefault("failurePolicy", "Fail")
    match = spec.get("matchConstraints")
    if match is not None:
        fill(match, {**_SELECTORS, "matchPolicy": "Equivalent"})
        for name in ("resourceRules", "excludeResourceRules"):
            _default_rules(match.get(name))


def default_level(obj: Obj) -> None:
    """A PriorityLevelConfiguration."""
    spec = obj.setdefault("spec", {})
    limited, exempt = spec.get("limited"), spec.get("exempt")
    if limited is not None:
        for name, value in (("nominalConcurrencyShares", 30), ("lendablePercent", 0)):
            limited[name] = value if limited.get(name) is None else limited[name]
        queuing = limited.setdefault("limitResponse", {"type": "Reject"}).get("queuing")
        if queuing is not None:
            fill(queuing, {"queues": 64, "handSize": 8, "queueLengthLimit": 50})
    if exempt is not None:
        fill(exempt, {"nominalConcurrencyShares": 0, "lendablePercent": 0})


def default_flow(obj: Obj) -> None:
    """A FlowSchema."""
    spec = obj.setdefault("spec", {})
    spec["matchingPrecedence"] = spec.get("matchingPrecedence") or 1000


STRATEGIES = (
    Strategy(f"validatingwebhookconfigurations.{_GROUP}", _default_webhooks(mutating=False)),
    Strategy(f"mutatingwebhookconfigurations.{_GROUP}", _default_webhooks(mutating=True)),
    Strategy(f"validatingadmissionpolicies.{_GROUP}", default_policy, status=dict[str, object]),
    Strategy(f"mutatingadmissionpolicies.{_GROUP}", default_policy),
    Strategy(f"prioritylevelconfigurations.{_FLOW}", default_level, status=dict[str, object]),
    Strategy(f"flowschemas.{_FLOW}", default_flow, status=dict[str, object]),
)
