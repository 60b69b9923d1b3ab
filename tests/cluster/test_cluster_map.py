"""The map of a real cluster: what it says is what kubectl reads; what a user of few rights may not see says so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.conftest import Cluster, Open
from tests.cluster.kubectl import Kubectl
from tests.cluster.screen import K9py
from tests.cluster.workloads import thing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

SIZE = (200, 60)
CHECK = re.compile(r"\[\+\](\S+) ok")
BROKEN = "v1.k9py-map.example.com"


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[str]:
    name = cluster.make_namespace("map")
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture
def screen(k9py: Open) -> K9py:
    found = k9py("-c", "cluster", size=SIZE)
    found.wait(r"Nothing is broken|not well")
    return found


@pytest.fixture
def broken_api(kubectl: Kubectl) -> Iterator[str]:
    """An aggregated API of a Service that is not there."""
    spec: dict[str, Any] = {
        "group": "k9py-map.example.com",
        "version": "v1",
        "groupPriorityMinimum": 100,
        "versionPriority": 100,
        "insecureSkipTLSVerify": True,
        "service": {"name": "k9py-map", "namespace": "default"},
    }
    kubectl.create(thing("APIService", BROKEN, "apiregistration.k8s.io/v1", spec=spec))
    yield BROKEN
    kubectl("delete", "apiservice", BROKEN, "--ignore-not-found")


def leases(kubectl: Kubectl, namespace: str) -> dict[str, Any]:
    items = json.loads(kubectl("get", "leases", "-n", namespace, "-o", "json"))["items"]
    return {lease["metadata"]["name"]: lease for lease in items}


def test_health_is_what_kubectl_reads_check_by_check(screen: K9py, kubectl: Kubectl) -> None:
    for endpoint in ("readyz", "livez"):
        checks = CHECK.findall(kubectl("get", "--raw", f"/{endpoint}?verbose"))
        screen.wait(rf"● {endpoint} +ok +{len(checks)} checks passed")
    screen.wait(r"● etcd +ok +by readyz: etcd, etcd-readiness")
    screen.send("j", " ")
    screen.wait(r"● ping +ok")
    for check in CHECK.findall(kubectl("get", "--raw", "/readyz?verbose"))[:20]:
        screen.wait(rf"● {re.escape(check)} +ok")
    screen.send(" ")
    screen.wait(r"● ping +ok", gone=True)


def test_cluster_info_is_what_kubectl_prints(screen: K9py, kubectl: Kubectl) -> None:
    printed = re.sub(r"\x1b\[[0-9;]*m", "", kubectl("cluster-info"))
    for name, address in re.findall(r"^(.+) is running at (\S+)$", printed, re.M):
        screen.wait(rf"{re.escape(name)} +{re.escape(address)}")


def test_leaders_and_instances_are_those_of_the_leases(screen: K9py, kubectl: Kubectl) -> None:
    found = leases(kubectl, "kube-system")
    for name in ("kube-scheduler", "kube-controller-manager", "cloud-controller-manager"):
        if name in found:
            holder = re.escape(found[name]["spec"]["holderIdentity"])
            screen.wait(rf"● {name} +ok +renewed +\d+s ago +led for \S+ by {holder}")
    for name, lease in found.items():
        labels = lease["metadata"].get("labels", {})
        if name.startswith("apiserver-") and "apiserver.kubernetes.io/identity" in labels:
            screen.wait(rf"● instance on {labels['kubernetes.io/hostname']} +ok +renewed +\d+s ago")


def test_each_node_with_its_lease_its_kubelet_and_its_kube_proxy(screen: K9py, cluster: Cluster) -> None:
    version = json.loads(cluster.kubectl("version", "-o", "json"))["serverVersion"]["gitVersion"]
    for name in cluster.nodes():
        assert name in leases(cluster.kubectl, "kube-node-lease")
        screen.wait(rf"● {name} +Ready +\d+s +{re.escape(version)} +ok +ok, (no )?pod +\d+% +\d+%")


def test_an_aggregated_api_that_breaks_is_told_at_once_and_first(
    screen: K9py, kubectl: Kubectl, broken_api: str
) -> None:
    screen.wait(rf"✖ {re.escape(broken_api)} +not available +by default/k9py-map")
    screen.wait(rf"(?s)not well.*✖ {re.escape(broken_api)} .*API server")
    kubectl("delete", "apiservice", broken_api)
    screen.wait(re.escape(broken_api), gone=True)


def test_enter_and_keys_lead_to_the_objects(screen: K9py, cluster: Cluster, kubectl: Kubectl) -> None:
    node = cluster.nodes()[0]
    screen.wait(rf"● {node} +Ready")
    screen.filter(rf"^{node} ")
    screen.wait(r"▸● " + node)
    screen.send("y")
    screen.wait(r"kind: Node")
    screen.send("escape")
    screen.wait(r"▸● " + node)
    screen.send(" ")
    screen.wait(r"MemoryPressure +False")
    screen.send("enter")
    screen.wait(rf"node {node}")
    screen.send("escape", "escape")
    screen.wait(r"● readyz +ok")


def test_who_may_do_little_is_told_line_by_line(k9py: Open, kubectl: Kubectl, namespace: str, tmp_path: Path) -> None:
    kubectl("create", "serviceaccount", "curious", "-n", namespace)
    config: dict[str, Any] = json.loads(json.dumps(kubectl.config()))
    token = kubectl("create", "token", "curious", "-n", namespace).strip()
    config["users"] = [{"name": "curious", "user": {"token": token}}]
    config["contexts"][0]["context"]["user"] = "curious"
    path = tmp_path / "curious.json"
    path.write_text(json.dumps(config))
    screen = k9py("-c", "cluster", "-n", namespace, size=SIZE, kubeconfig=path)
    screen.wait(r"kube-scheduler +not seen +not permitted: leases\.coordination\.k8s\.io is forbidden")
    screen.wait(r"APIs +not seen +not permitted")
    screen.wait(r"nodes? +not permitted|not seen +not permitted: nodes is forbidden")
    screen.wait(r"● readyz +ok +\d+ checks passed|readyz +not permitted")
    server = config["clusters"][0]["cluster"]["server"]
    screen.wait(rf"Kubernetes control plane +{re.escape(server)}")
