"""Reading beside the targets themselves: lists that several of them need, each once, and as far as it is permitted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from typing import Any, TypeVar

from k9py.actions.gather import AT_ONCE
from k9py.actions.plan import Target
from k9py.values.errors import ApiError, K9pyError
from k9py.values.request import JSON, Read, Request
from k9py.values.resource import Resource

Obj = Mapping[str, Any]
Made = TypeVar("Made")

PAGE = 500
MOST = 5000
"""Objects of a list that are read: nobody waits for more before a confirmation."""
FEW = 3
"""Objects of a namespace that are read one by one; of more, the namespace's list is read once."""
METADATA = f"application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,{JSON}"
"""Of the objects of a list only their metadata."""


class Remembered:
    """A port that asks everything once, and a few things at a time: what several targets need costs one request.

    Made for one gathering, and thrown away with it.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._asked: dict[tuple[str, str], asyncio.Task[Any]] = {}
        self._made: dict[Hashable, asyncio.Task[Any]] = {}

    async def __call__(self, request: Request) -> Any:
        """The answer; the same error for everybody who asks."""
        asked = (request.target, request.accept)
        task = self._asked.get(asked)
        if task is None:
            task = self._asked[asked] = asyncio.ensure_future(self._ask(request))
        return await task

    async def once(self, what: Hashable, make: Callable[[], Coroutine[Any, Any, Made]]) -> Made:
        """What is made of answers for all targets alike: an index of a list. It is made once."""
        task = self._made.get(what)
        if task is None:
            task = self._made[what] = asyncio.ensure_future(make())
        made: Made = await task
        return made

    async def _ask(self, request: Request) -> Any:
        async with self._gate:
            return await self._read(request)


def remembered(read: Read) -> Remembered:
    """A port that asks everything once; the same one where it is such a port already."""
    return read if isinstance(read, Remembered) else Remembered(read)


async def try_read(read: Read, request: Request) -> Any | None:
    """The answer, or None where there is none: what it is for is left out then, and the log says so."""
    try:
        return await read(request)
    except K9pyError as error:
        _note(request.path, error)
        return None


async def try_list(
    read: Read, resource: Resource, namespace: str = "", *, labels: str = "", accept: str = JSON
) -> list[Obj] | None:
    """The objects of a namespace ("" = all), MOST of them; None where they may not be read, or are not served."""
    try:
        return await _list(read, resource.path(namespace), labels, accept)
    except K9pyError as error:
        _note(resource.path(namespace), error)
        return None


async def list_first(read: Read, versions: Sequence[Resource], namespace: str) -> list[Obj] | None:
    """The objects of a kind in the first of its versions that is served."""
    for version in versions[:-1]:
        try:
            return await _list(read, version.path(namespace))
        except K9pyError as error:
            if not (isinstance(error, ApiError) and error.missing):
                _note(version.path(namespace), error)
                return None
    return await try_list(read, versions[-1], namespace)


async def _list(read: Read, path: str, labels: str = "", accept: str = JSON) -> list[Obj]:
    query = {"limit": str(PAGE), **({"labelSelector": labels} if labels else {})}
    found: list[Obj] = []
    while True:
        page = await read(Request("GET", path, query, accept=accept))
        found += page.get("items") or ()
        token = (page.get("metadata") or {}).get("continue")
        if not token or len(found) >= MOST:
            return found
        query = {**query, "continue": token}


def _note(path: str, error: K9pyError) -> None:
    logging.getLogger("k9py.changes").info("%s could not be read for a Plan: %s", path, error.line)


async def read_objects(read: Read, targets: Sequence[Target]) -> dict[str, Obj]:
    """The targets' own objects by uid, where a subresource was read of them. Many cost one list a namespace."""
    by_place: dict[tuple[Resource, str], list[Target]] = {}
    for target in targets:
        by_place.setdefault((target.resource, target.key.namespace), []).append(target)

    async def read_place(resource: Resource, namespace: str, there: Sequence[Target]) -> list[Obj]:
        if len(there) > FEW:
            return await try_list(read, resource, namespace) or []
        found = await asyncio.gather(*(try_read(read, Request("GET", target.path())) for target in there))
        return [each for each in found if each]

    places = await asyncio.gather(*(read_place(*place, there) for place, there in by_place.items()))
    return {found["metadata"].get("uid", ""): found for place in places for found in place}
