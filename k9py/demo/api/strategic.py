"""Strategic merge patch: lists are merged by a key, as the schema says, and directives delete, replace and order.

Source: the extensions `x-kubernetes-patch-strategy` and `-merge-key` of OpenAPI, and
kubernetes/community, contributors/devel/sig-api-machinery/strategic-merge-patch.md.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from k9py.demo.api.gojson import go_text
from k9py.demo.api.openapi import Node

PATCH = "$patch"
RETAIN = "$retainKeys"
ORDER = "$setElementOrder/"
REMOVE = "$deleteFromPrimitiveList/"


class BadPatch(Exception):
    """A patch that contradicts itself. `client` says whether the server sees that it is the client's fault."""

    def __init__(self, text: str, client: bool = False) -> None:
        super().__init__(text)
        self.client = client


def strategic_merge(original: Any, patch: Any, node: Node | None) -> dict[str, Any]:
    """The object after the patch; `original` is changed. Raises BadPatch."""
    patch = copy.deepcopy(patch)
    directive = patch.pop(PATCH, None)
    if directive is not None:
        return _directed(directive, patch)
    merged: dict[str, Any] = original
    _retain(merged, patch)
    _order_lists(merged, patch, node)
    for name, value in patch.items():
        _merge_field(merged, name, value, node)
    return merged


def _directed(directive: Any, patch: dict[str, Any]) -> dict[str, Any]:
    if directive == "replace":
        return patch
    if directive == "delete":
        return {}
    raise _unknown(directive, {PATCH: directive, **patch})


def _unknown(directive: Any, found: dict[str, Any]) -> BadPatch:
    shown = f"%!s(int64={directive})" if isinstance(directive, int) else go_text(directive)
    return BadPatch(f"unknown patch type: {shown} in map: {go_text(found)}")


def _retain(original: dict[str, Any], patch: dict[str, Any]) -> None:
    """`$retainKeys`: of a union, the other members go."""
    kept = patch.pop(RETAIN, None)
    if kept is None:
        return
    named = [name for name in patch if not name.startswith("$")]
    if not isinstance(kept, list) or any(name not in kept for name in named):
        raise BadPatch("invalid patch format of retainKeys", client=True)
    for name in [name for name in original if name not in kept]:
        del original[name]


def _order_lists(original: dict[str, Any], patch: dict[str, Any], node: Node | None) -> None:
    """`$setElementOrder/NAME`: merge that list, and bring it into the order that the patch wants."""
    for directive in [name for name in patch if name.startswith(ORDER)]:
        order = patch.pop(directive)
        name = directive.removeprefix(ORDER)
        if not isinstance(order, list):
            raise BadPatch("invalid patch format of setElementOrder list", client=True)
        field = node.field(name) if node else None
        key = _merge_key(field)
        _check_order(patch.get(name), order, key)
        before = original.get(name) or []
        sent = patch.pop(name, None)
        merged = list(before) if sent is None else sent if name not in original else _merge_list(before, sent, field)
        if merged or name in original or sent is not None:
            original[name] = ordered(merged, order, before, key)


def _check_order(sent: Any, order: list[Any], key: str) -> None:
    """What the patch changes must stand in the order that it wants, and in that order."""
    items = [item for item in sent or () if not (isinstance(item, dict) and PATCH in item)]
    wanted = [_identity(item, key) for item in order]
    positions = [wanted.index(found) if (found := _identity(item, key)) in wanted else -1 for item in items]
    if -1 in positions or positions != sorted(positions):
        text = f"The order in patch list:\n{go_text(items)}\n doesn't match $setElementOrder list:\n{go_text(order)}\n"
        raise BadPatch(text)


def _identity(item: Any, key: str) -> Any:
    return item.get(key) if isinstance(item, dict) else item


def _merge_field(original: dict[str, Any], name: str, value: Any, node: Node | None) -> None:
    if name.startswith(REMOVE):
        _remove_from(original, name.removeprefix(REMOVE), value)
        return
    if value is None:
        original.pop(name, None)
        return
    field, old = node.field(name) if node else None, original.get(name)
    if isinstance(value, dict) and isinstance(old, dict) and _strategy(field) != "replace":
        original[name] = strategic_merge(old, value, field)
    elif isinstance(value, list) and isinstance(old, list):
        original[name] = _merge_list(old, value, field)
    else:
        original[name] = without_directives(value)


def _remove_from(original: dict[str, Any], name: str, value: Any) -> None:
    removed = value if isinstance(value, list) else []
    if isinstance(original.get(name), list):
        original[name] = [item for item in original[name] if item not in removed]


