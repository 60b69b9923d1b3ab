"""Each namespace has a default service account and the server's certificate; who deletes them gets them anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from k9py.demo.api.bootstrap import ROOT_CA, furnish
from k9py.demo.controllers.controller import Controller
from k9py.demo.core.store import Change, Entry, Key


class ServiceAccountsController(Controller):
    """serviceaccount-controller and root-ca-cert-publisher of kube-controller-manager."""

    name = "serviceaccount-controller"

    def start(self) -> None:
        """Watch namespaces, and what belongs into each."""
        self.watch("namespaces")
        self.watch("serviceaccounts", _gone("default"))
        self.watch("configmaps", _gone(ROOT_CA))

    def reconcile(self, entry: Entry) -> None:
        """Give a namespace what it lacks."""
        if not entry.meta.deletion_timestamp:
            furnish(self.cluster, entry.key.name)


def _gone(name: str) -> Callable[[Change], Iterable[Key]]:
    def keys(change: Change) -> Iterable[Key]:
        if change.type != "ADDED" and change.entry.key.name == name:
            yield Key("namespaces", "", change.entry.key.namespace)

    return keys
