"""Validation of what makes pods of a template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k9py.demo.api.internals import internal
from k9py.demo.api.validation.podspec import check_template
from k9py.demo.api.validation.selectors import check_selector
from k9py.demo.api.validation.words import (
    at_least,
    at_most_all,
    go,
    in_order,
    invalid,
    not_negative,
    number_or_percent,
    one_of,
    unchanged,
)
from k9py.demo.core.status import Cause, forbidden_value, required
from k9py.demo.core.store import Obj
from k9py.values.selector import SelectorError, read_selector

_NO_MATCH = "`selector` does not match template `labels`"
_TEMPLATE = "spec.template"
_STATEFUL = (
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
    "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
)
_STATEFUL_CHANGEABLE = (
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
)


def check_deployment(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A deployment."""
    spec = obj["spec"]
    yield from at_least("spec.replicas", spec.get("replicas"))
    yield from _check_owning_selector(spec, "deployment")
    yield from _check_template(spec)
    yield from _check_strategy("spec.strategy", spec["strategy"])
    yield from not_negative("spec", spec, ("minReadySeconds", "revisionHistoryLimit"))
    deadline = spec.get("progressDeadlineSeconds")
    yield from at_least("spec.progressDeadlineSeconds", deadline)
    if deadline and deadline <= spec.get("minReadySeconds", 0):
        yield invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")
    if old is not None:
        yield from _selector_stays(spec, old)


_DEPLOYMENT_COUNTS = ("observedGeneration", "replicas", "updatedReplicas", "readyReplicas", "availableReplicas")


def check_deployment_status(obj: Obj, old: Obj) -> Iterator[Cause]:
    """The status of a deployment, as it comes through its subresource."""
    status, before = obj.get("status") or {}, old.get("status") or {}
    yield from not_negative("status", status, (*_DEPLOYMENT_COUNTS, "unavailableReplicas", "collisionCount"))
    yield from _check_counts(status, "updatedReplicas")
    if "collisionCount" in before and status.get("collisionCount", -1) < before["collisionCount"]:
        yield invalid("status.collisionCount", status.get("collisionCount", 0), "cannot be decremented")


