"""Many pods: Deployments, their ReplicaSets and pods written at once in their final state, and changes that go on."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Key, Obj
from k9py.demo.node.nodes import make_node
from k9py.demo.plan import Plan
from k9py.demo.world.building import APP, made
from k9py.demo.world.bulk_pod import pod_of
from k9py.demo.world.churn import Churn

PODS_A_NAMESPACE = 1_000
PODS_A_NODE = 100
SMALLEST, LARGEST = 10, 200
"""Pods of one Deployment."""

HASH = "6d4b75cb6d"
REVISION = "deployment.kubernetes.io/revision"


def fill(cluster: Cluster, plan: Plan) -> None:
    """Add as many nodes and pods as the plan asks for beyond what is there, and let them change."""
    missing = plan.pods - cluster.store.count("pods")
    nodes = _nodes(cluster, plan.nodes or (missing + PODS_A_NODE - 1) // PODS_A_NODE)
    if missing <= 0:
        return
    bulk = Bulk(cluster, nodes, Random(f"bulk {plan.seed}"))
    bulk.write(missing)
    rate = min(1000, missing // 10) if plan.churn is None else plan.churn
    if rate:
        Churn(cluster, bulk.keys, rate).start()


class Place(NamedTuple):
    """A node: its name, its address, the first three numbers of its pods' addresses."""

    name: str
    address: str
    prefix: str


def _nodes(cluster: Cluster, count: int) -> list[Place]:
    """Nodes beyond those that are there."""
    names = [f"load-{number:04}" for number in range(count)]
    for number, name in enumerate(names):
        make_node(cluster, name, cores=16, memory="64Gi", zone=f"asia-{'abc'[number % 3]}")
    entries = [entry for entry in cluster.store.entries("nodes") if not names or entry.key.name.startswith("load-")]
    return [_place(entry.read()) for entry in entries]


def _place(node: Obj) -> Place:
    prefix = node["spec"]["podCIDR"].rpartition(".")[0]
    return Place(node["metadata"]["name"], node["status"]["addresses"][0]["address"], prefix)


class Bulk:
    """Writes them."""

    def __init__(self, cluster: Cluster, nodes: list[Place], random: Random) -> None:
        self._cluster = cluster
        self._nodes = nodes
        self._random = random
        self._stamp = cluster.clock.stamp(cluster.clock.now - 86_400.0)
        self._number = 0
        self.keys: list[Key] = []
        """Of all pods, those of one Deployment together."""

    def write(self, count: int) -> None:
        """So many pods, in as many namespaces and Deployments as that takes."""
        for number, size in enumerate(self._sizes(count)):
            namespace = f"load-{self._number // PODS_A_NAMESPACE:02}"
            if self._cluster.store.get(Key("namespaces", "", namespace)) is None:
                labels = {"team": "load"}
                self._cluster.registry.make("namespaces", made("v1", "Namespace", namespace, labels=labels))
            self._deployment(namespace, f"app-{number:03}", size)

    def _sizes(self, count: int) -> Iterator[int]:
        """How large the Deployments are: many small ones, some large."""
        while count:
            size = min(count, int(SMALLEST * (LARGEST / SMALLEST) ** self._random.random()))
            yield size
            count -= size

    def _deployment(self, namespace: str, name: str, size: int) -> None:
        labels = {APP: name, "team": "load"}
        hashed = {**labels, "pod-template-hash": HASH}
        template = pod_of(name, labels)
        deployment = self._workload("Deployment", namespace, name, labels, template, size)
        deployment["spec"] |= {"strategy": _STRATEGY, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600}
        deployment["status"] |= {"updatedReplicas": size, "conditions": self._conditions(name)}
        self._put("deployments.apps", deployment)
        replica_set = self._workload("ReplicaSet", namespace, f"{name}-{HASH}", hashed, template, size)
        replica_set["spec"]["template"]["metadata"]["labels"] = hashed
        replica_set["metadata"]["ownerReferences"] = [_owner(deployment)]
        replica_set["status"]["fullyLabeledReplicas"] = size
        self._put("replicasets.apps", replica_set)
        self._pods(replica_set, template, hashed, size)

    def _workload(self, kind: str, namespace: str, name: str, labels: dict[str, str], pod: Obj, size: int) -> Obj:
        """What a Deployment and its ReplicaSet have in common."""
        spec = {
            "replicas": size,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod["template"]},
        }
        counts = dict.fromkeys(("replicas", "readyReplicas", "availableReplicas"), size)
        found = made("apps/v1", kind, name, namespace, labels=labels, annotations={REVISION: "1"}, spec=spec)
        found["status"] = {"observedGeneration": 1, **counts, "terminatingReplicas": 0}
        found["metadata"] |= self._born() | {"generation": 1}
        return found

    def _born(self) -> Obj:
        return {"uid": self._cluster.registry.new_uid(), "creationTimestamp": self._stamp}

    def _conditions(self, name: str) -> list[Obj]:
        times = {"lastUpdateTime": self._stamp, "lastTransitionTime": self._stamp}
        enough = "Deployment has minimum availability."
        done = f'ReplicaSet "{name}-{HASH}" has successfully progressed.'
        return [
            {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable", "message": enough, **times},
            {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable", "message": done, **times},
        ]

    def _pods(self, owner: Obj, parts: Obj, labels: dict[str, str], size: int) -> None:
        """All pods of a ReplicaSet: one object that is changed and written again and again."""
        namespace, prefix = owner["metadata"]["namespace"], owner["metadata"]["name"]
        for _ in range(size):
            pod: Obj = {**parts["pod"], "spec": {**parts["pod"]["spec"]}, "status": {**parts["pod"]["status"]}}
            node = self._nodes[self._number % len(self._nodes)]
            metadata: dict[str, Any] = {
                "name": f"{prefix}-{self._cluster.registry.suffix()}",
                "generateName": f"{prefix}-",
                "namespace": namespace,
                "labels": labels,
                "ownerReferences": [_owner(owner)],
                **self._born(),
            }
            pod["metadata"] = metadata
            pod["spec"]["nodeName"] = node.name
            self._settle(pod, node)
            self._put("pods", pod)
            self.keys.append(Key("pods", namespace, metadata["name"]))

    def _settle(self, pod: Obj, node: Place) -> None:
        """Its address, and the container's id."""
        ip = f"{node.prefix}.{self._number // len(self._nodes) % 250 + 2}"
        self._number += 1
        status = pod["status"]
        status |= {"hostIP": node.address, "hostIPs": [{"ip": node.address}], "podIP": ip, "podIPs": [{"ip": ip}]}
        status["startTime"] = self._stamp
        times = {"lastProbeTime": None, "lastTransitionTime": self._stamp}
        status["conditions"] = [{"type": kind, "status": "True", **times} for kind in _CONDITIONS]
        first = {**status["containerStatuses"][0], "state": {"running": {"startedAt": self._stamp}}}
        first["containerID"] = f"containerd://{self._random.getrandbits(256):064x}"
        status["containerStatuses"] = [first]

    def _put(self, collection: str, obj: Obj) -> None:
        metadata = obj["metadata"]
        self._cluster.store.put(Key(collection, metadata["namespace"], metadata["name"]), obj)


_STRATEGY = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}
_CONDITIONS = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")


def _owner(owner: Obj) -> Obj:
    metadata = owner["metadata"]
    return {
        "apiVersion": "apps/v1",
        "kind": owner.get("kind", "ReplicaSet"),
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
