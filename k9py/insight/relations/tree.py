"""The tree of an object or of a namespace, with how each fares and how all below it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from k9py.insight.relations.graph import Graph, Stand, Standing, Thing, Tie
from k9py.insight.relations.health import Health
from k9py.insight.relations.identity import Identity
from k9py.insight.relations.pods import Reference
from k9py.store.order import natural
from k9py.values.cell import Tone

MOST = 20_000
"""Branches of one tree: what is more is said, and not shown."""

ATTACHED = frozenset(
    (
        *("Service", "Ingress", "HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy"),
        *("RoleBinding", "ClusterRoleBinding"),
    )
)
"""What stands beside what it is about, wherever that stands."""

_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "ReplicaSet", "ReplicationController", "Pod")
_ORDER = (
    *_WORKLOADS,
    *("Service", "EndpointSlice", "Ingress", "HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy"),
    *("ConfigMap", "Secret", "PersistentVolumeClaim", "PersistentVolume", "StorageClass", "ServiceAccount"),
    *("RoleBinding", "ClusterRoleBinding", "Role", "ClusterRole", "Node"),
)
_RANKS = {kind: rank for rank, kind in enumerate(_ORDER)}
TROUBLES = (Tone.BAD, Tone.WARN, Tone.GOING, Tone.BUSY)
"""What is counted of all below a branch, the gravest first."""
_COUNTED = frozenset(TROUBLES)
OWNER = "owner"
_LEAVES = frozenset({"Node", "PriorityClass", "RuntimeClass", "IngressClass", "StorageClass"})
"""What has much to do with everything, and is a tree of its own."""


@dataclass(eq=False, slots=True)
class Branch:
    """One line of the tree. `how` is what it is to the one above.

    `below` is how many hang on it, whatever is above it not among them, and `troubles` how many of them fare ill.
    """

    identity: Identity
    how: str
    thing: Thing | None
    health: Health
    path: tuple[Identity, ...]
    children: list[Branch] = field(default_factory=list)
    below: int = 0
    troubles: dict[Tone, int] = field(default_factory=dict)
    again: bool = False
    """Whether what hangs on it stands elsewhere in the tree."""
    cut: bool = False
    """Whether what hangs on it is left out, as the tree is as large as may be."""

    @property
    def is_owner(self) -> bool:
        """Whether it owns the branch that it hangs on."""
        return self.how == OWNER


@dataclass(slots=True)
class _Growing:
    """A tree while it grows."""

    graph: Graph
    stand: Stand
    expanded: set[Identity] = field(default_factory=set)
    placed: set[Identity] = field(default_factory=set)
    count: int = 0

    def grow(self, thing: Thing, how: str, path: tuple[Identity, ...], known: frozenset[Identity]) -> Branch:
        """A thing and all that hangs on it. `known` stands further up already."""
        branch = self.leaf(thing, how, path)
        branch.again = thing.identity in self.expanded and bool(thing.references)
        if thing.identity in self.expanded or (path and thing.identity.kind in _LEAVES):
            return branch
        if self.count > MOST:
            branch.cut = True
            return branch
        self.expanded.add(thing.identity)
        branch.children += self._hanging(thing, branch.path, known)
        return branch

    def _hanging(self, thing: Thing, path: tuple[Identity, ...], known: frozenset[Identity]) -> Iterator[Branch]:
        """What a thing owns, then what it names, then what is attached to it; nothing of that twice."""
        owned = {child.identity: child for child in self.graph.owned_by(thing) if child.identity not in path}
        counting = [each for each in thing.references if self._counts(each, path, known)]
        hows = {each.to: each.how for each in counting}
        named = [each for each in counting if each.to not in owned]
        beside = self._beside(thing, known)
        below = known | {each.to for each in named} | {tie.thing.identity for tie in beside}
        for child in sorted(owned.values(), key=_order):
            yield self.grow(child, hows.get(child.identity, ""), path, below)
        for reference in named:
            yield self.refer(reference, path, below)
        for tie in beside:
            if tie.thing.identity not in path and tie.thing.identity not in owned:
                yield self.grow(tie.thing, tie.how, path, below)

    def whole(self, thing: Thing) -> Branch:
        """A thing with all that hangs on it, and who names it or is selected by it."""
        branch = self.grow(thing, "", (), frozenset())
        branch.children += _users(self, thing, branch)
        return branch

    def anew(self) -> _Growing:
        """Begin another tree that counts on, in which everything is to be shown again."""
        self.expanded, self.placed = set(), set()
        return self

    def leaf(self, thing: Thing, how: str, path: tuple[Identity, ...]) -> Branch:
        """A thing alone."""
        self.count += 1
        self.placed.add(thing.identity)
        return Branch(thing.identity, how, thing, thing.health, (*path, thing.identity))

    def refer(self, reference: Reference, path: tuple[Identity, ...], known: frozenset[Identity]) -> Branch:
        """What is named, whether it is there or not."""
        thing = self.graph.things.get(reference.to)
        if thing is not None:
            return self.grow(thing, reference.how, path, known)
        self.count += 1
        return Branch(
            reference.to, reference.how, None, _lack(self.stand(reference.to), reference), (*path, reference.to)
        )

    def _counts(self, reference: Reference, path: tuple[Identity, ...], known: frozenset[Identity]) -> bool:
        if reference.to in known or reference.to in path:
            return False
        return not reference.guessed or reference.to in self.graph.things

    def _beside(self, thing: Thing, known: frozenset[Identity]) -> list[Tie]:
        """What selects, scales, exposes or empowers it, unless that stands further up."""
        ties = [tie for tie in self.graph.naming(thing.identity) if tie.thing.identity.kind in ATTACHED]
        ties += self.graph.selecting(thing)
        found = {tie.thing.identity: tie for tie in ties if tie.thing.identity not in known}
        return sorted(found.values(), key=lambda tie: _order(tie.thing))


def tree_of(graph: Graph, stand: Stand, root: Identity) -> list[Branch]:
    """An object: what owns it, all that hangs on it, and who names or selects it."""
    growing = _Growing(graph, stand)
    thing = graph.things.get(root)
    if thing is None:
        return [Branch(root, "", None, _lack(stand(root), Reference(root, "")), (root,))]
    branch = growing.whole(thing)
    branch.children[:0] = [_owner(growing, owner, branch.path) for _, owner in thing.owners]
    return _roll_up([branch])


def users_of(graph: Graph, stand: Stand, root: Identity) -> list[Branch]:
    """Who names an object: those that others own hang on their owners."""
    growing = _Growing(graph, stand)
    thing = graph.things.get(root)
    health = thing.health if thing else _lack(stand(root), Reference(root, ""))
    branch = Branch(root, "", thing, health, (root,))
    ties = {tie.thing.identity: tie for tie in graph.naming(root)}
    nested = {identity: owner.identity for identity, tie in ties.items() if (owner := graph.owner_of(tie.thing))}
    branches: dict[Identity, Branch] = {}
    for tie in sorted(ties.values(), key=lambda tie: _order(tie.thing)):
        branches[tie.thing.identity] = growing.leaf(tie.thing, tie.how, (root,))
    for identity, each in branches.items():
        above = branches.get(nested[identity]) if identity in nested else None
        (above or branch).children.append(each)
    _number(branch, ())
    return _roll_up([branch])


def _number(branch: Branch, path: tuple[Identity, ...]) -> None:
    branch.path = (*path, branch.identity)
    for child in branch.children:
        _number(child, branch.path)


def forest_of(graph: Graph, stand: Stand, kind: tuple[str, str] | None = None) -> list[Branch]:
    """Every object of a kind; without one, all there are, each where it belongs: what belongs nowhere comes last."""
    things = sorted(graph.things.values(), key=_root_order)
    growing = _Growing(graph, stand)
    if kind:
        return _roll_up([growing.anew().whole(thing) for thing in things if thing.identity[:2] == kind])
    roots: list[Branch] = []
    for thing in things:
        if growing.count > MOST:
            break
        if thing.identity not in growing.placed and graph.owner_of(thing) is None and _stands_alone(thing):
            roots.append(growing.grow(thing, "", (), frozenset()))
    return _roll_up(roots)


def _stands_alone(thing: Thing) -> bool:
    """What has no namespace is there because something names it, and not for itself."""
    return bool(thing.identity.namespace)


def _root_order(thing: Thing) -> tuple[bool, bool, int, str, str, str]:
    """What owns and names comes before what is owned and named: custom resources, workloads, then the rest."""
    kind = thing.identity.kind
    return (kind in _RANKS and kind not in _WORKLOADS, kind in _RANKS, *_order(thing), thing.identity.namespace)


def _order(thing: Thing) -> tuple[int, str, str]:
    identity = thing.identity
    return (_RANKS.get(identity.kind, -1), identity.kind, natural(identity.name))


def _owner(growing: _Growing, identity: Identity, path: tuple[Identity, ...]) -> Branch:
    """An owner, and its own owners in turn."""
    thing = growing.graph.things.get(identity) or growing.graph.things.get(identity._replace(namespace=""))
    if thing is None:
        health = _lack(growing.stand(identity), Reference(identity, ""))
        return Branch(identity, OWNER, None, health, (*path, identity))
    branch = growing.leaf(thing, OWNER, path)
    above = [owner for _, owner in thing.owners if owner not in branch.path]
    branch.children = [_owner(growing, owner, branch.path) for owner in above]
    return branch


def _users(growing: _Growing, thing: Thing, branch: Branch) -> Iterator[Branch]:
    """Who names it, or is selected by it, and does not stand below it already: the topmost of those that are owned."""
    ties = [*growing.graph.naming(thing.identity), *growing.graph.selected(thing)]
    shown = growing.placed
    for tie in sorted(_topmost(growing.graph, ties), key=lambda tie: _order(tie.thing)):
        if tie.thing.identity not in shown:
            how = tie.how if tie.how in ("selects", "protects", "applies to") else f"used: {tie.how}"
            yield growing.grow(tie.thing, how, branch.path, frozenset({thing.identity}))


def _topmost(graph: Graph, ties: Sequence[Tie]) -> Iterable[Tie]:
    named = {tie.thing.identity for tie in ties}
    return [tie for tie in ties if not ((owner := graph.owner_of(tie.thing)) and owner.identity in named)]


def _lack(standing: Standing, reference: Reference) -> Health:
    """How what is not known fares."""
    if standing is Standing.MISSING:
        return Health(Tone.DIM, "not there, optional") if reference.optional else Health(Tone.BAD, standing.value)
    tones = {Standing.UNSERVED: Tone.WARN, Standing.DENIED: Tone.WARN}
    return Health(tones.get(standing, Tone.DIM), standing.value)


def _roll_up(branches: list[Branch]) -> list[Branch]:
    """Count what is below each branch, and what of it is wrong."""
    for branch in branches:
        _roll_up(branch.children)
        for child in branch.children:
            if child.is_owner:
                continue
            branch.below += 1 + child.below
            if child.health.tone in _COUNTED:
                branch.troubles[child.health.tone] = branch.troubles.get(child.health.tone, 0) + 1
            for tone, count in child.troubles.items():
                branch.troubles[tone] = branch.troubles.get(tone, 0) + count
    return branches
