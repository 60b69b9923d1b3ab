"""What holds an object that is being deleted: its grace, and its finalizers with who is to take each of them away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from k9py.values.age import human_duration, parse_time

Obj = Mapping[str, Any]

FOREGROUND = "foregroundDeletion"
_KNOWN = {
    FOREGROUND: "the garbage collector deletes first what it owns",
    "orphan": "the garbage collector sets free what it owns",
    "kubernetes": "the namespace controller deletes first all that is in it",
    "kubernetes.io/pvc-protection": "a pod still uses it",
    "kubernetes.io/pv-protection": "a claim is still bound to it",
    "kubernetes.io/vac-protection": "a volume still uses it",
    "resource.kubernetes.io/delete-protection": "a pod still uses it",
    "batch.kubernetes.io/job-tracking": "the job controller has not counted it yet",
    "batch.kubernetes.io/cronjob-tracking": "the cron job controller has not recorded it yet",
    "customresourcecleanup.apiextensions.k8s.io": "its objects are deleted first",
    "service.kubernetes.io/load-balancer-cleanup": "the cloud's load balancer is taken down first",
    "resources-finalizer.argocd.argoproj.io": "Argo CD deletes first what the application has deployed",
    "finalizers.fluxcd.io": "Flux removes first what it has applied",
    "snapshot.storage.kubernetes.io/volumesnapshot-bound-protection": "its content is deleted first",
    "snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection": "a snapshot is still bound to it",
    "karpenter.sh/termination": "Karpenter drains the node first, and ends its machine",
}
"""Why each holds: who waits for what."""
_PREFIXES = {
    "external-attacher/": "the volume is still attached to a node",
    "external-provisioner.volume.kubernetes.io/": "the storage driver deletes first what is behind it",
    "controller.cattle.io/": "Rancher cleans up first",
    "wrangler.cattle.io/": "Rancher cleans up first",
    "ingress.k8s.aws/": "the AWS load balancer controller takes down first what it has made",
    "service.k8s.aws/": "the AWS load balancer controller takes down first what it has made",
    "networking.gke.io/": "GKE takes down first what it has made",
}


def finalizers_of(found: Obj) -> tuple[str, ...]:
    """Those of the object; a Namespace has others in its spec."""
    own = found["metadata"].get("finalizers") or ()
    spec = found.get("spec")
    held = (spec.get("finalizers") or ()) if found.get("kind") == "Namespace" and isinstance(spec, dict) else ()
    return tuple(dict.fromkeys([*own, *held]))


def explain_finalizer(name: str) -> str:
    """Who is to take it away, and what for."""
    if known := _KNOWN.get(name):
        return known
    for prefix, why in _PREFIXES.items():
        if name.startswith(prefix):
            return why
    domain, slash, _ = name.partition("/")
    who = domain if slash or "." in domain else name
    return f"the controller of {who} is to clean up first, and to let it go"


def is_going(found: Obj) -> bool:
    """Whether it is being deleted."""
    return bool(found["metadata"].get("deletionTimestamp"))


def say_since(found: Obj, now: float) -> str:
    """Since when it is going, and how its grace stands; `now` in seconds since the epoch."""
    metadata = found["metadata"]
    ends = parse_time(metadata.get("deletionTimestamp"))
    if ends is None:
        return "terminating"
    grace = metadata.get("deletionGracePeriodSeconds") or 0
    since = f"terminating for {human_duration(max(0.0, now - (ends - grace)))}"
    if not grace:
        return f"{since}, since {metadata['deletionTimestamp']}"
    if now < ends:
        return f"{since}, its grace of {grace} s ends in {human_duration(ends - now)}"
    spec = found.get("spec")
    node = spec.get("nodeName") if isinstance(spec, Mapping) else ""
    late = f"its grace of {grace} s is over for {human_duration(now - ends)}"
    return f"{since}, {late}" + (f", and the kubelet of {node} has not said that it has ended" if node else "")


def say_waiting(found: Obj, holders: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """A line for each finalizer; `holders` names, by finalizer, what it waits for."""
    for name in finalizers_of(found):
        who = name_some(holders.get(name, ()))
        yield f"{name}: {explain_finalizer(name)}" + (f" ({who})" if who else "")


def name_some(names: Sequence[str], most: int = 3) -> str:
    """`a, b, c and 4 more`."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


_CONDITIONS = {
    "NamespaceDeletionDiscoveryFailure": "not all kinds of what may be in it could be found out",
    "NamespaceDeletionGroupVersionParsingFailure": "a version that is served cannot be read",
    "NamespaceDeletionContentFailure": "something in it could not be deleted",
    "NamespaceContentRemaining": "still in it",
    "NamespaceFinalizersRemaining": "held by finalizers",
}
_LEADS = ("Some resources are remaining: ", "Some content in the namespace has finalizers remaining: ")


def say_conditions(namespace: Obj) -> Iterator[str]:
    """What the namespace controller says against the end of a namespace (NamespaceCondition, core/v1)."""
    for condition in (namespace.get("status") or {}).get("conditions") or ():
        said = _CONDITIONS.get(condition.get("type", ""))
        if said and condition.get("status") == "True":
            message = str(condition.get("message", ""))
            for lead in _LEADS:
                message = message.removeprefix(lead)
            yield f"{said}: {message}"


def say_answer(answer: Obj) -> str:
    """What a server's answer to a deletion means: an object that is on its way, or one that is gone (or a Status)."""
    metadata = answer.get("metadata") or {}
    if answer.get("kind") == "Status" or not metadata.get("deletionTimestamp"):
        return "gone"
    waits = []
    if grace := metadata.get("deletionGracePeriodSeconds"):
        waits.append(f"for {grace} s of grace")
    held = finalizers_of(answer)
    if answer.get("kind") == "Namespace" and held == ("kubernetes",):
        waits.append("until what is in it has gone")
    elif held:
        waits.append(f"for its finalizers {', '.join(held)}")
    return f"terminating: waits {' and '.join(waits)}" if waits else "gone"
