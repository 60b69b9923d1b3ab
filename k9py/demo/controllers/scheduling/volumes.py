"""Volumes: a pod goes where its claims' volumes can be reached, and tells the binder of those that wait for it."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.cluster import Cluster
from k9py.demo.controllers.claim_writes import SELECTED
from k9py.demo.controllers.placement import meets
from k9py.demo.controllers.scheduling.filters import Filter, Round
from k9py.demo.controllers.scheduling.views import NodeView, PodView
from k9py.demo.core.store import Obj


def _claims(cluster: Cluster, pod: PodView) -> Iterator[tuple[str, Obj | None]]:
    for volume in pod.spec.get("volumes", ()):
        if "persistentVolumeClaim" in volume:
            name = volume["persistentVolumeClaim"]["claimName"]
        elif "ephemeral" in volume:
            name = f"{pod.key.name}-{volume['name']}"
        else:
            continue
        yield name, cluster.registry.read("persistentvolumeclaims", pod.key.namespace, name)


def problem(cluster: Cluster, pod: PodView) -> str:
    """What no node can help with; empty if there is nothing."""
    for name, claim in _claims(cluster, pod):
        if claim is None:
            return f'persistentvolumeclaim "{name}" not found'
        if claim["metadata"].get("deletionTimestamp"):
            return f'persistentvolumeclaim "{name}" is being deleted'
        if claim.get("status", {}).get("phase") == "Lost":
            missing = claim["spec"].get("volumeName", "")
            return f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume "{missing}"'
        if not _bound(claim) and not _waits(cluster, claim):
            return "pod has unbound immediate PersistentVolumeClaims"
    return ""


def _bound(claim: Obj) -> bool:
    return bool(claim.get("status", {}).get("phase") == "Bound")


def _waits(cluster: Cluster, claim: Obj) -> bool:
    """Whether its volume is made when the first pod that needs it has a node (WaitForFirstConsumer)."""
    name = claim["spec"].get("storageClassName") or ""
    found = cluster.registry.read("storageclasses.storage.k8s.io", "", name) if name else None
    return found is not None and found.get("volumeBindingMode") == "WaitForFirstConsumer"


def filters_for(cluster: Cluster, pod: PodView) -> Iterator[Filter]:
    """Where the volumes of claims that are bound can be reached."""
    for _, claim in _claims(cluster, pod):
        if claim is None or not _bound(claim):
            continue
        volume = cluster.registry.read("persistentvolumes", "", claim["spec"].get("volumeName", "")) or {}
        required = volume.get("spec", {}).get("nodeAffinity", {}).get("required")
        if required:
            yield _reachable(required.get("nodeSelectorTerms", []))


def _reachable(terms: list[Obj]) -> Filter:
    def check(_: Round, __: PodView, node: NodeView) -> Iterator[str]:
        if not any(meets(term, node) for term in terms):
            yield "node(s) didn't match PersistentVolume's node affinity"

    return check


def select_node(cluster: Cluster, pod: PodView, node: str) -> bool:
    """Tell the binder where the claims that wait are needed. Answers whether all are bound, so that the pod can go."""
    ready = True
    for name, claim in _claims(cluster, pod):
        if claim is None or _bound(claim):
            continue
        ready = False

        def change(obj: Obj) -> Obj:
            obj["metadata"].setdefault("annotations", {})[SELECTED] = node
            return obj

        cluster.registry.patch("persistentvolumeclaims", (pod.key.namespace, name), change)
    return ready