def _strategy(field: Node | None) -> str:
    """`merge`, `replace` or empty; `retainKeys`, that can stand beside it, is done by its directive."""
    text = (field.extension("patch-strategy") or "") if field else ""
    return next((part for part in text.split(",") if part != "retainKeys"), "")


def _merge_key(field: Node | None) -> str:
    return (field.extension("patch-merge-key") or "") if field else ""


def _merge_list(old: list[Any], new: list[Any], field: Node | None) -> list[Any]:
    if _strategy(field) != "merge":
        return new
    _check_kinds(old, new)
    key = _merge_key(field)
    if not any(isinstance(item, dict) for item in (*old, *new)):
        return ordered(merge_plain(old, new), new, old, "")
    server = list(old)
    server, sent = _special(server, new, key)
    items = field.items if field else None
    merged = merge_keyed(server, sent, key, lambda one, patch: strategic_merge(one, patch, items))
    return ordered(merged, sent, server, key)


def _check_kinds(old: list[Any], new: list[Any]) -> None:
    kinds = {type(item) for item in (*old, *new)}
    if len(kinds) > 1:
        raise BadPatch(f"list element types are not identical: {go_text([old, new])}")
    if kinds == {list}:
        raise BadPatch("lists of lists are not supported")


def _special(old: list[Any], new: list[Any], key: str) -> tuple[list[Any], list[Any]]:
    """Do what the items of a patch demand of the list: delete one, or replace all. The rest is to be merged."""
    plain = [item for item in new if PATCH not in item]
    for item in plain:
        _key_of(item, key)
    for item in new:
        if PATCH not in item:
            continue
        if item[PATCH] == "delete":
            old = [one for one in old if one.get(key) != _key_of(item, key)]
        elif item[PATCH] == "replace":
            return [without_directives(one) for one in plain], []
        elif item[PATCH] == "merge":
            raise BadPatch("merging lists cannot yet be specified in the patch")
        else:
            raise _unknown(item[PATCH], item)
    return old, plain


def _key_of(item: dict[str, Any], key: str) -> Any:
    if key not in item:
        raise BadPatch(f"map: {go_text(item)} does not contain declared merge key: {key}")
    return item[key]


def without_directives(value: Any) -> Any:
    """What is new is taken as it is, but for its directives and its nulls."""
    if isinstance(value, list):
        kept = [item for item in value if not (isinstance(item, dict) and PATCH in item)]
        return [without_directives(item) for item in kept]
    if isinstance(value, dict):
        if value.get(PATCH) == "delete":
            return {}
        return {
            name: without_directives(one) for name, one in value.items() if one is not None and not _is_directive(name)
        }
    return value


def _is_directive(name: str) -> bool:
    return name in (PATCH, RETAIN) or name.startswith((ORDER, REMOVE))


Merge = Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]


def merge_plain(old: list[Any], new: list[Any]) -> list[Any]:
    """Scalars: all of both, each once."""
    merged: list[Any] = []
    for item in (*old, *new):
        if item not in merged:
            merged.append(item)
    return merged


def merge_keyed(old: list[Any], new: list[Any], key: str, merge: Merge) -> list[Any]:
    """Objects: those of the same key become one, by `merge`; what is new is merged into nothing."""
    merged = list(old)
    for item in new:
        index = next((index for index, one in enumerate(merged) if one.get(key) == item[key]), None)
        if index is None:
            merged.append(merge({}, item))
        else:
            merged[index] = merge(merged[index], item)
    return merged


def ordered(merged: list[Any], wanted: list[Any], before: list[Any], key: str) -> list[Any]:
    """Bring a list into order: what the patch names as it names it, between what it does not, as that stood before.

    An item of the patch comes before the first other that did not stand before it.
    """
    names = [_name(item, key) for item in wanted]
    places = [_name(item, key) for item in before]
    sent = sorted(
        (item for item in merged if _name(item, key) in names), key=lambda item: names.index(_name(item, key))
    )
    rest = sorted(
        (item for item in merged if _name(item, key) not in names), key=lambda item: _place(item, places, key)
    )
    found: list[Any] = []
    while sent and rest:
        mine, other = _place(sent[0], places, key), _place(rest[0], places, key)
        first = rest if mine < len(places) and other < len(places) and other < mine else sent
        found.append(first.pop(0))
    return [*found, *sent, *rest]


def _name(item: Any, key: str) -> Any:
    return item.get(key) if key and isinstance(item, dict) else item


def _place(item: Any, places: list[Any], key: str) -> int:
    """Where it stood before; behind all, if it did not."""
    name = _name(item, key)
    return places.index(name) if name in places else len(places)
