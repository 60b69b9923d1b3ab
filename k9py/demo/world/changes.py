"""What people and their tools do to the shop: new versions, sizes, events."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from k9py.demo.api.events import Recorder
from k9py.demo.api.registry import Intent
from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.store import Obj

PEOPLE = Intent(manager="kubectl", user="demo-admin", trusted=True)
"""Who has made the shop. Trusted, so that it may be older than the cluster."""

CAUSE = "kubernetes.io/change-cause"


def write(cluster: Cluster, objects: Iterable[Obj], created: float | None = None) -> None:
    """Create objects, each in the collection of its kind. `created` (seconds since the epoch) if it was not now."""
    for obj in objects:
        if created is not None:
            obj["metadata"]["creationTimestamp"] = cluster.clock.stamp(created)
        cluster.registry.create(_served(cluster, obj["apiVersion"], obj["kind"]), obj, PEOPLE)


def _served(cluster: Cluster, api_version: str, kind: str) -> Served:
    found = cluster.catalog.of_kind(api_version, kind)
    if found is None:
        raise KeyError(f"{api_version} {kind}")
    return cluster.catalog.storage(found.storage)


def change_deployment(cluster: Cluster, namespace: str, name: str, change: Callable[[Obj], None]) -> None:
    """Change a Deployment in place; nothing is done where a user has deleted it."""
    if cluster.registry.read("deployments.apps", namespace, name) is None:
        return

    def changed(obj: Obj) -> Obj:
        change(obj)
        return obj

    cluster.registry.update(cluster.catalog.storage("deployments.apps"), namespace, name, changed, PEOPLE)


def set_image(cluster: Cluster, namespace: str, name: str, image: str, cause: str) -> None:
    """A new version for the first container of a Deployment."""

    def change(obj: Obj) -> None:
        obj["spec"]["template"]["spec"]["containers"][0]["image"] = image
        obj["metadata"].setdefault("annotations", {})[CAUSE] = cause

    change_deployment(cluster, namespace, name, change)


def set_replicas(cluster: Cluster, namespace: str, name: str, count: int) -> None:
    """Another size."""

    def change(obj: Obj) -> None:
        obj["spec"]["replicas"] = count

    change_deployment(cluster, namespace, name, change)


def tell(recorder: Recorder, cluster: Cluster, where: tuple[str, str, str], kind: str, reason: str, text: str) -> None:
    """An event about an object (collection, namespace, name), if it is there. `kind` is Normal or Warning."""
    obj = cluster.registry.read(*where)
    if obj is not None:
        (recorder.normal if kind == "Normal" else recorder.warning)(obj, reason, text)
