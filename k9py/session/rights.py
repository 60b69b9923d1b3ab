"""What may be done here, as a footer needs to know it: at once, from memory; what is not known is asked meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from k9py.kube.access import REMEMBERED, Access, Verdict
from k9py.session.tasks import Tasks
from k9py.values.resource import Resource


class _Ask(NamedTuple):
    verb: str
    resource: Resource
    namespace: str
    subresource: str


class Rights:
    """Answers from memory, and asks in the background what it does not know or knew too long ago."""

    def __init__(self, access: Access, tasks: Tasks) -> None:
        self._access = access
        self._tasks = tasks
        self._known: dict[_Ask, tuple[float, Verdict]] = {}
        self._asking: set[_Ask] = set()

    def look_up(
        self, verb: str, resource: Resource, namespace: str, subresource: str, on_answer: Callable[[], None]
    ) -> Verdict | None:
        """The verdict, or None while it is not known; `on_answer` is called when it has come."""
        ask = _Ask(verb, resource, namespace, subresource)
        at, verdict = self._known.get(ask, (0.0, None))
        if time.monotonic() - at > REMEMBERED and ask not in self._asking:
            self._asking.add(ask)
            self._tasks.start(self._ask(ask, on_answer), "asking what is permitted")
        return verdict

    async def _ask(self, ask: _Ask, on_answer: Callable[[], None]) -> None:
        try:
            verdict = await self._access.may(ask.verb, ask.resource, ask.namespace, subresource=ask.subresource)
        finally:
            self._asking.discard(ask)
        self._known[ask] = (time.monotonic(), verdict)
        on_answer()
