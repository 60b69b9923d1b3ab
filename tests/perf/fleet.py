"""What the benchmarks' cluster is made of: nodes, deployments and pods as production has them, as plain JSON.

A pod's size is the point of it: 17 KB as the server sends it, three quarters of that managedFields, since that is what
a client has to read. Pods are bound to nodes that nobody runs and carry the status that a kubelet would write.
"""

from __future__ import annotations

import hashlib
import time
from typing import Any

Json = dict[str, Any]

NAMESPACES = 10
PODS_PER_NODE = 100
APPS = (
    "api",
    "auth",
    "billing",
    "cart",
    "catalog",
    "checkout",
    "frontend",
    "gateway",
    "inventory",
    "mailer",
    "search",
    "worker",
)
IMAGES = ("registry.example.com/shop/{app}:1.42.{n}", "registry.example.com/shop/{app}@sha256:" + "5e" * 32)
SIDECAR = "registry.example.com/mesh/proxy:1.9.2"
_ENV = [{"name": f"SETTING_{n:02}", "value": f"a value of ordinary length {n}"} for n in range(20)]
_SECRETS = [
    {"name": f"PASSWORD_{n:02}", "valueFrom": {"secretKeyRef": {"name": "passwords", "key": f"password-{n}"}}}
    for n in range(9)
]
_MOUNTS = [
    {"name": name, "mountPath": f"/etc/{name}", "readOnly": True} for name in ("settings", "certificates", "scratch")
]
_VOLUMES = [
    {"name": "settings", "configMap": {"name": "settings", "optional": True}},
    {"name": "certificates", "secret": {"secretName": "certificates", "optional": True}},
    {"name": "scratch", "emptyDir": {}},
]
#: The letters and digits that Kubernetes makes random names of.
_SAFE = "bcdfghjklmnpqrstvwxz2456789"


def node_count(pods: int) -> int:
    """20 to 100 nodes: as many as keep to the usual hundred pods a node."""
    return max(20, min(100, pods // PODS_PER_NODE))


def namespace_of(number: int) -> str:
    return f"team-{number % NAMESPACES}"


def _suffix(text: str, length: int) -> str:
    """Random-looking, and the same in each run."""
    return "".join(_SAFE[byte % len(_SAFE)] for byte in hashlib.sha256(text.encode()).digest()[:length])


def _app_of(number: int) -> str:
    return APPS[number // NAMESPACES % len(APPS)]


def pod_name(number: int) -> str:
    return f"{_replicaset(number)}-{_suffix(f'pod {number}', 5)}"


def _replicaset(number: int) -> str:
    app = _app_of(number)
    return f"{app}-{_suffix(app, 10)}"


def pod_path(number: int) -> str:
    return f"/api/v1/namespaces/{namespace_of(number)}/pods/{pod_name(number)}"


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def node(name: str) -> Json:
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/os": "linux",
        "node-role.kubernetes.io/worker": "",
        "topology.kubernetes.io/zone": f"zone-{name[-1]}",
    }
    return {"metadata": {"name": name, "labels": labels}}


def node_status() -> Json:
    room = {"cpu": "64", "memory": "256Gi", "pods": "250", "ephemeral-storage": "900Gi"}
    info = dict.fromkeys(("machineID", "systemUUID", "bootID"), "0" * 32) | {
        "kubeletVersion": "v1.36.3",
        "kubeProxyVersion": "v1.36.3",
        "containerRuntimeVersion": "containerd://2.1.4",
        "kernelVersion": "6.12.41",
        "osImage": "Debian GNU/Linux 13",
        "operatingSystem": "linux",
        "architecture": "amd64",
    }
    bad = {"MemoryPressure": "False", "DiskPressure": "False", "PIDPressure": "False", "Ready": "True"}
    conditions = [
        _condition(kind, value) | {"lastHeartbeatTime": _now(), "reason": "Kubelet"} for kind, value in bad.items()
    ]
    return {"status": {"capacity": room, "allocatable": room, "nodeInfo": info, "conditions": conditions}}


def _condition(kind: str, value: str = "True") -> Json:
    return {"type": kind, "status": value, "lastTransitionTime": _now()}


def deployment(app: str, namespace: str, replicas: int) -> Json:
    labels = {"app": app}
    template = {"metadata": {"labels": labels}, "spec": _pod_spec(app, 0)}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {"metadata": {"name": app, "namespace": namespace, "labels": labels}, "spec": spec}


def deployment_status(replicas: int) -> Json:
    counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), replicas)
    return {
        "status": counts | {"observedGeneration": 1, "conditions": [_condition("Available"), _condition("Progressing")]}
    }


