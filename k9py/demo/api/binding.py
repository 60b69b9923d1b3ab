"""Binding: a pod gets its node."""

from __future__ import annotations

from dataclasses import replace

from k9py.demo.api.conditions import without
from k9py.demo.api.patching import Failed
from k9py.demo.api.registry import Intent
from k9py.demo.api.validation.words import one_of
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import conflict, required
from k9py.demo.core.store import Obj


def bind(cluster: Cluster, namespace: str, name: str, binding: Obj, intent: Intent) -> Obj:
    """Put a pod on a node; answers it. StatusError if it is on one already, going, or waits at a gate."""
    target = binding.get("target") or {}
    causes = [*one_of("target.kind", target.get("kind") or "Node", ("Node", "<empty>"))]
    if not target.get("name"):
        causes.append(required("target.name"))
    if causes:
        raise Failed("; ".join(cause.line for cause in causes))

    def change(pod: Obj) -> Obj:
        why = _refusal(pod, binding)
        if why:
            raise conflict("", "pods/binding", name, why)
        return _bound(cluster, pod, target["name"], binding["metadata"].get("annotations") or {})

    served = cluster.catalog.storage("pods")
    return cluster.registry.update(served, namespace, name, change, replace(intent, trusted=True), "binding")


def _refusal(pod: Obj, binding: Obj) -> str:
    metadata, spec = pod["metadata"], pod["spec"]
    uid = binding["metadata"].get("uid")
    if uid and uid != metadata["uid"]:
        return f"Precondition failed: UID in precondition: {uid}, UID in object meta: {metadata['uid']}"
    if metadata.get("deletionTimestamp"):
        return f"pod {metadata['name']} is being deleted, cannot be assigned to a host"
    if spec.get("nodeName"):
        return f'pod {metadata["name"]} is already assigned to node "{spec["nodeName"]}"'
    if spec.get("schedulingGates"):
        return f"pod {metadata['name']} has non-empty .spec.schedulingGates"
    return ""


def _bound(cluster: Cluster, pod: Obj, node: str, annotations: Obj) -> Obj:
    pod["spec"]["nodeName"] = node
    if annotations:
        pod["metadata"]["annotations"] = {**(pod["metadata"].get("annotations") or {}), **annotations}
    status = pod.setdefault("status", {})
    others = without(status.get("conditions"), "PodScheduled")
    scheduled = {"type": "PodScheduled", "status": "True", "lastProbeTime": None}
    status["conditions"] = [*others, {**scheduled, "lastTransitionTime": cluster.clock.stamp()}]
    status.pop("nominatedNodeName", None)
    return pod
