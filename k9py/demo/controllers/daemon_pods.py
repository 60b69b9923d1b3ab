"""The pods of a DaemonSet: where they may run, and what makes them stay there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from k9py.demo.controllers.history import POD_LABEL
from k9py.demo.controllers.owning import controller_ref
from k9py.demo.controllers.placement import Site, fits, tolerates
from k9py.demo.controllers.pods import Pod, pod_from_template
from k9py.demo.core.store import Entry, Obj

GENERATION = "deprecated.daemonset.template.generation"

_TOLERATED = (
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
)


class Wish(NamedTuple):
    """What a DaemonSet wants of a node: a pod there, and that one which is there may stay."""

    run: bool
    stay: bool


def wish_for(obj: Obj, site: Site) -> Wish:
    """What a DaemonSet wants of that node."""
    spec = obj["spec"]["template"]["spec"]
    if spec.get("nodeName") not in (None, "", site.name) or not fits(spec, site):
        return Wish(False, False)
    tolerations = tolerations_for(spec)
    if tolerates(tolerations, site):
        return Wish(True, True)
    return Wish(False, tolerates(tolerations, site, ("NoExecute",)))


def tolerations_for(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The tolerations of a template, with those that keep a daemon where it is while its node is in trouble."""
    found = list(spec.get("tolerations") or ())
    network = (("node.kubernetes.io/network-unavailable", "NoSchedule"),) if spec.get("hostNetwork") else ()
    for key, effect in (*_TOLERATED, *network):
        added = {"key": key, "operator": "Exists", "effect": effect}
        if added not in found:
            found.append(added)
    return found


def daemon_pod(entry: Entry, obj: Obj, node: str, revision: str) -> Obj:
    """A new pod for a node. The scheduler puts it there: by affinity to the node's name."""
    ref = controller_ref(entry, "DaemonSet", "apps/v1")
    pod = pod_from_template(obj["spec"]["template"], entry.key.name, ref)
    spec = pod["spec"]
    spec["tolerations"] = tolerations_for(spec)
    fields = [{"key": "metadata.name", "operator": "In", "values": [node]}]
    affinity = spec.setdefault("affinity", {}).setdefault("nodeAffinity", {})
    required = affinity.setdefault("requiredDuringSchedulingIgnoredDuringExecution", {})
    # in the place of the template's own terms: they have been looked at when the node was chosen
    required["nodeSelectorTerms"] = [{"matchFields": fields}]
    labels = pod["metadata"].setdefault("labels", {})
    labels[POD_LABEL] = revision
    generation = (obj["metadata"].get("annotations") or {}).get(GENERATION)
    if generation:
        labels["pod-template-generation"] = generation
    return pod


def node_of(pod: Pod) -> str:
    """The node that a pod is on, or is meant for."""
    if pod.node:
        return pod.node
    affinity = (pod.entry.read()["spec"].get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    for term in required.get("nodeSelectorTerms") or ():
        for one in term.get("matchFields") or ():
            if one["key"] == "metadata.name" and one["operator"] == "In" and len(one["values"]) == 1:
                return str(one["values"][0])
    return ""


def by_node(pods: Iterable[Pod]) -> dict[str, list[Pod]]:
    """Pods by their nodes, the oldest first."""
    found: dict[str, list[Pod]] = {}
    for pod in sorted(pods, key=lambda one: (one.created, one.name)):
        found.setdefault(node_of(pod), []).append(pod)
    return found
