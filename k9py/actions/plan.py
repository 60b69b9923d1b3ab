"""A change, as data: who it is about, what will be sent, what takes it back, and the same as kubectl commands."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from k9py.values.merge_patch import leaves, same
from k9py.values.reading import Path
from k9py.values.request import Request
from k9py.values.resource import Key, Resource

if TYPE_CHECKING:
    from k9py.actions.action import Fact


class Danger(Enum):
    """How much a Plan asks of the person before it is carried out."""

    NONE = "none"
    """It changes no object: a shell. What it asks is asked by the way it is called."""
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

    def path(self, subresource: str = "") -> str:
        """Its path, or that of a subresource of it."""
        return self.resource.path(self.key.namespace, self.key.name, subresource)


@dataclass(frozen=True, slots=True)
class Command:
    """A kubectl command as arguments, and what it reads from its standard input. k9py shows it, and never runs it."""

    words: tuple[str, ...]
    stdin: str = ""

    @property
    def line(self) -> str:
        """It, quoted for reading and for a person's own shell."""
        line = shlex.join(self.words)
        return f"{line} <<'EOF'\n{self.stdin}EOF" if self.stdin else line


@dataclass(frozen=True, slots=True)
class Effect:
    """One request on one target. `says` is what it changes, in a few words: `replicas 3 → 5`.

    `before` is what the answer to a dry run is compared with; None where there is no difference to show. `undo` is
    what takes it back. `tell` says what the server's answer means (`terminating: waits for 30 s of grace`), where that
    is more than that it was sent. `made` is what the server has made of the fields that it sets, once that is known.
    """

    target: Target
    request: Request
    says: str
    command: Command
    before: Any = None
    undo: Effect | None = None
    tell: Callable[[Mapping[str, Any]], str] | None = None
    made: Mapping[Path, Any] | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation with a container: exec or attach (v5.channel.k8s.io, KEP-4006), opened instead of sent.

    `requests` are tried one after the other until one of them finds its program in the container; where none does,
    `absent` is what is said. `says` is its title, and `remark` what a person should know when it opens. `stays` keeps
    what it wrote on the screen until a key, when it has ended.
    """

    target: Target
    requests: tuple[Request, ...]
    says: str
    command: Command
    tty: bool = True
    stdin: bool = True
    absent: str = "there is no such program in the container"
    remark: str = ""
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A target that is left alone, and why."""

    target: Target
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done. Nothing has happened yet.

    `cautions` are what a person should know before saying yes. `lasting` says why it, or some of it, cannot be taken
    back; empty where each effect has its undo.
    """

    title: str
    effects: tuple[Effect, ...]
    danger: Danger = Danger.CONFIRM
    refusals: tuple[Refusal, ...] = ()
    cautions: tuple[str, ...] = ()
    lasting: str = ""
    channel: Channel | None = None

    @property
    def commands(self) -> list[str]:
        """The kubectl commands, quoted for reading and for a person's own shell; k9py never runs them."""
        commands = [effect.command for effect in self.effects] + ([self.channel.command] if self.channel else [])
        return [command.line for command in commands]


def plan_each(title: str, facts: Sequence[Fact], effect: Callable[[Fact], Effect], **more: Any) -> Plan:
    """A Plan with one effect for each target that could be read; the others are left alone, and say why.

    `more` are further fields of the Plan.
    """
    read = [fact for fact in facts if not fact.failed]
    return Plan(
        title,
        tuple(effect(fact) for fact in read),
        refusals=tuple(Refusal(fact.target, fact.failed.line) for fact in facts if fact.failed),
        cautions=tuple(dict.fromkeys(caution for fact in read for caution in fact.cautions)),
        **more,
    )


def take_back(plan: Plan, done: Sequence[Effect]) -> Plan | None:
    """The Plan that takes back those effects of a Plan that were done; None where none of them can be."""
    undone = tuple(_undo(effect, effect.undo) for effect in done if effect.undo)
    return Plan(_name_undo(plan.title), undone) if undone else None


