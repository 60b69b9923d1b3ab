"""Every kind is found, and can say something of an object of which nothing but the name is known."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from k9py.kinds.kind import Kind
from k9py.kinds.registry import decoder, kind_for, kinds
from k9py.kinds.wellknown import DEPLOYMENTS, NODES, PODS
from k9py.store.column import Joined
from k9py.values.cell import Cell
from k9py.values.resource import OURS, Gvr
from tests.unit.objects import raw

BARE = {"metadata": {"name": "x"}}
ALL = [kind for kind in kinds().values() if not kind.made_of]


def test_kinds_with_a_file_are_found() -> None:
    for resource in (PODS, NODES, DEPLOYMENTS):
        kind = kind_for(resource)
        assert (kind.group, kind.plural) == (resource.gvr.group, resource.gvr.plural)
        assert not kind.table
        assert kind.keep_whole


def test_all_others_are_shown_in_the_servers_columns() -> None:
    kind = kind_for(replace(PODS, gvr=Gvr("example.com", "v1", "pods")))
    assert (kind.group, kind.plural, kind.table, kind.keep_whole) == ("example.com", "pods", True, False)
    assert kind.opens(object()) is None


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.plural)
def test_an_object_of_which_only_the_name_is_known_has_cells(kind: Kind) -> None:
    obj = decoder(kind)(raw({"cells": [], "object": BARE} if kind.table else BARE))
    columns = kind.columns(())
    assert len({column.title for column in columns}) == len(columns)
    wanted = {"NAME"} if kind.group == OURS else {"NAME", "AGE"}  # what k9py computes has no age
    assert wanted <= {column.title for column in columns}
    for column in columns:
        cell = column.cell(obj, Joined())
        assert isinstance(cell, Cell)
        assert not column.numeric or cell.value is None or isinstance(cell.value, int | float)
    kind.tone(obj, Joined())
    kind.opens(obj)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.plural)
def test_an_object_without_a_name_is_refused(kind: Kind) -> None:
    with pytest.raises(msgspec.ValidationError):
        decoder(kind)(raw({}))
