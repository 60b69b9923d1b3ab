"""What holds for every action, whoever adds one: keys, texts, and the test that proves it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode
from textual.keys import Keys

from k9py.actions.action import Action, Look
from k9py.actions.registry import actions_for, all_actions
from k9py.kinds.capacity import CAPACITY, WORKLOAD_CAPACITY
from k9py.kinds.namespaces_usable import USABLE
from k9py.kinds.permissions import PERMISSIONS, RULES
from k9py.kinds.subjects import SUBJECTS
from k9py.kinds.wellknown import CONTAINERS, EVENTS, WORKLOADS
from k9py.kube.discovery import discover
from k9py.ui.app import K9pyApp
from k9py.ui.screens.cluster_page import ClusterPage
from k9py.ui.screens.events_page import EventsPage
from k9py.ui.screens.home import HomePage
from k9py.ui.screens.tabbed_page import TabbedPage
from k9py.ui.screens.table_page import TablePage
from k9py.ui.screens.xray_page import XrayPage
from k9py.ui.widgets.map_view import MapView
from k9py.ui.widgets.pane import ResourcePane
from k9py.ui.widgets.tree_view import TreeView
from k9py.values.resource import Gvr, Resource
from tests.kube.reach import reach

ROOT = Path(__file__).parents[2]
ALL = frozenset({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"})
GADGETS = Resource(Gvr("toys.example", "v1", "gadgets"), "Gadget", "gadget", True, ALL)
SCALED = Resource(
    *(Gvr("toys.example", "v1", "robots"), "Robot", "robot", False, ALL), subresources=frozenset({"scale", "status"})
)
READ_ONLY = Resource(Gvr("", "v1", "componentstatuses"), "ComponentStatus", "", False, frozenset({"get", "list"}))
OURS = (CONTAINERS, WORKLOADS, CAPACITY, WORKLOAD_CAPACITY, PERMISSIONS, RULES, SUBJECTS, USABLE)

SHADOWED = {"l"}
"""Keys of tables that a row may take: `l` is right, and k9s's key for the logs; the arrow goes right in any case."""


@pytest.fixture
async def kinds(tmp_path: Path) -> list[Resource]:
    """All that the embedded cluster offers, what a CRD may add, and k9py's own."""
    async with reach(tmp_path) as (_, transport):
        found = await discover(transport)
    assert len(found.resources) > 60
    return [*found.resources, GADGETS, SCALED, READ_ONLY, *OURS]


def bound(*owners: type[DOMNode]) -> set[str]:
    """The keys that classes bind, those of the classes that they are made of among them."""
    bindings = (
        binding
        for owner in owners
        for base in owner.__mro__
        if base.__module__.startswith("k9py.")
        for binding in Binding.make_bindings(base.__dict__.get("BINDINGS", ()))
    )
    return {key for binding in bindings for key in BindingsMap([binding]).key_to_bindings}


def keys(actions: Iterable[Action | Look]) -> Counter[str]:
    return Counter(action.key for action in actions)


def test_ids_are_unique() -> None:
    assert max(Counter(action.id for action in all_actions()).values()) == 1


async def test_on_no_kind_has_a_key_two_meanings(kinds: list[Resource]) -> None:
    doubled = {
        kind.gvr.full_name: [key for key, count in keys(actions_for(kind)).items() if count > 1] for kind in kinds
    }
    assert {name: found for name, found in doubled.items() if found} == {}


async def test_no_key_of_a_row_is_taken_from_its_table(kinds: list[Resource]) -> None:
    taken = bound(K9pyApp, HomePage, TablePage, TabbedPage, ResourcePane)
    assert {"j", "S", "Z", "0", "ctrl+w", "escape"} <= taken
    taken_among_events = taken | bound(EventsPage)
    for kind in kinds:
        among = taken_among_events if kind.gvr.plural == EVENTS.gvr.plural else taken
        assert set(keys(actions_for(kind))) & among <= SHADOWED, kind.gvr.full_name


def test_no_key_of_a_row_is_taken_from_a_tree_or_a_map() -> None:
    assert set(keys(all_actions())) & bound(K9pyApp, XrayPage, TreeView) == set()
    assert set(keys(all_actions())) & bound(K9pyApp, ClusterPage, MapView) <= SHADOWED


def test_a_key_is_one_that_a_terminal_sends() -> None:
    known = {key.value for key in Keys}
    for action in all_actions():
        assert len(action.key) == 1 or action.key in known, action.id


def functions_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize(
    "action", [each for each in all_actions() if isinstance(each, Action)], ids=lambda each: each.id
)
def test_a_change_says_what_it_needs_and_what_proves_it(action: Action) -> None:
    assert action.right.verb
    assert action.kubectl.startswith("kubectl ")
    assert action.undo
    assert action.on
    assert action.title[:1].isupper()
    path, _, function = action.proof.partition("::")
    assert path.startswith("tests/cluster/"), "a change is proven on a real cluster"
    assert function in functions_in(ROOT / path)


async def test_a_change_applies_to_something_and_only_to_what_it_may_change(kinds: list[Resource]) -> None:
    for action in all_actions():
        assert any(action.applies(kind) for kind in kinds), action.id
        if isinstance(action, Action):
            assert [kind for kind in OURS if action.applies(kind)] in ([], [CONTAINERS]), action.id
