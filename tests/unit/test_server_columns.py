"""Kinds without a file read as kubectl prints them, with ages that tick and states that can be seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from k9py.kinds.registry import decoder, kind_for
from k9py.kinds.server_columns import TableRow
from k9py.kinds.wellknown import PODS
from k9py.store.column import Column, Joined
from k9py.store.view import View
from k9py.values.age import parse_time
from k9py.values.batch import Batch, ServerColumn
from k9py.values.cell import Cell, Tone
from k9py.values.namespaces import Namespaces
from k9py.values.resource import Gvr
from tests.unit.objects import collect, raw

CHOIRS = replace(PODS, gvr=Gvr("example.com", "v1", "choirs"))
KIND = kind_for(CHOIRS)
CREATED = "2026-01-01T00:00:00Z"


def row(*cells: Any, name: str = "x", **metadata: Any) -> dict[str, Any]:
    return {"cells": cells, "object": {"metadata": {"name": name, "creationTimestamp": CREATED, **metadata}}}


def read(column: ServerColumn, value: Any, received: float = 1000.0) -> Cell:
    told: TableRow = decoder(KIND)(raw(row(value)))
    told.received = received
    return only(column).cell(told, Joined())


def only(column: ServerColumn) -> Column:
    title = column.name.upper()
    return next(shown for shown in KIND.columns((column,)) if shown.title == title)


def test_titles_are_as_kubectl_writes_them_and_priorities_as_it_hides_them() -> None:
    columns = KIND.columns(
        (ServerColumn("Name", format="name"), ServerColumn("Last Seen"), ServerColumn("IP", priority=1))
    )
    titles = [(column.title, column.wide) for column in columns]
    assert titles[:3] == [("NAME", False), ("LAST SEEN", False), ("IP", True)]
    assert titles[3:] == [("CONDITIONS", False), ("LABELS", True), ("AGE", False)], "what every object may have"


def test_what_every_object_has_is_shown_once() -> None:
    server = (ServerColumn("Name"), ServerColumn("Status"), ServerColumn("Labels"), ServerColumn("Age", "date"))
    titles = [(column.title, column.wide) for column in KIND.columns((*server, ServerColumn("Node", priority=1)))]
    assert titles[2:] == [("LABELS", False), ("CONDITIONS", True), ("AGE", False), ("NODE", True)]


def test_an_age_says_more_than_the_time_from_which_it_counts() -> None:
    columns = KIND.columns((ServerColumn("Name"), ServerColumn("Created At", "date")))
    assert {column.title: column.wide for column in columns}["CREATED AT"]


def test_until_the_server_has_told_its_columns_there_are_those_of_every_object() -> None:
    assert [column.title for column in KIND.columns(()) if not column.wide] == ["NAME", "AGE"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("web", "web"),
        ("", ""),
        (None, ""),
        (True, "true"),
        (False, "false"),
        (3, "3"),
        (0.5, "0.5"),
        (["a", 1], "[a 1]"),
        ("first\nsecond", "first..."),
        ("한국", "한국"),
    ],
)
def test_values_are_written_as_kubectl_writes_them(value: Any, text: str) -> None:
    assert read(ServerColumn("Message"), value).text == text


def test_ages_are_computed_from_the_object() -> None:
    cell = read(ServerColumn("Age", "date"), "5m")
    assert cell.text == ""
    assert cell.since == parse_time(CREATED)


@pytest.mark.parametrize(
    ("value", "text", "since"),
    [
        ("5m", "", 700.0),
        ("2m30s (x3 over 10m)", "x3 over 10m", 850.0),
        ("<unknown>", "<unknown>", None),
        ("", "", None),
    ],
)
def test_other_times_count_from_when_the_row_came(value: str, text: str, since: float | None) -> None:
    cell = read(ServerColumn("Last Seen"), value)
    assert (cell.text, cell.since) == (text, since)
    assert cell.value == (None if since is None else -since)


def test_a_time_that_the_server_tells_as_such_is_shown_as_such() -> None:
    cell = read(ServerColumn("Created At", "date"), "1970-01-01T00:10:00Z")
    assert cell == Cell("1970-01-01T00:10:00Z", value=-600.0)


def test_numbers_are_sorted_as_numbers() -> None:
    column = only(ServerColumn("Desired", "integer"))
    assert column.numeric
    assert column.align == "right"
    assert read(ServerColumn("Desired", "integer"), 12).value == 12
    assert read(ServerColumn("Desired", "integer"), "<none>").value is None


@pytest.mark.parametrize(
    ("name", "value", "tone"),
    [
        ("Ready", "True", Tone.OK),
        ("Ready", "False", Tone.BAD),
        ("Ready", "2/3", Tone.WARN),
        ("Ready", "3/3", Tone.OK),
        ("Status", "Bound", Tone.OK),
        ("Phase", "Pending", Tone.BUSY),
        ("Status", "Terminating", Tone.GOING),
        ("Status", "Complete", Tone.DONE),
        ("Status", "Whatever", Tone.PLAIN),
        ("Type", "Warning", Tone.WARN),
        ("Type", "ClusterIP", Tone.PLAIN),
        ("Suspend", "False", Tone.PLAIN),
    ],
)
def test_words_of_health_get_the_tone_that_they_have_everywhere(name: str, value: str, tone: Tone) -> None:
    assert read(ServerColumn(name), value).tone is tone


def test_a_row_with_too_few_cells_is_shown_as_far_as_it_goes() -> None:
    columns = KIND.columns((ServerColumn("Name"), ServerColumn("Message")))
    assert [column.cell(decoder(KIND)(raw(row("x"))), Joined()).text for column in columns[:2]] == ["x", ""]


def test_what_is_being_deleted_looks_so() -> None:
    assert KIND.tone(decoder(KIND)(raw(row("x", deletionTimestamp=CREATED))), Joined()) is Tone.GOING


def test_a_view_takes_up_columns_when_they_come_and_when_they_change() -> None:
    collection = collect(resource=CHOIRS)
    view = View(KIND, [collection], namespaces=Namespaces.of("shop"))
    view.flush()
    assert [column.title for column in view.columns] == ["NAME", "AGE"]

    first = (ServerColumn("Name"), ServerColumn("Reason"))
    collection.apply(Batch([(False, raw(row("x", "Killed", namespace="shop")))], True, True, first))
    assert view.flush()
    assert [column.title for column in view.columns] == ["NAME", "REASON", "CONDITIONS", "AGE"]
    assert [cell.text for cell in view.row_at(0).cells] == ["x", "Killed", "", ""]

    collection.apply(
        Batch(
            [(False, raw(row("x", "because", "Killed", namespace="shop")))], True, True, (*first, ServerColumn("More"))
        )
    )
    assert view.flush()
    assert [cell.text for cell in view.row_at(0).cells] == ["x", "because", "Killed", "", ""]


def test_enter_on_a_namespace_shows_it() -> None:
    namespaces = kind_for(replace(PODS, gvr=Gvr("", "v1", "namespaces"), namespaced=False))
    opening = namespaces.opens(decoder(namespaces)(raw(row("shop", name="shop"))))
    assert opening is not None
    assert (opening.what, opening.namespace) == ("namespace", "shop")
