"""What tables show of rules and grants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from k9py.insight.rules.rbac import Grant
from k9py.insight.rules.rule import Rule
from k9py.kinds.permissions import Permission
from k9py.kinds.subjects import SubjectRow
from k9py.values.metadata import Metadata

EVERYWHERE = "*"
"""What stands in the place of a namespace of what holds in all of them."""


class _What(NamedTuple):
    """What rules that are told in one row have in common."""

    resource: str
    group: str = ""
    names: tuple[str, ...] = ()
    path: bool = False
    """Whether it is no resource."""

    @property
    def label(self) -> str:
        """The name of its row."""
        only = f" {','.join(self.names)}" if self.names else ""
        if self.path:
            return f"~{self.resource}"  # behind all names of resources
        return f"{self.resource}.{self.group}{only}" if self.group else f"{self.resource}{only}"


def permissions(rules: Iterable[tuple[Rule, str]], namespace: str = "") -> Mapping[tuple[str, str], Permission]:
    """The rules (each with what allows it, or "") as rows: those about the same things are one."""
    verbs: dict[_What, set[str]] = {}
    through: dict[_What, dict[str, None]] = {}
    for rule, via in rules:
        for what in _things(rule):
            verbs.setdefault(what, set()).update(rule.verbs)
            through.setdefault(what, {}).update({via: None} if via else {})
    return {
        (namespace, what.label): Permission(
            Metadata(what.label, namespace),
            what.resource,
            what.group,
            frozenset(verbs[what]),
            what.names,
            tuple(through[what]),
            order,
        )
        for order, what in enumerate(sorted(verbs, key=lambda what: (what.path, what)))
    }


def _things(rule: Rule) -> Iterator[_What]:
    for group in rule.groups:
        for resource in rule.resources:
            yield _What(resource, group, tuple(sorted(rule.names)))
    for path in rule.paths:
        yield _What(path, path=True)


def subjects(grants: Iterable[Grant]) -> Mapping[tuple[str, str], SubjectRow]:
    """Grants as rows, one for each subject and binding."""
    rows: dict[tuple[str, str], SubjectRow] = {}
    for subject, namespace, binding, names in grants:
        through = binding.label if binding else "built in"
        name = f"{subject.word} {through}"
        role = binding.role.label if binding else "everything"
        rows["", name] = SubjectRow(
            *(Metadata(name), subject.kind, subject.name, subject.namespace, namespace, role, through, names)
        )
    return rows
