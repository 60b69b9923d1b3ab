"""The status of quotas: what their namespaces use."""

from __future__ import annotations

from k9py.demo.api.quota import Ledger
from k9py.demo.controllers.controller import Controller
from k9py.demo.core.store import Entry, Obj


class QuotaController(Controller):
    """resourcequota-controller of kube-controller-manager."""

    name = "resourcequota-controller"

    def start(self) -> None:
        """Hear of quotas, and of all that counts against them."""
        self.registry.part(Ledger).changed.append(self.enqueue)
        self.watch("resourcequotas")

    def reconcile(self, entry: Entry) -> None:
        """Write what is used."""
        account = self.registry.part(Ledger).find(entry.key)
        if account is not None:
            hard = account.spec.get("hard") or {}
            status: Obj = {"hard": hard, "used": account.written()} if hard else {}
            self.registry.patch("resourcequotas", entry.key[1:], lambda obj: {**obj, "status": status}, "status")
