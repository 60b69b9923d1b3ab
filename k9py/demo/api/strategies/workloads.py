"""What makes pods of a template: deployments, replica sets, stateful sets, daemon sets."""

from __future__ import annotations

from k9py.demo.api.defaults.filling import fill
from k9py.demo.api.defaults.podspec import default_template
from k9py.demo.api.defaults.volumes import default_claim
from k9py.demo.api.registry import Registry
from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.names import stateful_set_name
from k9py.demo.api.validation.warnings import warn_of_template
from k9py.demo.api.validation.workloads import (
    check_daemon_set,
    check_deployment,
    check_deployment_status,
    check_replica_set,
    check_replica_set_status,
    check_replication_controller,
    check_stateful_set,
)
from k9py.demo.core.store import Obj


def default_deployment(obj: Obj) -> None:
    """A rolling update by a quarter, ten old revisions, ten minutes to make progress."""
    spec = _default_spec(obj)
    spec.setdefault("replicas", 1)
    strategy = spec.setdefault("strategy", {})
    strategy.setdefault("type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        fill(strategy, {"rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}})
    fill(spec, {"revisionHistoryLimit": 10, "progressDeadlineSeconds": 600})


def default_replica_set(obj: Obj) -> None:
    """One replica."""
    _default_spec(obj).setdefault("replicas", 1)


def default_replication_controller(obj: Obj) -> None:
    """Its selector, and its labels, are the template's."""
    spec = _default_spec(obj)
    spec.setdefault("replicas", 1)
    labels = spec["template"]["metadata"].get("labels")
    if labels:
        spec["selector"] = spec.get("selector") or dict(labels)
        if not obj["metadata"].get("labels"):
            obj["metadata"]["labels"] = dict(labels)


def default_stateful_set(obj: Obj) -> None:
    """One after the other, and its claims are kept."""
    spec = _default_spec(obj)
    fill(spec, {"replicas": 1, "serviceName": "", "podManagementPolicy": "OrderedReady"})
    update = spec.setdefault("updateStrategy", {})
    if "type" not in update:
        update["type"] = "RollingUpdate"
        update.setdefault("rollingUpdate", {})
    if update["type"] == "RollingUpdate" and "rollingUpdate" in update:
        update["rollingUpdate"].setdefault("partition", 0)
    spec.setdefault("revisionHistoryLimit", 10)
    fill(spec, {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"}})
    for claim in spec.get("volumeClaimTemplates") or ():
        fill(claim, {"kind": "PersistentVolumeClaim", "apiVersion": "v1"})
        default_claim(claim)
        claim.setdefault("status", {}).setdefault("phase", "Pending")


def default_daemon_set(obj: Obj) -> None:
    """A rolling update one by one."""
    spec = _default_spec(obj)
    update = spec.setdefault("updateStrategy", {})
    update.setdefault("type", "RollingUpdate")
    if update["type"] == "RollingUpdate":
        fill(update, {"rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}})
    spec.setdefault("revisionHistoryLimit", 10)


def prepare_daemon_set(obj: Obj, old: Obj | None, registry: Registry) -> None:
    """The generation of its template stands in an annotation for old clients."""
    name = "deprecated.daemonset.template.generation"
    annotations = obj["metadata"].setdefault("annotations", {})
    if old is None:
        annotations[name] = "1"
        return
    number = int((old["metadata"].get("annotations") or {}).get(name) or 0)
    annotations[name] = str(number + (obj["spec"].get("template") != old["spec"].get("template")))


def _default_spec(obj: Obj) -> Obj:
    spec: Obj = obj.setdefault("spec", {})
    default_template(spec.setdefault("template", {}))
    return spec


_DAEMONS = ("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady")
STRATEGIES = (
    Strategy(
        "deployments.apps",
        default_deployment,
        validate=check_deployment,
        validate_status=check_deployment_status,
        warn=warn_of_template,
        status=dict[str, object],
        annotations_count=True,
    ),
    Strategy(
        "replicasets.apps",
        default_replica_set,
        validate=check_replica_set,
        validate_status=check_replica_set_status,
        warn=warn_of_template,
        status=lambda: {"replicas": 0},
    ),
    Strategy(
        "replicationcontrollers",
        default_replication_controller,
        validate=check_replication_controller,
        warn=warn_of_template,
        status=lambda: {"replicas": 0},
    ),
    Strategy(
        "statefulsets.apps",
        default_stateful_set,
        name=stateful_set_name,
        validate=check_stateful_set,
        warn=warn_of_template,
        status=lambda: {"replicas": 0, "availableReplicas": 0},
    ),
    Strategy(
        "daemonsets.apps",
        default_daemon_set,
        prepare=prepare_daemon_set,
        validate=check_daemon_set,
        warn=warn_of_template,
        status=lambda: dict.fromkeys(_DAEMONS, 0),
    ),
)
