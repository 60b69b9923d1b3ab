"""Whom rights are given to, and who that is when they ask (rbac/v1 Subject; the groups of authentication)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MASTERS = "system:masters"
"""Its members may do everything, whatever the roles say: an authorizer before RBAC sees to it."""
AUTHENTICATED = "system:authenticated"
UNAUTHENTICATED = "system:unauthenticated"
ANONYMOUS = "system:anonymous"
ACCOUNT = "system:serviceaccount:"
ACCOUNTS = "system:serviceaccounts"
_LETTERS = {"u": "User", "g": "Group", "s": "ServiceAccount"}


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject as a binding names it; `namespace` is a service account's."""

    kind: str
    name: str
    namespace: str = ""

    @property
    def word(self) -> str:
        """As it is typed: `u:kim`, `g:devs`, `s:shop:deployer`."""
        letter = next((letter for letter, kind in _LETTERS.items() if kind == self.kind), "u")
        return ":".join(part for part in (letter, self.namespace, self.name) if part)

    @property
    def label(self) -> str:
        """`user kim`, `group devs`, `service account shop/deployer`."""
        if self.kind == "ServiceAccount":
            return f"service account {self.namespace}/{self.name}"
        return f"{self.kind.lower()} {self.name}"


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody as the server knows them: a name and groups."""

    name: str
    groups: frozenset[str] = frozenset()

    @property
    def is_master(self) -> bool:
        """Whether nothing is denied to them."""
        return MASTERS in self.groups

    def is_meant(self, subject: Subject, namespace: str) -> bool:
        """Whether a binding of that namespace (`""`: of the whole cluster) that names the subject means them."""
        if subject.kind == "Group":
            return subject.name in self.groups
        if subject.kind == "ServiceAccount":
            home = subject.namespace or namespace
            return bool(home) and self.name == f"{ACCOUNT}{home}:{subject.name}"
        return subject.kind == "User" and self.name == subject.name


def parse_subject(text: str, namespace: str = "") -> Subject:
    """A subject as it is typed: `u:kim`, `g:devs`, `s:shop:deployer`, `s:deployer` (of `namespace`), `kim`.

    What a service account is called as a user means the service account.
    """
    if text.startswith(ACCOUNT):
        text = f"s:{text.removeprefix(ACCOUNT)}"
    letter, colon, rest = text.partition(":")
    kind = _LETTERS.get(letter) if colon else None
    if kind == "ServiceAccount":
        home, _, name = rest.rpartition(":")
        return Subject(kind, name, home or namespace or "default")
    return Subject(kind, rest) if kind else Subject("User", text)


def read_subject(raw: Mapping[str, Any], namespace: str) -> Subject:
    """A subject as a binding of that namespace names it."""
    kind = raw.get("kind", "")
    home = (raw.get("namespace") or namespace) if kind == "ServiceAccount" else ""
    return Subject(kind, raw.get("name", ""), home)


def who_is(subject: Subject) -> Who:
    """Who a subject is when they ask: with the groups that the server gives to everybody of their kind.

    Which other groups a user is in, only those know who log them in.
    """
    if subject.kind == "Group":
        known = frozenset() if subject.name == UNAUTHENTICATED else frozenset({AUTHENTICATED})
        return Who("", known | {subject.name})
    if subject.kind == "ServiceAccount":
        groups = frozenset({ACCOUNTS, f"{ACCOUNTS}:{subject.namespace}", AUTHENTICATED})
        return Who(f"{ACCOUNT}{subject.namespace}:{subject.name}", groups)
    return Who(subject.name, frozenset({UNAUTHENTICATED if subject.name == ANONYMOUS else AUTHENTICATED}))
