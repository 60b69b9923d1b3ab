"""Kinds of which there is little to say."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.api.defaults.filling import filled
from k9py.demo.api.defaults.podspec import default_template
from k9py.demo.api.registry import Intent, Registry
from k9py.demo.api.strategy import Side, Strategy
from k9py.demo.api.validation.names import label
from k9py.demo.api.validation.words import broken, invalid, one_of, unchanged
from k9py.demo.core.status import Cause, forbidden_value
from k9py.demo.core.store import Obj

HIGHEST = 1_000_000_000
"""The priority that users can give."""
SYSTEM = {"system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000}


def _check_lease(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    duration, transitions = spec.get("leaseDurationSeconds"), spec.get("leaseTransitions")
    if duration is not None and duration <= 0:
        yield invalid("spec.leaseDurationSeconds", duration, "must be greater than 0")
    if transitions is not None and transitions < 0:
        yield invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0")


def _check_priority_class(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    name, value = obj["metadata"]["name"], obj.get("value", 0)
    if old is not None:
        if value != old.get("value", 0):
            yield forbidden_value("value", "may not be changed in an update.")
        yield from unchanged("preemptionPolicy", obj.get("preemptionPolicy"), old.get("preemptionPolicy"))
        return
    if name.startswith("system-"):
        if SYSTEM.get(name) != value:
            known = f"value of {name} PriorityClass must be {SYSTEM[name]}" if name in SYSTEM else ""
            why = known or f"{name} is not a known system priority class"
            detail = f"priority class names with 'system-' prefix are reserved for system use only. error: {why}"
            yield forbidden_value("metadata.name", detail)
    elif value > HIGHEST:
        yield forbidden_value("value", f"maximum allowed value of a user defined priority is {HIGHEST}")
    yield from one_of("preemptionPolicy", obj["preemptionPolicy"], ("PreemptLowerPriority", "Never"))


def _check_runtime_class(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    if old is not None:
        yield from unchanged("handler", obj.get("handler"), old.get("handler"))
    else:
        yield from broken("handler", obj.get("handler", ""), label)


def admit_request(obj: Obj, old: Obj | None, registry: Registry, intent: Intent) -> None:
    """Who asks for a certificate is written down; what is asked for stays as it was."""
    if old is not None:
        obj["spec"] = old["spec"]
    elif not intent.trusted:
        obj.setdefault("spec", {}).update(username=intent.user, groups=["system:authenticated"])


def _take_conditions(old: Obj, new: Obj) -> Obj:
    """An approval or a denial of a CertificateSigningRequest."""
    status = {**(old.get("status") or {})}
    conditions = (new.get("status") or {}).get("conditions")
    if conditions:
        for condition in conditions:
            condition["lastTransitionTime"] = condition.get("lastTransitionTime") or condition.get("lastUpdateTime")
        status["conditions"] = conditions
    return {**old, "status": status}


def _check_conditions(new: Obj, old: Obj) -> Iterator[Cause]:
    kinds = {one.get("type") for one in (new.get("status") or {}).get("conditions") or ()}
    for index, one in enumerate((old.get("status") or {}).get("conditions") or ()):
        if one["type"] not in kinds:
            yield forbidden_value(
                f"status.conditions[{index}].type", f'updates may not remove a condition of type "{one["type"]}"'
            )
    if {"Approved", "Denied"} <= kinds:
        yield invalid("status.conditions", "Denied", "Approved and Denied conditions are mutually exclusive")


_PRIORITY = filled(preemptionPolicy="PreemptLowerPriority")
STRATEGIES = (
    Strategy("priorityclasses.scheduling.k8s.io", _PRIORITY, validate=_check_priority_class, counted=False),
    Strategy("leases.coordination.k8s.io", filled(spec={}), validate=_check_lease, generation=False),
    Strategy("runtimeclasses.node.k8s.io", validate=_check_runtime_class, generation=False),
    Strategy("podtemplates", lambda obj: default_template(obj.setdefault("template", {}))),
    Strategy("controllerrevisions.apps", generation=False),
    Strategy("serviceaccounts", generation=False),
    Strategy(
        "certificatesigningrequests.certificates.k8s.io",
        admit=admit_request,
        sides={"approval": Side(_take_conditions, _check_conditions)},
        status=dict[str, object],
        generation=False,
    ),
    Strategy("apiservices.apiregistration.k8s.io", generation=False),
)
