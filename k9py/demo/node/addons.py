"""What kubeadm and a metrics-server manifest put beside the control plane: DaemonSet, Deployments, Services."""

from __future__ import annotations

from typing import Any

from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Key, Obj
from k9py.demo.node.components import DNS, METRICS, PROXY

NAMESPACE = "kube-system"
_COREFILE = """.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
"""
_EVERYWHERE: list[Obj] = [{"operator": "Exists"}]
_CONTROL_PLANE: list[Obj] = [
    {"key": "CriticalAddonsOnly", "operator": "Exists"},
    {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"},
]


def add_proxy(cluster: Cluster) -> None:
    """The kube-proxy on each node."""
    _make(cluster, "serviceaccounts", "v1", "ServiceAccount", "kube-proxy")
    labels = {"k8s-app": "kube-proxy"}
    _make(cluster, "configmaps", "v1", "ConfigMap", "kube-proxy", labels=labels, data={"config.conf": _PROXY_CONFIG})
    container = {
        "name": "kube-proxy",
        "image": PROXY,
        "imagePullPolicy": "IfNotPresent",
        "command": [
            "/usr/local/bin/kube-proxy",
            "--config=/var/lib/kube-proxy/config.conf",
            "--hostname-override=$(NODE_NAME)",
        ],
        "env": [{"name": "NODE_NAME", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
        "securityContext": {"privileged": True},
        "volumeMounts": [{"name": "kube-proxy", "mountPath": "/var/lib/kube-proxy"}],
    }
    spec = {
        "containers": [container],
        "hostNetwork": True,
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "priorityClassName": "system-node-critical",
        "serviceAccountName": "kube-proxy",
        "tolerations": _EVERYWHERE,
        "volumes": [{"name": "kube-proxy", "configMap": {"name": "kube-proxy"}}],
    }
    _workload(cluster, "daemonsets.apps", "DaemonSet", "kube-proxy", labels, spec)


_PROXY_CONFIG = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: iptables\n"


def add_dns(cluster: Cluster) -> None:
    """CoreDNS, and its Service at the address that every pod asks."""
    labels = {"k8s-app": "kube-dns"}
    _make(cluster, "serviceaccounts", "v1", "ServiceAccount", "coredns")
    _make(cluster, "configmaps", "v1", "ConfigMap", "coredns", data={"Corefile": _COREFILE})
    container = {
        "name": "coredns",
        "image": DNS,
        "imagePullPolicy": "IfNotPresent",
        "args": ["-conf", "/etc/coredns/Corefile"],
        "ports": [
            {"name": "dns", "containerPort": 53, "protocol": "UDP"},
            {"name": "dns-tcp", "containerPort": 53, "protocol": "TCP"},
            {"name": "metrics", "containerPort": 9153, "protocol": "TCP"},
        ],
        "resources": {"requests": {"cpu": "100m", "memory": "70Mi"}, "limits": {"memory": "170Mi"}},
        "livenessProbe": _probe("/health", 8080, initialDelaySeconds=60, timeoutSeconds=5, failureThreshold=5),
        "readinessProbe": _probe("/ready", 8181),
        "volumeMounts": [{"name": "config-volume", "mountPath": "/etc/coredns", "readOnly": True}],
    }
    source = {"name": "coredns", "items": [{"key": "Corefile", "path": "Corefile"}]}
    spec = {
        "containers": [container],
        "dnsPolicy": "Default",
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "priorityClassName": "system-cluster-critical",
        "serviceAccountName": "coredns",
        "tolerations": _CONTROL_PLANE,
        "volumes": [{"name": "config-volume", "configMap": source}],
    }
    _workload(cluster, "deployments.apps", "Deployment", "coredns", labels, spec, replicas=2)
    ports = [
        {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": "dns"},
        {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": "dns-tcp"},
        {"name": "metrics", "port": 9153, "protocol": "TCP", "targetPort": "metrics"},
    ]
    named = {**labels, "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS"}
    service = {"clusterIP": "10.96.0.10", "selector": labels, "ports": ports}
    _make(cluster, "services", "v1", "Service", "kube-dns", labels=named, spec=service)


def add_metrics_server(cluster: Cluster) -> None:
    """The metrics-server, and the APIService that leads to it."""
    labels = {"k8s-app": "metrics-server"}
    _make(cluster, "serviceaccounts", "v1", "ServiceAccount", "metrics-server", labels=labels)
    container = {
        "name": "metrics-server",
        "image": METRICS,
        "imagePullPolicy": "IfNotPresent",
        "args": ["--cert-dir=/tmp", "--secure-port=10250", "--metric-resolution=15s"],
        "ports": [{"name": "https", "containerPort": 10250}],
        "resources": {"requests": {"cpu": "100m", "memory": "200Mi"}},
        "livenessProbe": _probe("/livez", "https", periodSeconds=10),
        "readinessProbe": _probe("/readyz", "https", periodSeconds=10, initialDelaySeconds=20),
    }
    spec = {
        "containers": [container],
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "priorityClassName": "system-cluster-critical",
        "serviceAccountName": "metrics-server",
        "tolerations": _CONTROL_PLANE,
    }
    _workload(cluster, "deployments.apps", "Deployment", "metrics-server", labels, spec, replicas=1)
    ports = [{"name": "https", "port": 443, "targetPort": "https"}]
    _make(
        cluster, "services", "v1", "Service", "metrics-server", labels=labels, spec={"selector": labels, "ports": ports}
    )
    _add_api_service(cluster)


def _add_api_service(cluster: Cluster) -> None:
    if cluster.store.get(Key("apiservices.apiregistration.k8s.io", "", "v1beta1.metrics.k8s.io")):
        return
    condition = {
        "type": "Available",
        "status": "True",
        "reason": "Passed",
        "message": "all checks passed",
        "lastTransitionTime": cluster.clock.stamp(),
    }
    obj = {
        "kind": "APIService",
        "apiVersion": "apiregistration.k8s.io/v1",
        "metadata": {"name": "v1beta1.metrics.k8s.io"},
        "spec": {
            "group": "metrics.k8s.io",
            "version": "v1beta1",
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
            "insecureSkipTLSVerify": True,
            "service": {"name": "metrics-server", "namespace": NAMESPACE, "port": 443},
        },
        "status": {"conditions": [condition]},
    }
    cluster.registry.make("apiservices.apiregistration.k8s.io", obj)


def _probe(path: str, port: int | str, **fields: int) -> Obj:
    scheme = {"scheme": "HTTPS"} if port == "https" else {}
    return {"httpGet": {"path": path, "port": port, **scheme}, **fields}


def _workload(
    cluster: Cluster, collection: str, kind: str, name: str, labels: Obj, pod: Obj, replicas: int = 0
) -> None:
    spec: Obj = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}}
    if replicas:
        spec["replicas"] = replicas
    _make(cluster, collection, "apps/v1", kind, name, labels=labels, spec=spec)


def _make(cluster: Cluster, collection: str, api_version: str, kind: str, name: str, **fields: Any) -> None:
    """Make an object, unless there is one already: a service account may have been there from the beginning."""
    if cluster.store.get(Key(collection, NAMESPACE, name)):
        return
    metadata: Obj = {"name": name, "namespace": NAMESPACE}
    if labels := fields.pop("labels", None):
        metadata["labels"] = dict(labels)
    cluster.registry.make(collection, {"kind": kind, "apiVersion": api_version, "metadata": metadata, **fields})
