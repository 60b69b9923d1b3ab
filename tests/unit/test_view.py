"""A view shows what a naive computation from the same objects shows, however it has come about."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k9py.kinds.pod import Pod
from k9py.kinds.registry import kind_for
from k9py.kinds.wellknown import NODES, PODS
from k9py.store.collection import Collection
from k9py.store.column import Column
from k9py.store.filter import parse_filter
from k9py.store.order import Sort, natural
from k9py.store.view import View
from k9py.values.cell import Cell, Tone
from k9py.values.resource import Key
from k9py.values.usage import Usage
from tests.unit.objects import changes, collect, listing, pod

KIND = kind_for(PODS)


def names(view: View) -> list[str]:
    return [view.key_at(index).name for index in range(len(view))]


def shown(*collections: Collection, namespace: str = "") -> View:
    view = View(KIND, collections, namespace=namespace)
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


# everything at once, against a naive computation

NAMES = st.sampled_from([f"{word}-{number}" for word in ("api", "web") for number in (1, 2, 9, 10, 11)])
SCOPES = st.sampled_from(["", "shop"])
SPACES = st.sampled_from(["shop", "test"])
STATES: Sequence[dict[str, Any]] = (
    {},
    {"phase": "Pending", "containerStatuses": []},
    {"phase": "Failed", "reason": "Evicted", "containerStatuses": []},
    {"qosClass": "Burstable"},
    {"podIPs": [{"ip": "10.20.30.140"}]},
    {"containerStatuses": [{"name": "app", "restartCount": 12, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]},
)
OBJECTS = st.builds(
    lambda name, space, node, state: pod(name, space, node=node, **state),
    NAMES,
    SPACES,
    st.sampled_from(["", "worker-a", "worker-b"]),
    st.sampled_from(STATES),
)


@dataclass
class World:
    """Two collections, a view of them, and what was asked of it."""

    namespace: str
    few: float
    at_once: int
    collections: list[Collection] = field(default_factory=lambda: [collect(context="prod"), collect(context="dev")])
    version: int = 0
    filter: str = ""
    node: str = ""
    wide: bool = False

    def __post_init__(self) -> None:
        self.view = View(KIND, self.collections, namespace=self.namespace)
        self.view.few = self.few
        self.view.at_once = self.at_once
        self.sort = self.view.sort
        self.seen: dict[Key, tuple[int, tuple[Cell, ...], Tone]] = {}

    def anew(self, obj: dict[str, Any]) -> dict[str, Any]:
        self.version += 1
        return {**obj, "metadata": {**obj["metadata"], "resourceVersion": str(self.version)}}


Step = Callable[[World], None]


def change(which: int, objects: list[dict[str, Any]], deleted: bool) -> Step:
    return lambda world: world.collections[which].apply(changes(*map(world.anew, objects), deleted=deleted))


def relist(which: int, objects: list[dict[str, Any]]) -> Step:
    return lambda world: world.collections[which].apply(listing(*map(world.anew, objects)))


def measure(usage: dict[tuple[str, str], float]) -> Step:
    def step(world: World) -> None:
        collection = world.collections[0]
        before = collection.joined.usage
        now = {name: Usage(cpu, cpu * 1e8) for name, cpu in usage.items()}
        collection.joined = replace(collection.joined, usage=now)
        collection.touch(before.keys() | now.keys())

    return step


def sort_by(title: str, descending: bool) -> Step:
    def step(world: World) -> None:
        world.sort = Sort(title, descending)
        world.view.sort_by(title, descending)

    return step


def filter_by(text: str) -> Step:
    def step(world: World) -> None:
        world.filter = text
        world.view.set_filter(parse_filter(text))

    return step


def narrow_to(node: str) -> Step:
    def step(world: World) -> None:
        world.node = node
        world.view.narrow(node, (lambda obj: bool(obj.node == node)) if node else None)

    return step


def widen(wide: bool) -> Step:
    def step(world: World) -> None:
        world.wide = wide
        world.view.wide = wide

    return step


def flush_all(view: View) -> bool:
    """Flush for as long as that asks to be called again."""
    again: list[None] = [None]
    changed = False
    while again:
        again.clear()
        view.on_dirty = lambda: again.append(None)
        changed |= view.flush()
    return changed


def look(world: World) -> None:
    """Flush, and compare with what should be seen."""
    before, total = snapshot(world.view), world.view.total
    changed = flush_all(world.view)
    after = snapshot(world.view)
    assert changed or (before == after and total == world.view.total)
    expected = compute(world)
    assert [(row[0], row[1], row[2]) for row in after] == expected
    check_measures(world)
    check_versions(world)


TITLES = ("NAMESPACE", "NAME", "STATUS", "RESTARTS", "CPU", "%CPU/R", "NODE", "AGE", "QOS")
STEPS = st.one_of(
    st.builds(change, st.integers(0, 1), st.lists(OBJECTS, max_size=4), st.booleans()),
    st.builds(change, st.integers(0, 1), st.lists(OBJECTS, max_size=4), st.just(False)),
    st.builds(relist, st.integers(0, 1), st.lists(OBJECTS, max_size=12)),
    st.builds(measure, st.dictionaries(st.tuples(SPACES, NAMES), st.sampled_from([0.001, 0.1, 2.5]), max_size=6)),
    st.builds(sort_by, st.sampled_from(TITLES), st.booleans()),
    st.builds(filter_by, st.sampled_from(["", "web", "!web", "evicted", "-l app=api", "burstable", "worker-a", "1"])),
    st.builds(narrow_to, st.sampled_from(["", "worker-a"])),
    st.builds(widen, st.booleans()),
    st.just(look),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=30), SCOPES, st.sampled_from([0, 0.2, 1]), st.sampled_from([1, 3, 500]))
def test_a_view_is_what_a_naive_computation_shows(steps: list[Step], namespace: str, few: float, at_once: int) -> None:
    world = World(namespace, few, at_once)
    for step in [*steps, look]:
        step(world)


def snapshot(view: View) -> list[tuple[Key, tuple[Cell, ...], Tone, int]]:
    rows = [view.row_at(index) for index in range(len(view))]
    return [(row.key, row.cells, row.tone, row.version) for row in rows]


def compute(world: World) -> list[tuple[Key, tuple[Cell, ...], Tone]]:
    """What a view should show, computed from the objects with nothing remembered."""
    rows = [
        (Key(collection.context, PODS.gvr, *name), record.obj, collection)
        for collection in world.collections
        for name, record in collection.records.items()
        if keeps(world, record.obj, collection)
    ]
    rows.sort(key=lambda row: (tokens(row[0].namespace), tokens(row[0].name), row[0].context))
    column = next((each for each in world.view.columns if each.title == world.sort.title), None)
    if column:
        rows.sort(key=lambda row: worth(column, column.cell(row[1], row[2].joined)), reverse=world.sort.descending)
    return [(key, cells(world.view.columns, obj, source), KIND.tone(obj, source.joined)) for key, obj, source in rows]


def cells(columns: Sequence[Column], obj: Any, source: Collection) -> tuple[Cell, ...]:
    return tuple(column.cell(obj, source.joined) for column in columns)


def keeps(world: World, obj: Pod, source: Collection) -> bool:
    if (world.namespace and obj.metadata.namespace != world.namespace) or (world.node and obj.node != world.node):
        return False
    leading = [column for column in world.view.columns if column.title in ("CONTEXT", "NAMESPACE")]
    text = " ".join(cell.text for cell in cells((*leading, *KIND.columns(())), obj, source))
    wanted = parse_filter(world.filter)
    return wanted is None or wanted.keeps(text, obj.metadata.labels)


def tokens(text: str) -> list[tuple[str, int]]:
    return [(word, int(number or -1)) for word, number in re.findall(r"([^0-9]*)([0-9]*)", text)]


def worth(column: Column, cell: Cell) -> Any:
    if column.numeric:
        return float("-inf") if cell.value is None else cell.value
    return tokens(cell.text)


def check_measures(world: World) -> None:
    view = world.view
    rows = [view.row_at(index) for index in range(len(view))]
    assert [view.index_of(row.key) for row in rows] == list(range(len(rows)))
    assert all(view.get(row.key) is row and view.key_at(index) == row.key for index, row in enumerate(rows))
    assert view.total == sum(
        not world.namespace or name[0] == world.namespace for each in world.collections for name in each.records
    )
    for index, column in enumerate(view.columns):
        assert view.widths[index] == max([len(column.title), *(width(row.cells[index]) for row in rows)]), column.title


def width(cell: Cell) -> int:
    if cell.since is None:
        return len(cell.text)
    return len(f"{cell.text} (7y364d ago)") if cell.text else len("7y364d")


def check_versions(world: World) -> None:
    """What looks otherwise than when it was last seen has another version: the table paints it anew."""
    for key, painted, tone, version in snapshot(world.view):
        seen = world.seen.get(key)
        assert seen is None or seen[1:] == (painted, tone) or seen[0] != version
        world.seen[key] = (version, painted, tone)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_an_empty_table_has_the_widths_of_its_titles(count: int) -> None:
    collection = collect(*(pod(f"web-{n}") for n in range(count)))
    view = shown(collection)
    collection.apply(listing())
    view.flush()
    assert view.widths == [len(column.title) for column in view.columns]
