"""An object that was deleted, made anew: what is sent to create it, and what of it does not come back.

Source: what the strategies of kube-apiserver refuse or reset on create (pkg/registry), and what controllers look for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Obj = Mapping[str, Any]

SERVERS = (
    *("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"),
    *("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"),
)
"""Of metadata: what only the server writes."""
GARBAGE = ("foregroundDeletion", "orphan")
"""Finalizers that say how an object is deleted: with one of them it would not be the same again."""
_BINDING = "pv.kubernetes.io/"
_PROVISIONING = frozenset(
    (
        "volume.kubernetes.io/selected-node",
        "volume.kubernetes.io/storage-provisioner",
        "volume.beta.kubernetes.io/storage-provisioner",
    )
)
_JOB_LABELS = ("controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name")
_REMADE = frozenset((("", "Pod"), ("discovery.k8s.io", "EndpointSlice"), ("apps", "ControllerRevision")))
"""What a controller makes again as soon as it is gone."""
_MIRROR = "kubernetes.io/config.mirror"


def remake(found: Obj, *, volume_kept: bool = False) -> dict[str, Any]:
    """What is sent to create the object again. `volume_kept` says whether the volume of a claim is still there."""
    metadata = {name: value for name, value in found["metadata"].items() if name not in SERVERS}
    finalizers = [name for name in metadata.pop("finalizers", None) or () if name not in GARBAGE]
    if finalizers:
        metadata["finalizers"] = finalizers
    body = {**{name: value for name, value in found.items() if name != "status"}, "metadata": metadata}
    if kind_of(found) == ("", "PersistentVolumeClaim"):
        return body if volume_kept else _unbind(body)
    change = _REMAKES.get(kind_of(found))
    return change(body) if change else body


def why_not(found: Obj) -> str:
    """Why there is no use in making an object again; the empty string where there is."""
    metadata = found["metadata"]
    if _MIRROR in (metadata.get("annotations") or {}):
        return "a static pod is made again by its kubelet"
    owner = controller_of(found)
    if owner and _is_remade(found):
        return f"a {kind_of(found)[1]} of a {owner['kind']} is made again by it"
    return ""


def what_is_lost(found: Obj, *, volume_kept: bool | None = None) -> tuple[str, ...]:
    """What does not come back with an object that is made again, in words that follow its name.

    `volume_kept` is None where nobody knows what becomes of a claim's volume.
    """
    kind = kind_of(found)
    if kind == ("", "PersistentVolumeClaim"):
        return tuple(_lost_of_claim(found, volume_kept))
    tell = _LOST.get(kind)
    return tuple(tell(found)) if tell else ()


def kind_of(found: Obj) -> tuple[str, str]:
    """Group and kind."""
    group, slash, _ = str(found.get("apiVersion", "")).rpartition("/")
    return (group if slash else ""), str(found.get("kind", ""))


def controller_of(found: Obj) -> Mapping[str, Any] | None:
    """The reference to the owner that controls an object."""
    owners = found["metadata"].get("ownerReferences") or ()
    return next((owner for owner in owners if owner.get("controller")), None)


def _is_remade(found: Obj) -> bool:
    """Whether its controller makes it again at once. An old ReplicaSet, which only a rollback needs, it does not."""
    kind = kind_of(found)
    return kind in _REMADE or (kind == ("apps", "ReplicaSet") and bool((found.get("spec") or {}).get("replicas")))


# ── what is sent ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _without(found: Obj, *names: str) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in names}


def _pod(body: dict[str, Any]) -> dict[str, Any]:
    """It is scheduled anew. Debug containers can only be added to what is there."""
    return {**body, "spec": _without(body["spec"], "nodeName", "ephemeralContainers")}


def _unbind(body: dict[str, Any]) -> dict[str, Any]:
    """A claim that gets a new volume."""
    metadata = dict(body["metadata"])
    annotations = {
        name: value
        for name, value in (metadata.pop("annotations", None) or {}).items()
        if not name.startswith(_BINDING) and name not in _PROVISIONING
    }
    if annotations:
        metadata["annotations"] = annotations
    return {**body, "metadata": metadata, "spec": _without(body["spec"], "volumeName")}


def _volume(body: dict[str, Any]) -> dict[str, Any]:
    """It is bound by the claim's name: the claim may be another by then."""
    spec = dict(body["spec"])
    if claim := spec.get("claimRef"):
        spec["claimRef"] = _without(claim, "uid", "resourceVersion")
    return {**body, "spec": spec}


