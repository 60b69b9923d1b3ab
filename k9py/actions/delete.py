"""Delete anything that can be deleted: DELETE with DeleteOptions (meta/v1), or let go what is stuck."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from k9py.actions.action import Action, Answers, Fact, Option, Right
from k9py.actions.deletion import (
    BACKGROUND,
    FORCE,
    FOREGROUND,
    ITS_OWN,
    KEEP,
    NOW,
    ORPHAN,
    REMOVE,
    How,
    gather,
    plan_deletion,
)
from k9py.actions.finalizers import finalizers_of, is_going
from k9py.actions.plan import Plan, name_targets
from k9py.actions.surroundings import may_own
from k9py.values.resource import Resource

PROPAGATION = Option("propagation", "propagation", "p", (BACKGROUND, FOREGROUND, ORPHAN))
GRACE = Option("grace", "grace", "g", (ITS_OWN, NOW, FORCE))
FINALIZERS = Option("finalizers", "finalizers", "f", (KEEP, REMOVE))


def _applies(resource: Resource) -> bool:
    return "delete" in resource.verbs and not resource.is_ours


def _options(facts: Sequence[Fact]) -> tuple[Option, ...]:
    """Those that make a difference to what is to be deleted."""
    found = [fact for fact in facts if not fact.failed]
    fresh = [fact for fact in found if not is_going(fact.found.obj)]
    return (
        *((PROPAGATION,) if any(may_own(fact.target.resource) for fact in fresh) else ()),
        *((GRACE,) if any(fact.target.resource.kind == "Pod" for fact in found) else ()),
        *((FINALIZERS,) if any(is_going(fact.found.obj) and finalizers_of(fact.found.obj) for fact in found) else ()),
    )


def _plan(facts: Sequence[Fact], answers: Answers, now: datetime) -> Plan:
    return plan_deletion(
        f"Delete {name_targets([fact.target for fact in facts])}", facts, How(**dict(answers.options)), now
    )


ACTION = Action(
    id="delete",
    rank=90,
    title="Delete",
    key="ctrl+d",
    on="everything that can be deleted",
    applies=_applies,
    right=Right("delete"),
    gather=gather,
    plan=_plan,
    options=_options,
    kubectl="kubectl delete [--cascade=…] [--grace-period=N] [--force]",
    undo="it is made again, without what its end has taken along; not where its controller makes it again",
    proof="tests/cluster/test_delete.py::test_deleting",
)
