"""Endpoints: the older form of what is behind each Service (pkg/controller/endpoint)."""

from __future__ import annotations

from typing import ClassVar

from k9py.demo.controllers.pods import Pod
from k9py.demo.controllers.services import (
    HEADLESS,
    TRIGGER,
    Ports,
    ServiceController,
    hostname_in,
    is_headless,
    leads_to_pods,
    resolve_ports,
    target_of,
)
from k9py.demo.core.store import Entry, Key, Obj

ENDPOINTS = "endpoints"
MANAGED = "endpoints.kubernetes.io/managed-by"


class Endpoints(ServiceController):
    """Keeps the Endpoints of each Service that has a selector."""

    name: ClassVar[str] = "endpoint"

    def forget(self, key: Key) -> None:
        """Without the Service they go."""
        self.registry.discard(ENDPOINTS, key.namespace, key.name)

    def reconcile(self, entry: Entry) -> None:
        """Write what has changed."""
        key, service = entry.key, entry.read()
        if entry.meta.deletion_timestamp or not leads_to_pods(service):
            return
        subsets = self._subsets(service, [pod for pod in self.backends(key) if not pod.leaving])
        labels = {**(service["metadata"].get("labels") or {}), MANAGED: "endpoint-controller"}
        labels |= {HEADLESS: ""} if is_headless(service) else {}
        self._write(key, labels, subsets)

    def _write(self, key: Key, labels: dict[str, str], subsets: list[Obj]) -> None:
        known = self.registry.read(ENDPOINTS, key.namespace, key.name)
        note = {TRIGGER: self.clock.stamp()}
        if known is None:
            made: Obj = {
                "kind": "Endpoints",
                "apiVersion": "v1",
                "metadata": {"name": key.name, "namespace": key.namespace, "labels": labels, "annotations": note},
            }
            self.registry.make(ENDPOINTS, made | ({"subsets": subsets} if subsets else {}))
            return
        if known.get("subsets", []) == subsets and known["metadata"].get("labels") == labels:
            return

        def change(obj: Obj) -> Obj:
            obj["metadata"]["labels"] = labels
            obj["metadata"]["annotations"] = {**(obj["metadata"].get("annotations") or {}), **note}
            obj.pop("subsets", None)
            return obj | ({"subsets": subsets} if subsets else {})

        self.registry.patch(ENDPOINTS, key[1:], change)

    def _subsets(self, service: Obj, pods: list[Pod]) -> list[Obj]:
        """Pods with the same ports together, those that are not ready apart."""
        groups: dict[Ports, tuple[list[Obj], list[Obj]]] = {}
        for pod in sorted(pods, key=lambda one: (one.ip, one.uid)):
            ports = resolve_ports(service, pod.entry)
            if not ports and service["spec"].get("ports"):
                continue
            ready = pod.ready or bool(service["spec"].get("publishNotReadyAddresses"))
            groups.setdefault(ports, ([], []))[0 if ready else 1].append(self._address(service, pod))
        return [_subset(ports, *addresses) for ports, addresses in groups.items()]

    def _address(self, service: Obj, pod: Pod) -> Obj:
        found: Obj = {"ip": pod.ip}
        hostname = hostname_in(service, pod.entry) if is_headless(service) else ""
        found |= {"hostname": hostname} if hostname else {}
        found |= {"nodeName": pod.node} if pod.node else {}
        return {**found, "targetRef": target_of(pod)}


def _subset(ports: Ports, ready: list[Obj], waiting: list[Obj]) -> Obj:
    found: Obj = {"addresses": ready} if ready else {}
    found |= {"notReadyAddresses": waiting} if waiting else {}
    listed = [{name: value for name, value in port if value != ""} for port in ports]
    return found | ({"ports": listed} if listed else {})
