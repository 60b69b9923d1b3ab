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
_PROXY_CONFIG = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: iptables\n"
_CONTROL_PLANE: list[Obj] = [
    {"key": "CriticalAddonsOnly", "operator": "Exists"},
    {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"},
]


def add_proxy(cluster: Cluster, release: str) -> None:
    """The kube-proxy on each node."""
    labels = {"k8s-app": "kube-proxy"}
    _make(cluster, "configmaps", "ConfigMap", "kube-proxy", labels=labels, data={"config.conf": _PROXY_CONFIG})
    config, name = "--config=/var/lib/kube-proxy/config.conf", "--hostname-override=$(NODE_NAME)"
    container = {
        "image": f"{PROXY}:{release}",
        "command": ["/usr/local/bin/kube-proxy", config, name],
        "env": [{"name": "NODE_NAME", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
        "securityContext": {"privileged": True},
        "volumeMounts": [{"name": "kube-proxy", "mountPath": "/var/lib/kube-proxy"}],
    }
    pod = {
        "hostNetwork": True,
        "priorityClassName": "system-node-critical",
        "tolerations": [{"operator": "Exists"}],
        "volumes": [{"name": "kube-proxy", "configMap": {"name": "kube-proxy"}}],
    }
    _run(cluster, "DaemonSet", "kube-proxy", labels, container, pod)


def add_dns(cluster: Cluster) -> None:
    """CoreDNS, and its Service at the address that every pod asks."""
    labels = {"k8s-app": "kube-dns"}
    _make(cluster, "configmaps", "ConfigMap", "coredns", data={"Corefile": _COREFILE})
    ports = (("dns", 53, "UDP"), ("dns-tcp", 53, "TCP"), ("metrics", 9153, "TCP"))
    container = {
        "image": DNS,
        "args": ["-conf", "/etc/coredns/Corefile"],
        "ports": [{"name": name, "containerPort": port, "protocol": protocol} for name, port, protocol in ports],
        "resources": {"requests": {"cpu": "100m", "memory": "70Mi"}, "limits": {"memory": "170Mi"}},
        "livenessProbe": _probe("/health", 8080, initialDelaySeconds=60, timeoutSeconds=5, failureThreshold=5),
        "readinessProbe": _probe("/ready", 8181),
        "volumeMounts": [{"name": "config-volume", "mountPath": "/etc/coredns", "readOnly": True}],
    }
    source = {"name": "coredns", "items": [{"key": "Corefile", "path": "Corefile"}]}
    pod = {"dnsPolicy": "Default", "volumes": [{"name": "config-volume", "configMap": source}]}
    _run(cluster, "Deployment", "coredns", labels, container, pod, replicas=2)
    named = {**labels, "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS"}
    served = [{"name": name, "port": port, "protocol": protocol, "targetPort": name} for name, port, protocol in ports]
    service = {"clusterIP": "10.96.0.10", "selector": labels, "ports": served}
    _make(cluster, "services", "Service", "kube-dns", labels=named, spec=service)


def add_metrics_server(cluster: Cluster) -> None:
    """The metrics-server, and the APIService that leads to it."""
    name, labels = "metrics-server", {"k8s-app": "metrics-server"}
    container = {
        "image": METRICS,
        "args": ["--cert-dir=/tmp", "--secure-port=10250", "--metric-resolution=15s"],
        "ports": [{"name": "https", "containerPort": 10250}],
        "resources": {"requests": {"cpu": "100m", "memory": "200Mi"}},
        "livenessProbe": _probe("/livez", "https", periodSeconds=10),
        "readinessProbe": _probe("/readyz", "https", periodSeconds=10, initialDelaySeconds=20),
    }
    _make(cluster, "serviceaccounts", "ServiceAccount", name, labels=labels)
    _run(cluster, "Deployment", name, labels, container, {}, replicas=1)
    service = {"selector": labels, "ports": [{"name": "https", "port": 443, "targetPort": "https"}]}
    _make(cluster, "services", "Service", name, labels=labels, spec=service)
    _add_api_service(cluster)


def _add_api_service(cluster: Cluster) -> None:
    collection, name = "apiservices.apiregistration.k8s.io", "v1beta1.metrics.k8s.io"
    if cluster.store.get(Key(collection, "", name)):
        return
    now = cluster.clock.stamp()
    passed = {"status": "True", "reason": "Passed", "message": "all checks passed", "lastTransitionTime": now}
    obj = {
        "kind": "APIService",
        "apiVersion": "apiregistration.k8s.io/v1",
        "metadata": {"name": name},
        "spec": {
            "group": "metrics.k8s.io",
            "version": "v1beta1",
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
            "insecureSkipTLSVerify": True,
            "service": {"name": "metrics-server", "namespace": NAMESPACE, "port": 443},
        },
        "status": {"conditions": [{"type": "Available", **passed}]},
    }
    cluster.registry.make(collection, obj)


def _probe(path: str, port: int | str, **fields: int) -> Obj:
    scheme = {"scheme": "HTTPS"} if port == "https" else {}
    return {"httpGet": {"path": path, "port": port, **scheme}, **fields}


def _run(cluster: Cluster, kind: str, name: str, labels: Obj, container: Obj, pod: Obj, **fields: int) -> None:
    """A workload of one container, under a service account of its own."""
    _make(cluster, "serviceaccounts", "ServiceAccount", name)
    spec = {
        "containers": [{"name": name, "imagePullPolicy": "IfNotPresent", **container}],
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "priorityClassName": "system-cluster-critical",
        "serviceAccountName": name,
        "tolerations": _CONTROL_PLANE,
        **pod,
    }
    template = {"metadata": {"labels": labels}, "spec": spec}
    workload = {"selector": {"matchLabels": labels}, "template": template, **fields}
    _make(cluster, f"{kind.lower()}s.apps", kind, name, labels=labels, spec=workload)


def _make(cluster: Cluster, collection: str, kind: str, name: str, labels: Obj | None = None, **fields: Any) -> None:
    """Make an object, unless there is one already: a service account may have been there from the beginning."""
    if cluster.store.get(Key(collection, NAMESPACE, name)):
        return
    metadata: Obj = {"name": name, "namespace": NAMESPACE} | ({"labels": dict(labels)} if labels else {})
    api_version = "apps/v1" if collection.endswith(".apps") else "v1"
    cluster.registry.make(collection, {"kind": kind, "apiVersion": api_version, "metadata": metadata, **fields})
