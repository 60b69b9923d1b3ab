"""Each cluster IP that is taken is an IPAddress object, too (KEP-1880)."""

from __future__ import annotations

from k9py.demo.controllers.controller import Controller
from k9py.demo.core.store import Entry, Key, Obj

ADDRESSES = "ipaddresses.networking.k8s.io"


class AddressController(Controller):
    """What the API server's allocator writes, and its repair loop takes back."""

    name = "ipaddress-controller"

    def start(self) -> None:
        """Watch services, if this server has addresses as objects."""
        self._held: dict[Key, str] = {}
        if any(served.storage == ADDRESSES for served in self.cluster.catalog):
            self.watch("services")

    def reconcile(self, entry: Entry) -> None:
        """Make the address of a service, or take back the one that it had."""
        self._hold(entry.key, str(entry.read()["spec"].get("clusterIP") or ""))

    def forget(self, key: Key) -> None:
        """Take back its address."""
        self._hold(key, "")

    def _hold(self, key: Key, address: str) -> None:
        before = self._held.pop(key, "")
        if before and before != address:
            self.registry.discard(ADDRESSES, "", before)
        if address and address != "None":
            self._held[key] = address
            if not self.store.get(Key(ADDRESSES, "", address)):
                self.registry.make(ADDRESSES, _address(key, address))


def _address(service: Key, address: str) -> Obj:
    labels = {"ipaddress.kubernetes.io/ip-family": "IPv4", "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io"}
    parent = {"group": "", "resource": "services", "namespace": service.namespace, "name": service.name}
    spec = {"parentRef": {name: value for name, value in parent.items() if value}}
    metadata = {"name": address, "labels": labels}
    return {"kind": "IPAddress", "apiVersion": "networking.k8s.io/v1", "metadata": metadata, "spec": spec}
