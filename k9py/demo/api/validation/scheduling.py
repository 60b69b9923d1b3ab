"""Where pods may run: tolerations, affinity, spreading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from k9py.demo.api.validation.names import label_value, qualified
from k9py.demo.api.validation.selectors import check_node_term, check_selector
from k9py.demo.api.validation.words import broken, every, invalid, one_of
from k9py.demo.core.status import Cause, required, unsupported_value
from k9py.demo.core.store import Obj

EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_EVERYTHING = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
_REQUIRED, _PREFERRED = (f"{word}DuringSchedulingIgnoredDuringExecution" for word in ("required", "preferred"))


def check_tolerations(path: str, tolerations: Sequence[Obj]) -> Iterator[Cause]:
    """The taints that a pod bears."""
    yield from every(path, tolerations, _check_toleration)


def _check_toleration(path: str, one: Obj) -> Iterator[Cause]:
    key, operator, effect = one.get("key", ""), one.get("operator", ""), one.get("effect", "")
    if key:
        yield from broken(f"{path}.key", key, qualified)
    elif operator != "Exists":
        yield invalid(f"{path}.operator", operator, _EVERYTHING)
    if one.get("tolerationSeconds") is not None and effect != "NoExecute":
        yield invalid(f"{path}.effect", effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
    value = one.get("value", "")
    if operator in ("Equal", ""):
        wrong = label_value(value)
        if wrong:
            yield invalid(f"{path}.operator", value, ";".join(wrong))
    elif operator == "Exists":
        if value:
            yield invalid(f"{path}.operator", value, "value must be empty when `operator` is 'Exists'")
    else:
        yield unsupported_value(f"{path}.operator", operator, ("Equal", "Exists"))
    if effect:
        yield from one_of(f"{path}.effect", effect, EFFECTS)


def check_affinity(path: str, affinity: Obj | None) -> Iterator[Cause]:
    """Which nodes and which neighbours a pod wants."""
    if not affinity:
        return
    node = affinity.get("nodeAffinity") or {}
    yield from _check_node(f"{path}.nodeAffinity", node)
    for kind in ("podAffinity", "podAntiAffinity"):
        pods = affinity.get(kind) or {}
        yield from every(f"{path}.{kind}.{_REQUIRED}", pods.get(_REQUIRED), _check_pod_term)
        for index, weighted in enumerate(pods.get(_PREFERRED) or ()):
            at = f"{path}.{kind}.{_PREFERRED}[{index}]"
            yield from _check_weight(at, weighted)
            yield from _check_pod_term(f"{at}.podAffinityTerm", weighted.get("podAffinityTerm") or {})


def _check_node(path: str, node: Obj) -> Iterator[Cause]:
    wanted = node.get(_REQUIRED)
    if wanted is not None:
        terms = wanted.get("nodeSelectorTerms")
        if not terms:
            yield required(f"{path}.{_REQUIRED}.nodeSelectorTerms", "must have at least one node selector term")
        yield from every(f"{path}.{_REQUIRED}.nodeSelectorTerms", terms, check_node_term)
    for index, term in enumerate(node.get(_PREFERRED) or ()):
        at = f"{path}.{_PREFERRED}[{index}]"
        if not 1 <= term.get("weight", 0) <= 100:
            yield invalid(f"{at}.weight", term.get("weight", 0), "must be in the range 1-100")
        yield from check_node_term(f"{at}.preference", term.get("preference") or {})


def _check_weight(path: str, weighted: Obj) -> Iterator[Cause]:
    if not 1 <= weighted.get("weight", 0) <= 100:
        yield invalid(f"{path}.weight", weighted.get("weight", 0), "must be in the range 1-100")


def _check_pod_term(path: str, term: Obj) -> Iterator[Cause]:
    yield from check_selector(f"{path}.labelSelector", term.get("labelSelector"))
    yield from check_selector(f"{path}.namespaceSelector", term.get("namespaceSelector"))
    key = term.get("topologyKey", "")
    if not key:
        yield required(f"{path}.topologyKey", "can not be empty")
    yield from broken(f"{path}.topologyKey", key, qualified)


def check_spreading(path: str, constraints: Sequence[Obj]) -> Iterator[Cause]:
    """TopologySpreadConstraints."""
    seen: set[tuple[str, str]] = set()
    for index, one in enumerate(constraints):
        at, when = f"{path}[{index}]", one.get("whenUnsatisfiable", "")
        if one.get("maxSkew", 0) <= 0:
            yield invalid(f"{at}.maxSkew", one.get("maxSkew", 0), "must be greater than zero")
        if not one.get("topologyKey"):
            yield required(f"{at}.topologyKey", "can not be empty")
        yield from one_of(f"{at}.whenUnsatisfiable", when, ("DoNotSchedule", "ScheduleAnyway"))
        pair = (one.get("topologyKey", ""), when)
        if pair in seen:
            text = f'"{{{pair[0]}, {pair[1]}}}"'
            yield Cause(f"{at}.{{topologyKey, whenUnsatisfiable}}", "FieldValueDuplicate", f"Duplicate value: {text}")
        seen.add(pair)
        yield from check_selector(f"{at}.labelSelector", one.get("labelSelector"))
