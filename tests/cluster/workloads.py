"""What the suite runs in the cluster, as data."""

from __future__ import annotations

import os
from typing import Any

from tests.cluster.lab.images import BUSYBOX_IMAGE

Json = dict[str, Any]

#: Numbered lines, five a second, in Korean and with an emoji now and then.
COUNT = 'i=0; while true; do i=$((i+1)); echo "line $i 쿠버네티스 🚀 of $HOSTNAME"; sleep 0.2; done'
SLEEP = "while true; do sleep 1; done"


def image() -> str:
    """The lab's own busybox, or another that K9PY_TEST_IMAGE names for clusters that have not this one."""
    return os.environ.get("K9PY_TEST_IMAGE", BUSYBOX_IMAGE)


def thing(kind: str, name: str, api: str = "v1", /, labels: dict[str, str] | None = None, **fields: Any) -> Json:
    """An object of any kind."""
    metadata = {"name": name} | ({"labels": labels} if labels else {})
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **fields}


def container(name: str = "main", script: str = SLEEP, **more: Any) -> Json:
    """A container that runs a shell script; its end is not waited for."""
    return {"name": name, "image": image(), "imagePullPolicy": "IfNotPresent", "command": ["sh", "-c", script], **more}


def pod_spec(*containers: Json, **more: Any) -> Json:
    """The spec of a pod that ends within a second, on any node."""
    everywhere = [{"operator": "Exists", "effect": "NoSchedule"}]
    return {
        "containers": list(containers) or [container()],
        "terminationGracePeriodSeconds": 1,
        "tolerations": everywhere,
        **more,
    }


def pod(name: str, *containers: Json, labels: dict[str, str] | None = None, **more: Any) -> Json:
    """A pod."""
    return thing("Pod", name, labels=labels, spec=pod_spec(*containers, **more))


def restarted_pod(name: str, first: str, then: str = SLEEP) -> Json:
    """A pod whose container runs one script and ends, and after that another for good."""
    script = f"if mkdir /mark/once 2>&-; then {first}; exit 3; fi; {then}"
    mount = [{"name": "mark", "mountPath": "/mark"}]
    return pod(name, container(script=script, volumeMounts=mount), volumes=[{"name": "mark", "emptyDir": {}}])


def deployment(name: str, replicas: int = 3, script: str = COUNT, **more: Any) -> Json:
    """A deployment, its pods on as many nodes as there are."""
    labels = {"app": name}
    spread = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": labels},
    }
    spec = pod_spec(container(script=script), topologySpreadConstraints=[spread])
    template = {"metadata": {"labels": labels}, "spec": spec}
    wanted = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template, **more}
    return thing("Deployment", name, "apps/v1", labels=labels, spec=wanted)


def config_map(name: str, **data: str) -> Json:
    """A config map: the cheapest object there is."""
    return thing("ConfigMap", name, data=data)


def crd(plural: str, kind: str, group: str, columns: list[Json]) -> Json:
    """A kind of one's own with printer columns; what its objects hold is free."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "additionalPrinterColumns": columns,
    }
    names = {"plural": plural, "singular": kind.lower(), "kind": kind}
    spec = {"group": group, "scope": "Namespaced", "names": names, "versions": [version]}
    return thing("CustomResourceDefinition", f"{plural}.{group}", "apiextensions.k8s.io/v1", spec=spec)
