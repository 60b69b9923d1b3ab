"""From a row to its logs: which pods and containers are meant by a pod, by several, by a workload, by a service."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from k9py.actions.plan import Target
from k9py.kinds.registry import decoder, kind_for
from k9py.kinds.wellknown import PODS
from k9py.session.session import Session
from k9py.ui.screens.log_page import LogPage
from k9py.values.document import read_object
from k9py.values.errors import K9pyError
from k9py.values.log import LogWish, PodLogs
from k9py.values.namespaces import Namespaces
from k9py.values.request import Request
from k9py.values.resource import Resource
from k9py.values.selector import Selector, read_selector
from k9py.values.text import clean

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

Keep = Callable[[Any], bool]

_BETWEEN = ("jobs.batch", "replicasets.apps")
"""Kinds that may stand between a thing and its pods: a cron job owns jobs, a rollout owns replica sets."""


async def open_logs(app: K9pyApp, session: Session, targets: Sequence[Target], previous: bool) -> None:
    """Show the logs of the targets, merged."""
    app.push_screen(LogPage(session, await wish_for(session, targets, previous)))


async def wish_for(session: Session, targets: Sequence[Target], previous: bool = False) -> LogWish:
    """Whose logs are meant. Raises K9pyError where there are none to have."""
    first = targets[0]
    if len(targets) == 1 and first.resource.gvr == PODS.gvr:
        pod = await _read_pod(session, first)
        meant = first.part or (pod.default if pod.named else "")
        return LogWish(pod.pod, (pod,), container=meant, previous=previous)
    pods: list[PodLogs] = []
    keeps: list[Keep] = []
    for target in targets:
        if target.resource.gvr == PODS.gvr:
            pod = await _read_pod(session, target)
            pods.append(pod._replace(containers=(target.part,)) if target.part else pod)
        else:
            keeps.append(await _keep(session, target))
    namespaces = Namespaces.of(*(target.key.namespace for target in targets))
    keep = (lambda pod: any(keep(pod) for keep in keeps)) if keeps else None
    return LogWish(_title(targets), tuple(pods), namespaces, keep, previous=previous)


def _title(targets: Sequence[Target]) -> str:
    """`deployment web`, `3 deployments`, `2 pods`, `4 containers`; of several kinds, so many objects."""
    resource = targets[0].resource
    if len(targets) == 1:
        return f"{resource.singular or resource.kind.lower()} {targets[0].key.name}"
    words = {"containers" if target.part else target.resource.gvr.plural for target in targets}
    return f"{len(targets)} {words.pop() if len(words) == 1 else 'objects'}"


async def _read_pod(session: Session, target: Target) -> PodLogs:
    try:
        logs: PodLogs = decoder(kind_for(PODS))(await session.whole(target.key, PODS)).logs
    except (msgspec.MsgspecError, ValueError) as error:
        raise K9pyError(f"this pod can't be read: {error}") from error
    return logs


async def _keep(session: Session, target: Target) -> Keep:
    """Which pods belong to an object: those that its selector selects, else those that it owns."""
    found = read_object(await session.whole(target.key, target.resource), target.resource)
    namespace, uid = target.key.namespace, target.uid
    selector = _selector(found, target.resource)
    if selector is not None:
        chosen = selector
        return lambda pod: pod.metadata.namespace == namespace and chosen.matches(pod.metadata.labels)
    owners = {uid, *await _owned(session, namespace, uid)}
    # jobs of a cron job that are yet to come are known by their names
    later = re.compile(rf"{re.escape(target.key.name)}-\d+") if target.resource.gvr.plural == "cronjobs" else None

    def owned(pod: Any) -> bool:
        return any(
            owner.uid in owners or bool(later and owner.kind == "Job" and later.fullmatch(owner.name))
            for owner in pod.metadata.owner_references or ()
        )

    return owned


def _selector(found: Mapping[str, Any], resource: Resource) -> Selector | None:
    """The selector in a spec: a map of labels (services, replication controllers), or a LabelSelector."""
    selector = (found.get("spec") or {}).get("selector")
    if not isinstance(selector, Mapping) or not selector:
        return None
    is_map = all(isinstance(value, str) for value in selector.values())
    try:
        return read_selector({"matchLabels": selector} if is_map else selector)
    except (msgspec.ValidationError, K9pyError) as error:
        raise K9pyError(f"the selector of this {resource.kind} can't be read: {clean(str(error))}") from error


async def _owned(session: Session, namespace: str, uid: str) -> list[str]:
    """The uids of what an object owns that may own pods; what may not be read is left out."""
    uids = []
    for word in _BETWEEN:
        try:
            resource = await session.find(word)
            found = await session.read(Request("GET", resource.path(namespace))) if resource else {"items": ()}
        except K9pyError:
            continue
        for item in found["items"]:
            owners = item["metadata"].get("ownerReferences") or ()
            uids += [item["metadata"]["uid"] for owner in owners if owner["uid"] == uid]
    return uids
