"""The namespaces that may be used by who may not see all of them.

No API lists them: they are looked for where a person, a kubeconfig or a service account is likely to have one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import NamedTuple

from k9py.insight.rules.reviews import read_own_rules
from k9py.insight.rules.rule import Asked, Rule
from k9py.kinds.wellknown import NAMESPACES, PODS
from k9py.kube.access import Access
from k9py.session.tasks import Tasks
from k9py.values.catalog import Catalog
from k9py.values.errors import K9pyError
from k9py.values.request import Read, Request
from k9py.values.resource import Resource

AGAIN = 60.0
"""Seconds until they are looked for again, where none was found: rights may be given meanwhile."""
MOST = 200
"""Namespaces that are looked at: each costs a request."""
AT_ONCE = 8


class Usable(NamedTuple):
    """A namespace in which something may be listed: `kinds`, pods first. `why` says how it was found."""

    name: str
    why: str
    kinds: tuple[str, ...]

    @property
    def has_pods(self) -> bool:
        """Whether its pods may be listed."""
        return PODS.gvr.full_name in self.kinds


class Offering:
    """Looks for them once it is asked to. `found` are those that may be used, the likeliest first."""

    def __init__(
        self,
        read: Read,
        access: Access,
        catalog: Callable[[], Catalog],
        candidates: Callable[[], Awaitable[Mapping[str, str]]],
        tasks: Tasks,
        on_found: Callable[[], None],
    ) -> None:
        self.found: tuple[Usable, ...] = ()
        self.looked = asyncio.Event()
        """Set when they have been looked for, found or not."""
        self._searching = False
        self._read = read
        self._access = access
        self._catalog = catalog
        self._candidates = candidates
        self._tasks = tasks
        self._on_found = on_found

    @property
    def names(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(usable.name for usable in self.found)

    def begin(self) -> None:
        """Look for them, unless that has been done or is being done."""
        if not self._searching and not self.found:
            self._searching = True
            self._tasks.start(self._search(), "looking for namespaces that may be used")

    async def _search(self) -> None:
        try:
            while not self.found:
                await self._look()
                self.looked.set()
                self._on_found()
                await asyncio.sleep(0 if self.found else AGAIN)
        finally:
            self._searching = False

    async def _look(self) -> None:
        gate = asyncio.Semaphore(AT_ONCE)

        async def judge(name: str, why: str) -> Usable:
            async with gate:
                return Usable(name, why, await self._listable(name))

        likely = await self._candidates()
        listed = {name: why for name, why in (await self._listed()).items() if name not in likely}
        places = [*likely.items(), *listed.items()][:MOST]
        judged = await asyncio.gather(*(judge(name, why) for name, why in places))
        self.found = tuple(sorted((each for each in judged if each.kinds), key=lambda each: not each.has_pods))

    async def _listed(self) -> dict[str, str]:
        """All that there are, where they may be listed."""
        try:
            listed = await self._read(Request("GET", NAMESPACES.path(), {"limit": str(MOST)}))
        except K9pyError:
            return {}
        return {each["metadata"]["name"]: "listed" for each in listed["items"]}

    async def _listable(self, namespace: str) -> tuple[str, ...]:
        """What may be listed there, pods first; nothing where that cannot be known."""
        try:
            own = await read_own_rules(self._read, namespace)
        except K9pyError:
            return await self._has_pods(namespace)
        listable = (kind.gvr.full_name for kind in _namespaced(self._catalog()) if _may_list(own.rules, kind))
        names = tuple(dict.fromkeys(listable))  # some are served in several versions
        return names or (await self._has_pods(namespace) if own.incomplete else ())

    async def _has_pods(self, namespace: str) -> tuple[str, ...]:
        verdict = await self._access.may("list", PODS, namespace)
        return (PODS.gvr.full_name,) if verdict.allowed and not verdict.guessed else ()


def _namespaced(catalog: Catalog) -> Iterable[Resource]:
    kinds = [kind for kind in catalog if kind.namespaced and "list" in kind.verbs and not kind.is_ours]
    return sorted(kinds, key=lambda kind: kind.gvr != PODS.gvr)


def _may_list(rules: Iterable[Rule], kind: Resource) -> bool:
    asked = Asked("list", kind.gvr.group, kind.gvr.plural)
    return any(rule.allows(asked) for rule in rules)