def _job(body: dict[str, Any]) -> dict[str, Any]:
    """Its selector and labels are generated with its uid, unless somebody has chosen them."""
    spec = dict(body["spec"])
    if spec.get("manualSelector"):
        return body
    spec.pop("selector", None)
    template = dict(spec["template"])
    template["metadata"] = _unlabelled(template.get("metadata") or {})
    return {**body, "metadata": _unlabelled(body["metadata"]), "spec": {**spec, "template": template}}


def _unlabelled(metadata: Obj) -> dict[str, Any]:
    labels = _without(metadata.get("labels") or {}, *_JOB_LABELS)
    return {**_without(metadata, "labels"), **({"labels": labels} if labels else {})}


def _namespace(body: dict[str, Any]) -> dict[str, Any]:
    return _without(body, "spec")


_REMAKES: Mapping[tuple[str, str], Callable[[dict[str, Any]], dict[str, Any]]] = {
    ("", "Pod"): _pod,
    ("", "PersistentVolume"): _volume,
    ("", "Namespace"): _namespace,
    ("batch", "Job"): _job,
}


# ── what is lost ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _lost_of_claim(found: Obj, kept: bool | None) -> Iterator[str]:
    volume = (found.get("spec") or {}).get("volumeName")
    if not volume:
        return
    if kept:
        yield f"the volume {volume} is bound again only when its claimRef is taken away"
    elif kept is None:
        yield f"whether the data of its volume {volume} are kept is not known; it gets a new one"
    else:
        yield f"the data of its volume {volume}; it gets a new, empty one"


def _lost_of_pod(found: Obj) -> Iterator[str]:
    yield "what its containers hold and have logged; it starts anew, maybe on another node"
    if (found.get("spec") or {}).get("ephemeralContainers"):
        yield "its debug containers"


def _lost_of_volume(found: Obj) -> Iterator[str]:
    if (found.get("spec") or {}).get("persistentVolumeReclaimPolicy") == "Delete":
        yield "the data behind it, once its reclaim policy has deleted them"


def _lost_of_job(found: Obj) -> Iterator[str]:
    yield "what it has done: it begins from the start, and does its work again"


def _lost_of_cron_job(found: Obj) -> Iterator[str]:
    yield "its jobs and what they have done: the next one is made at its time"


def _lost_of_namespace(found: Obj) -> Iterator[str]:
    yield "what is in it: only the namespace itself comes back"


def _lost_of_definition(found: Obj) -> Iterator[str]:
    kind = ((found.get("spec") or {}).get("names") or {}).get("kind", "")
    yield f"its objects: no {kind} comes back"


def _lost_of_workload(found: Obj) -> Iterator[str]:
    yield "its pods: new ones are made"


def _lost_of_deployment(found: Obj) -> Iterator[str]:
    yield "its pods and its history: new ones are made, and no rollback leads behind it"


def _lost_of_account(found: Obj) -> Iterator[str]:
    yield "its tokens: those that were given out are no longer valid"


def _lost_of_service(found: Obj) -> Iterator[str]:
    if (found.get("spec") or {}).get("type") == "LoadBalancer":
        yield "its address outside the cluster, which may be another"


_LOST: Mapping[tuple[str, str], Callable[[Obj], Iterator[str]]] = {
    ("", "Pod"): _lost_of_pod,
    ("", "PersistentVolume"): _lost_of_volume,
    ("", "Namespace"): _lost_of_namespace,
    ("", "ServiceAccount"): _lost_of_account,
    ("", "Service"): _lost_of_service,
    ("batch", "Job"): _lost_of_job,
    ("batch", "CronJob"): _lost_of_cron_job,
    ("apps", "Deployment"): _lost_of_deployment,
    ("apps", "ReplicaSet"): _lost_of_workload,
    ("apps", "StatefulSet"): _lost_of_workload,
    ("apps", "DaemonSet"): _lost_of_workload,
    ("", "ReplicationController"): _lost_of_workload,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _lost_of_definition,
}