def pod(number: int, node_name: str) -> Json:
    """What a controller and the scheduler write of a pod."""
    app, namespace = _app_of(number), namespace_of(number)
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": _replicaset(number), "controller": True}
    metadata = {
        "name": pod_name(number),
        "namespace": namespace,
        "labels": {"app": app, "tier": ("front", "back", "data")[number % 3], "pod-template-hash": _suffix(app, 10)},
        "annotations": {"example.com/config-checksum": hashlib.sha256(app.encode()).hexdigest()},
        "ownerReferences": [owner | {"uid": f"00000000-0000-4000-8000-{number % 120:012}", "blockOwnerDeletion": True}],
    }
    return {"metadata": metadata, "spec": _pod_spec(app, number) | {"nodeName": node_name}}


def _pod_spec(app: str, number: int) -> Json:
    apart = {"maxSkew": 1, "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": {"matchLabels": {"app": app}}}
    return {
        "initContainers": [{"name": "migrate", "image": _image(app, number), "env": _SECRETS, "volumeMounts": _MOUNTS}],
        "containers": [_container(app, number), _sidecar()],
        "volumes": _VOLUMES,
        "topologySpreadConstraints": [apart | {"topologyKey": "topology.kubernetes.io/zone"}],
        "securityContext": {"runAsNonRoot": True, "runAsUser": 1000, "fsGroup": 1000},
        "terminationGracePeriodSeconds": 0,
    }


def _container(app: str, number: int) -> Json:
    return {
        "name": "main",
        "image": _image(app, number),
        "env": _ENV + _SECRETS,
        "volumeMounts": _MOUNTS,
        "ports": [{"name": "http", "containerPort": 8080}],
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "512Mi"}},
        "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080}},
        "livenessProbe": {"httpGet": {"path": "/live", "port": 8080}, "periodSeconds": 20},
    }


def _sidecar() -> Json:
    return {
        "name": "proxy",
        "image": SIDECAR,
        "env": _ENV[:15],
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}},
    }


def _image(app: str, number: int) -> str:
    return IMAGES[number % 2].format(app=app, n=number % 7)


def pod_status(number: int) -> Json:
    """What a kubelet writes of a pod: one in fifty crashes."""
    crashing = number % 50 == 7
    ip = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    conditions = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
    return {
        "status": {
            "phase": "Running",
            "podIP": ip,
            "podIPs": [{"ip": ip}],
            "hostIP": "10.255.0.1",
            "hostIPs": [{"ip": "10.255.0.1"}],
            "startTime": _now(),
            "conditions": [_condition(kind) for kind in conditions],
            "initContainerStatuses": [_ended_status("migrate", _image(_app_of(number), number), number)],
            "containerStatuses": [
                _container_status("main", _image(_app_of(number), number), number, crashing),
                _container_status("proxy", SIDECAR, number, False),
            ],
        }
    }


def _container_status(name: str, image: str, number: int, crashing: bool) -> Json:
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}}
    return {
        "name": name,
        "image": image,
        "imageID": f"{image}@sha256:{'0' * 64}",
        "containerID": f"containerd://{number:064x}",
        "ready": not crashing,
        "started": not crashing,
        "restartCount": 17 if crashing else 0,
        "state": waiting if crashing else {"running": {"startedAt": _now()}},
    }


def _ended_status(name: str, image: str, number: int) -> Json:
    ended = {"exitCode": 0, "reason": "Completed", "startedAt": _now(), "finishedAt": _now()}
    return _container_status(name, image, number, False) | {"state": {"terminated": ended}, "started": False}


def restarts(count: int) -> list[Json]:
    """The smallest JSON patch of a pod's status that changes a cell on the screen."""
    return [{"op": "replace", "path": "/status/containerStatuses/0/restartCount", "value": count}]
