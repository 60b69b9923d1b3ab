"""Feeds of who may do what, computed anew whenever a role or binding changes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from k9py.insight.rules.rbac import Binding, Rbac, RoleRef
from k9py.insight.rules.reading import KINDS, Told, read_rbac
from k9py.insight.rules.reviews import OwnRules, read_own_rules, read_self
from k9py.insight.rules.rows import EVERYWHERE, permissions, subjects
from k9py.insight.rules.rule import Asked
from k9py.insight.rules.subject import Subject, Who, who_is
from k9py.kinds.permissions import PERMISSIONS, RULES
from k9py.kinds.subjects import SUBJECTS
from k9py.session.derived import ComputedFeed
from k9py.session.feed import Feed
from k9py.session.session import Session
from k9py.values.batch import FeedState, Phase
from k9py.values.errors import K9pyError
from k9py.values.namespaces import Namespaces
from k9py.values.resource import Resource

SOON = 0.3
"""Seconds for which changes are gathered before all is read anew."""
AGAIN = 60.0
"""Seconds after which what cannot be watched is asked again: what the server says of our own rights."""
RETRY = 5.0

Rows = Mapping[tuple[str, str], Any]


def open_grants(session: Session, asked: Asked, everywhere: bool) -> Feed:
    """Who can do something: a row for each subject and what binds it."""
    return _computed(session, SUBJECTS, lambda told: subjects(told.rbac.who_can(asked, everywhere)))


def open_bound(session: Session, binds: Callable[[Binding], bool]) -> Feed:
    """The subjects of the bindings that are wanted."""
    return _computed(session, SUBJECTS, lambda told: subjects(told.rbac.grants(binds)))


def open_rules(session: Session, find: Callable[[Rbac], RoleRef | None]) -> Feed:
    """The rules of a role, found among all roles and bindings."""

    def rows(told: Told) -> Rows:
        role = find(told.rbac)
        return permissions((rule, "") for rule in (told.rbac.roles.get(role, ()) if role else ()))

    return _computed(session, RULES, rows)


def open_permissions(session: Session, subject: Subject | None, namespaces: Namespaces) -> Feed:
    """What somebody may do: we ourselves (None), or somebody else, as far as roles and bindings say."""
    if subject is not None:
        who = who_is(subject)
        return _computed(session, PERMISSIONS, lambda told: _permissions(told.rbac, who, namespaces))
    return session.compute(PERMISSIONS, lambda feed: _tell_own(session, feed, namespaces))


def _permissions(rbac: Rbac, who: Who, namespaces: Namespaces) -> Rows:
    """In each namespace that is meant; of all of them, what holds everywhere, and what is added in some."""
    if not namespaces.all:
        return _merged(permissions(rbac.rules(who, name), name) for name in namespaces.names)
    added = sorted({binding.namespace for binding in rbac.bindings_of(who) if binding.namespace})
    own = (permissions(rbac.added(who, name), name) for name in added)
    return _merged([permissions(rbac.rules(who, ""), EVERYWHERE), *own])


def _merged(parts: Any) -> Rows:
    return {name: row for part in parts for name, row in part.items()}


async def _tell_own(session: Session, feed: ComputedFeed, namespaces: Namespaces) -> None:
    """Our own rights: of namespaces that are named as the server says them, which knows best; of all from the roles."""
    while True:
        try:
            await _put_own(session, feed, namespaces)
            await feed.pause(AGAIN)
        except K9pyError as error:
            await _fail(feed, error)


async def _put_own(session: Session, feed: ComputedFeed, namespaces: Namespaces) -> None:
    names = namespaces.names
    if namespaces.all:
        told = await read_rbac(session.read, session.offering.names)
        if not told.gaps:
            feed.put(_permissions(told.rbac, await read_self(session.read), namespaces))
            return
        names = session.offering.names or ("default",)
    owns = await asyncio.gather(*(read_own_rules(session.read, name) for name in names))
    feed.put(_merged(permissions(((r, "") for r in own.rules), name) for name, own in zip(names, owns, strict=True)))
    _say_gaps(feed, _incomplete(owns))


def _incomplete(owns: Sequence[OwnRules]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"there may be more: {own.incomplete}" for own in owns if own.incomplete))


def _computed(session: Session, resource: Resource, rows: Callable[[Told], Rows]) -> Feed:
    async def work(feed: ComputedFeed) -> None:
        async with _following(session, feed):
            while True:
                try:
                    told = await read_rbac(session.read, session.offering.names)
                    _tell(feed, rows(told), told.gaps)
                    await feed.pause()
                    await asyncio.sleep(SOON)
                except K9pyError as error:
                    await _fail(feed, error)

    return session.compute(resource, work)


def _tell(feed: ComputedFeed, rows: Rows, gaps: tuple[str, ...]) -> None:
    """Rows, and what they lack; nothing at all where no binding may be read."""
    feed.put(rows)
    if len(gaps) == len(KINDS):
        feed.told(FeedState(Phase.DENIED, reason="roles and bindings may not be read"))
    else:
        _say_gaps(feed, gaps)


def _say_gaps(feed: ComputedFeed, gaps: tuple[str, ...]) -> None:
    state = FeedState(Phase.LIVE, reason=", ".join(gaps))
    if state != feed.state:
        feed.told(state)


async def _fail(feed: ComputedFeed, error: K9pyError) -> None:
    since = feed.state.since if feed.state.phase is Phase.STALE else time.time()
    feed.told(FeedState(Phase.STALE, since=since, reason=error.message))
    await feed.pause(RETRY)


@asynccontextmanager
async def _following(session: Session, feed: ComputedFeed) -> AsyncIterator[None]:
    """Have the feed woken whenever a role or binding changes, as far as they may be watched."""
    sources: list[tuple[Feed, Callable[[], None]]] = []
    try:
        for kind in KINDS:
            with suppress(K9pyError):  # what is not known to be served is said by the reading
                resource = await session.find(f"{kind}.rbac.authorization.k8s.io")
                if resource is None:
                    continue
                source = session.open(resource)
                sources.append((source, source.collection.listen(lambda _names: feed.wake())))
        yield
    finally:
        for source, unlisten in sources:
            unlisten()
            source.release()
