"""Who owns which fields of an object: managedFields of every write, and server-side apply (KEP-555)."""

from __future__ import annotations

import copy
from collections.abc import Callable

from k9py.demo.api.convert import from_stored, to_stored
from k9py.demo.api.gotypes import as_go, empty_object
from k9py.demo.api.last_applied import note_last_applied, own_by_last_applied
from k9py.demo.api.managed_checks import faults_of
from k9py.demo.api.managed_entries import Entry, read_entries, write_entries
from k9py.demo.api.managed_fields import Path, Paths, in_order, text_of
from k9py.demo.api.managed_values import Difference, compare, merged, paths_of, with_named, without
from k9py.demo.api.openapi import Node, node_of
from k9py.demo.api.patching import Failed
from k9py.demo.api.registry import Intent, check_version
from k9py.demo.api.target import Target
from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.status import Cause, StatusError, bad_request
from k9py.demo.core.store import Key, Obj

BEFORE = "before-first-apply"
"""Who owns what was there before anybody was told apart."""

_NEVER: frozenset[Path] = frozenset(
    [
        ("f:apiVersion",),
        ("f:kind",),
        ("f:metadata",),
        *(
            ("f:metadata", f"f:{name}")
            for name in (
                "clusterName",
                "creationTimestamp",
                "deletionGracePeriodSeconds",
                "deletionTimestamp",
                "generation",
                "managedFields",
                "name",
                "namespace",
                "resourceVersion",
                "selfLink",
                "uid",
            )
        ),
    ]
)
"""Fields that nobody owns."""

_MEANT = {"status": (("f:spec",), ("f:metadata",)), "scale": (("f:status",), ("f:metadata",))}
"""By subresource: what a write of it does not change. Without one it is the status, where that is a subresource."""


_NOUGHT: Paths = {("f:spec", "f:replicas")}
"""A Scale that asks for none says nothing, so that nobody owns the number any more."""


def stamp(
    cluster: Cluster, served: Served, old: Obj | None, new: Obj, intent: Intent, operation: str, subresource: str
) -> None:
    """Record in managedFields, in place, that the manager has set what differs between old and new.

    `old` and `new` as they are stored, with all defaults. An object whose fields nobody owns stays so.
    """
    entries = read_entries(new)
    reset = old is not None and (new["metadata"].get("managedFields") or [None])[0] == {}
    if not entries and old is not None and not reset:
        entries = read_entries(old)
    if reset or (old is not None and not entries):
        new["metadata"].pop("managedFields", None)
        return
    before = versioned(served, old) if old else empty_object(served.gvr.api_version, served.kind)
    found = compare(before, versioned(served, new), node_of(cluster, served))
    mine = Entry(intent.manager, operation, served.gvr.api_version, subresource, cluster.clock.stamp(), set())
    entries = _updated(entries, mine, _owned(served, subresource, found))
    if subresource == "scale":
        mine.fields -= _NOUGHT if not new.get("spec", {}).get("replicas") else set()
    write_entries(new, entries)


def stamped(
    cluster: Cluster, served: Served, change: Callable[[Obj], Obj | None], manager: str, subresource: str = ""
) -> Callable[[Obj], Obj | None]:
    """A controller's change (of Registry.update) that managedFields tell of, if they tell of that object at all."""

    def stamping(old: Obj) -> Obj | None:
        if not old["metadata"].get("managedFields"):
            return change(old)
        before = copy.deepcopy(old)
        new = change(old)
        if new is not None and new != before:
            stamp(cluster, served, before, new, Intent(manager), "Update", subresource)
        return new

    return stamping


def versioned(served: Served, obj: Obj) -> Obj:
    """A stored object in the version that is asked for, as Go's types hold it; a copy."""
    return as_go(from_stored(served, as_go(copy.deepcopy(obj))))


