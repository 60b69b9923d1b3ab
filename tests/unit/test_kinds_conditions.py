"""What an object's conditions say of its health, whatever its kind."""

from __future__ import annotations

from typing import Any

import pytest

from k9py.kinds.conditions import Condition, conditions_tone, telling
from k9py.kinds.registry import decoder
from k9py.kinds.server_columns import server_kind
from k9py.store.collection import Collection
from k9py.store.column import Joined
from k9py.store.view import View
from k9py.values.batch import Batch, ServerColumn
from k9py.values.cell import Tone
from k9py.values.resource import Gvr, Resource
from tests.unit.objects import raw

KIND = server_kind("example.com", "choirs")
CHOIRS = Resource(Gvr("example.com", "v1", "choirs"), "Choir", "choir", True, frozenset({"list", "watch"}))
NAME, STATUS = ServerColumn("Name"), ServerColumn("Status")


def conditions(*told: str) -> tuple[Condition, ...]:
    """`Ready=False/NoIssuer`."""
    parts = [each.partition("=") for each in told]
    split = [(kind, *rest.partition("/")) for kind, _, rest in parts]
    return tuple(Condition(kind, status, reason) for kind, status, _, reason in split)


@pytest.mark.parametrize(
    ("told", "tone", "says"),
    [
        ([], Tone.PLAIN, ""),
        (["Ready=True"], Tone.OK, "Ready"),
        (["Ready=True", "Synced=True"], Tone.OK, "Ready"),
        (["Ready=False/NoIssuer"], Tone.BAD, "Ready=False (NoIssuer)"),
        (["Available=False", "Ready=True"], Tone.BAD, "Available=False"),
        (["Ready=Unknown"], Tone.BUSY, "Ready=Unknown"),
        (["Ready=False/Pending"], Tone.BUSY, "Ready=False (Pending)"),
        (["Ready=False/InProgress"], Tone.BUSY, "Ready=False (InProgress)"),
        (["Ready=False/SecretMissing"], Tone.BAD, "Ready=False (SecretMissing)"),
        (["Ready=True", "Reconciling=True/NewSpec"], Tone.BUSY, "Reconciling=True (NewSpec)"),
        (["Available=True", "Progressing=True/NewReplicaSetAvailable"], Tone.OK, "Available"),
        (["Progressing=False/ProgressDeadlineExceeded"], Tone.BAD, "Progressing=False (ProgressDeadlineExceeded)"),
        (["Available=True", "Progressing=False/AsExpected", "Degraded=False"], Tone.OK, "Available"),
        (["Ready=True", "Degraded=True", "Stalled=True/Loop"], Tone.BAD, "Degraded=True,Stalled=True (Loop)"),
        (["Complete=True"], Tone.DONE, "Complete"),
        (["Complete=False"], Tone.PLAIN, ""),
        (["Sung=False"], Tone.PLAIN, ""),
    ],
)
def test_conditions(told: list[str], tone: Tone, says: str) -> None:
    assert conditions_tone(conditions(*told)) is tone
    assert telling(conditions(*told)) == says


def test_no_conditions_may_be_null() -> None:
    assert conditions_tone(None) is Tone.PLAIN
    assert telling(None) == ""


def choir(status: Any, *cells: str, **metadata: Any) -> dict[str, Any]:
    return {"cells": ["altos", *cells], "object": {"metadata": {"name": "altos", **metadata}, "status": status}}


def view(row: dict[str, Any], *columns: ServerColumn) -> View:
    collection = Collection("prod", CHOIRS, decoder(KIND), KIND.keep_whole)
    collection.apply(Batch([(False, raw(row))], True, True, (NAME, *columns)))
    shown = View(KIND, [collection])
    shown.flush()
    assert not collection.faults
    return shown


SICK = {"conditions": [{"type": "Ready", "status": "False", "reason": "NoIssuer", "more": 1}], "other": [{}]}
WELL = {"conditions": [{"type": "Ready", "status": "True"}]}


@pytest.mark.parametrize(
    ("status", "cell", "tone"),
    [
        (SICK, "Whatever", Tone.BAD),
        (SICK, "Ready", Tone.BAD),
        (WELL, "Whatever", Tone.OK),
        (WELL, "Failed", Tone.BAD),
        (None, "Pending", Tone.BUSY),
        (None, "Whatever", Tone.PLAIN),
    ],
)
def test_a_row_is_as_bad_as_the_worst_of_its_states_and_its_conditions(status: Any, cell: str, tone: Tone) -> None:
    assert view(choir(status, cell), STATUS).row_at(0).tone is tone


def test_what_is_being_deleted_is_that_before_all_else() -> None:
    assert view(choir(SICK, "Failed", deletionTimestamp="2026-01-01T00:00:00Z"), STATUS).row_at(0).tone is Tone.GOING


def test_a_version_that_nobody_has_seen_yet_is_on_its_way() -> None:
    status = {**WELL, "observedGeneration": 1}
    assert view(choir(status, generation=2)).row_at(0).tone is Tone.BUSY
    assert view(choir(status, generation=1)).row_at(0).tone is Tone.OK


@pytest.mark.parametrize(
    "status",
    [
        "ready",
        ["ready"],
        {"conditions": {"Ready": True}},
        {"conditions": [{"state": "fine"}]},
        {"conditions": ["fine"], "observedGeneration": "first"},
        {"conditions": None},
    ],
)
def test_a_status_may_be_anything(status: Any) -> None:
    row = view(choir(status)).row_at(0)
    assert row.cells[2].text == ""
    assert row.tone is Tone.PLAIN


def test_words_say_what_is_wrong_where_the_server_has_no_column_for_it() -> None:
    titles = [column.title for column in view(choir(SICK)).columns]
    assert titles == ["NAMESPACE", "NAME", "CONDITIONS", "AGE"]
    cell = view(choir(SICK)).row_at(0).cells[2]
    assert (cell.text, cell.tone) == ("Ready=False (NoIssuer)", Tone.BAD)
    assert "CONDITIONS" not in [column.title for column in view(choir(SICK, "Bad"), STATUS).columns]


def test_of_what_is_known_conditions_are_wide() -> None:
    maps = server_kind("", "configmaps").columns((NAME,))
    assert [column.wide for column in maps if column.title == "CONDITIONS"] == [True]


def test_annotations_are_kept_but_for_the_one_that_is_the_whole_object() -> None:
    applied = "kubectl.kubernetes.io/last-applied-configuration"
    row = decoder(KIND)(raw(choir(None, annotations={"song": "아리랑", applied: "{…}"})))
    assert row.metadata.annotations == {"song": "아리랑"}
    assert KIND.tone(row, Joined()) is Tone.PLAIN
