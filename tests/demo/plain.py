"""Answers without what differs each time that one asks: uids, versions, times, addresses, what a controller adds."""

from __future__ import annotations

import re
from typing import Any

_CHANGING = frozenset({"uid", "resourceVersion", "creationTimestamp", "time", "clusterIP", "clusterIPs"})
_REPEATED = re.compile(r'"\{.*\}"')
"""A whole object that is repeated in a message, quoted."""


def plain(answer: Any) -> Any:
    """The answer without all that. An object's status is left out, and who has written it."""
    if "status" in answer and answer.get("kind") != "Status":
        answer = {**answer, "status": None}
    return _without(answer)


def _without(found: Any) -> Any:
    if isinstance(found, list):
        return [_without(one) for one in found if not _of_controller(one)]
    if isinstance(found, str):
        return _REPEATED.sub('"{…}"', found)
    if not isinstance(found, dict):
        return found
    kept = {name: _without(one) for name, one in found.items() if name not in _CHANGING}
    revision = "deployment.kubernetes.io/revision"
    if (
        isinstance(kept.get("annotations"), dict)
        and kept["annotations"].pop(revision, None)
        and not kept["annotations"]
    ):
        del kept["annotations"]
    return kept


def _of_controller(one: Any) -> bool:
    return isinstance(one, dict) and one.get("manager") == "kube-controller-manager"
