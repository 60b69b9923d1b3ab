"""Secrets are shown by their size, never by their value, unless a person asks for it."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from typing import Any

from k9py.values.resource import Resource
from k9py.values.text import clean

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

_OPEN = tuple(f"/metadata/{name}" for name in ("uid", "resourceVersion", "finalizers", "labels", "ownerReferences"))
"""Where in a Secret a JSON patch may say what it sets: annotations may hold the whole of it."""
_SPACES = str.maketrans("\t\n\r", "   ")


class Remarked(str):
    """A text with something to be said of it where it is written."""

    __slots__ = ("remark",)
    remark: str


def _remark(text: str, remark: str) -> Remarked:
    remarked = Remarked(text)
    remarked.remark = remark
    return remarked


def mask_secret(found: dict[str, Any]) -> dict[str, Any]:
    """A copy of an object without the values of a v1 Secret: each is replaced by its length.

    The annotation in which `kubectl apply` keeps the whole manifest holds them once more, and is masked as well.
    """
    if not _is_secret(found):
        return found
    masked = {**found}
    for part, measure in _MEASURES.items():
        if isinstance(values := found.get(part), dict):
            masked[part] = {
                name: None if value is None else f"••• {measure(str(value))} bytes" for name, value in values.items()
            }
    annotations = (found.get("metadata") or {}).get("annotations") or {}
    if LAST_APPLIED in annotations:
        masked["metadata"] = {**found["metadata"], "annotations": {**annotations, LAST_APPLIED: "••• masked"}}
    return masked


def reveal_secret(found: dict[str, Any]) -> dict[str, Any]:
    """A copy of an object in which the values of a v1 Secret can be read: it is still the manifest of that Secret.

    What is text stands under `stringData`; all else stays under `data` in base64, with its size as a remark.
    """
    data = found.get("data")
    if not _is_secret(found) or not isinstance(data, dict):
        return found
    texts = {name: text for name, value in data.items() if (text := _read_text(str(value))) is not None}
    others = {
        name: _remark(value, f"{_measure_base64(value)} bytes") if isinstance(value, str) else value
        for name, value in data.items()
        if name not in texts
    }
    rest = {name: value for name, value in found.items() if name != "data"}
    return {
        **rest,
        **({"data": others} if others or not texts else {}),
        **({"stringData": texts | (found.get("stringData") or {})} if texts else {}),
    }


def mask_body(body: Any, resource: Resource) -> Any:
    """What a request says of an object, without the values of a v1 Secret, in whatever form it says it."""
    if resource.gvr.full_name != "secrets" or body is None:
        return body
    if isinstance(body, list):  # a JSON patch (RFC 6902)
        return [_mask_step(step) for step in body]
    if not isinstance(body, dict):
        return "••• masked"
    named = {name: body[name] for name in ("apiVersion", "kind") if name in body}
    masked = mask_secret({**body, "apiVersion": "v1", "kind": "Secret"})
    return {**{name: value for name, value in masked.items() if name not in ("apiVersion", "kind")}, **named}


def _mask_step(step: Any) -> Any:
    """One step of a patch: its value is told only where it cannot be any of the secret's own."""
    if not isinstance(step, dict):
        return "••• masked"
    if str(step.get("path", "")).startswith(_OPEN) or "value" not in step:
        return step
    return {**step, "value": "••• masked"}


def _is_secret(found: dict[str, Any]) -> bool:
    return found.get("kind") == "Secret" and found.get("apiVersion") == "v1"


def _read_text(value: str) -> str | None:
    """The text in a base64; None when there is none that could be read on a screen."""
    try:
        text = b64decode(value, validate=True).decode()
    except ValueError:  # no base64, or no UTF-8
        return None
    spaced = text.translate(_SPACES)
    return text if clean(spaced) == spaced else None


def _measure_base64(value: str) -> int:
    """The bytes that a base64 stands for; its own where it is none."""
    try:
        return len(b64decode(value, validate=True))
    except ValueError:
        return len(value)


def _measure_text(value: str) -> int:
    return len(value.encode())


_MEASURES: dict[str, Callable[[str], int]] = {"data": _measure_base64, "stringData": _measure_text}
