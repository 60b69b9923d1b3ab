"""Objects as the server's own Go types have them: messages quote these, with all their fields in capitals."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from k9py.demo.core.store import Obj
from k9py.demo.data import load

_ZERO: Mapping[str, Any] = {"string": "", "bool": False, "int32": 0, "int64": 0, "int": 0, "uint32": 0}
_AS_THEY_ARE = ("metav1.", "intstr.", "resource.", "types.")
"""Types that are written as JSON has them."""


@cache
def _types() -> Mapping[str, Any]:
    found: Mapping[str, Any] = msgspec.json.decode(load("internal.json"))
    return found


def internal(obj: Any, kind: str) -> Any:
    """What JSON has, as the internal type does: `core.PodSpec`, `[]core.Container`."""
    if kind.startswith("[]"):
        return None if not obj else [internal(one, kind[2:]) for one in obj]
    if kind.startswith("*"):
        return None if obj is None else internal(obj, kind[1:])
    if kind.startswith("map"):
        return None if not obj else {name: internal(obj[name], kind[3:]) for name in sorted(obj)}
    definition = _types().get(kind)
    if definition is None:
        return _plain(obj, kind)
    if isinstance(definition, str):
        return internal(obj, definition)
    return _struct(obj or {}, definition)


def _plain(obj: Any, kind: str) -> Any:
    if obj is not None:
        return obj
    if kind in _ZERO:
        return _ZERO[kind]
    return "0" if kind == "resource.Quantity" else ({} if kind.startswith("metav1.LabelSelector") else None)


def _struct(obj: Obj, fields: Any) -> Obj:
    found: Obj = {}
    lower = {name.lower(): name for name in obj}
    for name, kind in fields:
        if not name:  # what is embedded stands beside the rest
            found.update(internal(obj, kind))
        else:
            key = lower.get(_RENAMED.get(name, name).lower())
            found[name] = internal(obj.get(key) if key else None, kind)
    return found


_RENAMED = {"ISCSIInterface": "iscsiInterface"}


def pod_spec(spec: Obj) -> Obj:
    """A pod's spec, where what concerns the host is part of the security context."""
    host = ("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers")
    security = spec.get("securityContext")
    moved = {name: spec[name] for name in host if name in spec}
    joined = {**spec, "securityContext": {**(security or {}), **moved} if security is not None or moved else None}
    found: Obj = internal(joined, "core.PodSpec")
    return found


def difference(old: Any, new: Any) -> str:
    """Where two internal objects differ, as the server writes it."""
    before, after = (_indent(one).splitlines() for one in (old, new))
    lines = list(difflib.unified_diff(before, after, n=3, lineterm=""))[2:]
    return "".join(f"{line}\n" for line in lines)


def _indent(obj: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(obj), indent=1).decode()
