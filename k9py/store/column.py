"""A column of a table, and the facts from outside an object that its cells may need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from k9py.values.cell import Cell
from k9py.values.usage import Usage


@dataclass(frozen=True, slots=True)
class Joined:
    """What is known beside the objects of one collection.

    Whoever knows better replaces it and touches the rows that it concerns. `usage` is keyed by (namespace, name),
    `pods_on_node` by the node's name; None while nothing is known of it. `annotations` gives those of an object by
    (namespace, name): structs do not keep them.
    """

    context: str = ""
    usage: Mapping[tuple[str, str], Usage] = field(default_factory=dict)
    pods_on_node: Mapping[str, int] = field(default_factory=dict)
    annotations: Callable[[tuple[str, str]], Mapping[str, str]] = field(default=lambda _name: {}, compare=False)


@dataclass(frozen=True, slots=True)
class Column:
    """How one column reads its cell from an object: pure, as it runs once for each row and change.

    A `numeric` column is sorted by its cells' values (numbers; without one it counts as less than any), every other by
    its text in natural order. `wide` ones are hidden at first. Before each cell of a `glyph` column stands the sign of
    its tone. `origin` says what a row is made of, and is hidden where all are made of one.
    """

    title: str
    cell: Callable[[Any, Joined], Cell]
    align: Literal["left", "right"] = "left"
    wide: bool = False
    numeric: bool = False
    glyph: bool = False
    origin: bool = False


def tell_apart(extra: Sequence[Column], known: Sequence[Column]) -> tuple[Column, ...]:
    """The extra columns, none of them with the title of another: that of a label `…/name` may be NAME."""
    titles, told = {column.title for column in known}, []
    for column in extra:
        while column.title in titles:
            column = replace(column, title=f"LABEL {column.title}")
        titles.add(column.title)
        told.append(column)
    return tuple(told)
