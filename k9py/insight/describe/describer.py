"""Finds how a resource is described: the modules of this package, and for all others the fields of the object."""

from __future__ import annotations

import asyncio
import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

import k9py.insight.describe
from k9py.insight.describe.events import EVENTS, ask_events, write_events
from k9py.insight.describe.facts import Obj
from k9py.insight.describe.generic import GENERIC
from k9py.insight.describe.sheet import Sheet
from k9py.insight.describe.subject import Describer, Related, Subject
from k9py.values.errors import K9pyError
from k9py.values.request import Read, Request
from k9py.values.resource import Resource


def describer_for(resource: Resource) -> Describer:
    """How objects of this resource are described."""
    return describers().get(resource.gvr.full_name, GENERIC)


@cache
def describers() -> Mapping[str, Describer]:
    """Those of all kinds that have one of their own, by the full name of their resource."""
    names = [module.name for module in pkgutil.iter_modules(k9py.insight.describe.__path__, "k9py.insight.describe.")]
    found: list[Describer] = [
        each for module in map(import_module, names) for each in getattr(module, "DESCRIBERS", ())
    ]
    return {name: each for each in found for name in each.resources}


async def gather(read: Read, resource: Resource, found: Obj) -> Related:
    """Read what stands beside an object, all at once. What could not be read is told in its place."""
    describer = describer_for(resource)
    asks = dict(describer.asks(found))
    if describer.events:
        asks[EVENTS] = ask_events(found, resource.kind)
    answers = await asyncio.gather(*(_try(read, request) for request in asks.values()))
    told = dict(zip(asks, answers, strict=True))
    return Related(
        {name: answer for name, answer in told.items() if not isinstance(answer, K9pyError)},
        {name: answer for name, answer in told.items() if isinstance(answer, K9pyError)},
    )


async def _try(read: Read, request: Request) -> Any:
    try:
        return await read(request)
    except K9pyError as error:
        return error


def write(resource: Resource, found: Obj, related: Related, now: float) -> Sheet:
    """The description of an object at a time (epoch seconds)."""
    describer, subject, sheet = describer_for(resource), Subject(found, related, now), Sheet()
    describer.write(sheet, subject)
    if describer.events:
        write_events(sheet, subject)
    return sheet
