"""The screens that a row leads to."""

from __future__ import annotations

from k9py.actions.action import Look
from k9py.values.resource import Resource


def _has_logs(resource: Resource) -> bool:
    return resource.gvr.full_name == "pods"


def _is_object(resource: Resource) -> bool:
    return "get" in resource.verbs


LOOKS = (
    Look("logs", "Logs", "l", "pods", _has_logs, opens="logs"),
    Look("previous", "Previous", "p", "pods", _has_logs, opens="previous"),
    Look("yaml", "YAML", "y", "everything", _is_object, opens="yaml"),
)
