"""What may be done here, as a footer needs to know it: at once, from memory; what is not known is asked meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from k9py.kube.access import Access, Verdict
from k9py.session.tasks import Tasks
from k9py.values.resource import Resource


class Rights:
    """Answers from what Access remembers, and has it ask in the background what it does not, or learnt too long ago."""

    def __init__(self, access: Access, tasks: Tasks) -> None:
        self._access = access
        self._tasks = tasks

    def look_up(
        self, verb: str, resource: Resource, namespace: str, subresource: str, on_answer: Callable[[], None]
    ) -> Verdict | None:
        """The verdict, or None while it is not known; `on_answer` is called when it has come.

        One that is old is still shown, until the new one comes: a footer that forgot it each minute would flicker.
        Who may do it everywhere may do it here: a cursor that wanders through namespaces asks nothing for them.
        """
        everywhere = self._look_up(_Asked(verb, resource, "", subresource), on_answer)
        scope = namespace if resource.namespaced else ""
        if not scope or everywhere is None or (everywhere.allowed and not everywhere.guessed):
            return everywhere
        return self._look_up(_Asked(verb, resource, scope, subresource), on_answer)

    def _look_up(self, asked: _Asked, on_answer: Callable[[], None]) -> Verdict | None:
        async def ask() -> None:
            await self._access.may(**asked._asdict())
            on_answer()

        if not self._access.is_good(**asked._asdict()):
            self._tasks.start(ask(), "asking what is permitted")
        return self._access.known(**asked._asdict())


class _Asked(NamedTuple):
    verb: str
    resource: Resource
    namespace: str
    subresource: str
