"""Objects and rows out of pages and events."""

from __future__ import annotations

import msgspec
from msgspec import Raw

from k9py.kube.forms import PLAIN_COLUMNS, Rows, make_row
from k9py.kube.wire import Event, decode_page

HEAD = b'{"type":"ADDED","object":{"kind":"Table","metadata":{},'
FIRST = HEAD + b'"columnDefinitions":[{"name":"Name"}],"rows":[{"cells":["a"]}]}}'
SECOND = HEAD + b'"columnDefinitions":null,"rows":[{"cells":["b"]}]}}'


def test_the_columns_of_the_first_event_stay_those_of_the_batch() -> None:
    batch = Rows().read_events([msgspec.json.decode(line, type=Event) for line in (FIRST, SECOND)])
    assert batch.columns is not None
    assert [column.name for column in batch.columns] == ["Name"]
    assert batch.changes == [(False, Raw(b'{"cells":["a"]}')), (False, Raw(b'{"cells":["b"]}'))]


def test_an_empty_table_has_its_columns() -> None:
    batch = Rows().read_page(decode_page(b'{"kind":"Table","columnDefinitions":[{"name":"Name"}],"rows":null}'))
    assert batch.changes == []
    assert batch.columns is not None


def test_a_row_of_a_plain_object() -> None:
    row = msgspec.json.decode(
        make_row(Raw(b'{"kind":"Thing","metadata":{"name":"a","labels":{"b":"c"}},"spec":{"beside":"it"}}'))
    )
    assert row["cells"] == ["a", None]
    assert row["object"] == {
        "kind": "Thing",
        "metadata": {"name": "a", "labels": {"b": "c"}},
        "spec": {"beside": "it"},
    }
    assert len(row["cells"]) == len(PLAIN_COLUMNS)
