"""Every write of an object, whoever asks for it: a person by HTTP, or a controller."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from k9py.demo.api.quota import charge
from k9py.demo.api.strategies.custom import custom_strategy
from k9py.demo.api.strategy import PLAIN, Strategy, load_strategies
from k9py.demo.api.validation.meta import check_fixed, check_metadata, check_metadata_change
from k9py.demo.core.catalog import Catalog, Served
from k9py.demo.core.clock import Clock
from k9py.demo.core.status import (
    MODIFIED,
    Cause,
    StatusError,
    already_exists,
    conflict,
    forbidden,
    invalid,
    not_found,
    required,
)
from k9py.demo.core.store import Entry, Key, Obj, Store
from k9py.values.age import parse_time

_Part = TypeVar("_Part")

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
"""Of generated names: no vowels, so that no words come out (k8s.io/apimachinery/pkg/util/rand)."""


@dataclass(slots=True)
class Intent:
    """How a write is meant, and what the writer is told beside the answer."""

    manager: str = "kube-controller-manager"
    user: str = "system:kube-controller-manager"
    dry_run: bool = False
    trusted: bool = True
    """A controller's: it sets times and status as it likes, and is not validated."""
    warnings: list[str] = field(default_factory=list)


SYSTEM = Intent()
"""Of the control plane."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """DeleteOptions (meta/v1)."""

    grace: int | None = None
    propagation: str = ""
    uid: str = ""
    version: str = ""


class Registry:
    """The objects of one cluster and the rules by which they change."""

    def __init__(self, store: Store, catalog: Catalog, clock: Clock, random: Random) -> None:
        self.store = store
        self.catalog = catalog
        self.clock = clock
        self.random = random
        self.strategies = load_strategies()
        self._parts: dict[Callable[[Registry], Any], Any] = {}

    def part(self, make: Callable[[Registry], _Part]) -> _Part:
        """Something that is kept beside the objects, made when it is first asked for: an index, addresses in use."""
        if make not in self._parts:
            self._parts[make] = make(self)
        found: _Part = self._parts[make]
        return found

    def strategy(self, served: Served) -> Strategy:
        """What is particular to a kind."""
        if served.custom:
            return custom_strategy(self.store, served)
        return self.strategies.get(served.storage, PLAIN)

    def new_uid(self) -> str:
        """A UUID out of the cluster's own chance: the same seed gives the same."""
        text = f"{self.random.getrandbits(128):032x}"
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"

    def suffix(self, length: int = 5) -> str:
        """What generateName appends."""
        return "".join(self.random.choices(_LETTERS, k=length))

    def read(self, collection: str, namespace: str, name: str) -> Obj | None:
        """A copy of an object, or None."""
        entry = self.store.get(Key(collection, namespace, name))
        return entry.read() if entry else None

    def entry(self, served: Served, namespace: str, name: str) -> Entry:
        """An object, or a StatusError that says it is not there."""
        entry = self.store.get(Key(served.storage, namespace, name))
        if entry is None:
            raise not_found(served.group, served.plural, name)
        return entry

    def make(self, collection: str, obj: Obj, intent: Intent = SYSTEM) -> Obj:
        """Create an object in the collection that it belongs to; its namespace stands in its metadata."""
        return self.create(self.catalog.storage(collection), obj, intent)

    def create(self, served: Served, obj: Obj, intent: Intent) -> Obj:
        """Create an object; answers it as it was stored. `obj` is changed in place."""
        strategy = self.strategy(served)
        metadata = obj.setdefault("metadata", {})
        seen = metadata.get("resourceVersion")
        if not intent.trusted and "status" in served.subresources:
            obj.pop("status", None)
        self._name(served, metadata)
        key = Key(served.storage, metadata.get("namespace", ""), metadata["name"])
        self._check_namespace(served, key)
        self._begin(strategy, metadata, intent)
        if strategy.status and "status" not in obj:
            obj["status"] = strategy.status()
        strategy.default(obj)
        strategy.admit(obj, None, self, intent)
        strategy.prepare(obj, None, self)
        if not intent.trusted:
            refuse(self._stored(served), obj, [*check_metadata(metadata, strategy.name), *strategy.validate(obj, None)])
            intent.warnings.extend(strategy.warn(obj, None))
        strategy.finish(obj, None, self, intent)
        charge(self, served, obj, None)
        if seen and not intent.trusted:
            raise StatusError(500, "", "resourceVersion should not be set on objects to be created")
        if self.store.get(key):
            raise already_exists(served.group, served.plural, key.name)
        if not intent.dry_run:
            self.store.put(key, obj)
        return obj

    def update(
        self,
        served: Served,
        namespace: str,
        name: str,
        change: Callable[[Obj], Obj | None],
        intent: Intent = SYSTEM,
        subresource: str = "",
    ) -> Obj:
        """Change an object. `change` gets a copy and answers what it is to be; None, or the same, writes nothing.

        With the subresource `status` only the status changes, and without it everything else.
        """
        entry = self.entry(served, namespace, name)
        old = entry.read()
        new = change(entry.read())
        if new is None:
            return old
        if not intent.trusted:
            refuse(self._stored(served), old, check_fixed(new["metadata"], old["metadata"]))
        new["metadata"].update(_fixed(old["metadata"]))
        self._keep_side(served, old, new, intent, subresource)
        if not subresource:
            self._rework(served, old, new, intent)
        elif subresource in self.strategy(served).sides:
            self._take_side(served, old, new, intent, subresource)
        elif subresource == "status" and not intent.trusted:
            refuse(served, old, self.strategy(served).validate_status(new, old))
        if new == old or intent.dry_run:
            return new
        return self._finish(entry, new)

    def _rework(self, served: Served, old: Obj, new: Obj, intent: Intent) -> None:
        """The steps of a change."""
        strategy = self.strategy(served)
        strategy.default(new)
        strategy.admit(new, old, self, intent)
        strategy.prepare(new, old, self)
        if strategy.generation and strategy.counted and _essence(new, strategy) != _essence(old, strategy):
            new["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1
        if not intent.trusted:
            causes = [*check_metadata_change(new["metadata"], old["metadata"]), *strategy.validate(new, old)]
            refuse(self._stored(served), old, causes)
            intent.warnings.extend(strategy.warn(new, old))
        strategy.finish(new, old, self, intent)
        charge(self, served, new, old)

    def _take_side(self, served: Served, old: Obj, new: Obj, intent: Intent, subresource: str) -> None:
        """A write of one part of the object."""
        strategy = self.strategy(served)
        side = strategy.sides[subresource]
        taken = side.take(old, new)
        if "managedFields" in new["metadata"]:
            taken["metadata"] = {**taken["metadata"], "managedFields": new["metadata"]["managedFields"]}
        new.clear()
        new.update(taken)
        strategy.default(new)
        if strategy.generation and strategy.counted and _essence(new, strategy) != _essence(old, strategy):
            new["metadata"] = {**new["metadata"], "generation": old["metadata"].get("generation", 0) + 1}
        if not intent.trusted:
            refuse(self._stored(served), old, side.validate(new, old))

    def set_status(self, key: Key, status: Obj) -> None:
        """A controller's change of a status; one that is the same writes nothing, and neither does one of nothing."""
        entry = self.store.get(key)
        obj = entry.read() if entry else None
        if entry and obj and obj.get("status") != status:
            self._finish(entry, {**obj, "status": status})

    def patch(self, collection: str, key: tuple[str, str], change: Callable[[Obj], Obj | None], sub: str = "") -> Obj:
        """A controller's change; `key` is namespace and name."""
        return self.update(self.catalog.storage(collection), *key, change, SYSTEM, sub)

    def delete(self, served: Served, namespace: str, name: str, how: Deletion, intent: Intent) -> tuple[Obj, bool]:
        """Delete an object: its last state, and whether it is gone. Otherwise it is on its way: grace or finalizers."""
        entry = self.entry(served, namespace, name)
        obj = entry.read()
        metadata = obj["metadata"]
        self._check_preconditions(served, entry, how)
        strategy = self.strategy(served)
        grace = strategy.grace(obj, how.grace)
        self._add_propagation(metadata, how.propagation)
        pending = metadata.get("finalizers") or (obj.get("spec") or {}).get("finalizers")
        gone = not pending and not grace
        if gone and not strategy.graceful:
            return (obj if intent.dry_run else self.store.remove(entry.key).read()), True
        if not self._begin_deletion(metadata, grace) and not gone:
            if not intent.dry_run and metadata.get("finalizers") != entry.read()["metadata"].get("finalizers"):
                self.store.put(entry.key, obj)
            return obj, False
        strategy.terminate(obj)
        if not intent.dry_run:
            if gone:
                return self.store.remove(entry.key, obj).read(), True
            self.store.put(entry.key, obj)
        return obj, gone

    def _begin_deletion(self, metadata: dict[str, Any], grace: int) -> bool:
        """Set when it will be gone; a later deletion can only make that sooner. Whether anything has changed."""
        deleted, before = metadata.get("deletionTimestamp"), metadata.get("deletionGracePeriodSeconds", 0)
        if not deleted:
            metadata["deletionTimestamp"] = self.clock.stamp(self.clock.now + grace)
            if metadata.get("generation"):
                metadata["generation"] += 1
        elif grace >= before:
            return False
        else:
            began = (parse_time(deleted) or self.clock.now) - before
            metadata["deletionTimestamp"] = self.clock.stamp(began + grace)
        metadata["deletionGracePeriodSeconds"] = grace
        return True

    def discard(
        self, collection: str, namespace: str, name: str, uid: str = "", propagation: str = "", grace: int | None = None
    ) -> None:
        """A controller's deletion of what may be gone already, or be another by now."""
        served = self.catalog.storage(collection)
        try:
            self.delete(served, namespace, name, Deletion(grace, propagation, uid), SYSTEM)
        except StatusError as error:
            if error.code not in (404, 409):
                raise

    def _name(self, served: Served, metadata: dict[str, Any]) -> None:
        prefix = metadata.get("generateName")
        if not served.namespaced:
            metadata.pop("namespace", None)
        while prefix and not metadata.get("name"):
            name = prefix[:58] + self.suffix()
            if not self.store.get(Key(served.storage, metadata.get("namespace", ""), name)):
                metadata["name"] = name
        if not metadata.get("name"):
            cause = required("metadata.name", "name or generateName is required")
            raise invalid(served.group, served.kind, "", [cause])

    def _check_namespace(self, served: Served, key: Key) -> None:
        if not served.namespaced:
            return
        found = self.store.get(Key("namespaces", "", key.namespace))
        if found is None:
            raise not_found("", "namespaces", key.namespace)
        if found.meta.deletion_timestamp:
            why = f"unable to create new content in namespace {key.namespace} because it is being terminated"
            error = forbidden(served.group, served.plural, key.name, why)
            message = f"namespace {key.namespace} is being terminated"
            error.details["causes"] = [
                {"reason": "NamespaceTerminating", "message": message, "field": "metadata.namespace"}
            ]
            raise error

    def _stored(self, served: Served) -> Served:
        """Refusals speak of the version that is stored."""
        return self.catalog.storage(served.storage)

    def _begin(self, strategy: Strategy, metadata: dict[str, Any], intent: Intent) -> None:
        """What the server sets on every new object."""
        if not (intent.trusted and metadata.get("creationTimestamp")):
            metadata["creationTimestamp"] = self.clock.stamp()
        if not (intent.trusted and metadata.get("uid")):
            metadata["uid"] = self.new_uid()
        for name in ("resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"):
            metadata.pop(name, None)
        if not (intent.trusted and strategy.generation):
            metadata.pop("generation", None)
        if strategy.generation:
            metadata.setdefault("generation", 1)

    def _keep_side(self, served: Served, old: Obj, new: Obj, intent: Intent, subresource: str) -> None:
        """A status is written through the subresource only, everything else without it."""
        if subresource == "status":
            kept = {**old, "metadata": {**old["metadata"]}, "status": new.get("status", {})}
            if "managedFields" in new["metadata"]:
                kept["metadata"]["managedFields"] = new["metadata"]["managedFields"]
            if intent.trusted and "annotations" in new["metadata"]:
                kept["metadata"]["annotations"] = new["metadata"]["annotations"]
            new.clear()
            new.update(kept)
        elif "status" in served.subresources and not intent.trusted and not subresource:
            new.pop("status", None)
            if "status" in old:
                new["status"] = old["status"]

    def _check_preconditions(self, served: Served, entry: Entry, how: Deletion) -> None:
        for label, wanted, found, happened in (
            ("UID", how.uid, entry.meta.uid, "deleted and then recreated"),
            ("ResourceVersion", how.version, str(entry.version), "modified"),
        ):
            if wanted and wanted != found:
                text = f"the {label} in the precondition ({wanted}) does not match the {label} in record ({found})"
                why = f"{text}. The object might have been {happened}"
                raise conflict(served.group, served.kind, entry.key.name, why)

    def _add_propagation(self, metadata: dict[str, Any], propagation: str) -> None:
        wanted = {"Foreground": "foregroundDeletion", "Orphan": "orphan"}.get(propagation)
        rest = [one for one in metadata.get("finalizers", ()) if one not in ("foregroundDeletion", "orphan")]
        if propagation and (wanted or rest != metadata.get("finalizers", [])):
            metadata["finalizers"] = [*rest, *([wanted] if wanted else ())]
            if not metadata["finalizers"]:
                del metadata["finalizers"]

    def _finish(self, entry: Entry, new: Obj) -> Obj:
        """Store it; or take it out, if it was only its finalizers that held it."""
        metadata = new["metadata"]
        leaving = metadata.get("deletionTimestamp") and not metadata.get("deletionGracePeriodSeconds")
        held = metadata.get("finalizers") or (new.get("spec") or {}).get("finalizers")
        if leaving and not held:
            return self.store.remove(entry.key, new).read()
        self.store.put(entry.key, new)
        return new


def _fixed(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What no update changes."""
    names = ("uid", "name", "namespace", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds")
    return {name: metadata[name] for name in (*names, "generation") if name in metadata}


def _essence(obj: Obj, strategy: Strategy) -> tuple[dict[str, Any], Any]:
    """What metadata.generation counts the changes of."""
    aside = ("metadata",) if strategy.status_counts else ("metadata", "status")
    found = {name: value for name, value in obj.items() if name not in aside}
    return found, obj["metadata"].get("annotations") if strategy.annotations_count else None


def refuse(served: Served, obj: Obj, causes: Iterable[Cause]) -> None:
    """StatusError (422) if there is anything wrong."""
    found = list(causes)
    if found:
        raise invalid(served.group, served.kind, obj["metadata"]["name"], found)


def check_version(served: Served, old: Obj, new: Obj) -> None:
    """Optimistic concurrency: whoever sends a resourceVersion has seen that one. And a uid: that object."""
    there, sent = old["metadata"], new["metadata"]
    name = there["name"]
    if sent.get("resourceVersion") not in (None, "", there.get("resourceVersion")):
        raise conflict(served.group, served.plural, name, MODIFIED)
    if sent.get("uid") not in (None, "", there["uid"]):
        raise conflict(served.group, served.plural, name, another_object(served, there, sent["uid"]))


def another_object(served: Served, there: Obj, uid: str) -> str:
    """Why what is at a place is not what was meant: it has another uid."""
    key = "/".join(("/registry", served.plural, *filter(None, (there.get("namespace"),)), there["name"]))
    head = f"StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, AdditionalErrorMsg"
    return f"{head}: Precondition failed: UID in precondition: {uid}, UID in object meta: {there['uid']}"
