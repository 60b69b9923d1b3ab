"""What the first line says of a session: it watches nodes and pods, and keeps a short history of their load."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from k9py.kinds.wellknown import NODES, PODS
from k9py.session.feed import Feed
from k9py.session.session import Session
from k9py.store.collection import Unreadable
from k9py.store.tally import Census
from k9py.ui.frames import Frames
from k9py.ui.widgets.pane import name_state
from k9py.ui.widgets.top_bar import HISTORY, Overview
from k9py.values.batch import FeedState, Phase
from k9py.values.cell import Tone

TONES = {
    Phase.LIVE: Tone.OK,
    Phase.CONNECTING: Tone.BUSY,
    Phase.SYNCING: Tone.BUSY,
    Phase.STALE: Tone.BAD,
    Phase.DENIED: Tone.BUSY,
}
GRAVITY = (Phase.STALE, Phase.SYNCING, Phase.CONNECTING, Phase.LIVE, Phase.DENIED)
"""Which state the first line shows when feeds differ: the first of these that any of them has."""


class Watcher:
    """Holds the feeds of nodes and pods for as long as its session is shown."""

    def __init__(self, session: Session, frames: Frames, paint: Callable[[], None]) -> None:
        self._session = session
        self._mark = lambda names=(): frames.mark(paint)
        self._nodes = session.open(NODES)
        self._pods: list[Feed] = []
        self._censuses: list[Census] = []
        self._cpu: list[float] = []
        self._memory: list[float] = []
        self._usage: object = None
        self._unlisten = self._nodes.collection.listen(self._mark)
        self.follow_namespace()

    def follow_namespace(self) -> None:
        """Count the pods of the namespaces in use."""
        self._leave_pods()
        namespaces = self._session.namespaces
        self._pods = self._session.open_all(PODS, namespaces)
        self._censuses = [Census(feed.collection, feed.kind.tone, self._mark, namespaces) for feed in self._pods]

    def leave(self) -> None:
        """Let everything go."""
        self._leave_pods()
        self._unlisten()
        self._nodes.release()

    def _leave_pods(self) -> None:
        for census in self._censuses:
            census.close()
        for feed in self._pods:
            feed.release()

    def read(self) -> Overview:
        """The first line, as things stand."""
        session = self._session
        self._sample()
        state = self._worst()
        return Overview(
            context=session.context.name,
            version=session.version,
            user=session.user,
            cpu=list(self._cpu),
            memory=list(self._memory),
            nodes=self._count_nodes(),
            pods=self._count_pods(),
            state=name_state(state),
            state_tone=TONES[state.phase],
        )

    def _worst(self) -> FeedState:
        states = [feed.state for feed in self._session.feeds if feed.held]
        return min(states, key=lambda state: GRAVITY.index(state.phase), default=FeedState())

    def _count_pods(self) -> dict[Tone, int] | None:
        known = any(feed.collection.records or feed.state.phase is Phase.LIVE for feed in self._pods)
        return dict(sum((census.counts for census in self._censuses), Counter[Tone]())) if known else None

    def _count_nodes(self) -> tuple[int, int] | None:
        nodes = self._readable_nodes()
        return (sum(node.ready for node in nodes), len(nodes)) if nodes else None

    def _readable_nodes(self) -> list[Any]:
        objects = (record.obj for record in self._nodes.collection.records.values())
        return [obj for obj in objects if not isinstance(obj, Unreadable)]

    def _sample(self) -> None:
        """One more point of history, when the metrics are new ones."""
        usage = self._nodes.collection.joined.usage
        if usage is self._usage or not usage:
            return
        self._usage = usage
        # of nodes without metrics neither what they use is known nor may what they have count
        nodes = [node for node in self._readable_nodes() if ("", node.metadata.name) in usage]
        for history, used, whole in (
            (self._cpu, sum(u.cpu for u in usage.values()), sum(node.allocatable_cpu for node in nodes)),
            (self._memory, sum(u.memory for u in usage.values()), sum(node.allocatable_memory for node in nodes)),
        ):
            if whole:
                history.append(used / whole)
                del history[:-HISTORY]
