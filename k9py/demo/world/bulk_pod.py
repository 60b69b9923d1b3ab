"""A pod of the many, as defaults and a kubelet leave one."""

from __future__ import annotations

from collections.abc import Mapping

from k9py.demo.core.store import Obj

IMAGE = "load/app:1.0.0"


def pod_of(name: str, labels: Mapping[str, str]) -> Obj:
    """`template` is the spec in its owner's template, `pod` a pod without what is its own."""
    container = {
        "name": "app",
        "image": IMAGE,
        "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        "env": [{"name": "APP", "value": name}],
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
    }
    spec = {
        "containers": [container],
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "securityContext": {},
        "schedulerName": "default-scheduler",
    }
    return {"template": spec, "pod": {"kind": "Pod", "apiVersion": "v1", "spec": _bound(spec), "status": _status()}}


def _bound(spec: Obj) -> Obj:
    """With what admission and the scheduler add."""
    mount = {"name": "kube-api-access", "readOnly": True, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}
    sources = [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
    ]
    taints = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
    return {
        "volumes": [{"name": mount["name"], "projected": {"sources": sources, "defaultMode": 420}}],
        **spec,
        "containers": [{**spec["containers"][0], "volumeMounts": [mount]}],
        "serviceAccountName": "default",
        "serviceAccount": "default",
        "tolerations": [
            {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300} for key in taints
        ],
        "priority": 0,
        "enableServiceLinks": True,
        "preemptionPolicy": "PreemptLowerPriority",
    }


def _status() -> Obj:
    status = {
        "name": "app",
        "state": {},
        "lastState": {},
        "ready": True,
        "restartCount": 0,
        "image": f"docker.io/{IMAGE}",
        "imageID": f"docker.io/load/app@sha256:{'5e1f' * 16}",
        "containerID": "",
        "started": True,
    }
    return {"phase": "Running", "containerStatuses": [status], "qosClass": "Burstable"}