def _owned(served: Served, subresource: str, found: Difference) -> Difference:
    main = (("f:status",),) if "status" in served.subresources else ()
    return found.without(_NEVER, _MEANT.get(subresource, main))


def _updated(entries: list[Entry], mine: Entry, found: Difference) -> list[Entry]:
    """The entries after a write: the writer owns what it has set, and nobody what is gone."""
    taken = found.added | found.modified
    for entry in entries:
        entry.fields -= taken | found.removed
    if not taken:
        return entries
    previous = next((entry for entry in entries if entry.identity == mine.identity), None)
    mine.fields = taken | (previous.fields if previous else set())
    return [*(entry for entry in entries if entry is not previous), mine]


def apply(cluster: Cluster, target: Target, configuration: Obj, force: bool, intent: Intent) -> tuple[Obj, bool]:
    """Apply a configuration: the object as it is stored then, and whether it is new. StatusError (409): conflicts."""
    served, key = target.served, Key(target.served.storage, target.namespace, target.name)
    _check(cluster, target, configuration)
    application = Application(cluster, served, configuration, force, intent, target.subresource)
    if cluster.store.get(key) is None and not target.subresource:
        return cluster.registry.create(served, application.created(target), intent), True

    def change(old: Obj) -> Obj:
        new = application.applied(old)
        check_version(served, old, {**new, "metadata": {**new["metadata"], "uid": ""}})
        return new

    return cluster.registry.update(served, *key[1:], change, intent, target.subresource), False


def _check(cluster: Cluster, target: Target, configuration: Obj) -> None:
    """What is refused before the object is looked at. Name and namespace are filled in."""
    served = target.served
    found = (configuration.get("apiVersion", ""), configuration.get("kind", ""))
    if found != (served.gvr.api_version, served.kind):
        group, _, version = found[0].rpartition("/")
        raise bad_request(f"invalid object type: {group}/{version}, Kind={found[1]}")
    metadata = configuration.setdefault("metadata", {})
    if metadata.get("managedFields") is not None:
        raise bad_request("metadata.managedFields must be nil")
    faults = list(faults_of(configuration, node_of(cluster, served)))
    if faults:
        raise Failed(f"failed to create typed patch object ({_named(served, metadata)}): {_together(faults)}")
    if metadata.setdefault("name", target.name) != target.name:
        text = f"the name of the object ({metadata['name']}) does not match the name on the URL ({target.name})"
        raise bad_request(text)
    if target.namespace and metadata.setdefault("namespace", target.namespace) != target.namespace:
        text = "the namespace of the provided object does not match the namespace sent on the request"
        raise bad_request(text)


def _named(served: Served, metadata: Obj) -> str:
    kind = f"{served.group}/{served.gvr.version}, Kind={served.kind}"
    return f"{metadata.get('namespace', '')}/{metadata.get('name', '')}; {kind}"


def _together(faults: list[str]) -> str:
    return faults[0] if len(faults) == 1 else "errors:\n" + "\n".join(f"  {fault}" for fault in faults)


