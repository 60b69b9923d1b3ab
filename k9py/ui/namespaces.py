"""The namespaces that may be used, as a table: for who may not list those of the cluster."""

from __future__ import annotations

from k9py.kinds.namespaces_usable import USABLE, UsableNamespace
from k9py.session.derived import ComputedFeed
from k9py.session.offering import AGAIN, Usable
from k9py.session.session import Session
from k9py.ui.widgets.pane import Place
from k9py.values.batch import FeedState, Phase
from k9py.values.metadata import Metadata
from k9py.values.namespaces import ALL, Namespaces


def usable_namespaces(session: Session) -> Place:
    """The table of the namespaces that may be used."""

    async def work(feed: ComputedFeed) -> None:
        session.offering.begin()
        await session.offering.looked.wait()
        while True:
            found = session.offering.found
            if found:
                feed.put({("", usable.name): _row(session, usable) for usable in found})
            else:
                feed.told(FeedState(Phase.DENIED, reason="namespaces may not be listed, and none is known to be yours"))
            await feed.pause(AGAIN)

    return Place(USABLE, ALL, scope="that may be used", feed=lambda session: session.compute(USABLE, work))


def _row(session: Session, usable: Usable) -> UsableNamespace:
    recent = session.recent_namespaces
    one = Namespaces.of(usable.name)
    key = str(recent.index(one) + 1) if one in recent else ""
    return UsableNamespace(Metadata(usable.name), key, usable.why, usable.kinds)
