"""What a description is of: an object, what was read beside it, and the time at which it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from k9py.insight.describe.facts import Obj, each, get, sub, text, when
from k9py.insight.describe.sheet import Cell, Sheet, bad
from k9py.values.errors import ApiError, K9pyError
from k9py.values.request import Request


@dataclass(frozen=True, slots=True)
class Related:
    """What was read beside an object, and what could not be, by the names that a describer gave its requests."""

    found: Mapping[str, Any] = field(default_factory=dict)
    failed: Mapping[str, K9pyError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """An object in the middle of what stands beside it. `now` is in epoch seconds."""

    found: Obj
    related: Related
    now: float

    def items(self, name: str) -> list[Obj]:
        """The objects of a list that was read."""
        return each(self.related.found, name, "items")

    def beside(self, name: str) -> Obj:
        """An object that was read."""
        return sub(self.related.found, name)

    def why_not(self, name: str) -> Cell | None:
        """Why something could not be read; None when it was."""
        error = self.related.failed.get(name)
        return bad(complain(error)) if error else None

    @property
    def name(self) -> str:
        """The object's name."""
        return text(self.found, "metadata", "name")

    @property
    def uid(self) -> str:
        """The object's uid."""
        return text(self.found, "metadata", "uid")


def complain(error: K9pyError) -> str:
    """What is said in place of what could not be read."""
    if isinstance(error, ApiError) and error.denied:
        return f"may not be read (forbidden: {error.message})"
    return f"could not be read ({error.message})"


Asks = Mapping[str, Request]


def ask_nothing(_found: Obj) -> Asks:
    """What most kinds ask beside their events."""
    return {}


@dataclass(frozen=True, slots=True)
class Describer:
    """How the objects of some resources are told.

    `resources` are full names (`deployments.apps`). `asks` says what must be read beside the object, all side by side.
    `follows` are the resources whose changes change the description: the page watches them. kubectl tells no events of
    a few kinds; neither do we where there are never any.
    """

    resources: tuple[str, ...]
    write: Callable[[Sheet, Subject], None]
    asks: Callable[[Obj], Asks] = ask_nothing
    follows: tuple[str, ...] = ()
    events: bool = True


def head(sheet: Sheet, found: Obj, *, created: bool = False) -> None:
    """Name, namespace where it lives in one, when it was made, labels and annotations, as most descriptions begin."""
    sheet.field("Name", text(found, "metadata", "name"))
    if has(found, "metadata", "namespace"):
        sheet.field("Namespace", text(found, "metadata", "namespace"))
    if created:
        sheet.field("CreationTimestamp", when(found, "metadata", "creationTimestamp"))
    labels_of(sheet, found)
    annotations_of(sheet, found)


def labels_of(sheet: Sheet, found: Obj, level: int = 0) -> None:
    """Labels, one a line."""
    labels = sub(found, "metadata", "labels")
    sheet.listing("Labels", [f"{name}={text(labels, name)}" for name in sorted(labels)], level)


LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_LONG = 140


def annotations_of(sheet: Sheet, found: Obj, level: int = 0) -> None:
    """Annotations, one a line; what is long or has several lines stands below its name. Nothing is cut off."""
    notes = sub(found, "metadata", "annotations")
    lines: list[str] = []
    for name in sorted(set(notes) - {LAST_APPLIED}):
        value = text(notes, name).removesuffix("\n")
        if len(value) + len(name) + 2 > _LONG or "\n" in value:
            lines += [f"{name}:", *(f"  {line}" for line in value.split("\n"))]
        else:
            lines.append(f"{name}: {value}")
    sheet.listing("Annotations", lines, level)


def in_namespace(found: Obj, prefix: str, plural: str, name: str = "", **query: str) -> Request:
    """A request for what is in the namespace of an object."""
    namespace = quote(text(found, "metadata", "namespace"), safe="")
    path = f"{prefix}/namespaces/{namespace}/{plural}" if namespace else f"{prefix}/{plural}"
    return Request("GET", f"{path}/{quote(name, safe='')}" if name else path, query)


def has(found: Any, *path: str) -> bool:
    """Whether there is anything at a path."""
    return get(found, *path) is not None
