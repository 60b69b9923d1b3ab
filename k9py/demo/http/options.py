"""The parameters of a write: dryRun, fieldManager, fieldValidation, force (meta/v1 CreateOptions, PatchOptions …)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from k9py.demo.api.registry import Deletion, Intent
from k9py.demo.core.status import Cause, forbidden_value, invalid, invalid_value, required
from k9py.demo.http.call import Call

CREATE, UPDATE, PATCH, DELETE = "CreateOptions", "UpdateOptions", "PatchOptions", "DeleteOptions"

_MODES = ("", "Ignore", "Strict", "Warn")
_POLICIES = ("Foreground", "Background", "Orphan", "nil")
_LONGEST = 128
"""Bytes of a manager's name."""


def intent_of(call: Call, kind: str, apply: bool = False) -> Intent:
    """How a write is meant. StatusError (422) for parameters that cannot be."""
    refuse(kind, [*_manager_causes(call, apply), *_dry_causes(call.request.query.getall("dryRun", ())), *_modes(call)])
    return Intent(manager_of(call), call.user.name, "dryRun" in call.query, trusted=False, warnings=call.warnings)


def refuse(kind: str, causes: Sequence[Cause]) -> None:
    """StatusError (422) if there are any."""
    if causes:
        raise invalid("meta.k8s.io", kind, "", causes)


def manager_of(call: Call) -> str:
    """Who writes: the parameter, or what the client calls itself."""
    return call.query.get("fieldManager") or call.request.headers.get("User-Agent", "unknown").split("/")[0][:_LONGEST]


def _manager_causes(call: Call, apply: bool) -> Iterator[Cause]:
    name = call.query.get("fieldManager", "")
    if apply and not name:
        yield required("fieldManager", "is required for apply patch")
    if len(name.encode()) > _LONGEST:
        yield Cause("fieldManager", "FieldValueTooLong", f"Too long: may not be more than {_LONGEST} bytes")
    for at, char in enumerate(name):
        if not char.isprintable():
            shown = name.encode("unicode_escape").decode()
            yield invalid_value("fieldManager", f'"{shown}"', f"invalid character U+{ord(char):04X} (at position {at})")
    if not apply and call.request.method == "PATCH" and "force" in call.query:
        yield forbidden_value("force", "may not be specified for non-apply patch")


def _dry_causes(sent: Sequence[str]) -> Iterator[Cause]:
    if any(one != "All" for one in sent):
        listed = msgspec.json.encode(sent).decode()
        yield Cause("dryRun", "FieldValueNotSupported", f'Unsupported value: {listed}: supported values: "All"')


def _modes(call: Call) -> Iterator[Cause]:
    yield from _choice("fieldValidation", call.query.get("fieldValidation", ""), _MODES)


def _choice(field: str, found: str, choices: Sequence[str]) -> Iterator[Cause]:
    if found not in choices:
        listed = ", ".join(f'"{one}"' for one in choices)
        yield Cause(field, "FieldValueNotSupported", f'Unsupported value: "{found}": supported values: {listed}')


def read_deletion(options: Mapping[str, Any]) -> Deletion:
    """DeleteOptions as JSON has them."""
    preconditions = options.get("preconditions") or {}
    policy = options.get("propagationPolicy") or ""
    uid, version = (preconditions.get(name) or "" for name in ("uid", "resourceVersion"))
    return Deletion(options.get("gracePeriodSeconds"), policy, uid, version)


def deletion_causes(policy: str | None, orphan: object, dry_run: Sequence[str]) -> Iterator[Cause]:
    """What is wrong with DeleteOptions."""
    if policy and orphan is not None:
        why = "orphanDependents and deletionPropagation cannot be both set"
        yield invalid_value("propagationPolicy", f'"{policy}"', why)
    elif policy:
        yield from _choice("propagationPolicy", policy, _POLICIES)
    yield from _dry_causes(dry_run)
