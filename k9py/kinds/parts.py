"""Parts that objects of several kinds have: the mould of pods, a version of the spec that was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from k9py.kinds.kind import NONE, Opening, Part, count_cell, join_texts
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell, Tone
from k9py.values.metadata import Metadata
from k9py.values.selector import LabelSelector, Selector, SelectorError, selector_from


class Generations(Metadata, frozen=True, gc=False, rename="camel"):
    """Metadata, and which version of the spec it is about."""

    generation: int = 0


class TemplateContainer(Part, frozen=True):
    """A container of the pods to be."""

    name: str
    image: str = ""


class TemplateSpec(Part, frozen=True):
    """The pods to be."""

    containers: tuple[TemplateContainer, ...] | None = None
    node_selector: Mapping[str, str] | None = None


class Template(Part, frozen=True):
    """The mould of the pods (PodTemplateSpec)."""

    spec: TemplateSpec = TemplateSpec()


class Selecting(Part, frozen=True):
    """A spec of pods of one mould, and how they are told from others."""

    selector: LabelSelector | None = None
    template: Template = Template()


class Replicated(Selecting, frozen=True):
    """The same, of so many of them."""

    replicas: int = 1


def template_columns(find: Callable[[Any], Template]) -> tuple[Column, Column]:
    """CONTAINERS and IMAGES of the mould that `find` finds in an object."""

    def texts(field: str) -> Callable[[Any, Joined], Cell]:
        def cell(obj: Any, _joined: Joined) -> Cell:
            return join_texts(getattr(each, field) for each in find(obj).spec.containers or ())

        return cell

    return Column("CONTAINERS", texts("name"), wide=True), Column("IMAGES", texts("image"), wide=True)


def count_column(title: str, field: str, *, wide: bool = False) -> Column:
    """A number that the status of an object has in a field."""
    return Column(title, lambda obj, _: count_cell(getattr(obj.status, field)), "right", wide=wide, numeric=True)


def selector_cell(selector: LabelSelector | None) -> Cell:
    """A selector as it would be typed; <none> where it selects all or nothing, as kubectl says."""
    try:
        text = str(selector_from(selector))
    except SelectorError:
        return Cell("<invalid>", Tone.BAD)
    return Cell(text) if text else NONE


def selector_column(title: str = "SELECTOR", *, wide: bool = True) -> Column:
    """The selector in the spec of an object."""
    return Column(title, lambda obj, _: selector_cell(obj.spec.selector), wide=wide)


def opens_pods(word: str, metadata: Metadata, selector: Selector) -> Opening:
    """The pods of its namespace that something selects; `word` is what a person calls its kind."""
    namespace = metadata.namespace

    def keep(pod: Any) -> bool:
        return bool(pod.metadata.namespace == namespace) and selector.matches(pod.metadata.labels)

    return Opening("pods", f"{word} {metadata.name}", namespace, keep)


def opens_selected(word: str) -> Callable[[Any], Opening]:
    """Where enter leads from what has a selector in its spec. Raises SelectorError for one that can't be read."""
    return lambda obj: opens_pods(word, obj.metadata, selector_from(obj.spec.selector))


def opens_one(word: str, title: str, name: str, namespace: str = "") -> Opening:
    """One object of a kind, among the others of which it is shown alone."""

    def keep(obj: Any) -> bool:
        return bool((obj.metadata.namespace, obj.metadata.name) == (namespace, name))

    return Opening(word, title, namespace, keep)


def replicas_tone(metadata: Metadata, wanted: int, counts: Iterable[int], *, failed: bool = False) -> Tone:
    """How something feels that wants so many pods, each of the counts being of those that are as they should be."""
    if metadata.deletion_timestamp:
        return Tone.GOING
    if failed:
        return Tone.BAD
    if any(count != wanted for count in counts):
        return Tone.BUSY
    return Tone.OK if wanted else Tone.DONE
