"""Cluster roles that are made of others: those that an aggregationRule selects."""

from __future__ import annotations

from collections.abc import Iterable

from k9py.demo.controllers.controller import Controller
from k9py.demo.core.store import Change, Entry, Key, Obj
from k9py.values.selector import Selector, read_selector

ROLES = "clusterroles.rbac.authorization.k8s.io"


class AggregationController(Controller):
    """clusterrole-aggregation-controller of kube-controller-manager."""

    name = "clusterrole-aggregation-controller"

    def start(self) -> None:
        """Watch cluster roles: each change may concern those that are made of others."""
        self._selectors: dict[Key, tuple[Selector, ...]] = {}
        self.watch(ROLES, self._concerned)

    def reconcile(self, entry: Entry) -> None:
        """Gather the rules of all that are selected, in the order of their names, each once."""
        key = entry.key
        if key not in self._selectors:
            return
        rules: list[Obj] = []
        for other in self.store.entries(ROLES):
            if other.key != key and self._selects(key, other):
                rules += [rule for rule in other.read().get("rules") or () if rule not in rules]
        self.registry.patch(ROLES, key[1:], lambda obj: {**obj, "rules": rules or None})

    def _concerned(self, change: Change) -> Iterable[Key]:
        key = change.entry.key
        self._learn(change)
        if key in self._selectors:
            yield key
        for other in self._selectors:
            if other != key and any(self._selects(other, one) for one in (change.entry, change.old) if one):
                yield other

    def _learn(self, change: Change) -> None:
        key = change.entry.key
        self._selectors.pop(key, None)
        if change.type != "DELETED" and b'"aggregationRule"' in change.entry.raw:
            found = (change.entry.read().get("aggregationRule") or {}).get("clusterRoleSelectors") or ()
            self._selectors[key] = tuple(read_selector(one) for one in found)

    def _selects(self, key: Key, entry: Entry) -> bool:
        return any(selector.matches(entry.meta.labels) for selector in self._selectors[key])
