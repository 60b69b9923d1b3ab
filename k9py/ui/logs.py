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
from k9py.ui.document import read_object
from k9py.ui.screens.log_page import LogPage
from k9py.values.errors import K9pyError
from k9py.values.log import LogWish, PodLogs
from k9py.values.namespaces import Namespaces
from k9py.values.request import Request
from k9py.values.resource import Key, Resource
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
    if all(target.resource.gvr == PODS.gvr for target in targets):
        return _of_pods([await _read_pod(session, target.key) for target in targets], previous)
    if targets[0].resource.is_ours:
        return await _of_containers(session, targets, previous)
    keeps = [await _keep(session, target) for target in targets]
    namespaces = Namespaces.of(*(target.key.namespace for target in targets))
    return LogWish(_title(targets), (), namespaces, lambda pod: any(keep(pod) for keep in keeps), previous=previous)


def _of_pods(pods: Sequence[PodLogs], previous: bool) -> LogWish:
    """Of one pod the container that an annotation names, if one does; else all."""
    if len(pods) > 1:
        return LogWish(f"{len(pods)} pods", tuple(pods), previous=previous)
    return LogWish(pods[0].pod, tuple(pods), container=pods[0].default if pods[0].named else "", previous=previous)


async def _of_containers(session: Session, targets: Sequence[Target], previous: bool) -> LogWish:
    """Rows of k9py's own are called `pod/container`."""
    pods = []
    for target in targets:
        name, _, container = target.key.name.partition("/")
        pod = await _read_pod(session, target.key._replace(gvr=PODS.gvr, name=name))
        pods.append(pod if len(targets) == 1 else pod._replace(containers=(container,)))
    container = targets[0].key.name.partition("/")[2] if len(targets) == 1 else ""
    title = pods[0].pod if len(targets) == 1 else f"{len(targets)} containers"
    return LogWish(title, tuple(pods), container=container, previous=previous)


def _title(targets: Sequence[Target]) -> str:
    word = targets[0].resource.singular or targets[0].resource.kind.lower()
    return f"{word} {targets[0].key.name}" if len(targets) == 1 else f"{len(targets)} {targets[0].resource.gvr.plural}"


async def _read_pod(session: Session, key: Key) -> PodLogs:
    try:
        logs: PodLogs = decoder(kind_for(PODS))(await session.whole(key, PODS)).logs
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
