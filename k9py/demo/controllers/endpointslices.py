"""EndpointSlices: the addresses behind each Service, a hundred a slice (pkg/controller/endpointslice)."""

from __future__ import annotations

from typing import ClassVar

from k9py.demo.controllers.owning import controller_ref
from k9py.demo.controllers.pods import Pod
from k9py.demo.controllers.services import (
    HEADLESS,
    TRIGGER,
    Ports,
    ServiceController,
    hostname_in,
    is_headless,
    is_ready,
    leads_to_pods,
    resolve_ports,
    target_of,
)
from k9py.demo.core.store import Entry, Key, Obj

SLICES = "endpointslices.discovery.k8s.io"
MANAGED = "endpointslice.kubernetes.io/managed-by"
MANAGER = "endpointslice-controller.k8s.io"
SERVICE = "kubernetes.io/service-name"
ZONE = "topology.kubernetes.io/zone"
MOST = 100
"""Endpoints of one slice."""


class EndpointSlices(ServiceController):
    """Keeps the slices of each Service that has a selector."""

    name: ClassVar[str] = "endpointslice"

    def reconcile(self, entry: Entry) -> None:
        """Bring the slices up to date: what stays stays where it is, what is new goes where there is room."""
        service = entry.read()
        if entry.meta.deletion_timestamp or not leads_to_pods(service):
            return
        groups: dict[Ports, dict[str, Obj]] = {}
        for pod in self.backends(entry.key):
            endpoint = self._endpoint(service, pod)
            groups.setdefault(resolve_ports(service, pod.entry), {})[pod.uid] = endpoint
        slices = [
            one.read()
            for one in self.store.owned(entry.meta.uid)
            if one.key.collection == SLICES and one.meta.labels.get(MANAGED) == MANAGER
        ]
        for ports, wanted in groups.items():
            mine = [one for one in slices if _ports_of(one) == ports]
            self._fill(entry, service, ports, wanted, mine)
        self._drop(entry, service, [one for one in slices if _ports_of(one) not in groups], bool(groups))

    def _fill(self, entry: Entry, service: Obj, ports: Ports, wanted: dict[str, Obj], slices: list[Obj]) -> None:
        left = dict(wanted)
        kept = []
        for one in slices:
            uids = [found["targetRef"]["uid"] for found in one["endpoints"] or ()]
            kept.append([left.pop(uid) for uid in uids if uid in left])
        fresh = list(left.values())
        for one, endpoints in zip(slices, kept, strict=True):
            room = MOST - len(endpoints)
            endpoints += fresh[:room]
            fresh = fresh[room:]
            self._write(service, one, endpoints, ports)
        for begin in range(0, len(fresh), MOST):
            self._make(entry, service, fresh[begin : begin + MOST], ports)

    def _drop(self, entry: Entry, service: Obj, slices: list[Obj], others: bool) -> None:
        """Slices whose ports nobody has any more; without any pod, one empty slice remains."""
        if not others:
            if not slices:
                self._make(entry, service, [], ())
                return
            self._write(service, slices.pop(0), [], ())
        for one in slices:
            self.registry.discard(SLICES, one["metadata"]["namespace"], one["metadata"]["name"])

    def _write(self, service: Obj, one: Obj, endpoints: list[Obj], ports: Ports) -> None:
        if not endpoints and ports:
            self.registry.discard(SLICES, one["metadata"]["namespace"], one["metadata"]["name"])
            return
        labels, listed = self._labels(service), [dict(port) for port in ports]
        same = (one["endpoints"] or []) == endpoints and (one.get("ports") or []) == listed
        if same and one["metadata"].get("labels") == labels:
            return

        def change(obj: Obj) -> Obj:
            obj["metadata"]["labels"] = labels
            obj["metadata"].setdefault("annotations", {})[TRIGGER] = self.clock.stamp()
            return {**obj, "endpoints": endpoints or None, "ports": listed or None}

        self.registry.patch(SLICES, (one["metadata"]["namespace"], one["metadata"]["name"]), change)

    def _make(self, entry: Entry, service: Obj, endpoints: list[Obj], ports: Ports) -> None:
        made: Obj = {
            "kind": "EndpointSlice",
            "apiVersion": "discovery.k8s.io/v1",
            "metadata": {
                "generateName": f"{entry.key.name}-",
                "namespace": entry.key.namespace,
                "labels": self._labels(service),
                "annotations": {TRIGGER: self.clock.stamp()},
                "ownerReferences": [controller_ref(entry, "Service", "v1")],
            },
            "addressType": (service["spec"].get("ipFamilies") or ["IPv4"])[0],
            "endpoints": endpoints or None,
            "ports": [dict(port) for port in ports] or None,
        }
        self.registry.make(SLICES, made)

    def _labels(self, service: Obj) -> dict[str, str]:
        own = {MANAGED: MANAGER, SERVICE: service["metadata"]["name"]}
        headless = {HEADLESS: ""} if is_headless(service) else {}
        return {**(service["metadata"].get("labels") or {}), **own, **headless}

    def _endpoint(self, service: Obj, pod: Pod) -> Obj:
        conditions = {"ready": is_ready(service, pod), "serving": pod.ready, "terminating": pod.leaving}
        found: Obj = {"addresses": [pod.ip], "conditions": conditions, "targetRef": target_of(pod)}
        hostname = hostname_in(service, pod.entry) if is_headless(service) else ""
        found |= {"hostname": hostname} if hostname else {}
        node = self.store.get(Key("nodes", "", pod.node))
        found |= {"nodeName": pod.node} if pod.node else {}
        zone = node.meta.labels.get(ZONE) if node else None
        return found | ({"zone": zone} if zone else {})


def _ports_of(one: Obj) -> Ports:
    return tuple(tuple(port.items()) for port in one.get("ports") or ())
