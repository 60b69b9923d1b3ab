"""The contexts that are open, side by side. One that is dead slows none of the others."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from k9py.kube.kubeconfig import Kubeconfig, add_text
from k9py.kube.transport import ConnectOptions, Transport
from k9py.session.faults import Faults
from k9py.session.session import Session
from k9py.values.errors import ConfigError
from k9py.values.namespaces import Namespaces


@dataclass
class Hub:
    """Sessions by the name of their context."""

    kubeconfig: Kubeconfig
    options: ConnectOptions
    faults: Faults = field(default_factory=Faults)
    embedded: Callable[[], Awaitable[str]] | None = None
    """Starts the embedded cluster, once; answers its kubeconfig."""
    sessions: dict[str, Session] = field(default_factory=dict)
    _opening: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    async def open(self, name: str, namespaces: Namespaces | None = None, interactive: bool = False) -> Session:
        """The session of a context, begun when it is not open yet.

        `namespaces` None takes the context's own, or all where it has none. Raises ConfigError or LoginFailed.
        """
        async with self._opening[name]:  # who asks for it while it is being opened waits, and gets the same
            if name not in self.sessions:
                transport = await Transport.open(self.kubeconfig, name, self.options, interactive=interactive)
                own = Namespaces.read(transport.context.namespace) if namespaces is None else namespaces
                likely = self._likely(name, transport.context.cluster)
                self.sessions[name] = Session(transport, own, self.faults, likely)
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
        return self.kubeconfig.contexts[0].name

    async def close(self) -> None:
        """Close them all, side by side: one whose server hangs must not keep a person waiting for each."""
        sessions = list(self.sessions.values())
        self.sessions.clear()
        await asyncio.gather(*(session.close() for session in sessions))
