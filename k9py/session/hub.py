"""The contexts that are open, side by side. One that is dead slows none of the others."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from k9py.kube.kubeconfig import Kubeconfig, add_text, look_again
from k9py.kube.stamps import Stamp, Stamps, read_stamps
from k9py.kube.transport import ConnectOptions, Transport
from k9py.session.audit import Audit
from k9py.session.faults import Faults
from k9py.session.ledger import Ledger
from k9py.session.recents import Recents
from k9py.session.session import Session
from k9py.session.shells import Shells
from k9py.session.tasks import Tasks
from k9py.values.errors import ConfigError
from k9py.values.namespaces import Namespaces
from k9py.values.settings import Settings

LOOK = 2.0
"""Seconds between two looks at the stamps of files."""


@dataclass
class Hub:
    """Sessions by the name of their context."""

    kubeconfig: Kubeconfig
    options: ConnectOptions
    faults: Faults = field(default_factory=Faults)
    embedded: Callable[[], Awaitable[str]] | None = None
    """Starts the embedded cluster, once; answers its kubeconfig."""
    sessions: dict[str, Session] = field(default_factory=dict)
    on_change: Callable[[], None] = lambda: None
    """Called when the kubeconfig names other contexts."""
    tell: Callable[[str], None] = lambda line: None
    """Called with what a person must be told of it."""
    settings: Settings = field(default_factory=Settings)
    """What the person has set."""
    audit: Audit = field(default_factory=Audit)
    kubectl_flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What kubectl is to be told besides the context, by the context; under "" for any other."""
    recents: Recents = field(default_factory=Recents)
    """The namespaces used lately; kept between runs only where it knows a file."""
    ledger: Ledger = field(init=False)
    """What is changed, and was, by all of them."""
    under_way: list[Callable[[], Sequence[str]]] = field(default_factory=list)
    """Who is asked before k9py is quit: each answers in lines what would be cut off. Shells and the like join."""
    shells: Shells = field(init=False)
    """The conversations with containers, which live on while a person looks elsewhere."""
    _opening: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    _tasks: Tasks = field(init=False)
    _embedded_name: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self._tasks = Tasks(self.faults)
        self.audit.tell = lambda line: self.tell(line)
        self.ledger = Ledger(self.audit, self._tasks)
        self.shells = Shells(self.audit, self.faults)
        self.under_way += [self.ledger.describe_running, self.shells.describe_running]

    def begin(self) -> None:
        """Look after the kubeconfig from here on, until `close`."""
        self._tasks.start(self._look_after(), "looking after the kubeconfig")

    async def open(self, name: str, namespaces: Namespaces | None = None, interactive: bool = False) -> Session:
        """The session of a context, begun when it is not open yet.

        `namespaces` None takes the context's own, or all where it has none. Raises ConfigError or LoginFailed.
        """
        async with self._opening[name]:  # who asks for it while it is being opened waits, and gets the same
            if name not in self.sessions:
                transport = await Transport.open(self.kubeconfig, name, self.options, interactive=interactive)
                own = Namespaces.read(transport.context.namespace) if namespaces is None else namespaces
                likely = self._likely(name, transport.context.cluster)
                recents = None if name == self._embedded_name else self.recents  # that one ends with this run
                self.sessions[name] = Session(transport, own, self.faults, likely, recents)
                self.sessions[name].begin()
            return self.sessions[name]

    def _likely(self, name: str, cluster: str) -> dict[str, str]:
        """Namespaces that other contexts of the same cluster name."""
        return {
            each.namespace: f"context {each.name}"
            for each in self.kubeconfig.contexts
            if each.cluster == cluster and each.name != name and each.namespace
        }

    async def add_embedded(self) -> str:
        """Start the embedded cluster, and offer its context first: the name of it. ConfigError for no such cluster."""
        if self.embedded is None:
            raise ConfigError("there is no embedded cluster here", "k9py demo opens it")
        text = await self.embedded()
        if not self.kubeconfig.added:
            self.kubeconfig = add_text(self.kubeconfig, text)
        self._embedded_name = self.kubeconfig.contexts[0].name
        return self._embedded_name

    async def _look_after(self) -> None:
        """Take in what changes in the kubeconfig's files, and in those that it names for what is open."""
        seen: Stamps = {}
        tried: Stamps = {}
        while True:
            await asyncio.sleep(LOOK)
            known = self._known()
            now = await asyncio.to_thread(read_stamps, known)
            # a file that is being written, or replaced by way of nothing, is left alone until it is done
            settled, seen = now == seen, now
            if settled and now not in (known, tried):
                tried = now
                await self.take()

    def _known(self) -> Stamps:
        """The files that count, as they were when they were read."""
        known: dict[Path, Stamp] = dict.fromkeys(self.kubeconfig.listed, ())
        known |= self.kubeconfig.stamps
        for session in self.sessions.values():
            known |= session.transport.stamps
        return known

    async def take(self) -> None:
        """Take the kubeconfig in as it is now. What was known holds when it cannot be read."""
        try:
            found = await asyncio.to_thread(look_again, self.kubeconfig)
        except ConfigError as error:
            self.tell(f"{error.line}; what was read before holds")
            return
        gone = {each.name for each in self.kubeconfig.contexts} - {each.name for each in found.contexts}
        self.kubeconfig = found
        for name in sorted(gone & set(self.sessions)):
            self.tell(f"context {name} is no longer in the kubeconfig: its tables are stale")
        await asyncio.gather(*(session.take(found) for session in self.sessions.values()))
        self.on_change()

    def protects(self, context: str) -> bool:
        """Whether a context is protected, by its name or that of its cluster."""
        named = (each.cluster for each in self.kubeconfig.contexts if each.name == context)
        return self.settings.protects(context, next(named, ""))

    def describe_under_way(self) -> list[str]:
        """All that quitting would cut off, in lines."""
        return [line for ask in self.under_way for line in ask()]

    async def close(self) -> None:
        """Close them all, side by side: one whose server hangs must not keep a person waiting for each."""
        await self.ledger.close()
        await self._tasks.close()
        await self.shells.close()
        sessions = list(self.sessions.values())
        self.sessions.clear()
        await asyncio.gather(*(session.close() for session in sessions))
