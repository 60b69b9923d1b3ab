"""Kinds of which there is little to say."""

from __future__ import annotations

from k9py.demo.api.defaults.podspec import default_template
from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.others import check_lease, check_priority_class, check_runtime_class
from k9py.demo.core.store import Obj


def default_priority_class(obj: Obj) -> None:
    """It may take the place of others."""
    obj.setdefault("preemptionPolicy", "PreemptLowerPriority")


def default_lease(obj: Obj) -> None:
    """A spec."""
    obj.setdefault("spec", {})


def default_pod_template(obj: Obj) -> None:
    """A template that stands alone."""
    default_template(obj.setdefault("template", {}))


STRATEGIES = (
    Strategy("priorityclasses.scheduling.k8s.io", default_priority_class, validate=check_priority_class, counted=False),
    Strategy("leases.coordination.k8s.io", default_lease, validate=check_lease, generation=False),
    Strategy("runtimeclasses.node.k8s.io", validate=check_runtime_class, generation=False),
    Strategy("podtemplates", default_pod_template),
    Strategy("controllerrevisions.apps", generation=False),
    Strategy("serviceaccounts", generation=False),
    Strategy("certificatesigningrequests.certificates.k8s.io", status=dict[str, object], generation=False),
    Strategy("apiservices.apiregistration.k8s.io", generation=False),
)
