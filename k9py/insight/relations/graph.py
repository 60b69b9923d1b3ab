"""Objects, slim, and who of them belongs to whom: by owner, by reference, by selector."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple

import msgspec

from k9py.insight.relations.health import Health, health_of
from k9py.insight.relations.identity import Identity
from k9py.insight.relations.pods import Reference
from k9py.insight.relations.references import Selection, references_of, selections_of, template_labels
from k9py.values.resource import Resource

Labels = Mapping[str, str]


class Standing(Enum):
    """What is known of an object that another names."""

    THERE = "there"
    MISSING = "not there"
    READING = "reading …"
    DENIED = "may not be read"
    UNSERVED = "no such kind here"


class Thing(msgspec.Struct, frozen=True, eq=False):
    """What is kept of an object: no more than a tree needs."""

    identity: Identity
    resource: Resource
    uid: str
    labels: Labels
    owners: tuple[tuple[str, Identity], ...]
    references: tuple[Reference, ...]
    selections: tuple[Selection, ...]
    template: Labels | None
    health: Health


_decode = msgspec.json.Decoder(dict[str, Any]).decode


def read_thing(raw: bytes, resource: Resource) -> Thing | None:
    """An object from its JSON; None of what has no name."""
    found = {**_decode(raw), "apiVersion": resource.gvr.api_version, "kind": resource.kind}
    metadata = found.get("metadata") or {}
    if not metadata.get("name"):
        return None
    namespace = metadata.get("namespace") or ""
    return Thing(
        Identity(resource.gvr.group, resource.kind, namespace, metadata["name"]),
        resource,
        metadata.get("uid") or "",
        metadata.get("labels") or {},
        tuple(_owners(metadata, namespace)),
        references_of(found),
        selections_of(found),
        template_labels(found),
        health_of(found, raw, resource),
    )


def _owners(metadata: Mapping[str, Any], namespace: str) -> Iterator[tuple[str, Identity]]:
    for owner in metadata.get("ownerReferences") or ():
        api_version, kind, name = owner.get("apiVersion", ""), owner.get("kind", ""), owner.get("name", "")
        yield owner.get("uid", ""), Identity.of(api_version, kind, namespace, name)


class Tie(NamedTuple):
    """One thing that belongs to another, and how."""

    thing: Thing
    how: str


_Index = dict[Any, dict[Identity, None]]


def _drop(index: _Index, key: Any, identity: Identity) -> None:
    """Take an identity from where it stands in an index."""
    if (found := index.get(key)) is not None:
        found.pop(identity, None)
        if not found:
            del index[key]


class Graph:
    """Things by their identity, found from each other in every direction."""

    def __init__(self) -> None:
        self.things: dict[Identity, Thing] = {}
        self._by_uid: dict[str, Thing] = {}
        self._owned: _Index = defaultdict(dict)
        self._naming: _Index = defaultdict(dict)
        self._selecting: _Index = defaultdict(dict)
        self._selectable: dict[Identity, None] = {}

    def put(self, thing: Thing) -> None:
        """Take it in, in place of what was known of it."""
        self.remove(thing.identity)
        self.things[thing.identity] = thing
        self._by_uid[thing.uid] = thing
        for uid, _ in thing.owners:
            self._owned[uid][thing.identity] = None
        for reference in thing.references:
            self._naming[reference.to][thing.identity] = None
        for selection in thing.selections:
            self._selecting[_catch(thing, selection)][thing.identity] = None
        if thing.identity[:2] == ("", "Pod"):
            self._selectable[thing.identity] = None

    def remove(self, identity: Identity) -> None:
        """Forget it."""
        thing = self.things.pop(identity, None)
        if thing is None:
            return
        self._by_uid.pop(thing.uid, None)
        for selection in thing.selections:
            _drop(self._selecting, _catch(thing, selection), identity)
        self._selectable.pop(identity, None)
        for uid, _ in thing.owners:
            _drop(self._owned, uid, identity)
        for reference in thing.references:
            _drop(self._naming, reference.to, identity)

    def owned_by(self, thing: Thing) -> Iterator[Thing]:
        """What names it as its owner."""
        if thing.uid:
            yield from (self.things[identity] for identity in self._owned.get(thing.uid, ()))

    def owner_of(self, thing: Thing) -> Thing | None:
        """The first of its owners that is known."""
        return next((self._by_uid[uid] for uid, _ in thing.owners if uid in self._by_uid), None)

    def naming(self, identity: Identity) -> Iterator[Tie]:
        """What names it in its spec."""
        for other in self._naming.get(identity, ()):
            thing = self.things[other]
            how = next(reference.how for reference in thing.references if reference.to == identity)
            yield Tie(thing, how)

    def selecting(self, thing: Thing) -> Iterator[Tie]:
        """What selects it, if it is a pod; else what selects the pods that it makes."""
        labels = thing.labels if thing.identity[:2] == ("", "Pod") else thing.template
        if labels is None:
            return
        namespace = thing.identity.namespace
        catches = ((namespace, "", ""), *((namespace, key, value) for key, value in labels.items()))
        for other in dict.fromkeys(other for catch in catches for other in self._selecting.get(catch, ())):
            selecting = self.things[other]
            for selection in selecting.selections:
                if selection.selector.matches(labels):
                    yield Tie(selecting, selection.how)

    def selected(self, thing: Thing) -> Iterator[Tie]:
        """The pods that it selects."""
        for selection in thing.selections:
            for identity in self._selectable:
                pod = self.things[identity]
                if identity.namespace == thing.identity.namespace and selection.selector.matches(pod.labels):
                    yield Tie(pod, selection.how)


def _catch(thing: Thing, selection: Selection) -> tuple[str, str, str]:
    """A namespace with a label that whatever is selected must have; without one, where a selector names none."""
    for requirement in selection.selector.requirements or ():
        if requirement.operator == "=" and len(requirement.values) == 1:
            return (thing.identity.namespace, requirement.key, requirement.values[0])
    return (thing.identity.namespace, "", "")


Stand = Callable[[Identity], Standing]
"""What is known of an object that is not in the graph."""
