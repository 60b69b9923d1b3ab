"""Reading what a Plan needs, of every target side by side: one that fails leaves the others alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from k9py.actions.action import Fact
from k9py.actions.plan import Target
from k9py.values.errors import K9pyError
from k9py.values.request import Read, Request

AT_ONCE = 10
"""Requests under way at a time: enough to be quick, few enough for API priority and fairness."""


async def read_each(read: Read, targets: Sequence[Target], subresource: str = "") -> tuple[Fact, ...]:
    """GET each target (or a subresource of it). A target that was replaced meanwhile is a failed Fact."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def read_one(target: Target) -> Fact:
        path = target.resource.path(target.key.namespace, target.key.name, subresource)
        try:
            async with gate:
                found = await read(Request("GET", path))
        except K9pyError as error:
            return Fact(target, failed=error)
        if found["metadata"].get("uid") != target.uid:
            return Fact(target, failed=K9pyError("it was replaced by another of that name; nothing was changed"))
        return Fact(target, found)

    return tuple(await asyncio.gather(*(read_one(target) for target in targets)))
