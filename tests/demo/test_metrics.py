"""What kubectl top and the kubelets' own endpoints show."""

from __future__ import annotations

import json

import aiohttp
import pytest

from k9py.demo.api import metrics
from k9py.demo.core.store import Key, Obj
from k9py.demo.node.filling import Filling
from k9py.demo.node.stats import summary
from k9py.demo.serve import serving
from tests.demo.nodelab import Lab, Told


@pytest.fixture
def lab() -> Lab:
    found = Lab(nodes=2)
    found.image("app", Told())
    found.image("plain")
    return found


@pytest.mark.parametrize(
    ("cores", "text"),
    [(0.0, "0"), (0.232097893, "232097893n"), (0.0015, "1500u"), (0.25, "250m"), (2.0, "2")],
)
def test_cores_are_written_as_metrics_server_writes_them(cores: float, text: str) -> None:
    assert metrics.format_nanocores(cores) == text


@pytest.mark.parametrize(("size", "text"), [(0, "0"), (274_432, "268Ki"), (64 * 2**20, "64Mi"), (2**30, "1Gi")])
def test_memory_is_written_as_metrics_server_writes_it(size: float, text: str) -> None:
    assert metrics.format_memory(size) == text


def test_a_pod_has_figures_after_a_while(lab: Lab) -> None:
    lab.pod("web", {"image": "app"}, labels={"app": "web"})
    lab.cluster.clock.advance(10)
    assert not list(metrics.pods(lab.cluster, "default"))
    lab.cluster.clock.advance(35)
    (found,) = metrics.pods(lab.cluster, "default")
    assert found["metadata"]["labels"] == {"app": "web"}
    (container,) = found["containers"]
    assert container["name"] == "main"
    assert 0.24 < int(container["usage"]["cpu"].rstrip("n")) / 1e9 < 0.26
    assert not list(metrics.pods(lab.cluster, "kube-system"))


def test_a_node_uses_what_its_pods_use_and_some_more(lab: Lab) -> None:
    lab.pod("web", {"image": "app"}, nodeName="node1")
    lab.cluster.clock.advance(45)
    loads = {one["metadata"]["name"]: one["usage"]["cpu"] for one in metrics.nodes(lab.cluster, "")}
    cores = {name: int(text.rstrip("n")) / 1e9 for name, text in loads.items()}
    assert 0.2 < cores["node1"] - cores["node2"] < 0.3
    lab.kubelets.stop("node1")
    lab.cluster.clock.advance(30)
    assert [one["metadata"]["name"] for one in metrics.nodes(lab.cluster, "")] == ["node2"]


def test_figures_stay_the_same_until_the_next_reading(lab: Lab) -> None:
    lab.pod("web", {"image": "app"})
    lab.cluster.clock.advance(46)
    first = list(metrics.pods(lab.cluster, ""))
    lab.cluster.clock.advance(3)
    again = list(metrics.pods(lab.cluster, ""))
    assert [one["containers"] for one in first] == [one["containers"] for one in again]
    lab.cluster.clock.advance(15)
    assert next(iter(metrics.pods(lab.cluster, "")))["timestamp"] > first[0]["timestamp"]


