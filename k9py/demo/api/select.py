"""Label and field selectors of lists and watches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from k9py.demo.api.target import Target
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import bad_request
from k9py.demo.core.store import Entry
from k9py.values.selector import SelectorError, parse_selector

FIELDS: Mapping[str, frozenset[str]] = {
    "pods": frozenset(
        {
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        }
    ),
    "events": frozenset(
        {
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        }
    ),
    "nodes": frozenset({"spec.unschedulable"}),
    "namespaces": frozenset({"status.phase"}),
    "secrets": frozenset({"type"}),
    "services": frozenset({"spec.clusterIP", "spec.type"}),
    "jobs.batch": frozenset({"status.successful"}),
    "replicasets.apps": frozenset({"status.replicas"}),
    "replicationcontrollers": frozenset({"status.replicas"}),
    "certificatesigningrequests.certificates.k8s.io": frozenset({"spec.signerName"}),
}
"""Beyond metadata.name and metadata.namespace, what can be selected by (as registered with the real server)."""


def selection(cluster: Cluster, target: Target, query: Mapping[str, str]) -> Callable[[Entry], bool]:
    """What a list or watch keeps. StatusError for a selector that is not understood, or a field that cannot be used."""
    tests = [
        *_labels(query.get("labelSelector", "")),
        *_fields(target.served.storage, query.get("fieldSelector", "")),
    ]
    if target.name:
        tests.append(lambda entry: entry.key.name == target.name)
    if target.namespace:
        tests.append(lambda entry: entry.key.namespace == target.namespace)
    return lambda entry: all(test(entry) for test in tests)


def _labels(text: str) -> list[Callable[[Entry], bool]]:
    if not text:
        return []
    try:
        selector = parse_selector(text)
    except SelectorError as error:
        raise bad_request(f"unable to parse requirement: {error.message}") from None
    return [lambda entry: selector.matches(entry.meta.labels)]


def _fields(storage: str, text: str) -> list[Callable[[Entry], bool]]:
    tests = []
    for term in filter(None, text.split(",")):
        path, found, value = term.partition("=")
        if not found:
            raise bad_request(f"invalid selector: '{text}'; can't understand '{term}'")
        wanted = not path.endswith("!")
        tests.append(_field(storage, path.rstrip("!").strip(), value.lstrip("=").strip(), wanted))
    return tests


def _field(storage: str, path: str, value: str, wanted: bool) -> Callable[[Entry], bool]:
    if path == "metadata.name":
        return lambda entry: (entry.key.name == value) is wanted
    if path == "metadata.namespace":
        return lambda entry: (entry.key.namespace == value) is wanted
    if path not in FIELDS.get(storage, ()):
        raise bad_request(f"field label not supported: {path}")
    return lambda entry: (read_field(entry.read(), path) == value) is wanted


def read_field(obj: Any, path: str) -> str:
    """A field as a field selector compares it: text, empty where it is absent."""
    for part in path.split("."):
        obj = obj.get(part) if isinstance(obj, dict) else None
    if isinstance(obj, bool):
        return str(obj).lower()
    return "" if obj is None else str(obj)
