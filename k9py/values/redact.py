"""Secrets are shown by their size, never by their value, unless a person asks for it."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def mask_secret(found: dict[str, Any]) -> dict[str, Any]:
    """A copy of an object without the values of a v1 Secret: each is replaced by its length.

    The annotation in which `kubectl apply` keeps the whole manifest holds them once more, and is masked as well.
    """
    if found.get("kind") != "Secret" or found.get("apiVersion") != "v1":
        return found
    masked = {**found}
    for part in ("data", "stringData"):
        if isinstance(values := found.get(part), Mapping):
            masked[part] = {name: _mask(str(value), encoded=part == "data") for name, value in values.items()}
    annotations = found.get("metadata", {}).get("annotations") or {}
    if LAST_APPLIED in annotations:
        masked["metadata"] = {**found["metadata"], "annotations": {**annotations, LAST_APPLIED: "••• masked"}}
    return masked


def _mask(value: str, encoded: bool) -> str:
    try:
        size = len(b64decode(value, validate=True)) if encoded else len(value.encode())
    except binascii.Error:
        size = len(value)
    return f"••• {size} bytes"
