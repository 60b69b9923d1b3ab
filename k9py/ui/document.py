"""An object as YAML to read: managedFields folded, secrets masked, as kubectl would print it otherwise."""

from __future__ import annotations

from typing import Any

import msgspec
import yaml

from k9py.values.redact import mask_secret
from k9py.values.resource import Resource

FOLDED = "managedFields"


class _Dumper(yaml.CSafeDumper):
    """Block style and `|` for texts of several lines, as people write manifests."""


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    lines = "\n" in text.strip("\n") or text.endswith("\n")
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if lines else None)


_Dumper.add_representer(str, _represent_text)


def write_yaml(raw: bytes, resource: Resource, *, managed_fields: bool = False, unmasked: bool = False) -> str:
    """The YAML of an object's JSON. Managed fields are left out, and a Secret's values masked, unless asked for.

    Items of a list do not say what they are (only watch events do), so the resource does.
    """
    head = {"apiVersion": resource.gvr.api_version, "kind": resource.kind}
    found: dict[str, Any] = head | msgspec.json.decode(raw)
    metadata = found.get("metadata", {})
    if not managed_fields:
        metadata.pop(FOLDED, None)
    if not unmasked:
        found = mask_secret(found)
    return yaml.dump(
        found, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100_000, default_flow_style=False
    )


def count_managed(raw: bytes) -> int:
    """How many entries are folded away."""
    found: dict[str, Any] = msgspec.json.decode(raw)
    return len(found.get("metadata", {}).get(FOLDED) or ())
