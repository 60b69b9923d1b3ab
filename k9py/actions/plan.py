"""A change, as data: who it is about, what will be sent, and the kubectl command that does the same."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from k9py.values.request import Request
from k9py.values.resource import Key, Resource


class Danger(Enum):
    """How much a Plan asks of the person before it is carried out."""

    CONFIRM = "confirm"
    DESTRUCTIVE = "destructive"


@dataclass(frozen=True, slots=True)
class Target:
    """One object as it was when the key was pressed: an action follows its uid, never what stands there later.

    `part` is what of it is meant: a container of a pod, or "" for the whole.
    """

    key: Key
    uid: str
    resource: Resource
    part: str = ""

    @property
    def kubectl_name(self) -> str:
        """As kubectl takes it: `deployment/web`, with the group where the core has another kind of that name."""
        gvr = self.resource.gvr
        word = self.resource.singular or gvr.plural
        return f"{word}.{gvr.group}/{self.key.name}" if "." in gvr.group else f"{word}/{self.key.name}"


@dataclass(frozen=True, slots=True)
class Effect:
    """One request on one target. `says` is what it changes, in a few words: `replicas 3 → 5`."""

    target: Target
    request: Request
    says: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A target that is left alone, and why."""

    target: Target
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done. Nothing has happened yet."""

    title: str
    effects: tuple[Effect, ...]
    kubectl: tuple[tuple[str, ...], ...]
    danger: Danger = Danger.CONFIRM
    refusals: tuple[Refusal, ...] = ()

    @property
    def commands(self) -> list[str]:
        """The kubectl commands, quoted for reading and for a person's own shell; k9py never runs them."""
        return [shlex.join(command) for command in self.kubectl]


def kubectl(target: Target, *words: str) -> tuple[str, ...]:
    """A kubectl command on a target's context and namespace: `kubectl WORDS… -n NAMESPACE --context CONTEXT`."""
    where = ("-n", target.key.namespace) if target.key.namespace else ()
    return ("kubectl", *words, *where, "--context", target.key.context)


def name_targets(targets: Sequence[Target]) -> str:
    """`deployment shop/web`, or `3 deployments`."""
    first = targets[0]
    if len(targets) == 1:
        return f"{first.resource.singular or first.resource.kind.lower()} {first.key.label}"
    return f"{len(targets)} {first.resource.gvr.plural}"
