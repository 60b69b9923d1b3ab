"""Who may do what, on a real cluster: a user of two namespaces only, and what the roles and bindings say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.conftest import Cluster, Open
from tests.cluster.kubectl import Kubectl
from tests.cluster.workloads import pod, thing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

ROLE = "rbac.authorization.k8s.io/v1"
READ = ["get", "list", "watch"]


def role(name: str, *rules: tuple[list[str], list[str]]) -> dict[str, object]:
    """A role of rules of the core group: verbs and resources each."""
    said = [{"apiGroups": [""], "verbs": verbs, "resources": resources} for verbs, resources in rules]
    return thing("Role", name, ROLE, rules=said)


@pytest.fixture(scope="module")
def other(cluster: Cluster) -> Iterator[str]:
    """A second namespace."""
    name = cluster.make_namespace("rights-other")
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture(scope="module", autouse=True)
def ground(kubectl: Kubectl, namespace: str, other: str) -> None:
    """A pod in each of two namespaces, and a service account that may look at both, and at logs in its own."""
    kubectl.create(pod("here"), role("look", (READ, ["pods"]), (["get"], ["pods/log"])), namespace=namespace)
    kubectl.create(pod("there"), role("look", (READ, ["pods"])), namespace=other)
    kubectl("create", "serviceaccount", "dev", "-n", namespace)
    for place in (namespace, other):
        kubectl(
            *("create", "rolebinding", "look", "-n", place, "--role=look", f"--serviceaccount={namespace}:dev"),
        )
    kubectl.wait("pod/here", "condition=Ready", namespace)
    kubectl.wait("pod/there", "condition=Ready", other)


@pytest.fixture
def limited(kubectl: Kubectl, namespace: str, other: str, tmp_path: Path) -> Path:
    """The kubeconfig of the service account: no namespace in the context used, the other one in another context."""
    config = json.loads(json.dumps(kubectl.config()))
    token = kubectl("create", "token", "dev", "-n", namespace).strip()
    place = {"cluster": config["clusters"][0]["name"], "user": "dev"}
    config |= {
        "users": [{"name": "dev", "user": {"token": token}}],
        "contexts": [{"name": "dev", "context": place}, {"name": "there", "context": {**place, "namespace": other}}],
        "current-context": "dev",
    }
    path = tmp_path / "limited"
    path.write_text(json.dumps(config))
    return path


def test_two_namespaces_only(k9py: Open, limited: Path, namespace: str, other: str) -> None:
    screen = k9py(kubeconfig=limited, size=(200, 50))
    screen.wait(f"all namespaces are not permitted · 1 {namespace}  2 {other}")
    screen.wait_row("Pods", "here", "Running")
    screen.wait_title("Pods", rf"Pods 1 · {namespace}$")
    assert 'User "system:serviceaccount' in " ".join(screen.pane("Nodes").texts)  # says what was denied
    screen.send("2")
    screen.wait_row("Pods", "there", "Running")
    screen.wait_title("Pods", rf"Pods 1 · {other}$")
    screen.send("l")
    screen.wait(f"Logs pod {other}/there: not allowed to get pods/log in {other}")
    screen.send("0")
    screen.wait(f"permitted: 1 {namespace}")
    screen.command("ns")
    screen.wait_row("Namespaces", namespace, "1", "pods")
    screen.wait_row("Namespaces", other, "2", "pods")
    screen.point_at("Namespaces", namespace)
    screen.send("enter")
    screen.wait_row("Pods", "here", "Running")
    screen.send("l")
    screen.wait(r"Logs here")