class Application:
    """One server-side apply: a configuration and the object that it is applied to."""

    def __init__(
        self, cluster: Cluster, served: Served, sent: Obj, force: bool, intent: Intent, subresource: str
    ) -> None:
        self._cluster = cluster
        self._served = served
        self._sent = sent
        self._force = force
        self._subresource = subresource
        self._node: Node | None = node_of(cluster, served)
        self._version = cluster.catalog.storage(served.storage).gvr.api_version
        self._mine = Entry(
            intent.manager, "Apply", served.gvr.api_version, subresource, cluster.clock.stamp(), self._claimed()
        )

    def created(self, target: Target) -> Obj:
        """The object that comes to be, as it is to be stored."""
        obj = as_go(to_stored(self._served, copy.deepcopy(self._sent), self._version))
        if target.namespace:
            obj["metadata"]["namespace"] = target.namespace
        write_entries(obj, [self._mine])
        return obj

    def applied(self, old: Obj) -> Obj:
        """What the object becomes. StatusError (409) if others own what is to change."""
        live = versioned(self._served, old)
        entries = self._entries(live)
        live["metadata"].pop("managedFields", None)
        previous = next((entry for entry in entries if entry.identity == self._mine.identity), None)
        others = [entry for entry in entries if entry is not previous]
        new = self._pruned(merged(live, self._sent, self._node), previous, others)
        found = _owned(self._served, self._subresource, compare(live, new, self._node))
        self._give(others, found, live)
        if not found:
            self._mine.time = previous.time if previous else ""
        elif self._mine.manager == "kubectl":
            note_last_applied(new, self._sent)
        stored = as_go(to_stored(self._served, new, self._version))
        self._cluster.registry.strategy(self._served).default(stored)
        write_entries(stored, [*others, self._mine])
        return stored

    def _claimed(self) -> Paths:
        claimed = Difference(added=paths_of(self._sent, self._node))
        return _owned(self._served, self._subresource, claimed).added

    def _entries(self, live: Obj) -> list[Entry]:
        """Who owns what; if nobody is told apart, somebody owns all of it."""
        entries = read_entries(live)
        if entries:
            return entries
        blank = empty_object(self._served.gvr.api_version, self._served.kind)
        found = _owned(self._served, "", compare(blank, {**live}, self._node))
        time = self._cluster.clock.stamp()
        return [Entry(BEFORE, "Update", self._served.gvr.api_version, "", time, found.added | found.modified)]

    def _pruned(self, new: Obj, previous: Entry | None, others: list[Entry]) -> Obj:
        """Take out what the manager has applied before, does not apply any more, and nobody else owns."""
        if previous is None or not previous.fields:
            return new
        last = with_named(previous.fields, self._node)
        owned = set().union(self._mine.fields, *(entry.fields for entry in others))
        kept = with_named(owned, self._node)
        all_paths = with_named(paths_of(new, self._node), self._node)
        pruned = without(new, last, self._node)
        rest = with_named(paths_of(pruned, self._node), self._node)
        restored = without(new, all_paths - rest - kept, self._node)
        left = with_named(paths_of(restored, self._node), self._node)
        found: Obj = without(new, (all_paths - left) & last, self._node)
        return found

    def _give(self, others: list[Entry], found: Difference, live: Obj) -> None:
        """Take from others what changes, if that is forced or may be; StatusError (409) otherwise."""
        taken = found.added | found.modified
        conflicts = [(entry, path) for entry in others for path in in_order(entry.fields & taken)]
        if self._mine.manager == "kubectl" and conflicts and not self._force:
            allowed = own_by_last_applied(live, self._served, self._node)
            conflicts = [(entry, path) for entry, path in conflicts if path not in allowed]
        if conflicts and not self._force:
            raise refused(conflicts)
        for entry in others:
            entry.fields -= taken | found.removed


def refused(conflicts: list[tuple[Entry, Path]]) -> StatusError:
    """The conflicts of an apply (409), as the real server lists them."""
    causes = [Cause(text_of(path), "FieldManagerConflict", f"conflict with {entry.text}") for entry, path in conflicts]
    listed = [{"reason": cause.reason, "message": cause.message, "field": cause.field} for cause in causes]
    message = f"Apply failed with {len(conflicts)} conflict"
    if len(conflicts) == 1:
        message += f": {causes[0].message}: {causes[0].field}"
    else:
        message += f"s: {_grouped(conflicts)}"
    return StatusError(409, "Conflict", message, {"causes": listed})


def _grouped(conflicts: list[tuple[Entry, Path]]) -> str:
    owners: dict[str, list[str]] = {}
    for entry, path in conflicts:
        owners.setdefault(entry.text, []).append(f"- {text_of(path)}")
    return "\n".join("\n".join((f"conflicts with {owner}:", *paths)) for owner, paths in sorted(owners.items()))
