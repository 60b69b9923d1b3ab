"""The ControllerRevisions of StatefulSets and DaemonSets: their templates of former days (pkg/controller/history)."""

from __future__ import annotations

from typing import Any

import msgspec

from k9py.demo.api.registry import Registry
from k9py.demo.controllers.owning import controller_ref
from k9py.demo.controllers.pods import essence, safe_hash
from k9py.demo.core.store import Entry, Obj

COLLECTION = "controllerrevisions.apps"
POD_LABEL = "controller-revision-hash"


class History:
    """The revisions of one kind. `hash_label` names the label in which each bears its hash."""

    def __init__(self, registry: Registry, kind: str, hash_label: str, copies_annotations: bool) -> None:
        self._registry = registry
        self._kind = kind
        self._label = hash_label
        self._copies = copies_annotations

    def all(self, uid: str) -> list[Obj]:
        """Those of an owner, the oldest first."""
        found = [one.read() for one in self._registry.store.owned(uid) if one.key.collection == COLLECTION]
        return sorted(found, key=lambda one: (one["revision"], one["metadata"]["creationTimestamp"]))

    def current(self, entry: Entry, obj: Obj) -> Obj:
        """The revision of its template as it is now: the one that is there, moved to the top, or a new one."""
        known = self.all(entry.meta.uid)
        data = revision_data(obj)
        same = next((one for one in reversed(known) if essence(one["data"]) == essence(data)), None)
        number = max((one["revision"] for one in known), default=0) + 1
        if same is None:
            return self._make(entry, obj, data, number)
        if same is known[-1]:
            return same
        metadata = same["metadata"]
        key = metadata["namespace"], metadata["name"]
        return self._registry.patch(COLLECTION, key, lambda now: {**now, "revision": number})

    def hash(self, revision: Obj) -> str:
        """The hash of a revision."""
        found: str = revision["metadata"]["labels"][self._label]
        return found

    def truncate(self, uid: str, obj: Obj, live: set[str]) -> None:
        """Forget the oldest beyond revisionHistoryLimit. `live` are the names of those in use."""
        limit = obj["spec"].get("revisionHistoryLimit", 10)
        dead = [one for one in self.all(uid) if one["metadata"]["name"] not in live]
        for one in dead[: max(0, len(dead) - limit)]:
            self._registry.discard(COLLECTION, one["metadata"]["namespace"], one["metadata"]["name"])

    def _make(self, entry: Entry, obj: Obj, data: Obj, number: int) -> Obj:
        sign = safe_hash(msgspec.json.encode(essence(data), order="deterministic"))
        labels = (obj["spec"]["template"].get("metadata") or {}).get("labels") or {}
        metadata: Obj = {
            "name": f"{entry.key.name[:223]}-{sign}",
            "namespace": entry.key.namespace,
            "labels": {**labels, self._label: sign},
            "ownerReferences": [controller_ref(entry, self._kind, "apps/v1")],
        }
        notes = obj["metadata"].get("annotations")
        if self._copies and notes:
            metadata["annotations"] = dict(notes)
        made = {
            "kind": "ControllerRevision",
            "apiVersion": "apps/v1",
            "metadata": metadata,
            "data": data,
            "revision": number,
        }
        return self._registry.make(COLLECTION, made)


def revision_data(obj: Obj) -> Obj:
    """What a revision keeps: a patch that puts the template in the place of another."""
    return {"spec": {"template": {**obj["spec"]["template"], "$patch": "replace"}}}


def revision_template(revision: Obj) -> dict[str, Any]:
    """The template that a revision has kept."""
    template = dict(revision["data"]["spec"]["template"])
    template.pop("$patch", None)
    return template
