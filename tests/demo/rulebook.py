"""The answers of the real server in tests/demo/rules/, and how the embedded one is asked the same."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from k9py.demo.api.addresses import Addresses
from k9py.demo.api.bootstrap import bootstrap
from k9py.demo.api.convert import from_stored, to_stored
from k9py.demo.api.gotypes import as_go
from k9py.demo.api.patching import merge
from k9py.demo.api.registry import Intent
from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.status import StatusError
from k9py.demo.core.store import Key, Obj

RULES = Path(__file__).parent / "rules"
_VARIES = ("uid", "creationTimestamp", "resourceVersion", "managedFields")


def read_cases(name: str) -> list[Any]:
    """The cases of a file."""
    found: list[Any] = json.loads((RULES / f"{name}.json").read_text())
    return found


def cluster_for_rules() -> Cluster:
    """A cluster with the namespace `rules`, and the addresses of the real one."""
    cluster = Cluster(1_700_000_000.0)
    bootstrap(cluster)
    cluster.registry.part(Addresses).network = IPv4Network("10.0.0.0/24")
    metadata = {"name": "rules"}
    cluster.registry.make("namespaces", {"kind": "Namespace", "apiVersion": "v1", "metadata": metadata})
    return cluster


def answer_create(cluster: Cluster, sent: Obj) -> dict[str, Any]:
    """What a dry run of its creation answers."""
    obj = as_go(copy.deepcopy(sent))
    served = _served(cluster, obj)
    if served.namespaced:
        obj["metadata"].setdefault("namespace", "rules")
    stored = to_stored(served, obj, cluster.catalog.storage(served.storage).gvr.api_version)
    intent = Intent("rules", "admin", dry_run=True, trusted=False)
    return _answer(served, 201, lambda: cluster.registry.create(served, stored, intent))


def answer_update(cluster: Cluster, before: Obj, patch: Obj) -> dict[str, Any]:
    """What a dry run of a merge patch answers."""
    served = _served(cluster, before)
    metadata = {**before["metadata"], "uid": _uid(before), "creationTimestamp": "2026-01-01T00:00:00Z"}
    key = Key(served.storage, metadata.get("namespace", ""), metadata["name"])
    cluster.store.put(key, copy.deepcopy({**before, "metadata": metadata}))
    intent = Intent("rules", "admin", dry_run=True, trusted=False)

    def change(old: Obj) -> Obj:
        return as_go(merge(old, patch))

    try:
        return _answer(served, 200, lambda: cluster.registry.update(served, key.namespace, key.name, change, intent))
    finally:
        cluster.store.remove(key)


def _uid(obj: Obj) -> str:
    """A job bears its own in its labels."""
    labels: dict[str, str] = obj["metadata"].get("labels") or {}
    return labels.get("controller-uid", "u")


def _served(cluster: Cluster, obj: Obj) -> Served:
    served = cluster.catalog.of_kind(obj["apiVersion"], obj["kind"])
    assert served
    return served


def _answer(served: Served, code: int, ask: Callable[[], Obj]) -> dict[str, Any]:
    try:
        body = from_stored(served, copy.deepcopy(ask()))
    except StatusError as error:
        return {"code": error.code, "reason": error.reason, "message": error.message, "details": error.details}
    return {"code": code, "body": body}


def settle(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what is another each time: chance, times, addresses, the end of a long message."""
    found = {name: value for name, value in answer.items() if name not in ("sent", "before", "patch", "warnings")}
    if "message" in found:
        causes = (found.get("details") or {}).get("causes") or ()
        found["message"] = "" if causes else " ".join(found["message"].split())[:200]  # it is made of them
        if causes:  # what comes from a map comes in any order
            causes = {json.dumps(cause): cause for cause in causes}.values()  # some are said several times
            found["details"] = {**found["details"], "causes": sorted(causes, key=lambda cause: sorted(cause.items()))}
    if "body" in found:
        for name in _VARIES:
            found["body"]["metadata"].pop(name, None)
        if found["code"] == 200:
            (found["body"]["metadata"].get("annotations") or {}).pop("deployment.kubernetes.io/revision", None)
            if not found["body"]["metadata"].get("annotations"):
                found["body"]["metadata"].pop("annotations", None)
            found["body"].pop("status", None)
    text = json.dumps(found)
    for pattern, instead in _CHANCE:
        text = re.sub(pattern, instead, text)
    settled: dict[str, Any] = json.loads(text)
    return settled


_CHANCE = (
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UID"),
    (r"kube-api-access-\w{5}", "kube-api-access-XXXXX"),
    (r'("(?:nodePort|healthCheckNodePort)"): (?!30099|30777|30778|30779|80)\d+', r"\1: 0"),
    (r'"10\.0\.0\.(?!77|9[0-2]\b|0/)\d+"', '"10.0.0.0"'),
    (r"(gen-|Gen_)\w{5}", r"\1XXXXX"),
    (r'"(lastTransitionTime|lastPhaseTransitionTime)": "[^"]*"', r'"\1": "T"'),
)
