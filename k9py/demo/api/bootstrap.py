"""What every cluster has from its first second: namespaces, RBAC, priority classes, flow schemas, its own Service."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import msgspec

from k9py.demo.api.addresses import NETWORK, Addresses
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Key, Obj
from k9py.demo.data import load

NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
ADDRESS = "172.18.0.2"
"""Where the API server says that it listens: on the address of the first node."""
PORT = 6443
ROOT_CA = "kube-root-ca.crt"
_DESCRIPTION = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
    "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes "
    "clusters."
)


def bootstrap(cluster: Cluster) -> None:
    """Make all of it."""
    for name in NAMESPACES:
        cluster.registry.make("namespaces", _object("Namespace", name))
    for obj in read_defaults():
        _make(cluster, obj)
    for name in NAMESPACES:
        furnish(cluster, name)
    _make_service(cluster)
    _make_own(cluster)


def read_defaults() -> list[Obj]:
    """The objects that the real server makes by itself (data/rbac.json)."""
    found: list[Obj] = msgspec.json.decode(load("rbac.json"))
    return found


def furnish(cluster: Cluster, namespace: str) -> None:
    """What each namespace has: the default service account, and the certificate of the server."""
    if not cluster.store.get(Key("serviceaccounts", namespace, "default")):
        cluster.registry.make("serviceaccounts", _object("ServiceAccount", "default", namespace))
    if not cluster.store.get(Key("configmaps", namespace, ROOT_CA)):
        obj = _object("ConfigMap", ROOT_CA, namespace, data={"ca.crt": authority(cluster)})
        obj["metadata"]["annotations"] = {"kubernetes.io/description": _DESCRIPTION}
        cluster.registry.make("configmaps", obj)


def authority(cluster: Cluster) -> str:
    """The certificate of the cluster's authority: in form only, nobody speaks TLS here. The same for the same seed."""
    found = cluster.store.get(Key("configmaps", "kube-system", ROOT_CA))
    if found:
        text: str = found.read()["data"]["ca.crt"]
        return text
    lines = [b64encode(cluster.random.randbytes(48)).decode() for _ in range(7)]
    return "\n".join(("-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""))


def _make(cluster: Cluster, obj: Obj) -> None:
    served = cluster.catalog.of_kind(obj["apiVersion"], obj["kind"])
    if served is None:  # a part that is switched off
        return
    now = cluster.clock.stamp()
    for condition in (obj.get("status") or {}).get("conditions") or ():
        condition["lastTransitionTime"] = now
    cluster.registry.make(served.storage, obj)


def _object(kind: str, name: str, namespace: str = "", api_version: str = "v1", **content: Any) -> Obj:
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"kind": kind, "apiVersion": api_version, "metadata": metadata, **content}


def _make_service(cluster: Cluster) -> None:
    """The Service `kubernetes`, at the first address of the range, and what is behind it."""
    address = str(cluster.registry.part(Addresses).network[1])
    ports = [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": PORT}]
    service = _object("Service", "kubernetes", "default", spec={"clusterIP": address, "ports": ports})
    service["metadata"]["labels"] = {"component": "apiserver", "provider": "kubernetes"}
    cluster.registry.make("services", service)
    port = {"name": "https", "port": PORT, "protocol": "TCP"}
    endpoints = _object(
        "Endpoints", "kubernetes", "default", subsets=[{"addresses": [{"ip": ADDRESS}], "ports": [port]}]
    )
    endpoints["metadata"]["labels"] = {"endpointslice.kubernetes.io/skip-mirror": "true"}
    cluster.registry.make("endpoints", endpoints)
    endpoint = {"addresses": [ADDRESS], "conditions": {"ready": True}}
    piece = _object("EndpointSlice", "kubernetes", "default", "discovery.k8s.io/v1", addressType="IPv4")
    piece.update(endpoints=[endpoint], ports=[dict(port)])
    piece["metadata"]["labels"] = {"kubernetes.io/service-name": "kubernetes"}
    cluster.registry.make("endpointslices.discovery.k8s.io", piece)


def _make_own(cluster: Cluster) -> None:
    """What the server keeps about itself."""
    bundle = authority(cluster)
    authentication = {
        "client-ca-file": bundle,
        "requestheader-allowed-names": '["front-proxy-client"]',
        "requestheader-client-ca-file": bundle,
        "requestheader-extra-headers-prefix": '["X-Remote-Extra-"]',
        "requestheader-group-headers": '["X-Remote-Group"]',
        "requestheader-username-headers": '["X-Remote-User"]',
    }
    system = "kube-system"
    _make(cluster, _object("ConfigMap", "extension-apiserver-authentication", system, data=authentication))
    since = {"since": cluster.clock.stamp()[:10]}
    tracking = "kube-apiserver-legacy-service-account-token-tracking"
    _make(cluster, _object("ConfigMap", tracking, system, data=since))
    message = "Kubernetes Service CIDR is ready"
    ready = {"type": "Ready", "status": "True", "lastTransitionTime": "", "reason": "", "message": message}
    network = _object("ServiceCIDR", "kubernetes", "", "networking.k8s.io/v1", spec={"cidrs": [NETWORK]})
    network["metadata"]["finalizers"] = ["networking.k8s.io/service-cidr-finalizer"]
    _make(cluster, {**network, "status": {"conditions": [ready]}})
