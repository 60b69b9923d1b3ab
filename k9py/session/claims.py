"""The rows of claims, kept up to date: the kubelets of those nodes are asked on which claims are mounted."""

from __future__ import annotations

import asyncio
from collections.abc import Collection as Names
from collections.abc import Iterable
from functools import partial
from typing import Any

from k9py.insight.claims import Said, find_mounts, make_rows, nodes_of
from k9py.kinds.claims import CLAIMS
from k9py.kinds.persistentvolumeclaims import Claim
from k9py.kinds.wellknown import PERSISTENT_VOLUME_CLAIMS, PODS
from k9py.kube.metrics import read_summary
from k9py.session.derived import ComputedFeed
from k9py.session.feed import Feed, together
from k9py.session.session import Session
from k9py.store.collection import Collection, Unreadable
from k9py.values.batch import FeedState, Phase
from k9py.values.errors import K9pyError
from k9py.values.namespaces import Namespaces

AGAIN = 30.0
"""Seconds until a kubelet is asked again: it measures its volumes each minute."""
MOST = 50
"""Nodes whose kubelets are asked: of claims on others nothing is known."""
AT_ONCE = 8
SOON = 0.5
"""Seconds for which changes are gathered."""
LOOK = 2.0
"""Seconds after which it is looked at in any case whom to ask; kubelets have so long until rows are shown without."""

_COMING = (Phase.CONNECTING, Phase.SYNCING)


def open_claims(session: Session, namespaces: Namespaces) -> Feed:
    """How full the volumes of the claims of some namespaces are. It is held for the caller."""
    return session.compute(CLAIMS, partial(_work, session, namespaces))


class Kubelets:
    """What kubelets say of claims; each is asked now and again while somebody looks."""

    def __init__(self, session: Session, feed: ComputedFeed) -> None:
        self.said: dict[str, Said] = {}
        self._session = session
        self._feed = feed
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._due: dict[str, float] = {}
        """By node: when it is asked again (the loop's clock)."""
        self._asking: set[asyncio.Task[None]] = set()

    def ask(self, nodes: Names[str]) -> None:
        """Ask those that have not been asked of late; what others said is forgotten."""
        self.said = {node: said for node, said in self.said.items() if node in nodes}
        now = asyncio.get_running_loop().time()
        for place, node in enumerate(nodes):
            if place >= MOST:
                self.said[node] = Said({}, f"more than {MOST} nodes are too many to ask each kubelet")
            elif self._due.get(node, 0.0) <= now:
                self._due[node] = now + AGAIN
                task = self._session.run(self._ask(node), f"asking the kubelet of {node}")
                self._asking.add(task)
                task.add_done_callback(self._asking.discard)

    async def answered(self, seconds: float) -> None:
        """Wait until all that are being asked have answered, or that long."""
        if self._asking:
            await asyncio.wait(self._asking, timeout=seconds)

    def end(self) -> None:
        """Ask no more."""
        for task in self._asking:
            task.cancel()

    async def _ask(self, node: str) -> None:
        async with self._turns:
            try:
                self.said[node] = Said((await read_summary(self._session.transport, node)).fills)
            except K9pyError as error:
                self.said[node] = Said({}, f"kubelet of {node}: {error.message}")
        self._feed.wake()


async def _work(session: Session, namespaces: Namespaces, feed: ComputedFeed) -> None:
    claims = session.open_all(PERSISTENT_VOLUME_CLAIMS, namespaces)
    pods = session.open_all(PODS, namespaces)
    kubelets = Kubelets(session, feed)
    undo = [source.collection.listen(lambda _names: feed.wake()) for source in (*claims, *pods)]
    try:
        while True:
            state, beside = together(claims, {}), together(pods, {})
            if state.phase is Phase.LIVE and not feed.collection.records and beside.phase in _COMING:
                state = beside
            elif state.phase is Phase.LIVE:
                found = (each for source in claims for each in _readable(source.collection))
                wanted = [each for each in found if each.metadata.namespace in namespaces]
                await _show(feed, wanted, pods, kubelets, beside)
            if state != feed.state:
                feed.told(state)
            await feed.pause(LOOK)
            await asyncio.sleep(SOON)
    finally:
        kubelets.end()
        for end in undo:
            end()
        for source in (*claims, *pods):
            source.release()


async def _show(
    feed: ComputedFeed, claims: list[Claim], pods: list[Feed], kubelets: Kubelets, state: FeedState
) -> None:
    """Put the rows; `state` is that of the pods."""
    names = {(claim.metadata.namespace, claim.metadata.name) for claim in claims}
    mounts = find_mounts((pod for each in pods for pod in _readable(each.collection)), names)
    kubelets.ask(nodes_of(mounts))
    if not feed.collection.records:  # the first rows shall stand where they will stay
        await kubelets.answered(LOOK)
    unseen = "" if state.phase is Phase.LIVE else f"pods: {state.reason or state.phase.value}"
    feed.put(dict(make_rows(claims, mounts, kubelets.said, unseen)))


def _readable(collection: Collection) -> Iterable[Any]:
    return [record.obj for record in collection.records.values() if not isinstance(record.obj, Unreadable)]
