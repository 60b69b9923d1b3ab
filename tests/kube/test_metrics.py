"""Usage as metrics.k8s.io gives it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from k9py.kube.metrics import read_metrics, read_node_names, read_summary
from k9py.kube.wire import Garbled
from k9py.values.errors import ApiError
from k9py.values.usage import Fill, Usage
from tests.kube.reach import reach
from tests.kube.scripted import answer, refuse

NODES = "/apis/metrics.k8s.io/v1beta1/nodes"


async def test_a_pod_is_the_sum_of_its_containers(tmp_path: Path) -> None:
    async with reach(tmp_path) as (server, transport):
        usages = [{"cpu": "125m", "memory": "61Mi"}, {"cpu": "125000000n", "memory": "1Ki"}, {}]
        items = [
            {"metadata": {"name": "cart-0", "namespace": "shop"}, "containers": [{"usage": usage} for usage in usages]},
            {"metadata": {"name": "just-made", "namespace": "shop"}, "containers": None},
        ]
        path = "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods"
        server.fault(path, "list", answer(200, json.dumps({"items": items}), "application/json"))
        usage = await read_metrics(transport, "v1beta1", "pods", "shop")
        assert usage == {
            ("shop", "cart-0"): Usage(0.25, 61 * 2**20 + 1024),
            ("shop", "just-made"): Usage(0, 0),
        }


async def test_pods_of_one_namespace(tmp_path: Path) -> None:
    async with reach(tmp_path) as (server, transport):
        for name, namespace in (("cart-0", "shop"), ("elsewhere", "other")):
            server.store.put("/api/v1/pods", name, namespace)
            server.running.use(name, namespace, "125m", "61Mi")
        usage = await read_metrics(transport, "v1beta1", "pods", "shop")
        assert usage["shop", "cart-0"] == Usage(0.125, 61 * 2**20)
        assert {name.split("/")[0] for _, name in usage} == {"cart-0"}


async def test_nodes(tmp_path: Path) -> None:
    async with reach(tmp_path) as (server, transport):
        server.store.put("/api/v1/nodes", "worker-a")
        server.running.use("worker-a", "", "1.5", "2Gi")
        assert await read_metrics(transport, "v1beta1", "nodes") == {("", "worker-a"): Usage(1.5, 2 * 2**30)}


async def test_none_yet(tmp_path: Path) -> None:
    async with reach(tmp_path) as (_, transport):
        assert await read_metrics(transport, "v1beta1", "nodes") == {}


async def test_faults_are_errors(tmp_path: Path) -> None:
    async with reach(tmp_path) as (server, transport):
        odd = answer(200, '{"items":[{"metadata":{"name":"a"},"usage":{"cpu":"much"}}]}')
        server.fault(NODES, "list", refuse(503, "ServiceUnavailable", "not ready"), answer(200, "[]"), odd)
        with pytest.raises(ApiError, match="not ready"):
            await read_metrics(transport, "v1beta1", "nodes")
        with pytest.raises(Garbled, match="list of metrics"):
            await read_metrics(transport, "v1beta1", "nodes")
        with pytest.raises(Garbled, match="much"):
            await read_metrics(transport, "v1beta1", "nodes")


async def test_the_kubelet_says_it_too(tmp_path: Path) -> None:
    def stats(name: str, cores: float, size: int) -> dict[str, object]:
        return {"name": name, "cpu": {"usageNanoCores": int(cores * 1e9)}, "memory": {"workingSetBytes": size}}

    pods = [
        {"podRef": {"name": "cart-0", "namespace": "shop"}, "containers": [stats("a", 0.25, 10), stats("b", 0.5, 20)]},
        {"podRef": {"name": "just-made", "namespace": "shop"}, "containers": [{"name": "a"}]},
        {"podRef": {"name": "empty", "namespace": "shop"}},
    ]
    async with reach(tmp_path) as (server, transport):
        server.store.put("/api/v1/nodes", "worker-a")
        told = answer(200, json.dumps({"node": stats("", 1.5, 99), "pods": pods}), "application/json")
        server.fault("/api/v1/nodes/worker-a/proxy/stats/summary", "get", told)
        assert await read_node_names(transport, 5) == ["worker-a"]
        said = await read_summary(transport, "worker-a")
        assert said.usage == {
            ("", "worker-a"): Usage(1.5, 99),
            ("shop", "cart-0/a"): Usage(0.25, 10),
            ("shop", "cart-0/b"): Usage(0.5, 20),
            ("shop", "cart-0"): Usage(0.75, 30),
        }
        assert said.fills == {}


async def test_the_kubelet_says_how_full_the_volumes_of_claims_are(tmp_path: Path) -> None:
    disk = {"usedBytes": 30, "availableBytes": 60, "capacityBytes": 100, "inodes": 10, "inodesFree": 6, "inodesUsed": 4}
    volumes = [
        {"name": "token", **disk},
        {"name": "data", "pvcRef": {"name": "data-cart-0", "namespace": "shop"}, **disk},
        {"name": "raw", "pvcRef": {"name": "raw", "namespace": "shop"}, "capacityBytes": 100},
    ]
    pods = [{"podRef": {"name": "cart-0", "namespace": "shop"}, "volume": volumes}]
    async with reach(tmp_path) as (server, transport):
        told = answer(200, json.dumps({"node": {}, "pods": pods}), "application/json")
        server.fault("/api/v1/nodes/worker-a/proxy/stats/summary", "get", told)
        said = await read_summary(transport, "worker-a")
        assert said.usage == {}
        assert said.fills == {
            ("shop", "data-cart-0"): Fill(30, 60, 100, 4, 6),
            ("shop", "raw"): Fill(capacity=100),
        }
