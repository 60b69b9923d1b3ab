"""Tells the API server where the metrics server is: it runs on this machine, and not in a pod."""

from __future__ import annotations

from tests.cluster.lab.api import Api, JsonObject

_NAME = "metrics-server"
_NAMESPACE = "kube-system"


def objects(address: str, port: int) -> dict[str, JsonObject]:
    """The objects to create, by the path of their collection."""
    core = f"namespaces/{_NAMESPACE}"
    reference = {"name": _NAME, "namespace": _NAMESPACE}
    labels = {"kubernetes.io/service-name": _NAME}
    service = {"metadata": {"name": _NAME}, "spec": {"ports": [{"port": 443, "targetPort": port}]}}
    endpoints = {
        "metadata": {"name": f"{_NAME}-1", "labels": labels},
        "addressType": "IPv4",
        "ports": [{"port": port, "protocol": "TCP"}],
        "endpoints": [{"addresses": [address], "conditions": {"ready": True}}],
    }
    api = {
        "metadata": {"name": "v1beta1.metrics.k8s.io"},
        "spec": {
            "group": "metrics.k8s.io",
            "version": "v1beta1",
            "service": reference,
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
            "insecureSkipTLSVerify": True,
        },
    }
    return {
        f"/api/v1/{core}/services": service,
        f"/apis/discovery.k8s.io/v1/{core}/endpointslices": endpoints,
        "/apis/apiregistration.k8s.io/v1/apiservices": api,
    }


def register(api: Api, address: str, port: int) -> None:
    """Create them."""
    for path, body in objects(address, port).items():
        api.create(path, body)
