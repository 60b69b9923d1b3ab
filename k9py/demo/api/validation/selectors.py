"""Label selectors of specs, and node selectors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k9py.demo.api.validation.meta import check_labels
from k9py.demo.api.validation.names import label_value, qualified
from k9py.demo.api.validation.words import broken, every, invalid
from k9py.demo.core.status import Cause, forbidden_value, required
from k9py.demo.core.store import Obj

_LISTED = "must be specified when `operator` is 'In' or 'NotIn'"
_BARE = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
_UNKNOWN = "not a valid selector operator"


def check_selector(path: str, selector: Obj | None) -> Iterator[Cause]:
    """A LabelSelector (meta/v1)."""
    if not selector:
        return
    yield from check_labels(f"{path}.matchLabels", selector.get("matchLabels") or {})
    yield from every(f"{path}.matchExpressions", selector.get("matchExpressions"), _check_term)


def _check_term(path: str, term: Obj) -> Iterator[Cause]:
    operator, values = term.get("operator"), term.get("values") or ()
    if operator in ("In", "NotIn"):
        if not values:
            yield required(f"{path}.values", _LISTED)
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            yield forbidden_value(f"{path}.values", _BARE)
    else:
        yield invalid(f"{path}.operator", operator or "", _UNKNOWN)
    yield from broken(f"{path}.key", term.get("key", ""), qualified)
    yield from _check_values(path, values)


def _check_values(path: str, values: Any) -> Iterator[Cause]:
    yield from every(f"{path}.values", values, broken, label_value)


def check_node_term(path: str, term: Obj) -> Iterator[Cause]:
    """A NodeSelectorTerm."""
    yield from every(f"{path}.matchExpressions", term.get("matchExpressions"), _check_node_requirement)
    yield from every(f"{path}.matchFields", term.get("matchFields"), _check_node_field)


def _check_node_requirement(path: str, one: Obj) -> Iterator[Cause]:
    operator, values = one.get("operator"), one.get("values") or ()
    if operator in ("Gt", "Lt"):
        if len(values) != 1:
            yield required(f"{path}.values", "must be specified single value when `operator` is 'Lt' or 'Gt'")
        yield from broken(f"{path}.key", one.get("key", ""), qualified)
    else:
        yield from _check_term(path, one)


def _check_node_field(path: str, one: Obj) -> Iterator[Cause]:
    if one.get("operator") not in ("In", "NotIn"):
        yield invalid(f"{path}.operator", one.get("operator", ""), _UNKNOWN)
    elif len(one.get("values") or ()) != 1:
        yield required(
            f"{path}.values", "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
        )
    if one.get("key") != "metadata.name":
        yield invalid(f"{path}.key", one.get("key", ""), "not a valid field selector key")
