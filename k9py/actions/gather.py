"""Reading what a Plan needs, of every target side by side: one that fails leaves the others alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from k9py.actions.action import Fact
from k9py.actions.plan import Effect, Plan, Refusal, Target
from k9py.values.errors import K9pyError
from k9py.values.request import Read, Request

AT_ONCE = 10
"""Requests under way at a time: enough to be quick, few enough for API priority and fairness."""
REPLACED = K9pyError("it was replaced by another of that name; nothing was changed")


async def read_each(read: Read, targets: Sequence[Target], subresource: str = "") -> tuple[Fact, ...]:
    """GET each target (or a subresource of it). A target that was replaced meanwhile is a failed Fact."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def read_one(target: Target) -> Fact:
        try:
            async with gate:
                found = await read(Request("GET", target.path(subresource)))
        except K9pyError as error:
            return Fact(target, failed=error)
        if found["metadata"].get("uid") != target.uid:
            return Fact(target, failed=REPLACED)
        return Fact(target, found)

    return tuple(await asyncio.gather(*(read_one(target) for target in targets)))


async def read_again(read: Read, plan: Plan) -> Plan:
    """The Plan on what is there now: what its effects change is read anew, and what was replaced is left alone.

    What an effect makes (POST) is not there yet.
    """
    gate = asyncio.Semaphore(AT_ONCE)

    async def look(effect: Effect) -> Effect | Refusal:
        if effect.request.method == "POST":
            return effect
        try:
            async with gate:
                found = await read(Request("GET", effect.request.path))
        except K9pyError as error:
            return Refusal(effect.target, error.line)
        if found["metadata"].get("uid") != effect.target.uid:
            return Refusal(effect.target, REPLACED.line)
        return replace(effect, before=found)

    looked = await asyncio.gather(*(look(effect) for effect in plan.effects))
    effects = tuple(each for each in looked if isinstance(each, Effect))
    return replace(plan, effects=effects, refusals=tuple(each for each in looked if isinstance(each, Refusal)))
