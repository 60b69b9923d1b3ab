"""What a server makes by itself when it first starts: roles, bindings, flow schemas, priority classes, API services."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

BOOTSTRAP = {
    "/apis/rbac.authorization.k8s.io/v1/clusterroles": "rbac.authorization.kubernetes.io/autoupdate",
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings": "rbac.authorization.kubernetes.io/autoupdate",
    "/apis/rbac.authorization.k8s.io/v1/roles": "rbac.authorization.kubernetes.io/autoupdate",
    "/apis/rbac.authorization.k8s.io/v1/rolebindings": "rbac.authorization.kubernetes.io/autoupdate",
    "/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations": "apf.kubernetes.io/autoupdate-spec",
    "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas": "apf.kubernetes.io/autoupdate-spec",
    "/apis/scheduling.k8s.io/v1/priorityclasses": "",
    "/apis/apiregistration.k8s.io/v1/apiservices": "",
}
"""By path, with the annotation that the server puts on its own."""
_ACCOUNTS = ("controller", "collector", "binder", "publisher", "cleaner", "autoscaler")
_VARIES = ("uid", "resourceVersion", "creationTimestamp", "managedFields", "generation")


async def read_bootstrap(read: Callable[[str], Awaitable[Any]]) -> list[Any]:
    """All of it, without what is another in each cluster."""
    found = []
    for path, annotation in BOOTSTRAP.items():
        listed = await read(path)
        head = {"kind": listed["kind"].removesuffix("List"), "apiVersion": listed["apiVersion"]}
        for item in listed["items"]:
            metadata = item["metadata"]
            if _made_by_itself(metadata, annotation):
                kept = {name: value for name, value in metadata.items() if name not in _VARIES}
                found.append({**head, **item, "metadata": kept})
    accounts = await read("/api/v1/namespaces/kube-system/serviceaccounts")
    for item in accounts["items"]:
        if item["metadata"]["name"].endswith(_ACCOUNTS):
            metadata = {"name": item["metadata"]["name"], "namespace": "kube-system"}
            found.append({"kind": "ServiceAccount", "apiVersion": "v1", "metadata": metadata})
    return found


def _made_by_itself(metadata: Any, annotation: str) -> bool:
    if annotation:
        return annotation in (metadata.get("annotations") or {})
    automanaged = "kube-aggregator.kubernetes.io/automanaged" in (metadata.get("labels") or {})
    return automanaged or metadata["name"].startswith("system-")
