"""A View after any changes, sorts and filters is what a naive computation shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from k9py.kinds.pod import Pod
from k9py.kinds.registry import kind_for
from k9py.kinds.wellknown import PODS
from k9py.store.collection import Collection
from k9py.store.column import Column
from k9py.store.filter import parse_filter
from k9py.store.order import Sort
from k9py.store.view import View
from k9py.values.cell import Cell, Tone
from k9py.values.namespaces import Namespaces
from k9py.values.resource import Key
from k9py.values.usage import Usage
from tests.unit.objects import changes, collect, listing, pod

KIND = kind_for(PODS)
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
        self.view = View(KIND, self.collections, namespaces=Namespaces.of(self.namespace))
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
