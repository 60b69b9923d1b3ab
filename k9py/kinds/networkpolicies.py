"""Network policies, in the server's columns, and whom they let in and out. Enter leads to the pods they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from k9py.kinds.kind import Opening, Part, join_texts
from k9py.kinds.parts import opens_pods, selector_cell
from k9py.kinds.server_columns import PartialObject, TableRow, server_kind
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell
from k9py.values.selector import LabelSelector, selector_from


class PolicyPort(Part, frozen=True):
    """A port, a name of one, or the first of several."""

    protocol: str = "TCP"
    port: int | str | None = None
    end_port: int | None = None

    def __str__(self) -> str:
        last = f"-{self.end_port}" if self.end_port else ""
        return f"{'*' if self.port is None else self.port}{last}/{self.protocol}"


class Block(Part, frozen=True):
    """Addresses."""

    cidr: str = ""
    but: tuple[str, ...] | None = msgspec.field(default=None, name="except")

    def __str__(self) -> str:
        return f"{self.cidr} but {' '.join(self.but)}" if self.but else self.cidr


class Peer(Part, frozen=True):
    """Who may: addresses, or pods of namespaces."""

    pod_selector: LabelSelector | None = None
    namespace_selector: LabelSelector | None = None
    ip_block: Block | None = None

    def __str__(self) -> str:
        """`pods app=web`, `namespaces team=a`, `pods app=web in namespaces team=a`; `*` are all."""
        pods, namespaces = _said("pods", self.pod_selector), _said("namespaces", self.namespace_selector)
        return " in ".join(filter(None, (pods, namespaces)))


class Rule(Part, frozen=True):
    """Whom it lets, and where."""

    ports: tuple[PolicyPort, ...] | None = None
    from_: tuple[Peer, ...] | None = msgspec.field(default=None, name="from")
    to: tuple[Peer, ...] | None = None

    @property
    def peers(self) -> tuple[Peer, ...]:
        """Of whichever direction it is."""
        return self.from_ or self.to or ()


class PolicySpec(Part, frozen=True):
    """What is wanted."""

    pod_selector: LabelSelector = LabelSelector()
    policy_types: tuple[str, ...] | None = None
    ingress: tuple[Rule, ...] | None = None
    egress: tuple[Rule, ...] | None = None


class Policy(PartialObject, gc=False):
    """A policy."""

    spec: PolicySpec = PolicySpec()


class PolicyRow(TableRow, gc=False):
    """A row of it."""

    object: Policy


def _said(word: str, selector: LabelSelector | None) -> str:
    return f"{word} {selector_cell(selector).text.replace('<none>', '*')}" if selector else ""


def _rules(title: str, find: Callable[[Rule], Iterable[object]]) -> tuple[Column, Column]:
    """A column for each direction; `find` finds in a rule what it says."""

    def cell(row: PolicyRow, field: str) -> Cell:
        found = (str(each) for rule in getattr(row.object.spec, field) or () for each in find(rule))
        return join_texts(dict.fromkeys(filter(None, found)))

    return (
        Column(f"ING-{title}", lambda row, _: cell(row, "ingress"), wide=True),
        Column(f"EGR-{title}", lambda row, _: cell(row, "egress"), wide=True),
    )


def _types(row: PolicyRow, _joined: Joined) -> Cell:
    return join_texts(row.object.spec.policy_types or ())


def _opens(row: PolicyRow) -> Opening:
    return opens_pods("networkpolicy", row.metadata, selector_from(row.object.spec.pod_selector))


KIND = server_kind(
    "networking.k8s.io",
    "networkpolicies",
    Column("TYPES", _types),
    *_rules("SELECTOR", lambda rule: rule.peers),
    *_rules("PORTS", lambda rule: rule.ports or ()),
    *_rules("BLOCK", lambda rule: (peer.ip_block for peer in rule.peers if peer.ip_block)),
    row=PolicyRow,
    opens=_opens,
)
