"""A view shows what a naive computation from the same objects shows, however it has come about."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9py.kinds.registry import kind_for
from k9py.kinds.wellknown import NODES, PODS
from k9py.store.collection import Collection
from k9py.store.filter import parse_filter
from k9py.store.order import Sort, natural
from k9py.store.view import View
from k9py.values.cell import Cell, Tone
from k9py.values.namespaces import Namespaces
from k9py.values.resource import Key
from k9py.values.usage import Usage
from tests.unit.objects import changes, collect, listing, pod

KIND = kind_for(PODS)


def names(view: View) -> list[str]:
    return [view.key_at(index).name for index in range(len(view))]


def shown(*collections: Collection, namespace: str = "") -> View:
    view = View(KIND, collections, namespaces=Namespaces.of(namespace))
    view.flush()
    return view


def cell(view: View, row: int, title: str) -> Cell:
    titles = [column.title for column in view.columns]
    return view.row_at(row).cells[titles.index(title)]


def key(name: str, namespace: str = "shop", context: str = "prod") -> Key:
    return Key(context, PODS.gvr, namespace, name)


# one thing at a time


def test_rows_are_in_natural_order_of_namespace_and_name() -> None:
    view = shown(collect(pod("web-10"), pod("web-9"), pod("api"), pod("zoo", "a")))
    assert names(view) == ["zoo", "api", "web-9", "web-10"]
    assert [column.title for column in view.columns][:2] == ["NAMESPACE", "NAME"]


def test_one_namespace_needs_no_column_of_it() -> None:
    view = shown(collect(pod("b"), pod("a"), pod("c", "other")), namespace="shop")
    assert names(view) == ["a", "b"]
    assert view.total == 2
    assert view.columns[0].title == "NAME"
    assert view.sort == Sort("NAME")


def test_several_contexts_are_told_apart() -> None:
    view = shown(collect(pod("a"), context="prod"), collect(pod("a"), context="dev"))
    assert [column.title for column in view.columns][:3] == ["CONTEXT", "NAMESPACE", "NAME"]
    assert [view.row_at(index).cells[0].text for index in range(2)] == ["dev", "prod"]
    assert view.index_of(key("a", context="prod")) == 1
    assert view.get(key("a", context="other")) is None


def test_nothing_changes_before_a_flush_and_nothing_after_it_without_cause() -> None:
    collection = collect(pod("a"))
    view = shown(collection)
    woken: list[None] = []
    view.on_dirty = lambda: woken.append(None)
    collection.apply(changes(pod("b")))
    assert names(view) == ["a"]
    assert woken == [None]
    assert view.flush()
    assert names(view) == ["a", "b"]
    assert not view.flush()


def test_much_is_done_in_parts_and_what_is_asked_for_at_once() -> None:
    collection = collect(*(pod(f"web-{n}") for n in range(10)))
    view = shown(collection)
    assert len(view) == 10
    view.at_once = 4
    woken: list[None] = []
    view.on_dirty = lambda: woken.append(None)
    collection.apply(changes(*(pod(f"web-{n}", version=2, podIPs=[{"ip": "10.0.0.1"}]) for n in range(10))))
    woken.clear()
    for done in (4, 8):
        assert view.flush()
        assert sum(cell(view, n, "IP").text == "10.0.0.1" for n in range(10)) == done
    assert len(woken) == 2
    view.sort_by("IP")
    woken.clear()
    assert view.flush()
    assert not woken
    assert all(cell(view, n, "IP").text == "10.0.0.1" for n in range(10))


def test_a_change_that_cannot_be_seen_is_none() -> None:
    collection = collect(pod("a"), pod("b"))
    view = shown(collection)
    row, version = view.row_at(0), view.version
    collection.apply(changes(pod("a", version=2, message="seen nowhere")))
    assert not view.flush()
    assert view.version == version
    assert view.row_at(0) is row
    assert row.obj.metadata.resource_version == "2"


def test_a_row_gets_a_new_version_when_its_cells_do() -> None:
    collection = collect(pod("a"), pod("b"))
    view = shown(collection)
    a, b = view.row_at(0).version, view.row_at(1).version
    collection.apply(changes(pod("a", version=2, phase="Failed", reason="Evicted", containerStatuses=[])))
    assert view.flush()
    assert view.row_at(0).version != a
    assert view.row_at(1).version == b
    assert view.row_at(0).tone is Tone.BAD


def test_an_object_made_anew_under_its_name_keeps_its_row_and_shows_its_uid() -> None:
    collection = collect(pod("a"))
    view = shown(collection)
    anew = pod("a", version=7)
    anew["metadata"]["uid"] = "another"
    collection.apply(changes(anew))
    view.flush()
    assert view.row_at(0).uid == "another"


def test_sorting_by_the_same_column_again_turns_it_round() -> None:
    usage = {("shop", "a"): Usage(0.1, 1), ("shop", "c"): Usage(0.3, 1)}
    collection = collect(pod("a"), pod("b"), pod("c"))
    collection.joined = replace(collection.joined, usage=usage)
    view = shown(collection)
    view.sort_by("CPU")
    assert names(view) == ["a", "b", "c"]
    assert view.flush()
    assert names(view) == ["b", "a", "c"]
    view.sort_by("CPU")
    view.flush()
    assert view.sort == Sort("CPU", descending=True)
    assert names(view) == ["c", "a", "b"]


def test_rows_of_one_worth_stay_in_the_order_of_their_names() -> None:
    view = shown(collect(pod("c"), pod("a"), pod("b", phase="Pending", containerStatuses=[])))
    view.sort_by("STATUS", descending=True)
    view.flush()
    assert names(view) == ["a", "c", "b"]
    view.sort_by("AGE")
    view.flush()
    assert names(view) == ["a", "b", "c"]


def test_a_sort_by_a_column_that_is_not_there_leaves_the_order_of_names() -> None:
    view = shown(collect(pod("b"), pod("a")))
    view.sort_by("QOS", descending=True)
    view.flush()
    assert names(view) == ["a", "b"]


def test_a_filter_sees_all_columns_even_hidden_ones_but_no_ages() -> None:
    view = shown(collect(pod("web-1"), pod("api-1", qosClass="BestEffort")))
    for text, found in (("besteffort", ["api-1"]), ("app=web", ["web-1"]), (r"\dd", []), ("!web", ["api-1"])):
        view.set_filter(parse_filter(text))
        view.flush()
        assert names(view) == found, text
    assert view.total == 2
    view.set_filter(None)
    view.flush()
    assert names(view) == ["api-1", "web-1"]


def test_a_row_that_comes_to_match_appears_and_one_that_no_longer_does_goes() -> None:
    collection = collect(pod("a"), pod("b"))
    view = shown(collection)
    view.set_filter(parse_filter("-l tier=x"))
    assert view.flush()
    labelled = pod("b", version=2)
    labelled["metadata"]["labels"]["tier"] = "x"
    collection.apply(changes(labelled))
    assert view.flush()
    assert names(view) == ["b"]
    collection.apply(changes(pod("b", version=3)))
    assert view.flush()
    assert names(view) == []
    assert view.index_of(key("b")) is None
    assert view.get(key("b")) is not None


def test_narrowing_shows_what_belongs_to_something() -> None:
    collection = collect(pod("a"), pod("b", node="worker-b"))
    view = shown(collection)
    view.narrow("node worker-b", lambda obj: bool(obj.node == "worker-b"))
    view.flush()
    assert (view.scope, names(view)) == ("node worker-b", ["b"])
    collection.apply(changes(pod("a", version=2, node="worker-b")))
    view.flush()
    assert names(view) == ["a", "b"]
    view.narrow("", None)
    view.flush()
    assert (view.scope, len(view)) == ("", 2)


def test_wide_columns_are_computed_when_they_are_asked_for() -> None:
    view = shown(collect(pod("a", qosClass="Burstable")))
    assert "QOS" not in {column.title for column in view.columns}
    view.wide = True
    assert view.flush()
    assert cell(view, 0, "QOS").text == "Burstable"
    view.wide = False
    assert view.flush()
    assert len(view.row_at(0).cells) == len(view.columns)


def test_widths_are_those_of_what_is_shown() -> None:
    collection = collect(pod("a"), pod("quite-a-long-name"), pod("한국어한국어"))
    view = shown(collection)
    titles = [column.title for column in view.columns]
    width = {title: index for index, title in enumerate(titles)}
    assert view.widths[width["NAME"]] == 17
    assert view.widths[width["AGE"]] == 6
    assert view.widths[width["READY"]] == len("READY")
    collection.apply(changes(pod("quite-a-long-name"), deleted=True))
    view.flush()
    assert view.widths[width["NAME"]] == 12


def test_cells_are_fit_for_a_terminal() -> None:
    view = shown(collect(pod("a", phase="Run\x1b[31mning\u202e", containerStatuses=[])))
    assert cell(view, 0, "STATUS").text == "Running"


def test_an_object_that_cannot_be_read_has_a_row_that_says_so() -> None:
    odd = {**pod("odd"), "spec": {"containers": 3}}
    view = shown(collect(pod("a"), odd))
    assert names(view) == ["a", "odd"]
    assert view.row_at(1).tone is Tone.BAD
    assert cell(view, 1, "STATUS").text == "?"
    assert cell(view, 1, "NAME").text == "odd"
    assert cell(view, 1, "AGE").since is not None
    for title in (column.title for column in view.columns):
        view.sort_by(title)
        view.flush()
    view.narrow("node x", lambda obj: bool(obj.node))
    view.set_filter(parse_filter("odd"))
    view.flush()
    assert names(view) == []


def test_a_cell_that_fails_is_told_and_spoils_nothing_else() -> None:
    odd = {"metadata": {"name": "odd"}, "status": {"allocatable": {"cpu": "much"}}}
    collection = collect(odd, resource=NODES)
    collection.joined = replace(collection.joined, usage={("", "odd"): Usage(1, 1)})
    view = View(kind_for(NODES), [collection])
    view.flush()
    assert [cell(view, 0, title).text for title in ("NAME", "STATUS", "CPU", "%CPU")] == [
        "odd",
        "Unknown",
        "1000m",
        "?",
    ]
    assert collection.faults == {("", "odd"): "ValueError: 'much' is not a quantity"}


def test_a_closed_view_hears_nothing() -> None:
    collection = collect(pod("a"))
    view = shown(collection)
    view.close()
    collection.apply(changes(pod("b")))
    assert not view.flush()


@given(st.lists(st.integers(0, 10**20), min_size=2, max_size=20))
def test_natural_order_is_that_of_numbers(numbers: list[int]) -> None:
    said = sorted((f"web-{number}" for number in numbers), key=natural)
    assert said == [f"web-{number}" for number in sorted(numbers)]


@given(st.text(), st.text())
def test_no_two_texts_share_a_place(one: str, other: str) -> None:
    assert (natural(one) == natural(other)) == (one == other)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_an_empty_table_has_the_widths_of_its_titles(count: int) -> None:
    collection = collect(*(pod(f"web-{n}") for n in range(count)))
    view = shown(collection)
    collection.apply(listing())
    view.flush()
    assert view.widths == [len(column.title) for column in view.columns]
