"""Several namespaces and several clusters in one table: the real one, the embedded one, and one that is dead."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.conftest import K9PY, Cluster, Open
from tests.cluster.kubectl import Kubectl, Manifest
from tests.cluster.workloads import pod

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

DEAD: Manifest = {"name": "dead", "cluster": {"server": "https://127.0.0.1:9"}}


@pytest.fixture(scope="module")
def second(cluster: Cluster) -> Iterator[str]:
    name = cluster.make_namespace("second")
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture(scope="module", autouse=True)
def ground(kubectl: Kubectl, namespace: str, second: str) -> None:
    kubectl.create(pod("here"), namespace=namespace)
    kubectl.create(pod("there"), namespace=second)


@pytest.fixture(scope="module")
def three(kubectl: Kubectl, namespace: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A kubeconfig of the real cluster (`real`), the embedded one (`shop`) and a server that is not there (`dead`)."""
    folder = tmp_path_factory.mktemp("three")
    with subprocess.Popen([str(K9PY), "demo", "--serve"], stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout
        lines = iter(demo.stdout.readline, "}\n")  # the end of the kubeconfig that it prints
        embedded = json.loads("".join(lines) + "}")
        config = dict(kubectl.config())
        config["clusters"] += [{**embedded["clusters"][0], "name": "shop"}, DEAD]
        config["users"] += [{**embedded["users"][0], "name": "shop"}]
        own = config["contexts"][0]["context"]
        config["contexts"] = [
            {"name": "real", "context": {**own, "namespace": namespace}},
            {"name": "shop", "context": {"cluster": "shop", "user": "shop"}},
            {"name": "dead", "context": {"cluster": "dead", "user": "shop"}},
        ]
        config["current-context"] = "real"
        path = folder / "config"
        path.write_text(json.dumps(config))
        yield path
        demo.terminate()


def test_several_namespaces(k9py: Open, namespace: str, second: str) -> None:
    screen = k9py("-c", f"pods {namespace},{second}")
    screen.wait_pane("Pods", lambda pane: pane.has(namespace, "here") and pane.has(second, "there"), "pods of both")
    assert len(screen.pane("Pods").rows) == 2
    screen.command(f"pods {namespace},no-such-namespace")
    screen.wait("there is no namespace no-such-namespace")


def test_several_clusters_one_of_them_dead(k9py: Open, kubectl: Kubectl, three: Path, namespace: str) -> None:
    screen = k9py("-A", "-c", "pods", kubeconfig=three, size=(200, 50))
    screen.wait_row("Pods", "here", namespace)
    screen.command("@+shop,dead")
    screen.wait_pane("Pods", lambda pane: pane.has("here", "real") and pane.has("shop"), "pods of both")
    screen.wait(r"live: dead: .*refuses connections")
    kubectl.create(pod("later"), namespace=namespace)
    screen.wait_row("Pods", "later", "real")
    screen.command("nodes")
    screen.wait_pane("Nodes", lambda pane: pane.has("real") and pane.has("shop"), "nodes of both")
    screen.command("@-shop,dead")
    screen.wait_pane("Nodes", lambda pane: not pane.has("shop") and pane.state == "live", "nodes of one")
    assert {row.name for row in screen.pane("Nodes").rows} == set(kubectl.names("nodes"))


def test_a_key_goes_to_the_cluster_of_its_row(k9py: Open, three: Path, namespace: str) -> None:
    screen = k9py("-A", "-c", f"pods @shop,real /{namespace}", kubeconfig=three, size=(200, 50))
    screen.wait_row("Pods", "here", "real")
    screen.send("y")
    screen.wait(rf"namespace: {namespace}")
