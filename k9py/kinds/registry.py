"""Finds the kind of a resource: the modules of this package, and for all others the server's own columns.

A kind's module is called as its plural, with something after `_` where another group has the same plural; it is
imported when the kind is asked for.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

import msgspec

import k9py.kinds
from k9py.kinds.kind import Kind
from k9py.kinds.server_columns import server_kind
from k9py.values.resource import Resource


def kind_for(resource: Resource) -> Kind:
    """How objects of this resource are shown."""
    group, _version, plural = resource.gvr
    return _own(group, plural) or server_kind(group, plural)


def decoder(kind: Kind) -> Callable[[msgspec.Raw | bytes], Any]:
    """What reads one object's JSON (one row's, of a table). It raises msgspec.MsgspecError or ValueError."""
    strict, shape = msgspec.json.Decoder(kind.row).decode, kind.shape

    def decode(raw: msgspec.Raw | bytes) -> Any:
        try:
            return strict(raw)
        except msgspec.ValidationError:
            return strict(_without_nulls(raw))

    return decode if shape is None else lambda raw: shape(decode(raw))


def _without_nulls(raw: msgspec.Raw | bytes) -> bytes:
    """The same without fields that are null: to Go, and so to whoever wrote it, they are as good as absent."""
    return msgspec.json.encode(_present(msgspec.json.decode(raw)))


def _present(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _present(each) for name, each in value.items() if each is not None}
    return [_present(each) for each in value] if isinstance(value, list) else value


def kinds() -> Mapping[tuple[str, str], Kind]:
    """All kinds that have a file of their own, by group and plural."""
    found = [kind for name in _modules() if (kind := _kind_in(name))]
    return {(kind.group, kind.plural): kind for kind in found}


@cache
def _own(group: str, plural: str) -> Kind | None:
    found = (_kind_in(name) for name in _modules() if name.partition("_")[0] == plural)
    return next((kind for kind in found if kind and (kind.group, kind.plural) == (group, plural)), None)


@cache
def _modules() -> tuple[str, ...]:
    return tuple(module.name for module in pkgutil.iter_modules(k9py.kinds.__path__))


def _kind_in(name: str) -> Kind | None:
    return getattr(import_module(f"k9py.kinds.{name}"), "KIND", None)