def _name_undo(title: str) -> str:
    """`Undo: Scale …`; what takes that back is `Redo: Scale …`."""
    before, _, rest = title.partition(": ")
    return f"Redo: {rest}" if before == "Undo" else f"Undo: {rest}" if before == "Redo" else f"Undo: {title}"


def _undo(effect: Effect, undo: Effect) -> Effect:
    """What takes back an effect; that can be taken back in turn, unless it makes the object anew."""
    if undo.request.method == "POST":
        return undo
    return replace(undo, undo=replace(effect, request=unversioned(effect.request), undo=None))


def unversioned(request: Request) -> Request:
    """The same request, whatever the version of what it is sent to."""
    body = request.body
    if not isinstance(body, dict) or "resourceVersion" not in (body.get("metadata") or {}):
        return request
    metadata = {name: value for name, value in body["metadata"].items() if name != "resourceVersion"}
    return replace(request, body={**body, "metadata": metadata})


def with_flags(plan: Plan, flags: Sequence[str]) -> Plan:
    """The same, its kubectl commands with these flags after the context."""

    def flagged(command: Command) -> Command:
        at = command.words.index("--context") + 2
        return replace(command, words=(*command.words[:at], *flags, *command.words[at:]))

    def told(effect: Effect) -> Effect:
        undo = effect.undo and replace(effect.undo, command=flagged(effect.undo.command))
        return replace(effect, command=flagged(effect.command), undo=undo)

    if not flags:
        return plan
    channel = plan.channel and replace(plan.channel, command=flagged(plan.channel.command))
    return replace(plan, effects=tuple(map(told, plan.effects)), channel=channel)


def fields_set(request: Request) -> dict[Path, Any]:
    """The fields that a merge patch sets, and to what; which object and version it is for are none of them."""
    if request.method != "PATCH" or not isinstance(request.body, dict):
        return {}
    which = (("metadata", "uid"), ("metadata", "resourceVersion"))
    return {path: value for path, value in leaves(request.body) if path not in which}


def look_up(found: Any, path: Path) -> Any:
    """The field of an object; None where there is none."""
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    return found


def is_part_of(plan: Plan, other: Plan) -> bool:
    """Whether a Plan does nothing but what another one does, versions aside, with nothing more to be said of it.

    What it sets must have been the same before: a value that nobody was shown is not overwritten.
    """
    return (
        not plan.refusals
        and all(any(_is_as(effect, known) for known in other.effects) for effect in plan.effects)
        and set(plan.cautions) <= set(other.cautions)
    )


def _is_as(effect: Effect, known: Effect) -> bool:
    return unversioned(effect.request) == unversioned(known.request) and all(
        same(look_up(effect.before, path), look_up(known.before, path)) for path in fields_set(effect.request)
    )


def kubectl(target: Target, *words: str, stdin: str = "") -> Command:
    """A kubectl command on a target's context and namespace: `kubectl WORDS… -n NAMESPACE --context CONTEXT`.

    What follows a `--` among the words stays last.
    """
    at = words.index("--") if "--" in words else len(words)
    where = ("-n", target.key.namespace) if target.key.namespace else ()
    return Command(("kubectl", *words[:at], *where, "--context", target.key.context, *words[at:]), stdin)


def with_dry_run(request: Request) -> Request:
    """The same request, asked for what it would do (KEP-576): nothing is stored."""
    dry = replace(request, query={**request.query, "dryRun": "All"})
    if request.method != "DELETE":
        return dry
    # a server that finds DeleteOptions in the body takes no notice of the query: it would really delete
    return replace(dry, body={**(request.body or {}), "dryRun": ["All"]})


def name_targets(targets: Sequence[Target]) -> str:
    """`deployment shop/web`, or `3 deployments`."""
    first = targets[0]
    if len(targets) == 1:
        return f"{first.resource.singular or first.resource.kind.lower()} {first.key.label}"
    return f"{len(targets)} {first.resource.gvr.plural}"
