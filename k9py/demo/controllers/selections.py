"""Which pods are selected by whom: Services and budgets, by labels, without trying all of them on each pod."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from k9py.demo.controllers.pods import Pod, Pods
from k9py.demo.core.store import Change, Entry, Key
from k9py.values.selector import Selector


class _Label(NamedTuple):
    """A label that all pods of a selector must have; name and value are empty for a selector without one."""

    namespace: str
    name: str = ""
    value: str = ""


class Selections:
    """The selectors of one controller and their pods, kept up as pods come, change their labels and go."""

    def __init__(self, pods: Pods) -> None:
        self._pods = pods
        self._selectors: dict[Key, Selector] = {}
        self._members: dict[Key, set[Key]] = {}
        self._labels: dict[_Label, set[Key]] = {}
        self._holders: dict[Key, set[Key]] = {}

    def set(self, key: Key, selector: Selector) -> None:
        """Select by that from now on."""
        if self._selectors.get(key) == selector:
            return
        self.drop(key)
        self._selectors[key] = selector
        self._labels.setdefault(_label_of(key, selector), set()).add(key)
        self._members[key] = set()
        for pod in self._pods.within(key.namespace):
            if selector.matches(pod.labels):
                self._join(key, pod.key)

    def drop(self, key: Key) -> None:
        """Select no more."""
        selector = self._selectors.pop(key, None)
        if selector is None:
            return
        label = _label_of(key, selector)
        self._labels[label].discard(key)
        if not self._labels[label]:
            del self._labels[label]
        for member in self._members.pop(key):
            self._leave(key, member)

    def members(self, key: Key) -> list[Pod]:
        """The pods that a selector selects, in order of their names."""
        found = (self._pods.get(member) for member in sorted(self._members.get(key, ())))
        return [pod for pod in found if pod]

    def of_namespace(self, namespace: str) -> list[Key]:
        """All selectors of a namespace."""
        return [key for key in self._selectors if key.namespace == namespace]

    def concerned(self, change: Change) -> Iterator[Key]:
        """The selectors that select a pod, or did so until now."""
        pod = change.entry
        held = set(self._holders.get(pod.key, ()))
        wanted: set[Key] = set()
        if change.type != "DELETED":
            wanted = {key for key in self._candidates(pod) if self._selectors[key].matches(pod.meta.labels)}
        for key in wanted - held:
            self._join(key, pod.key)
        for key in held - wanted:
            self._members[key].discard(pod.key)
            self._leave(key, pod.key)
        yield from sorted(held | wanted)

    def _candidates(self, pod: Entry) -> Iterator[Key]:
        namespace = pod.key.namespace
        yield from self._labels.get(_Label(namespace), ())
        for name, value in pod.meta.labels.items():
            yield from self._labels.get(_Label(namespace, name, value), ())

    def _join(self, key: Key, pod: Key) -> None:
        self._members[key].add(pod)
        self._holders.setdefault(pod, set()).add(key)

    def _leave(self, key: Key, pod: Key) -> None:
        holders = self._holders[pod]
        holders.discard(key)
        if not holders:
            del self._holders[pod]


def _label_of(key: Key, selector: Selector) -> _Label:
    for requirement in selector.requirements or ():
        if requirement.operator == "=":
            return _Label(key.namespace, requirement.key, requirement.values[0])
    return _Label(key.namespace)
