"""A cluster without nodes for the tests of controllers: its pods run as soon as a test's hand says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from k9py.demo.api.registry import SYSTEM, Deletion
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.controller import Controller
from k9py.demo.core.store import Change, Obj

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC).timestamp()


class Stage:
    """A cluster with some controllers, and a stand-in for scheduler and kubelets: pods run and are ready at once."""

    def __init__(self, *controllers: type[Controller], namespace: str = "shop", kubelet: bool = True) -> None:
        self.cluster = Cluster(START)
        self.namespace = namespace
        self.ready = True
        self.stuck: set[str] = set()
        """Images whose pods never become ready."""
        for name in ("default", namespace):
            self.put("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        self.started = [controller(self.cluster) for controller in controllers]
        if kubelet:
            self.cluster.store.listen("pods", self._hear)
        for controller in self.started:
            controller.start()

    def put(self, collection: str, obj: Obj) -> Obj:
        """Create an object as a controller would."""
        return self.cluster.registry.make(collection, obj)

    def step(self, seconds: float = 1) -> None:
        """Let time pass."""
        self.cluster.clock.advance(seconds)

    def get(self, collection: str, name: str, namespace: str | None = None) -> Obj:
        """An object that must be there."""
        found = self.cluster.registry.read(collection, self.namespace if namespace is None else namespace, name)
        assert found is not None, f"{collection} {name} is not there"
        return found

    def all(self, collection: str, namespace: str | None = None) -> list[Obj]:
        """All of a namespace."""
        wanted = self.namespace if namespace is None else namespace
        return [entry.read() for entry in self.cluster.store.entries(collection, wanted)]

    def names(self, collection: str) -> list[str]:
        """The names of all of them."""
        return [obj["metadata"]["name"] for obj in self.all(collection)]

    def change(self, collection: str, name: str, **spec: Any) -> None:
        """Set fields of a spec, as kubectl patch does."""

        def patch(obj: Obj) -> Obj:
            obj["spec"] |= spec
            return obj

        self.cluster.registry.patch(collection, (self.namespace, name), patch)

    def delete(self, collection: str, name: str, propagation: str = "", grace: int | None = None) -> None:
        """Delete an object as a person does."""
        served = self.cluster.catalog.storage(collection)
        namespace = self.namespace if served.namespaced else ""
        how = Deletion(propagation=propagation, grace=grace)
        self.cluster.registry.delete(served, namespace, name, how, SYSTEM)

    def say(self, name: str, *, phase: str = "Running", ready: bool = True) -> None:
        """Set the state of a pod, as a kubelet does."""

        def patch(obj: Obj) -> Obj:
            return {**obj, "status": pod_status(self.cluster.clock.stamp(), phase, ready)}

        self.cluster.registry.patch("pods", (self.namespace, name), patch, "status")

    def events(self, kind: str = "") -> list[str]:
        """All events in order: `Normal ScalingReplicaSet Scaled up …`."""
        found = [one for one in self.all("events") if not kind or one["involvedObject"]["kind"] == kind]
        found.sort(key=lambda one: (one["firstTimestamp"], int(one["metadata"]["resourceVersion"])))
        return [f"{one['type']} {one['reason']} {one['message']}" for one in found]

    def _hear(self, change: Change) -> None:
        if change.type == "ADDED":
            key = change.entry.key
            self.cluster.clock.after(0, lambda: self._run(key.name))

    def _run(self, name: str) -> None:
        pod = self.cluster.registry.read("pods", self.namespace, name)
        if pod and self.ready:
            self.say(name, ready=pod["spec"]["containers"][0].get("image") not in self.stuck)


def pod_status(now: str, phase: str, ready: bool) -> Obj:
    """The status of a pod whose only container runs, or has ended."""
    condition = {"type": "Ready", "status": "True" if ready else "False", "lastTransitionTime": now}
    return {"phase": phase, "podIP": "10.0.0.7", "podIPs": [{"ip": "10.0.0.7"}], "conditions": [condition]}


def template(labels: Mapping[str, str], image: str = "shop/web:1", **spec: Any) -> Obj:
    """A pod template with one container."""
    return {"metadata": {"labels": dict(labels)}, "spec": {"containers": [{"name": "app", "image": image}], **spec}}


def workload(api_version: str, kind: str, name: str, image: str = "shop/web:1", **spec: Any) -> Obj:
    """A workload in the namespace `shop` that selects `app=NAME`."""
    labels = {"app": name}
    body = {"selector": {"matchLabels": labels}, "template": template(labels, image), **spec}
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": "shop"}, "spec": body}


def conditions(obj: Obj) -> dict[str, tuple[str, str, str]]:
    """Status, reason and message of each condition, by its type."""
    found: Iterable[Obj] = (obj.get("status") or {}).get("conditions") or ()
    return {one["type"]: (one["status"], one.get("reason", ""), one.get("message", "")) for one in found}


def of_shop(api_version: str, kind: str, name: str, **fields: Any) -> Obj:
    """An object of the namespace `shop`."""
    metadata = {"name": name, "namespace": "shop", **fields.pop("metadata", {})}
    return {"kind": kind, "apiVersion": api_version, "metadata": metadata, **fields}


def web_pod(name: str, **labels: str) -> Obj:
    """A pod with a port, as the service `web` selects it."""
    made = template(labels or {"app": "web"})
    made["spec"]["containers"][0]["ports"] = [{"name": "http", "containerPort": 8080}]
    made["metadata"] |= {"name": name, "namespace": "shop"}
    return {"kind": "Pod", "apiVersion": "v1", **made}
