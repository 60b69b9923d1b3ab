"""Node affinity, affinity and anti-affinity of pods, and topology spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from k9py.demo.controllers.placement import fits, meets
from k9py.demo.controllers.scheduling.views import REQUIRED, NodeView, PodView, anti_affinity
from k9py.demo.core.store import Obj
from k9py.values.selector import read_selector

if TYPE_CHECKING:
    from k9py.demo.controllers.scheduling.filters import Filter, Round

PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def filters_for(attempt: Round, pod: PodView) -> Iterator[Filter]:
    """What this pod needs beyond what all need: spreading, then affinity."""
    for constraint in pod.spec.get("topologySpreadConstraints", ()):
        if constraint.get("whenUnsatisfiable", "DoNotSchedule") == "DoNotSchedule":
            yield _spread(attempt, pod, constraint)
    affinity = pod.spec.get("affinity", {})
    for term in affinity.get("podAffinity", {}).get(REQUIRED, ()):
        yield _near(attempt, pod, term)
    for term in anti_affinity(pod.spec):
        yield _far(attempt, pod, term)
    if any(node.picky for node in attempt.nodes.values()):
        yield _unwanted(attempt, pod)


def _term_test(term: Obj, owner: PodView) -> Callable[[PodView], bool]:
    """Whether a pod is one of those that a term of `owner` speaks of."""
    selector = read_selector(term.get("labelSelector"))
    namespaces = set(term.get("namespaces", ()))
    everywhere = term.get("namespaceSelector") == {}
    if not namespaces and "namespaceSelector" not in term:
        namespaces = {owner.key.namespace}
    return lambda pod: (everywhere or pod.key.namespace in namespaces) and selector.matches(pod.labels)


def _domains(nodes: Iterable[NodeView], topology: str, test: Callable[[PodView], bool]) -> Counter[str]:
    """How many matching pods are in each domain."""
    found: Counter[str] = Counter()
    for node in nodes:
        domain = node.labels.get(topology)
        if domain is not None:
            found[domain] += sum(1 for pod in node.pods.values() if test(pod))
    return found


def _near(attempt: Round, pod: PodView, term: Obj) -> Filter:
    test = _term_test(term, pod)
    found = _domains(attempt.nodes.values(), term["topologyKey"], test)
    # the first of a group that wants to be together may go anywhere
    first = not any(found.values()) and test(pod)

    def check(_: Round, __: PodView, node: NodeView) -> Iterator[str]:
        domain = node.labels.get(term["topologyKey"])
        if domain is None or not (found[domain] or first):
            yield "node(s) didn't match pod affinity rules"

    return check


def _far(attempt: Round, pod: PodView, term: Obj) -> Filter:
    found = _domains(attempt.nodes.values(), term["topologyKey"], _term_test(term, pod))

    def check(_: Round, __: PodView, node: NodeView) -> Iterator[str]:
        domain = node.labels.get(term["topologyKey"])
        if domain is not None and found[domain]:
            yield "node(s) didn't match pod anti-affinity rules"

    return check


def _unwanted(attempt: Round, pod: PodView) -> Filter:
    """Pods that are there already may not want this one."""
    barred: set[tuple[str, str]] = set()
    for node in attempt.nodes.values():
        for other in node.picky.values():
            for term in anti_affinity(other.spec):
                domain = node.labels.get(term["topologyKey"])
                if domain is not None and _term_test(term, other)(pod):
                    barred.add((term["topologyKey"], domain))

    def check(_: Round, __: PodView, node: NodeView) -> Iterator[str]:
        if any(node.labels.get(key) == domain for key, domain in barred):
            yield "node(s) didn't satisfy existing pods anti-affinity rules"

    return check


def _spread(attempt: Round, pod: PodView, constraint: Obj) -> Filter:
    key, most = constraint["topologyKey"], constraint["maxSkew"]
    selector = read_selector(constraint.get("labelSelector"))
    namespace = pod.key.namespace
    eligible = [node for node in attempt.nodes.values() if fits(pod.spec, node)]
    found = _domains(
        eligible, key, lambda one: not one.leaving and one.key.namespace == namespace and selector.matches(one.labels)
    )
    least = min(found.values(), default=0)
    own = 1 if selector.matches(pod.labels) else 0

    def check(_: Round, __: PodView, node: NodeView) -> Iterator[str]:
        domain = node.labels.get(key)
        if domain is None:
            yield "node(s) didn't match pod topology spread constraints (missing required label)"
        elif found[domain] + own - least > most:
            yield "node(s) didn't match pod topology spread constraints"

    return check


def preference(attempt: Round, pod: PodView) -> Callable[[NodeView], float]:
    """How much a pod prefers a node, by the weights of its preferred affinities."""
    affinity = pod.spec.get("affinity", {})
    near: list[tuple[float, str, Counter[str]]] = []
    for which, sign in (("podAffinity", 1.0), ("podAntiAffinity", -1.0)):
        for one in affinity.get(which, {}).get(PREFERRED, ()):
            term = one["podAffinityTerm"]
            found = _domains(attempt.nodes.values(), term["topologyKey"], _term_test(term, pod))
            near.append((sign * one["weight"] / 100, term["topologyKey"], found))
    terms = affinity.get("nodeAffinity", {}).get(PREFERRED, ())

    def score(node: NodeView) -> float:
        total = sum(float(one["weight"]) / 100 for one in terms if meets(one["preference"], node))
        return total + sum(weight * min(1, found[node.labels.get(key, "")]) for weight, key, found in near)

    return score
