"""Edit a subresource: the status of an object, which its own path leaves as it is, its Scale, a pod's resources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from k9py.actions.action import Action, Fact, Right
from k9py.actions.cautions import caution
from k9py.actions.edit import Version, ask, name_kind, plan, rebase_text
from k9py.actions.gather import read_each
from k9py.actions.plan import Target
from k9py.values.request import Read
from k9py.values.resource import Gvr, Resource

PARTS = {"status": "its status", "scale": "its scale", "resize": "its resources"}
SCALE = Resource(Gvr("autoscaling", "v1", "scales"), "Scale", "scale", True, frozenset())


def _applies(resource: Resource) -> bool:
    return bool(PARTS.keys() & resource.subresources) and "patch" in resource.verbs and not resource.is_ours


async def _gather(read: Read, targets: Sequence[Target]) -> tuple[Fact, ...]:
    """Each subresource that can be read. Who may not patch it hears so from the server, at the dry run."""
    target = targets[0]
    versions: dict[str, Version] = {}
    failed = None
    for part in PARTS:
        if part in target.resource.subresources:
            (fact,) = await read_each(read, [target], part)
            failed = failed or fact.failed
            if not fact.failed:
                kind = SCALE if part == "scale" else target.resource
                versions[PARTS[part]] = Version(name_kind(fact.found, kind), part)
    if not versions:
        return (Fact(target, failed=failed),)
    first = next(iter(versions.values()))
    (fact,) = await caution(read, [Fact(target, first.found)], replicas="scale" in target.resource.subresources)
    return (replace(fact, found=versions),)


ACTION = Action(
    id="edit-part",
    title="Edit status",
    key="ctrl+e",
    on="what has a status, a scale or resources that are changed by themselves",
    applies=_applies,
    right=Right("patch", "status"),
    gather=_gather,
    ask=ask,
    plan=plan,
    rebase=rebase_text,
    kubectl="kubectl edit --subresource=status|scale|resize",
    undo="the former values of what was changed",
    proof="tests/cluster/test_edit.py::test_editing_subresources",
    minor=True,
    many=False,
)
