"""CustomResourceDefinitions become resources: names are accepted, versions served, and taken away with all objects."""

from __future__ import annotations

from typing import Any, ClassVar

from k9py.demo.api.conditions import is_true
from k9py.demo.api.crds import CLEANUP, COLLECTION, Spec, offers, read_spec
from k9py.demo.api.registry import Deletion, Intent
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.controller import Controller
from k9py.demo.controllers.owning import let_go
from k9py.demo.core.store import Entry, Key, Obj
from k9py.values.resource import Gvr

AGAIN = 5.0
"""Seconds until it is looked whether the last objects of a definition are gone."""


class CustomResources(Controller):
    """apiextensions-apiserver's naming, establishing and finalizing controllers in one."""

    name: ClassVar[str] = "customresourcedefinitions"

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self._brought: dict[Key, list[Gvr]] = {}
        self._specs: dict[Key, Obj] = {}

    def start(self) -> None:
        """Serve what is defined, and whatever will be."""
        self.watch(COLLECTION)

    def reconcile(self, entry: Entry) -> None:
        """Serve a definition, or take its objects away."""
        if entry.meta.deletion_timestamp:
            self._finalize(entry)
            return
        spec = read_spec(entry.raw)
        names, conditions = _naming(entry.read(), self._taken(entry.key, spec.group))
        obj = self._note(entry, names, conditions)
        if is_true(obj["status"]["conditions"], "Established"):
            self._serve(entry.key, spec)
            self._renew(entry)

    def _renew(self, entry: Entry) -> None:
        """Whoever watches under another definition has to begin anew."""
        spec = entry.read()["spec"]
        if self._specs.get(entry.key, spec) != spec:
            for gvr in self._brought[entry.key]:
                self.cluster.catalog.part_with(gvr)
        self._specs[entry.key] = spec

    def _serve(self, key: Key, spec: Spec) -> None:
        """Put its versions into the catalog, and take out those that are no longer served."""
        catalog, found = self.cluster.catalog, list(offers(spec))
        serving = [offer.served.gvr for offer in found if offer.is_served]
        for gvr in self._brought.get(key, ()):
            if gvr not in serving:
                catalog.drop(gvr)
        for offer in found:
            if offer.is_served:
                catalog.add(offer.served, offer.is_stored)
            elif offer.is_stored:
                catalog.store_as(offer.served)
        self._brought[key] = [offer.served.gvr for offer in found if offer.is_served or offer.is_stored]

    def forget(self, key: Key) -> None:
        """Serve it no longer."""
        self._specs.pop(key, None)
        for gvr in self._brought.pop(key, ()):
            self.cluster.catalog.drop(gvr)

    def _taken(self, key: Key, group: str) -> set[str]:
        """The names that other definitions of the group have."""
        taken: set[str] = set()
        for other, brought in self._brought.items():
            entry = self.store.get(other)
            if other != key and entry and any(gvr.group == group for gvr in brought):
                taken |= {name for _, _, names in _fields(read_names(entry)) for name in names}
        return taken

    def _note(self, entry: Entry, names: dict[str, Any] | None, conditions: list[dict[str, str]]) -> Obj:
        """Write names and conditions into the status. A condition that does not change keeps its time."""

        def change(obj: Obj) -> Obj:
            status = obj.setdefault("status", {})
            if names is not None:
                status["acceptedNames"] = names
            present = {one["type"]: one for one in status.get("conditions") or ()}
            for wanted in conditions:
                old = present.get(wanted["type"], {})
                same = old.get("status") == wanted["status"]
                time = old["lastTransitionTime"] if same else self.clock.stamp()
                present[wanted["type"]] = {"lastTransitionTime": time, **wanted}
            status["conditions"] = list(present.values())
            return obj

        return self.registry.patch(COLLECTION, ("", entry.key.name), change, "status")

    def _finalize(self, entry: Entry) -> None:
        """Delete all objects; when the last is gone, let the definition go."""
        if CLEANUP not in entry.meta.finalizers:
            return
        if entry.key in self._brought and self._clear(entry.key.name):
            message = "CustomResource deletion is in progress"
            self._note(entry, None, [_condition("Terminating", "True", "InstanceDeletionInProgress", message)])
            self.enqueue(entry.key, AGAIN)
            return

        let_go(self.registry, entry.key, CLEANUP)

    def _clear(self, collection: str) -> bool:
        """Delete what is there; whether some of it stays for now. A definition is called as its collection is."""
        served = self.cluster.catalog.storage(collection)
        for entry in self.store.entries(collection):
            if not entry.meta.deletion_timestamp:
                self.registry.delete(served, entry.key.namespace, entry.key.name, Deletion(), Intent())
        return bool(self.store.count(collection))


def read_names(entry: Entry) -> dict[str, Any]:
    """The names that a definition asks for."""
    names: dict[str, Any] = entry.read()["spec"]["names"]
    return names


def _fields(names: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    """Names field by field, with what a conflict is called."""
    return [
        ("plural", "PluralConflict", [names["plural"]]),
        ("singular", "SingularConflict", [names.get("singular", "")]),
        ("shortNames", "ShortNamesConflict", names.get("shortNames", [])),
        ("kind", "KindConflict", [names["kind"]]),
        ("listKind", "ListKindConflict", [names.get("listKind", "")]),
    ]


def _naming(obj: Obj, taken: set[str]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Names as far as nobody else has them, and what the status says of them: the last conflict."""
    wanted, accepted = obj["spec"]["names"], dict(obj["status"].get("acceptedNames") or {})
    condition = _condition("NamesAccepted", "True", "NoConflicts", "no conflicts found")
    for field, reason, names in _fields(wanted):
        conflict = next((name for name in names if name in taken), "")
        if conflict:
            condition = _condition("NamesAccepted", "False", reason, f'"{conflict}" is already in use')
        elif wanted.get(field):
            accepted[field] = wanted[field]
        else:
            accepted.pop(field, None)
    if "categories" in wanted:
        accepted["categories"] = wanted["categories"]
    return accepted, [condition, *_establishing(obj, condition["status"])]


def _establishing(obj: Obj, accepted: str) -> list[dict[str, str]]:
    """What has been established stays so."""
    if accepted == "False":
        if is_true(obj["status"].get("conditions"), "Established"):
            return []
        return [_condition("Established", "False", "NotAccepted", "not all names are accepted")]
    return [_condition("Established", "True", "InitialNamesAccepted", "the initial names have been accepted")]


def _condition(kind: str, status: str, reason: str, message: str) -> dict[str, str]:
    return {"message": message, "reason": reason, "status": status, "type": kind}
