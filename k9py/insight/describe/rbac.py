"""Roles with their rules, and bindings with their subjects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from k9py.insight.describe.facts import Obj, each, sub, text, texts
from k9py.insight.describe.sheet import Sheet
from k9py.insight.describe.subject import Describer, Subject, head


class _Rule(NamedTuple):
    """What may be done with one resource, one object of it, or one path that is no resource."""

    verbs: tuple[str, ...]
    group: str
    resource: str
    name: str
    url: str

    @property
    def order(self) -> str:
        """What kubectl sorts by: the rule as Go writes it."""
        return (
            f"{{Verbs:[{' '.join(self.verbs)}],APIGroups:[{self.group}],Resources:[{self.resource}],"
            f"ResourceNames:[{self.name}],NonResourceURLs:[{self.url}],}}"
        )

    @property
    def what(self) -> str:
        """`deployments.apps/scale`."""
        resource, slash, subresource = self.resource.partition("/")
        return f"{resource}.{self.group}{slash}{subresource}" if self.group else self.resource


def _break_down(rule: Obj) -> Iterator[_Rule]:
    verbs = tuple(texts(rule, "verbs"))
    for group in texts(rule, "apiGroups"):
        for resource in texts(rule, "resources"):
            for name in texts(rule, "resourceNames") or [""]:
                yield _Rule(verbs, group, resource, name, "")
    for url in texts(rule, "nonResourceURLs"):
        yield _Rule(verbs, "", "", "", url)


def _compact(rules: Sequence[_Rule]) -> list[_Rule]:
    """What several rules permit on the same thing, in one."""
    found: dict[tuple[str, ...], _Rule] = {}
    for rule in rules:
        key = (*rule[1:], " ".join(rule.verbs) if rule.url else "")
        former = found.get(key)
        found[key] = rule._replace(verbs=tuple(dict.fromkeys((*former.verbs, *rule.verbs)))) if former else rule
    return sorted(found.values(), key=lambda rule: rule.order)


def describe_role(sheet: Sheet, subject: Subject) -> None:
    """The rules of a role or cluster role."""
    head(sheet, subject.found)
    if selectors := each(subject.found, "aggregationRule", "clusterRoleSelectors"):
        from_labels = (f"{name}={value}" for labels in selectors for name, value in sub(labels, "matchLabels").items())
        sheet.listing("Aggregated from", from_labels)
    sheet.section("PolicyRule")
    rules = _compact([one for rule in each(subject.found, "rules") for one in _break_down(rule)])
    titles = ("Resources", "Non-Resource URLs", "Resource Names", "Verbs")
    rows = [(rule.what, f"[{rule.url}]", f"[{rule.name}]", f"[{' '.join(rule.verbs)}]") for rule in rules]
    sheet.table(titles, rows)


def describe_binding(sheet: Sheet, subject: Subject) -> None:
    """Which role is given, and to whom."""
    found = subject.found
    head(sheet, subject.found)
    sheet.section("Role")
    sheet.field("Kind", text(found, "roleRef", "kind"), level=1)
    sheet.field("Name", text(found, "roleRef", "name"), level=1)
    sheet.section("Subjects")
    subjects = each(found, "subjects")
    sheet.table(
        ("Kind", "Name", "Namespace"),
        [[text(one, field) for field in ("kind", "name", "namespace")] for one in subjects],
    )


_GROUP = "rbac.authorization.k8s.io"
DESCRIBERS = (
    Describer((f"roles.{_GROUP}", f"clusterroles.{_GROUP}"), describe_role, events=False),
    Describer((f"rolebindings.{_GROUP}", f"clusterrolebindings.{_GROUP}"), describe_binding, events=False),
)
