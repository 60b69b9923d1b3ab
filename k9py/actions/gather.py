"""Reading what a Plan needs, of every target side by side: one that fails leaves the others alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from k9py.actions.action import Fact
from k9py.actions.plan import Effect, Plan, Refusal, Target, fields_set, look_up
from k9py.values.errors import K9pyError
from k9py.values.merge_patch import same, say_path
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
        return replace(effect, before=found, request=_stamp(effect.request, found))

    looked = await asyncio.gather(*(look(effect) for effect in plan.effects))
    effects = tuple(each for each in looked if isinstance(each, Effect))
    cautions = tuple(dict.fromkeys(line for effect in effects for line in _caution_overwriting(effect)))
    refusals = tuple(each for each in looked if isinstance(each, Refusal))
    return replace(plan, effects=effects, refusals=refusals, cautions=(*plan.cautions, *cautions))


def _stamp(request: Request, found: Mapping[str, Any]) -> Request:
    """A patch of the version that was read: what others change meanwhile is not overwritten."""
    body = request.body
    if request.method != "PATCH" or not isinstance(body, dict):
        return request
    version = found["metadata"].get("resourceVersion")
    return replace(request, body={**body, "metadata": {**(body.get("metadata") or {}), "resourceVersion": version}})


def _caution_overwriting(effect: Effect) -> Iterator[str]:
    """The fields that were changed again since, which taking back sets to what they were before.

    Where it is not known what the server has made of what was sent, that is taken to stand as it was sent.
    """
    if effect.undo is None or effect.request.method != "PATCH":
        return
    made = fields_set(effect.undo.request) if effect.undo.made is None else effect.undo.made
    for path, value in made.items():
        if not same(look_up(effect.before, path), value):
            yield f"{effect.target.key.label}: {say_path(path)} was changed again since: that is lost"