def test_the_kubelet_says_how_full_claims_are_but_not_of_what_is_a_folder_of_the_node(lab: Lab) -> None:
    for name, source in (
        ("disk", {"csi": {"driver": "d", "volumeHandle": "h"}}),
        ("folder", {"hostPath": {"path": "/x"}}),
    ):
        _claim(lab, name, source)
    lab.cluster.registry.part(Filling).shares["default", "disk"] = 0.5
    volumes: list[Obj] = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in ("disk", "folder")]
    volumes += [{"name": "scratch", "emptyDir": {}}, {"name": "var", "hostPath": {"path": "/var"}}]
    mounts = [{"name": volume["name"], "mountPath": f"/{volume['name']}"} for volume in volumes]
    volumes += [{"name": "idle", "emptyDir": {}}]
    lab.pod("db", {"image": "app", "volumeMounts": mounts}, nodeName="node1", volumes=volumes)
    lab.cluster.clock.advance(45)
    kubelet = lab.kubelets.on("node1")
    assert kubelet
    (told,) = summary(lab.cluster, kubelet)["pods"]
    named = {volume["name"]: volume for volume in told["volume"]}
    assert {name for name in named if not name.startswith("kube-api-access")} == {"scratch", "disk"}
    assert "pvcRef" not in named["scratch"]
    disk = named["disk"]
    assert disk["pvcRef"] == {"name": "disk", "namespace": "default"}
    assert disk["capacityBytes"] == int(0.98 * 10 * 2**30)
    assert abs(disk["usedBytes"] / (disk["usedBytes"] + disk["availableBytes"]) - 0.5) < 0.001
    assert disk["inodesUsed"] + disk["inodesFree"] == pytest.approx(disk["inodes"], abs=1)


def _claim(lab: Lab, name: str, source: Obj) -> None:
    """A claim that is bound to a volume of ten gibibytes."""
    ten = {"storage": "10Gi"}
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": ""}
    volume = {"metadata": {"name": name}, "spec": {**spec, "capacity": ten, **source}}
    lab.cluster.registry.make("persistentvolumes", {"kind": "PersistentVolume", "apiVersion": "v1", **volume})
    wanted = {**spec, "volumeName": name, "resources": {"requests": ten}}
    claim: Obj = {"kind": "PersistentVolumeClaim", "apiVersion": "v1", "spec": wanted}
    claim["metadata"] = {"name": name, "namespace": "default"}
    lab.cluster.registry.make("persistentvolumeclaims", claim)
    lab.cluster.registry.set_status(Key("persistentvolumeclaims", "default", name), {"phase": "Bound"})


async def test_over_http(lab: Lab) -> None:
    lab.pod("web", {"image": "app"}, nodeName="node1")
    lab.cluster.clock.advance(45)
    lab.pod("young", {"image": "app"}, nodeName="node1")
    lab.cluster.clock.advance(3)
    async with serving(lab.cluster) as served, aiohttp.ClientSession() as session:

        async def get(path: str) -> tuple[int, str]:
            async with session.get(served.url + path) as response:
                return response.status, await response.text()

        base = "/apis/metrics.k8s.io/v1beta1"
        code, text = await get(f"{base}/namespaces/default/pods/young")
        assert (code, json.loads(text)["message"]) == (404, 'podmetrics.metrics.k8s.io "default/young" not found')
        code, text = await get(f"{base}/namespaces/default/pods/none")
        assert (code, json.loads(text)["message"]) == (404, 'pods "none" not found')
        code, text = await get(f"{base}/nodes/none")
        assert (code, json.loads(text)["message"]) == (404, 'node "none" not found')
        code, text = await get(f"{base}/namespaces/default/pods")
        listed = json.loads(text)
        assert listed["kind"] == "PodMetricsList"
        assert listed["metadata"] == {}
        assert [one["metadata"]["name"] for one in listed["items"]] == ["web"]

        code, text = await get("/api/v1/nodes/node1/proxy/stats/summary")
        pods = json.loads(text)["pods"]
        assert [one["podRef"]["name"] for one in pods] == ["web"]
        assert await get("/api/v1/nodes/node1/proxy/healthz") == (200, "ok")
        assert json.loads((await get("/api/v1/nodes/node1:10256/proxy/healthz"))[1])["healthy"]
        code, text = await get("/api/v1/nodes/node1/proxy/metrics/resource")
        assert 'container_memory_working_set_bytes{container="main",namespace="default",pod="web"} ' in text
        code, text = await get("/api/v1/nodes/node1:99/proxy/healthz")
        refused = "error trying to reach service: dial tcp 172.18.0.2:99: connect: connection refused"
        assert (code, json.loads(text)["message"]) == (503, refused)
        assert (await get("/api/v1/nodes/none/proxy/healthz"))[0] == 404
