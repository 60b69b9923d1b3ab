"""Proves that the cluster works before its word is taken for anything.

Metrics must come from every node, and a pod on each node writes a numbered line a second: after minutes its log,
read through the API, must still be whole. (A lab whose nodes share a folder for logs loses them within a minute.)
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from tests.cluster.lab.api import Api, ApiError, JsonObject, is_ready
from tests.cluster.lab.images import BUSYBOX_IMAGE
from tests.cluster.lab.shell import LabError, say, until

NAMESPACE = "lab-proof"
_PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
_SETS = f"/apis/apps/v1/namespaces/{NAMESPACE}/daemonsets"
_SCRIPT = 'i=0; while true; do i=$((i+1)); echo "line $i"; sleep 1; done'


def _daemon_set() -> JsonObject:
    """A pod on each node: of a DaemonSet, so that a test that drains a node meanwhile leaves it there."""
    container: dict[str, Any] = {"name": "count", "image": BUSYBOX_IMAGE, "imagePullPolicy": "Never"}
    container["command"] = ["sh", "-c", _SCRIPT]
    labels = {"app": "count"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container], "terminationGracePeriodSeconds": 0}}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "count"}, "spec": spec}


def _pods(api: Api) -> dict[str, JsonObject]:
    """The proof's pods that are there, by their nodes."""
    return {pod["spec"].get("nodeName", ""): pod for pod in api.get(_PODS)["items"]}


def begin_logs(api: Api, nodes: list[str]) -> None:
    """Start a pod on each node and wait until all of them run."""
    api.create("/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
    account = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/default"
    until(lambda: api.exists(account), 60, f"namespace {NAMESPACE} has its service account")
    api.create(_SETS, _daemon_set())
    until(lambda: _all_ready(api, nodes), 120, "a pod on each node is ready", 0.5)


def _all_ready(api: Api, nodes: list[str]) -> bool:
    pods = _pods(api)
    return set(pods) == set(nodes) and all(map(is_ready, pods.values()))


def finish_logs(api: Api, nodes: list[str], seconds: float) -> dict[str, int]:
    """Wait until the pods have run for `seconds`, prove their logs, remove them; the number of lines of each."""
    lines = {}
    for node in nodes:
        time.sleep(max(0.0, seconds - _age(_pods(api), node)))
        pod = _pods(api)[node]
        lines[node] = whole(api.request("GET", f"{_PODS}/{pod['metadata']['name']}/log"), node)
        if lines[node] < seconds / 2:
            raise LabError(f"the pod on {node} wrote only {lines[node]} lines in {seconds:.0f} s")
    remove(api)
    return lines


def _age(pods: dict[str, JsonObject], node: str) -> float:
    """For how many seconds the container on a node has run; it must be its first."""
    if node not in pods:
        raise LabError(f"the pod of the log proof on {node} is gone")
    status = pods[node]["status"]["containerStatuses"][0]
    if status["restartCount"] or "running" not in status["state"]:
        raise LabError(f"the pod on {node} does not run as it was started: {status['state']}")
    started = datetime.fromisoformat(status["state"]["running"]["startedAt"])
    return (datetime.now(UTC) - started).total_seconds()


def remove(api: Api) -> None:
    """Remove the namespace of the proof and wait until it is gone."""
    api.delete(f"/api/v1/namespaces/{NAMESPACE}")
    until(lambda: not api.exists(f"/api/v1/namespaces/{NAMESPACE}"), 120, f"namespace {NAMESPACE} is gone", 0.5)


def whole(log: str, what: str) -> int:
    """The number of lines of a log that must be line 1, line 2 and so on; LabError where it is not."""
    lines = log.splitlines()
    for number, line in enumerate(lines, 1):
        if line != f"line {number}":
            raise LabError(f"the log of {what} is not whole: {line!r} where line {number} belongs")
    if not lines:
        raise LabError(f"the log of {what} is empty")
    return len(lines)


def wait_for_metrics(api: Api, nodes: list[str], seconds: float = 150) -> None:
    """Wait until the metrics API has figures of every node."""
    took = until(lambda: measured(api) >= set(nodes), seconds, f"metrics of {', '.join(nodes)}", 1)
    say(f"metrics of {', '.join(nodes)} (waited {took:.0f} s)")


def measured(api: Api) -> set[str]:
    """The names of the nodes that the metrics API has figures of."""
    try:
        items = api.get("/apis/metrics.k8s.io/v1beta1/nodes")["items"]
    except ApiError:
        return set()
    return {item["metadata"]["name"] for item in items if item["usage"]["cpu"]}
