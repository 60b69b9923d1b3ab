"""Label and field selectors of lists and watches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from k9py.demo.api.fields import labels_of_fields, parse_fields, read_fields
from k9py.demo.api.labels import parse_labels
from k9py.demo.api.target import Target
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Entry

Test = Callable[[Entry], bool]

NAME, NAMESPACE = "metadata.name", "metadata.namespace"


@dataclass(frozen=True, slots=True)
class Selection:
    """What a list or watch keeps: it is called with an entry. What costs least is asked first."""

    tests: Sequence[Test]
    namespace: str = ""
    """If it keeps one namespace only."""
    name: str = ""
    """If it keeps one name only."""
    selective: bool = False
    """Whether labels or fields are asked for."""

    @property
    def keeps_all(self) -> bool:
        """Whether nothing is left out."""
        return not self.tests

    def __call__(self, entry: Entry) -> bool:
        """Whether it keeps this one."""
        return all(test(entry) for test in self.tests)


def selection(cluster: Cluster, target: Target, query: Mapping[str, str]) -> Selection:
    """What a list or watch keeps. StatusError for a selector that is not understood, or a field that cannot be used."""
    labels, fields = query.get("labelSelector", ""), query.get("fieldSelector", "")
    wanted = parse_fields(fields)
    known = labels_of_fields(cluster, target.served, [term.path for term in wanted])
    names = [target.name] if target.name else []
    places = [target.namespace] if target.namespace else []
    tests: list[Test] = []
    for term in wanted:
        if term.path == NAME and term.equal:
            names.append(term.value)
        elif term.path == NAMESPACE and term.equal:
            places.append(term.value)
        else:
            tests.append(_field_test(known[term.path], term.value, term.equal, target.served.storage))
    cheap = [*map(_in_namespace, places), *map(_named, names)]
    chosen = [*cheap, *_label_tests(labels), *tests]
    return Selection(chosen, places[0] if places else "", names[0] if names else "", bool(labels or fields))


def _named(name: str) -> Test:
    return lambda entry: entry.key.name == name


def _in_namespace(namespace: str) -> Test:
    return lambda entry: entry.key.namespace == namespace


def _label_tests(text: str) -> list[Test]:
    selector = parse_labels(text)
    return [lambda entry: selector.matches(entry.meta.labels)] if selector.requirements else []


def _field_test(path: str, value: str, equal: bool, storage: str) -> Test:
    return lambda entry: (read_fields(storage, path, entry) == value) is equal
