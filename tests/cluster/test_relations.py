"""Trees of a real cluster: of a deployment, a namespace, a custom resource; live; and who uses an object."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from tests.cluster.conftest import Open
from tests.cluster.kubectl import Kubectl
from tests.cluster.screen import K9py
from tests.cluster.workloads import config_map, crd, deployment, thing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def group(kubectl: Kubectl) -> Iterator[str]:
    """An API group that no cluster has, with a kind of its own."""
    name = f"k9py-{secrets.token_hex(2)}.example.com"
    kubectl.create(crd("choirs", "Choir", name, []))
    kubectl.wait(f"crd/choirs.{name}", "condition=Established")
    kubectl.wait_served("choirs", name)
    yield name
    kubectl("delete", "crd", f"choirs.{name}", "--ignore-not-found", "--wait=false")


@pytest.fixture(scope="module", autouse=True)
def objects(kubectl: Kubectl, namespace: str, group: str) -> None:
    web = deployment("web", 2)
    spec = web["spec"]["template"]["spec"]
    spec["volumes"] = [
        {"name": "settings", "configMap": {"name": "settings"}},
        {"name": "extra", "secret": {"secretName": "extra", "optional": True}},
    ]
    spec["serviceAccountName"] = "seller"
    service = thing("Service", "web", spec={"selector": {"app": "web"}, "ports": [{"port": 80}]})
    choir = thing("Choir", "choir", f"{group}/v1", spec={"settingsConfigMapRef": {"name": "settings"}})
    choir["status"] = {"conditions": [{"type": "Ready", "status": "False", "reason": "Hoarse"}]}
    kubectl.create(
        config_map("settings", a="1"), thing("ServiceAccount", "seller"), service, choir, namespace=namespace
    )
    kubectl.create(web, namespace=namespace)
    kubectl("rollout", "status", "deployment/web", "-n", namespace, "--timeout=120s")


def open_tree(k9py: Open, namespace: str, command: str, title: str, name: str, key: str) -> K9py:
    screen = k9py("-n", namespace, size=(160, 50))
    screen.wait_pane("Pods", lambda pane: len(pane.rows) == 2)
    screen.command(command)
    screen.wait_title(title, "^home")
    screen.wait_row(title, name)
    screen.point_at(title, name)
    screen.send(key)
    return screen


def wait_line(screen: K9py, *words: str) -> None:
    """Wait for a line of the screen that has these words."""
    screen.wait_until(lambda text: has_line(text, *words), 30, f"no line with {words}")


def has_line(text: str, *words: str) -> bool:
    return any(set(words) <= set(line.split()) for line in text.splitlines())


def test_the_tree_of_a_deployment_is_live(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    screen = open_tree(k9py, namespace, "deploy", "Deployments", "web", "X")
    wait_line(screen, "deployment", "web", "2/2")
    wait_line(screen, "replicaset", kubectl.names("rs", "-n", namespace)[0])
    for each in kubectl.json("get", "pods", "-n", namespace)["items"]:
        wait_line(screen, "pod", each["metadata"]["name"], "Running", "●")
        wait_line(screen, "node", each["spec"]["nodeName"], "Ready")
    wait_line(screen, "configmap", "settings", "volume")
    wait_line(screen, "secret", "extra", "not", "there,", "optional")
    wait_line(screen, "serviceaccount", "seller")
    wait_line(screen, "service", "web", "selects")
    kubectl("scale", "deployment/web", "--replicas=3", "-n", namespace)
    wait_line(screen, "deployment", "web", "3/3")
    kubectl("delete", "configmap", "settings", "-n", namespace)
    wait_line(screen, "✖", "configmap", "settings", "not", "there")
    kubectl.create(config_map("settings", a="2"), namespace=namespace)
    screen.wait_until(lambda text: not has_line(text, "✖", "configmap", "settings"), 30, "it is there again")
    kubectl("create", "secret", "generic", "extra", "-n", namespace)
    screen.wait_until(lambda text: not has_line(text, "secret", "extra", "there,"), 30, "the secret is there")
    kubectl("delete", "secret", "extra", "-n", namespace)
    kubectl("scale", "deployment/web", "--replicas=2", "-n", namespace)
    wait_line(screen, "deployment", "web", "2/2")


def test_a_namespace_with_its_custom_resources_filtered_and_gone_into(k9py: Open, namespace: str) -> None:
    screen = k9py("-n", namespace, size=(160, 50))
    screen.wait_pane("Pods", lambda pane: len(pane.rows) == 2)
    screen.command("xray")
    wait_line(screen, "choir", "choir", "Ready=False", "(Hoarse)")
    wait_line(screen, "configmap", "settings", "settingsConfigMapRef")
    screen.wait("serviceaccount default")
    screen.filter("Hoarse")
    screen.wait_until(lambda text: not has_line(text, "deployment", "web"), 30, "filtered")
    screen.send("enter")
    screen.wait_names("Choirs", ["choir"])
    screen.send("escape")
    screen.send("y")
    screen.wait("settingsConfigMapRef:")


def test_who_uses_an_object(k9py: Open, kubectl: Kubectl, namespace: str, group: str) -> None:
    screen = open_tree(k9py, namespace, "cm", "ConfigMaps", "settings", "u")
    wait_line(screen, "deployment", "web", "volume")
    wait_line(screen, "choir", "choir", "settingsConfigMapRef")
    for name in kubectl.names("pods", "-n", namespace):
        wait_line(screen, "pod", name, "volume")
    kubectl("delete", f"choirs.{group}", "choir", "-n", namespace)
    screen.wait_until(lambda text: not has_line(text, "choir"), 30, "the choir is gone")
