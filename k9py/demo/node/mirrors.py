"""Static pods: the server holds a mirror of each, and when that is deleted the kubelet shows it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k9py.demo.core.store import Key, Obj
from k9py.demo.node.stopping import remove

if TYPE_CHECKING:
    from k9py.demo.node.pod_run import PodRun

MIRROR = "kubernetes.io/config.mirror"
"""The annotation that makes a pod a mirror."""


def is_mirror(pod: Obj) -> bool:
    """Whether a pod is a mirror."""
    return MIRROR in (pod["metadata"].get("annotations") or {})


def confirm(run: PodRun) -> None:
    """Somebody has deleted the mirror: that stops nothing, and so there is nothing to wait for."""
    if not run.stopping:
        run.stopping = True
        run.cluster.clock.after(0.0, lambda: remove(run))


def renew(run: PodRun) -> None:
    """Show it again: the same containers under a new uid."""
    cluster = run.cluster
    old = run.pod()
    metadata = {
        name: old["metadata"][name] for name in ("name", "namespace", "labels", "annotations", "ownerReferences")
    }
    pod = {"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": old["spec"], "status": old["status"]}

    def make() -> None:
        taken = cluster.store.get(Key("pods", run.key.namespace, run.key.name))
        if not taken and not run.kubelet.down and cluster.store.get(Key("nodes", "", run.kubelet.name)):
            cluster.registry.make("pods", pod)

    cluster.clock.after(1.0, make)
