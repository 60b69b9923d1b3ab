"""The entries of metadata.managedFields: who has set which fields, by which operation (meta/v1 ManagedFieldsEntry)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from k9py.demo.api.managed_fields import Paths, decode, encode
from k9py.demo.core.store import Obj

MAX_UPDATERS = 10
"""So many managers that have not applied are told apart; the oldest of more become one."""
ANCIENT = "ancient-changes"


@dataclass(slots=True)
class Entry:
    """What one manager has set. Its fields are a set of its own."""

    manager: str
    operation: str
    api_version: str
    subresource: str
    time: str
    fields: Paths

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """Two entries of one object never share it: an applier is the same in all versions."""
        version = "" if self.operation == "Apply" else self.api_version
        return self.manager, self.operation, version, self.subresource

    @property
    def text(self) -> str:
        """As conflicts name it: `"kubectl-edit" using apps/v1`."""
        text = f'"{self.manager}"'
        if self.subresource:
            text += f' with subresource "{self.subresource}"'
        return text if self.operation == "Apply" else f"{text} using {self.api_version}"


def read_entries(obj: Obj) -> list[Entry]:
    """The entries of an object; those that are none are left out."""
    found = obj.get("metadata", {}).get("managedFields") or ()
    return [_entry(raw) for raw in found if isinstance(raw, dict) and raw.get("manager") is not None]


def _entry(raw: dict[str, Any]) -> Entry:
    names = ("manager", "operation", "apiVersion", "subresource", "time")
    manager, operation, api_version, subresource, time = (raw.get(name) or "" for name in names)
    return Entry(manager, operation, api_version, subresource, time, decode(raw.get("fieldsV1") or {}))


def write_entries(obj: Obj, entries: Iterable[Entry]) -> None:
    """Put the entries that own something into an object, in their order: who applies first, then by time and name."""
    kept = sorted((entry for entry in entries if entry.fields), key=_order)
    if kept:
        obj["metadata"]["managedFields"] = [_raw(entry) for entry in _capped(kept)]
    else:
        obj["metadata"].pop("managedFields", None)


def _order(entry: Entry) -> tuple[str, ...]:
    return entry.operation, entry.time, entry.manager, entry.api_version, entry.subresource


def _raw(entry: Entry) -> dict[str, Any]:
    raw = {
        "manager": entry.manager,
        "operation": entry.operation,
        "apiVersion": entry.api_version,
        "time": entry.time,
        "fieldsType": "FieldsV1",
        "fieldsV1": encode(entry.fields),
        "subresource": entry.subresource,
    }
    return {name: value for name, value in raw.items() if value or name == "fieldsV1"}


def _capped(entries: list[Entry]) -> list[Entry]:
    """Not more updaters than there may be: of each version the oldest are put together."""
    spare = sum(entry.operation != "Apply" for entry in entries) - MAX_UPDATERS
    if spare <= 0:
        return entries
    kept: list[Entry] = []
    first: dict[str, int] = {}
    for entry in entries:
        if spare <= 0 or entry.operation == "Apply":
            kept.append(entry)
        elif entry.api_version not in first:
            first[entry.api_version] = len(kept)
            kept.append(entry)
        else:
            index = first[entry.api_version]
            bucket = replace(entry, manager=ANCIENT, subresource="", fields=kept[index].fields | entry.fields)
            kept[index] = bucket
            spare -= 1
    return sorted(kept, key=_order)
