"""Finds the kind of a resource: the modules of this package, and for all others the server's own columns."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Any

import msgspec

import k9py.kinds
from k9py.kinds.kind import Kind
from k9py.kinds.server_columns import SERVER_COLUMNS
from k9py.values.resource import Resource


def kind_for(resource: Resource) -> Kind:
    """How objects of this resource are shown."""
    group, _version, plural = resource.gvr
    return kinds().get((group, plural)) or replace(SERVER_COLUMNS, group=group, plural=plural)


def decoder(kind: Kind) -> Callable[[msgspec.Raw | bytes], Any]:
    """What reads one object's JSON (one row's, of a table). It raises msgspec.MsgspecError or ValueError."""
    decode, shape = msgspec.json.Decoder(kind.row).decode, kind.shape
    return decode if shape is None else lambda raw: shape(decode(raw))


@cache
def kinds() -> Mapping[tuple[str, str], Kind]:
    """All kinds that have a file of their own, by group and plural."""
    names = [module.name for module in pkgutil.iter_modules(k9py.kinds.__path__, "k9py.kinds.")]
    found: list[Kind] = [module.KIND for module in map(import_module, names) if hasattr(module, "KIND")]
    return {(kind.group, kind.plural): kind for kind in found}