def check_replica_set_status(obj: Obj, old: Obj) -> Iterator[Cause]:
    """The status of a replica set."""
    status = obj.get("status") or {}
    names = ("replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "observedGeneration")
    yield from not_negative("status", status, names)
    yield from _check_counts(status, "fullyLabeledReplicas")


def _check_counts(status: Obj, first: str) -> Iterator[Cause]:
    """No more can be ready or available than there are."""
    for name in (first, "readyReplicas", "availableReplicas"):
        if status.get(name, 0) > status.get("replicas", 0):
            yield invalid(f"status.{name}", status[name], "cannot be greater than status.replicas")
    available = status.get("availableReplicas", 0)
    if available > status.get("readyReplicas", 0):
        yield invalid("status.availableReplicas", available, "cannot be greater than readyReplicas")


def check_replica_set(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A replica set."""
    spec = obj["spec"]
    yield from not_negative("spec", spec, ("replicas", "minReadySeconds"))
    yield from _check_owning_selector(spec, "replicaset")
    yield from _check_template(spec)
    if old is not None:
        yield from _selector_stays(spec, old)


def check_replication_controller(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A replication controller: its selector is a plain map."""
    spec = obj["spec"]
    yield from not_negative("spec", spec, ("minReadySeconds",))
    selector = spec.get("selector") or {}
    if not selector:
        yield required("spec.selector")
    yield from not_negative("spec", spec, ("replicas",))
    labels = spec["template"]["metadata"].get("labels") or {}
    if selector and any(labels.get(name) != value for name, value in selector.items()):
        yield invalid(f"{_TEMPLATE}.metadata.labels", in_order(labels) or None, _NO_MATCH)
    yield from _check_template(spec, match=False)


def check_stateful_set(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A stateful set."""
    spec = obj["spec"]
    policy = spec["podManagementPolicy"]
    if policy not in ("OrderedReady", "Parallel"):
        yield invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'")
    yield from _check_stateful_update(spec["updateStrategy"])
    yield from not_negative("spec", spec, ("replicas", "minReadySeconds"))
    yield from _check_owning_selector(spec, "statefulset")
    yield from _check_template(_with_claims(spec))
    if old is not None:
        before = old["spec"]
        names = (set(spec) | set(before)) - set(_STATEFUL_CHANGEABLE)
        if any(spec.get(name) != before.get(name) for name in names):
            yield forbidden_value("spec", _STATEFUL)


def _with_claims(spec: Obj) -> Obj:
    """The spec with a volume for each claim template: each pod will have them."""
    names = [claim["metadata"].get("name", "") for claim in spec.get("volumeClaimTemplates") or ()]
    if not names:
        return spec
    pod = spec["template"]["spec"]
    own = [one for one in pod.get("volumes") or () if one.get("name") not in names]
    claims = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in names]
    return {**spec, "template": {**spec["template"], "spec": {**pod, "volumes": [*claims, *own]}}}


def _check_stateful_update(update: Obj) -> Iterator[Cause]:
    path, kind = "spec.updateStrategy", update["type"]
    rolling = update.get("rollingUpdate")
    if kind not in ("RollingUpdate", "OnDelete"):
        yield invalid(path, internal(update, "apps.StatefulSetUpdateStrategy"), "must be 'RollingUpdate' or 'OnDelete'")
    elif kind == "OnDelete" and rolling is not None:
        yield invalid(f"{path}.rollingUpdate", rolling, "only allowed for updateStrategy 'RollingUpdate'")
    elif rolling:
        yield from at_least(f"{path}.rollingUpdate.partition", rolling.get("partition"))
        most = rolling.get("maxUnavailable")
        yield from number_or_percent(f"{path}.rollingUpdate.maxUnavailable", most)
        yield from at_most_all(f"{path}.rollingUpdate.maxUnavailable", most)


def check_daemon_set(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A daemon set."""
    spec = obj["spec"]
    yield from _check_owning_selector(spec, "daemonset")
    yield from _check_template(spec)
    yield from not_negative("spec", spec, ("minReadySeconds",))
    yield from _check_daemon_update(spec["updateStrategy"])
    yield from not_negative("spec", spec, ("revisionHistoryLimit",))
    if old is not None:
        yield from _selector_stays(spec, old)


def _check_daemon_update(update: Obj) -> Iterator[Cause]:
    path = "spec.updateStrategy"
    if update["type"] not in ("RollingUpdate", "OnDelete"):
        yield _unsupported(path, internal(update, "apps.DaemonSetUpdateStrategy"), ("RollingUpdate", "OnDelete"))
        return
    if update["type"] == "OnDelete":
        return
    rolling = update.get("rollingUpdate") or {}
    yield from _check_rolling(f"{path}.rollingUpdate", rolling)
    unavailable, surge = (_nothing(rolling.get(name, 0)) for name in ("maxUnavailable", "maxSurge"))
    if unavailable and surge:
        yield required(f"{path}.rollingUpdate.maxUnavailable", "cannot be 0 when maxSurge is 0")
    if not unavailable and not surge:
        yield invalid(
            f"{path}.rollingUpdate.maxSurge", rolling["maxSurge"], "may not be set when maxUnavailable is non-zero"
        )


def _check_strategy(path: str, strategy: Obj) -> Iterator[Cause]:
    kind, rolling = strategy["type"], strategy.get("rollingUpdate")
    if kind == "Recreate":
        if rolling is not None:
            yield forbidden_value(f"{path}.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")
    elif kind == "RollingUpdate":
        yield from _check_rolling(f"{path}.rollingUpdate", rolling or {})
        if all(_nothing((rolling or {}).get(name)) for name in ("maxUnavailable", "maxSurge")):
            yield invalid(
                f"{path}.rollingUpdate.maxUnavailable",
                rolling["maxUnavailable"] if rolling else 0,
                "may not be 0 when `maxSurge` is 0",
            )
    else:
        yield _unsupported(path, internal(strategy, "apps.DeploymentStrategy"), ("Recreate", "RollingUpdate"))


def _check_rolling(path: str, rolling: Obj) -> Iterator[Cause]:
    order = ("maxUnavailable", "maxSurge")
    for name in order:
        yield from number_or_percent(f"{path}.{name}", rolling.get(name))
    yield from at_most_all(f"{path}.maxUnavailable", rolling.get("maxUnavailable"))


def _nothing(value: Any) -> bool:
    return value in (0, "0%")


def _unsupported(path: str, value: Any, supported: tuple[str, ...]) -> Cause:
    listed = ", ".join(f'"{one}"' for one in supported)
    return Cause(path, "FieldValueNotSupported", f"Unsupported value: {go(value)}: supported values: {listed}")


def _check_owning_selector(spec: Obj, kind: str) -> Iterator[Cause]:
    selector = spec.get("selector")
    if selector is None:
        yield required("spec.selector")
        return
    yield from check_selector("spec.selector", selector)
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        yield invalid("spec.selector", {}, f"empty selector is invalid for {kind}")


def _check_template(spec: Obj, match: bool = True) -> Iterator[Cause]:
    template = spec["template"]
    if match:
        yield from _check_match(spec, template["metadata"].get("labels") or {})
    yield from check_template(_TEMPLATE, template)
    if template["spec"].get("ephemeralContainers"):
        detail = "ephemeral containers not allowed in pod template"
        yield forbidden_value(f"{_TEMPLATE}.spec.ephemeralContainers", detail)
    restart = template["spec"].get("restartPolicy")
    if restart in ("OnFailure", "Never"):
        yield from one_of(f"{_TEMPLATE}.spec.restartPolicy", restart, ("Always",))
    if template["spec"].get("activeDeadlineSeconds") is not None:
        yield forbidden_value(
            f"{_TEMPLATE}.spec.activeDeadlineSeconds", "activeDeadlineSeconds in ReplicaSet is not Supported"
        )


def _check_match(spec: Obj, labels: Obj) -> Iterator[Cause]:
    selector = spec.get("selector")
    try:
        found = read_selector(selector)
    except SelectorError:
        yield invalid("spec.selector", selector, "invalid label selector")
        return
    if found.requirements != () and not found.matches(labels):
        yield invalid(f"{_TEMPLATE}.metadata.labels", in_order(labels) or None, _NO_MATCH)


def _selector_stays(spec: Obj, old: Obj) -> Iterator[Cause]:
    yield from unchanged("spec.selector", spec.get("selector"), old["spec"].get("selector"))
