"""Merge patches: made, applied, taken back; and a change rebased on what others have changed."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9py.values.merge_patch import MISSING, Clash, Keys, apply_patch, make_patch, rebase, same, say_path
from k9py.values.reading import Path
from tests.unit.values import NAMES, OBJECTS, PLAIN, patiently


def by_name(path: Path) -> tuple[str, ...] | None:
    return ("name",)


def as_set(path: Path) -> tuple[str, ...] | None:
    return ()


@patiently
@given(OBJECTS, OBJECTS)
def test_a_patch_makes_what_it_was_made_for(before: dict[str, Any], after: dict[str, Any]) -> None:
    kept = copy.deepcopy(before)
    made = apply_patch(before, make_patch(before, after))
    assert same(made, after)
    assert before == kept


@patiently
@given(OBJECTS, OBJECTS)
def test_the_patch_the_other_way_takes_it_back(before: dict[str, Any], after: dict[str, Any]) -> None:
    made = apply_patch(before, make_patch(before, after))
    assert same(apply_patch(made, make_patch(after, before)), before)


@patiently
@given(OBJECTS)
def test_what_is_the_same_needs_no_patch(found: dict[str, Any]) -> None:
    assert make_patch(found, copy.deepcopy(found)) == {}


@patiently
@given(OBJECTS, OBJECTS)
def test_a_rebase_on_what_nobody_changed_is_what_you_wrote(before: dict[str, Any], yours: dict[str, Any]) -> None:
    merged = rebase(before, yours, copy.deepcopy(before), by_name)
    assert same(merged.value, yours)
    assert merged.clashes == ()
    theirs = rebase(before, copy.deepcopy(before), yours, by_name)
    assert same(theirs.value, yours)


@patiently
@given(OBJECTS, OBJECTS, OBJECTS)
def test_changes_of_different_fields_go_together(
    before: dict[str, Any], yours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    old = {"mine": before, "other": before}
    merged = rebase(old, {"mine": yours, "other": before}, {"mine": before, "other": theirs})
    assert same(merged.value, {"mine": yours, "other": theirs})
    assert merged.clashes == ()


@patiently
@given(OBJECTS, OBJECTS, OBJECTS)
def test_every_clash_can_be_decided(before: dict[str, Any], yours: dict[str, Any], theirs: dict[str, Any]) -> None:
    merged = rebase(before, yours, theirs, by_name)
    chosen = {clash.path: "theirs" for clash in merged.clashes}
    decided = rebase(before, yours, theirs, by_name, chosen)  # type: ignore[arg-type]
    assert decided.clashes == ()
    if {clash.path for clash in merged.clashes} == {()}:
        assert same(decided.value, theirs)


CONTAINERS = st.dictionaries(st.sampled_from("abcdef"), st.dictionaries(NAMES, PLAIN, max_size=3), max_size=5)


@patiently
@given(CONTAINERS, st.sampled_from("abcdef"), st.sampled_from("ghi"), PLAIN)
def test_items_are_told_apart_by_their_keys(old: dict[str, Any], changed: str, added: str, value: Any) -> None:
    def listed(items: dict[str, Any]) -> dict[str, Any]:
        return {"items": [{**item, "name": name} for name, item in items.items()]}

    yours = {**old, **({changed: {**old[changed], "mine": value}} if changed in old else {})}
    theirs = {added: {"x": 1}, **{name: {**item, "their": value} for name, item in old.items()}}
    merged = rebase(listed(old), listed(yours), listed(theirs), by_name)
    assert merged.clashes == ()
    found = {item["name"]: item for item in merged.value["items"]}
    assert list(found) == list(theirs)
    assert same(found[added], {"x": 1, "name": added})
    if changed in old:
        assert same(found[changed]["mine"], value)
        assert same(found[changed]["their"], value)


def merge(before: Any, yours: Any, theirs: Any, keys: Keys = by_name) -> Any:
    merged = rebase({"x": before}, {"x": yours}, {"x": theirs}, keys)
    return merged.value["x"], [(clash.path, clash.yours, clash.theirs, clash.before) for clash in merged.clashes]


def test_the_same_change_is_no_clash() -> None:
    assert merge(1, 2, 2) == (2, [])


def test_true_is_not_one() -> None:
    assert make_patch({"a": 1}, {"a": True}) == {"a": True}
    assert not same([0], [False])


def test_null_is_as_if_it_were_not_there() -> None:
    assert make_patch({"a": None, "b": 1}, {"b": None}) == {"b": None}
    assert same({"a": None}, {})


def test_two_changes_of_one_field_clash() -> None:
    assert merge(1, 2, 3) == (2, [(("x",), 2, 3, 1)])


def test_what_one_takes_away_and_the_other_changes_clashes() -> None:
    merged = rebase({"a": {"b": 1}}, {}, {"a": {"b": 2}})
    assert merged.value == {}
    assert merged.clashes == (Clash(("a",), MISSING, {"b": 2}, {"b": 1}),)


def test_lists_of_which_nothing_is_known_are_one_value() -> None:
    assert merge([1, 2], [1, 2, 3], [0, 1, 2], lambda path: None)[1] == [(("x",), [1, 2, 3], [0, 1, 2], [1, 2])]


def test_a_set_has_what_either_has_added_and_none_has_taken_away() -> None:
    assert merge(["a", "b"], ["b", "c"], ["a", "b", "d"], as_set) == (["b", "d", "c"], [])


def test_items_keep_their_order_and_new_ones_their_place() -> None:
    def named(*names: str) -> list[dict[str, str]]:
        return [{"name": name} for name in names]

    value, clashes = merge(named("a", "b"), named("a", "x", "b"), named("a", "b", "y"))
    assert value == named("a", "x", "b", "y")
    assert clashes == []
    assert merge(named("a", "b"), named("b", "a"), named("a", "b", "c"))[0] == named("b", "c", "a")


def test_a_clash_inside_an_item_names_it() -> None:
    value, clashes = merge([{"name": "a", "i": 1}], [{"name": "a", "i": 2}], [{"name": "a", "i": 3}, {"name": "b"}])
    assert value == [{"name": "a", "i": 2}, {"name": "b"}]
    ((path, *_),) = clashes
    assert say_path(path) == "x[name=a].i"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (("spec", "containers", 0, "image"), "spec.containers[0].image"),
        (("metadata", "labels", "a.b/c"), "metadata.labels[a.b/c]"),
        (("spec", "ports", ("port=80", "protocol=TCP")), "spec.ports[port=80,protocol=TCP]"),
    ],
)
def test_paths_are_said_as_they_are_read(path: Path, said: str) -> None:
    assert say_path(path) == said
