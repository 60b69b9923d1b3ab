"""Cluster IPs and node ports: which are taken, and the next that are free."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Any

from k9py.demo.api.registry import Registry
from k9py.demo.core.store import Change, Entry

NETWORK = "10.96.0.0/12"
"""Of cluster IPs, as kubeadm sets it."""
PORTS = range(30000, 32768)
"""Of node ports (kube-apiserver's --service-node-port-range)."""
STATIC = 256
"""The first addresses are left to those who ask for one (KEP-3070)."""


class Addresses:
    """What the services of one cluster have."""

    def __init__(self, registry: Registry) -> None:
        self.network = IPv4Network(NETWORK)
        self._random = registry.random
        self._addresses: dict[str, str] = {}
        self._ports: dict[tuple[int, str], str] = {}
        registry.store.follow("services", self._hear)

    def holder(self, address: str) -> str | None:
        """The uid of the service that has it."""
        return self._addresses.get(address)

    def port_holder(self, port: int, protocol: str) -> str | None:
        """The uid of the service that has it."""
        return self._ports.get((port, protocol))

    def next_address(self) -> str:
        """One that is free."""
        first = min(STATIC, self.network.num_addresses // 16) + 1
        while True:
            offset = self._random.randrange(first, self.network.num_addresses - 1)
            address = str(self.network[offset])
            if address not in self._addresses:
                return address

    def next_port(self) -> int:
        """One that is free in all protocols."""
        while True:
            port = self._random.choice(PORTS)
            if not any((port, protocol) in self._ports for protocol in ("TCP", "UDP", "SCTP")):
                return port

    def fits(self, address: str) -> bool:
        """Whether it lies in the range."""
        return IPv4Address(address) in self.network

    def _hear(self, change: Change) -> None:
        if change.old is not None:
            self._note(change.old, None)
        if change.type != "DELETED":
            self._note(change.entry, change.entry.meta.uid)

    def _note(self, entry: Entry, uid: str | None) -> None:
        spec: dict[str, Any] = entry.read()["spec"]
        for address in spec.get("clusterIPs") or ():
            _set(self._addresses, address, uid)
        for port in spec.get("ports") or ():
            if port.get("nodePort"):
                _set(self._ports, (port["nodePort"], port.get("protocol", "TCP")), uid)
        if spec.get("healthCheckNodePort"):
            _set(self._ports, (spec["healthCheckNodePort"], "TCP"), uid)


def _set(held: dict[Any, str], what: Any, uid: str | None) -> None:
    if uid:
        held[what] = uid
    else:
        held.pop(what, None)
