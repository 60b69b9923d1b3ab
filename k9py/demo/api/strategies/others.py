"""Kinds of which there is little to say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from k9py.demo.api.defaults.podspec import default_template
from k9py.demo.api.strategy import Side, Strategy
from k9py.demo.api.validation.others import check_lease, check_priority_class, check_runtime_class
from k9py.demo.api.validation.words import invalid
from k9py.demo.core.status import Cause, forbidden_value
from k9py.demo.core.store import Obj

if TYPE_CHECKING:
    from k9py.demo.api.registry import Intent, Registry


def default_priority_class(obj: Obj) -> None:
    """It may take the place of others."""
    obj.setdefault("preemptionPolicy", "PreemptLowerPriority")


def default_lease(obj: Obj) -> None:
    """A spec."""
    obj.setdefault("spec", {})


def default_pod_template(obj: Obj) -> None:
    """A template that stands alone."""
    default_template(obj.setdefault("template", {}))


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


STRATEGIES = (
    Strategy("priorityclasses.scheduling.k8s.io", default_priority_class, validate=check_priority_class, counted=False),
    Strategy("leases.coordination.k8s.io", default_lease, validate=check_lease, generation=False),
    Strategy("runtimeclasses.node.k8s.io", validate=check_runtime_class, generation=False),
    Strategy("podtemplates", default_pod_template),
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
