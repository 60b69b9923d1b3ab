"""From a row to what it has to do with: its owner, its node, what it owns, its events, its tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from k9py.actions.plan import Target
from k9py.insight.relations.identity import Identity
from k9py.session.session import Session
from k9py.ui.screens.dialogs import Choose
from k9py.ui.screens.table_page import table_page
from k9py.ui.widgets.pane import Place
from k9py.values.document import read_object
from k9py.values.errors import K9pyError
from k9py.values.namespaces import Namespaces
from k9py.values.resource import Key, Resource
from k9py.values.text import clean

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp


async def jump(app: K9pyApp, session: Session, identity: Identity, uid: str = "") -> None:
    """Open the table of an object's kind, narrowed to it."""
    resource = await session.find(identity.word)
    if resource is None:
        raise K9pyError(f"{identity.label}: this cluster serves no such kind")
    namespace = identity.namespace if resource.namespaced else ""

    def keep(obj: Any) -> bool:
        metadata = obj.metadata
        return bool(metadata.uid == uid if uid else (metadata.namespace, metadata.name) == (namespace, identity.name))

    title = clean(f"{resource.singular or resource.kind.lower()} {identity.name}")
    app.push_screen(table_page(session, Place(resource, Namespaces.of(namespace), "", title, keep)))


async def owner(app: K9pyApp, session: Session, targets: Sequence[Target]) -> None:
    """To what owns it; of several one is chosen."""
    target = targets[0]
    owners = (await _read(session, target))["metadata"].get("ownerReferences") or ()
    if not owners:
        raise K9pyError(f"{target.key.label} has no owner")
    labels = [f"{owner['kind'].lower()} {owner['name']}" for owner in owners]
    chosen: str | None = labels[0]
    if len(owners) > 1:
        chosen = await app.push_screen_wait(Choose(f"Owners of {target.key.name}: which one?", labels))
    if chosen is not None:
        found = owners[labels.index(chosen)]
        identity = Identity.of(found["apiVersion"], found["kind"], target.key.namespace, found["name"])
        await jump(app, session, identity, found["uid"])


async def node(app: K9pyApp, session: Session, targets: Sequence[Target]) -> None:
    """To the node of a pod."""
    name = (await _read(session, targets[0])).get("spec", {}).get("nodeName")
    if not name:
        raise K9pyError(f"{targets[0].key.label} is on no node yet")
    await jump(app, session, Identity("", "Node", "", name))


async def replicasets(app: K9pyApp, session: Session, targets: Sequence[Target]) -> None:
    """To the replica sets of a deployment."""
    target = targets[0]
    resource = await session.find("replicasets.apps")
    if resource is None:
        raise K9pyError("this cluster serves no replica sets")

    def keep(obj: Any) -> bool:
        return any(owner.uid == target.uid for owner in obj.metadata.owner_references or ())

    place = Place(resource, Namespaces.of(target.key.namespace), "", f"deployment {target.key.name}", keep)
    app.push_screen(table_page(session, place))


async def events(app: K9pyApp, session: Session, targets: Sequence[Target]) -> None:
    """To the events of an object."""
    from k9py.ui.screens.events_page import EventsPage, events_of

    resource = await session.find("events")
    if resource is None:
        raise K9pyError("this cluster serves no events")
    app.push_screen(EventsPage(session, events_of(resource, targets[0]), targets[0]))


async def _read(session: Session, target: Target) -> dict[str, Any]:
    return read_object(await session.whole(target.key, target.resource), target.resource)


def target_of(session: Session, resource: Resource, identity: Identity, uid: str) -> Target:
    """An object as an action takes it."""
    key = Key(session.context.name, resource.gvr, identity.namespace, identity.name)
    return Target(key, uid, resource)
