"""Manifests in few words: what most objects of the shop have in common is said once, here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from k9py.demo.core.store import Obj

APP = "app.kubernetes.io/name"
"""The label by which the pods of an app are selected."""

Env = Mapping[str, str | Mapping[str, Any]]
"""Variables of a container: a text, or a valueFrom."""


def made(api_version: str, kind: str, name: str, namespace: str = "", **fields: Any) -> Obj:
    """Any object. `labels` and `annotations` go where they belong, everything else stands beside the metadata."""
    metadata: dict[str, Any] = {"name": name}
    if namespace:
        metadata["namespace"] = namespace
    for name in ("labels", "annotations", "finalizers"):
        if value := fields.pop(name, None):
            metadata[name] = value
    return {"kind": kind, "apiVersion": api_version, "metadata": metadata, **fields}


def from_config(name: str, key: str) -> Obj:
    """A variable's value out of a ConfigMap."""
    return {"configMapKeyRef": {"name": name, "key": key}}


def from_secret(name: str, key: str) -> Obj:
    """A variable's value out of a Secret."""
    return {"secretKeyRef": {"name": name, "key": key}}


def from_field(path: str) -> Obj:
    """A variable's value out of the pod itself."""
    return {"fieldRef": {"fieldPath": path}}


def resources(cpu: str, memory: str, most_cpu: str = "", most_memory: str = "") -> Obj:
    """Requests, and limits where they are given."""
    limits = {name: value for name, value in (("cpu", most_cpu), ("memory", most_memory)) if value}
    return {"requests": {"cpu": cpu, "memory": memory}} | ({"limits": limits} if limits else {})


def http_probe(path: str, port: str | int = "http", **fields: int) -> Obj:
    """A probe by HTTP."""
    return {"httpGet": {"path": path, "port": port}, "periodSeconds": 10, **fields}


def container(
    name: str,
    image: str,
    cpu: str = "50m",
    memory: str = "64Mi",
    most_cpu: str = "",
    most_memory: str = "",
    ports: Mapping[str, int] | None = None,
    env: Env | None = None,
    **fields: Any,
) -> Obj:
    """One container. Whatever else it has is given by its own name: readinessProbe, args, volumeMounts."""
    found: Obj = {"name": name, "image": image, "resources": resources(cpu, memory, most_cpu, most_memory)}
    if ports:
        found["ports"] = [{"name": port, "containerPort": number} for port, number in ports.items()]
    if env:
        found["env"] = [
            {"name": key, "value": value} if isinstance(value, str) else {"name": key, "valueFrom": dict(value)}
            for key, value in env.items()
        ]
    return {**found, **fields}


def template(labels: Mapping[str, str], containers: Iterable[Obj], **fields: Any) -> Obj:
    """A pod template. `annotations` belong to its metadata, everything else to its spec."""
    metadata: Obj = {"labels": dict(labels)}
    if annotations := fields.pop("annotations", None):
        metadata["annotations"] = annotations
    return {"metadata": metadata, "spec": {"containers": list(containers), **fields}}


def _workload(kind: str, namespace: str, name: str, containers: Iterable[Obj], spec: Obj, fields: Obj) -> Obj:
    """What Deployments, StatefulSets and DaemonSets have in common; `pod` holds fields of the pods' spec."""
    labels = {APP: name, **fields.pop("labels", {})}
    pods = template({APP: name, **fields.pop("pod_labels", {})}, containers, **fields.pop("pod", {}))
    whole = {**spec, "selector": {"matchLabels": {APP: name}}, "template": pods, **fields.pop("spec", {})}
    return made("apps/v1", kind, name, namespace, labels=labels, spec=whole, **fields)


def deployment(namespace: str, name: str, *containers: Obj, replicas: int = 1, **fields: Any) -> Obj:
    """A Deployment."""
    return _workload("Deployment", namespace, name, containers, {"replicas": replicas}, fields)


def stateful_set(
    namespace: str, name: str, *containers: Obj, replicas: int = 1, claims: Iterable[Obj] = (), **fields: Any
) -> Obj:
    """A StatefulSet, whose headless Service bears its name."""
    spec = {"replicas": replicas, "serviceName": f"{name}-headless", "volumeClaimTemplates": list(claims)}
    return _workload("StatefulSet", namespace, name, containers, spec, fields)


def daemon_set(namespace: str, name: str, *containers: Obj, **fields: Any) -> Obj:
    """A DaemonSet."""
    return _workload("DaemonSet", namespace, name, containers, {}, fields)


def claim(name: str, size: str, storage_class: str = "fast") -> Obj:
    """A template of PersistentVolumeClaims."""
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": storage_class,
        "resources": {"requests": {"storage": size}},
    }
    return {"metadata": {"name": name}, "spec": spec}


def job_template(labels: Mapping[str, str], containers: Iterable[Obj], spec: Obj | None = None, **pod: Any) -> Obj:
    """The spec of a Job."""
    return {**(spec or {}), "template": template(labels, containers, **{"restartPolicy": "Never", **pod})}


def cron_job(namespace: str, name: str, schedule: str, *containers: Obj, **fields: Any) -> Obj:
    """A CronJob that keeps few of its Jobs. `job` holds fields of the Jobs' spec."""
    jobs = job_template({APP: name}, containers, fields.pop("job", {}), **fields.pop("pod", {}))
    spec = {
        "schedule": schedule,
        "concurrencyPolicy": "Forbid",
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 1,
        "jobTemplate": {"metadata": {"labels": {APP: name}}, "spec": jobs},
        **fields.pop("spec", {}),
    }
    return made("batch/v1", "CronJob", name, namespace, labels={APP: name}, spec=spec, **fields)


def service(namespace: str, name: str, ports: Mapping[str, int], app: str = "", **spec: Any) -> Obj:
    """A Service over the pods of an app; port 80 goes to the first of the ports if there is but one named http."""
    listed = [
        {"name": port, "port": 80 if port == "http" else number, "targetPort": port, "protocol": "TCP"}
        for port, number in ports.items()
    ]
    whole = {"selector": {APP: app or name}, "ports": listed, **spec}
    return made("v1", "Service", name, namespace, labels={APP: app or name}, spec=whole)


def headless(namespace: str, name: str, ports: Mapping[str, int]) -> Obj:
    """The Service that names the pods of a StatefulSet."""
    return service(namespace, f"{name}-headless", ports, name, clusterIP="None")
