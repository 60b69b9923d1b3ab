"""Kill a pod: deleted without any grace. k9s asks nothing; here it is confirmed, in one step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from k9py.actions.action import Action, Answers, Fact, Right
from k9py.actions.deletion import FORCE, How, gather, plan_deletion
from k9py.actions.plan import Plan, name_targets
from k9py.values.resource import Resource


def _applies(resource: Resource) -> bool:
    return resource.gvr.full_name == "pods" and "delete" in resource.verbs


def _plan(facts: Sequence[Fact], answers: Answers, now: datetime) -> Plan:
    title = f"Kill {name_targets([fact.target for fact in facts])}"
    return plan_deletion(title, facts, How(grace=FORCE), now)


ACTION = Action(
    id="kill",
    rank=90,
    title="Kill",
    key="ctrl+k",
    on="pods, and the pods of containers",
    applies=_applies,
    right=Right("delete"),
    gather=gather,
    plan=_plan,
    kubectl="kubectl delete --grace-period=0 --force",
    undo="none for a pod that its controller makes again; a bare pod is made again, and starts anew",
    proof="tests/cluster/test_delete.py::test_killing",
    minor=True,
)
