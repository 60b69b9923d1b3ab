"""Config maps and secrets."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from k9py.demo.api.registry import Registry
from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.names import config_key
from k9py.demo.api.validation.words import IMMUTABLE, broken, invalid
from k9py.demo.core.status import Cause, forbidden_value, required
from k9py.demo.core.store import Obj

LARGEST = 1 << 20
"""Bytes of all values together."""
_FROZEN = "field is immutable when `immutable` is set"
_ACCOUNT = "kubernetes.io/service-account.name"
_KEYS: Mapping[str, tuple[str, ...]] = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
}


def _check_config_map(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
    for key in sorted(data):
        yield from broken(f"data[{key}]", key, config_key)
        if key in binary:
            yield invalid(f"data[{key}]", key, "duplicate of key present in binaryData")
    for key in sorted(binary):
        yield from broken(f"binaryData[{key}]", key, config_key)
    size = sum(len(value.encode()) for value in data.values()) + sum(_size(value) for value in binary.values())
    yield from _check_size("", size)
    if old is not None and old.get("immutable"):
        yield from _check_frozen(obj, old, ("data", "binaryData"))


def _check_size(path: str, size: int) -> Iterator[Cause]:
    if size > LARGEST:
        yield Cause(path, "FieldValueTooLong", f"Too long: may not be more than {LARGEST} bytes")


def _size(encoded: str) -> int:
    return len(encoded) * 3 // 4 - encoded.count("=")


def _check_frozen(obj: Obj, old: Obj, names: tuple[str, ...]) -> Iterator[Cause]:
    if not obj.get("immutable"):
        yield forbidden_value("immutable", _FROZEN)
    for name in names:
        if (obj.get(name) or {}) != (old.get(name) or {}):
            yield forbidden_value(name, _FROZEN)


def _check_secret(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A secret, and what its type needs."""
    data: dict[str, Any] = obj.get("data") or {}
    if old is not None and obj["type"] != old["type"]:
        yield invalid("type", obj["type"], IMMUTABLE)
    if old is not None and old.get("immutable"):
        yield from _check_frozen(obj, old, ("data",))
    for key in sorted(data):
        yield from broken(f"data[{key}]", key, config_key)
    yield from _check_size("data", sum(_size(value) for value in data.values()))
    yield from _check_type(obj, data)


def _check_type(obj: Obj, data: dict[str, Any]) -> Iterator[Cause]:
    kind = obj["type"]
    if kind == "kubernetes.io/service-account-token" and not (obj["metadata"].get("annotations") or {}).get(_ACCOUNT):
        yield required(f"metadata.annotations[{_ACCOUNT}]")
    if kind == "kubernetes.io/basic-auth" and not data.keys() & {"username", "password"}:
        yield required("data[username]")
        yield required("data[password]")
    for key in _KEYS.get(kind, ()):
        if key not in data:
            yield required(f"data[{key}]")
        elif key.startswith(".docker"):
            yield from _check_json(f"data[{key}]", data[key])


def _check_json(path: str, encoded: str) -> Iterator[Cause]:
    text = b64decode(encoded).decode(errors="replace")
    try:
        json.loads(text)
    except ValueError:
        first = text.lstrip()[:1]
        detail = (
            f"invalid character '{first}' looking for beginning of value" if first else "unexpected end of JSON input"
        )
        yield invalid(path, "<secret contents redacted>", detail)


def default_secret(obj: Obj) -> None:
    """Any sort of secret; what came as text is encoded."""
    obj.setdefault("type", "Opaque")
    texts = obj.pop("stringData", None)
    if texts:
        encoded = {name: b64encode(text.encode()).decode() for name, text in texts.items()}
        obj["data"] = {**(obj.get("data") or {}), **encoded}


def prepare_secret(obj: Obj, old: Obj | None, registry: Registry) -> None:
    """A type that is not said stays."""
    if old is not None and not obj.get("type"):
        obj["type"] = old["type"]


STRATEGIES = (
    Strategy("configmaps", validate=_check_config_map, generation=False),
    Strategy("secrets", default_secret, prepare=prepare_secret, validate=_check_secret, generation=False),
)
