"""What a person changes from the keyboard, read back with the real kubectl; and what k9py refuses, with the reason."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.conftest import Cluster, Open
from tests.cluster.kubectl import Kubectl, wait_until, write_kubeconfig
from tests.cluster.screen import K9py
from tests.cluster.workloads import SLEEP, deployment, thing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

RESTARTED = "kubectl.kubernetes.io/restartedAt"


@pytest.fixture
def deployments(kubectl: Kubectl, namespace: str) -> Iterator[list[str]]:
    """Three deployments, made anew for each test."""
    names = ["one", "three", "two"]
    made = [deployment(name, 1, SLEEP) for name in names]
    kubectl.create(*made, namespace=namespace)
    yield names
    kubectl("delete", "deployments", "--all", "-n", namespace)


def read(kubectl: Kubectl, namespace: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = kubectl.json("get", "deployment", name, "-n", namespace)
    return found


def replicas(kubectl: Kubectl, namespace: str, *names: str) -> list[int]:
    return [read(kubectl, namespace, name)["spec"]["replicas"] for name in names]


def restarted_at(kubectl: Kubectl, namespace: str, name: str) -> str:
    template = read(kubectl, namespace, name)["spec"]["template"]["metadata"]
    return str(template.get("annotations", {}).get(RESTARTED, ""))


def open_deployments(k9py: Open, namespace: str, *options: str, kubeconfig: Path | None = None) -> K9py:
    screen = k9py("-n", namespace, "-c", "deploy", *options, kubeconfig=kubeconfig)
    screen.wait_pane("Deployments", lambda pane: bool(pane.cursor), "no deployments")
    return screen


def answer_replicas(screen: K9py, title: str, wanted: int) -> None:
    """Press `s`, and answer the question."""
    screen.send("s")
    screen.wait_dialog(rf"^Scale {title}$")
    screen.wait(r"replicas \(now \d+\)")
    screen.send("ctrl-u")
    screen.wait(r"a whole number, 0 or more")
    screen.type(str(wanted))
    screen.wait(rf"│ +{wanted} +│")
    screen.send("enter")
    screen.wait_dialog(rf"^Scale {title} to {wanted}$")


def test_scaling(k9py: Open, kubectl: Kubectl, namespace: str, deployments: list[str]) -> None:
    screen = open_deployments(k9py, namespace)
    screen.point_at("Deployments", "two")
    answer_replicas(screen, f"deployment {namespace}/two", 3)
    screen.wait(rf"{namespace}/two  replicas 1 → 3")
    shown = screen.wait_pane("Scale", lambda pane: any("kubectl scale" in line for line in pane.lines)).lines
    command = shlex.split(next(line for line in shown if "kubectl scale" in line))
    assert command[:6] == ["kubectl", "scale", "deployment/two", "--replicas=3", "-n", namespace]
    assert "deployment.apps/two scaled" in kubectl(*command[1:], "--dry-run=server"), "that is no command of kubectl's"
    assert replicas(kubectl, namespace, "two") == [1], "it was changed before it was confirmed"
    screen.send("y")
    screen.wait(r"Scale deployment \S+ to 3: replicas 1 → 3, sent")
    assert replicas(kubectl, namespace, *deployments) == [1, 1, 3]
    screen.wait_row("Deployments", "two", "3/3")


def test_a_change_that_is_not_confirmed(k9py: Open, kubectl: Kubectl, namespace: str, deployments: list[str]) -> None:
    screen = open_deployments(k9py, namespace)
    screen.point_at("Deployments", "two")
    answer_replicas(screen, f"deployment {namespace}/two", 3)
    screen.send("n")
    screen.wait(r"kubectl scale", gone=True)
    screen.send("s")
    screen.wait_dialog(r"^Scale deployment \S+/two$")
    screen.send("esc")
    screen.wait(r"replicas \(now 1\)", gone=True)
    assert replicas(kubectl, namespace, *deployments) == [1, 1, 1]


def test_restarting(k9py: Open, kubectl: Kubectl, namespace: str, deployments: list[str]) -> None:
    kubectl("rollout", "status", "deployment/one", "-n", namespace, "--timeout=120s")
    before = kubectl.names("pods", "-n", namespace, "-l", "app=one")
    screen = open_deployments(k9py, namespace)
    screen.point_at("Deployments", "one")
    screen.send("r")
    screen.wait_dialog(r"^Restart deployment \S+/one$")
    screen.wait(r"kubectl rollout restart deployment/one")
    assert not restarted_at(kubectl, namespace, "one")
    screen.send("y")
    screen.wait(r"Restart deployment \S+: new pods, sent")
    assert restarted_at(kubectl, namespace, "one")
    kubectl("rollout", "status", "deployment/one", "-n", namespace, "--timeout=120s")
    wait_until(lambda: not set(before) & set(kubectl.names("pods", "-n", namespace, "-l", "app=one")), "only new pods")
    assert not restarted_at(kubectl, namespace, "two")


def mark_all(screen: K9py, names: list[str]) -> None:
    screen.wait_names("Deployments", names)
    screen.point_at("Deployments", names[0])
    for _ in names:
        screen.send("space", "j")
    screen.wait_title("Deployments", rf" · {len(names)} marked$")


def test_several_rows_and_an_outcome_for_each(
    k9py: Open, kubectl: Kubectl, namespace: str, deployments: list[str]
) -> None:
    screen = open_deployments(k9py, namespace)
    mark_all(screen, deployments)
    answer_replicas(screen, "3 deployments", 2)
    kubectl("delete", "deployment", "three", "-n", namespace)
    screen.send("y")
    screen.wait(rf"● {namespace}/one  replicas 1 → 2")
    screen.wait(rf"✖ {namespace}/three  it is gone; nothing was changed")
    screen.wait(rf"● {namespace}/two  replicas 1 → 2")
    screen.wait(r"2 done, 1 not")
    screen.settle(0.15)
    assert replicas(kubectl, namespace, "one", "two") == [2, 2]
    screen.send("esc")
    screen.wait_row("Deployments", "one", "2/2")


def test_a_paused_deployment_is_not_restarted(
    k9py: Open, kubectl: Kubectl, namespace: str, deployments: list[str]
) -> None:
    kubectl("rollout", "pause", "deployment/two", "-n", namespace)
    screen = open_deployments(k9py, namespace)
    screen.point_at("Deployments", "two")
    screen.send("r")
    screen.wait(r"✖ Restart deployment \S+/two: it is paused; resume the rollout first")
    mark_all(screen, deployments)
    screen.send("r")
    screen.wait_dialog(r"^Restart 3 deployments$")
    screen.wait(rf"✖ {namespace}/two  left alone: it is paused; resume the rollout first")
    screen.send("y")
    screen.wait(r"Restart 3 deployments: 2 done, 1 not")
    stamps = [restarted_at(kubectl, namespace, name) for name in deployments]
    assert [bool(stamp) for stamp in stamps] == [True, True, False]


def test_readonly_takes_the_keys_away(k9py: Open, kubectl: Kubectl, namespace: str, deployments: list[str]) -> None:
    screen = open_deployments(k9py, namespace, "--readonly")
    screen.wait(r"^ k9py .* read-only ")
    wait_greyed(screen, "Scale", "Restart")
    assert not is_greyed(screen, "YAML")
    for key, title in (("s", "Scale"), ("r", "Restart")):
        screen.send(key)
        screen.wait(rf"✖ {title} deployment \S+/one: k9py runs read-only")
    assert replicas(kubectl, namespace, *deployments) == [1, 1, 1]
    assert not any(restarted_at(kubectl, namespace, name) for name in deployments)


def is_greyed(screen: K9py, title: str) -> bool:
    """Whether a key of the last line is struck through."""
    lines = screen.screen().splitlines()
    x = lines[-1].find(title)
    return x >= 0 and screen.cell(x, len(lines) - 1).strikethrough


def wait_greyed(screen: K9py, *titles: str) -> None:
    screen.wait_until(lambda _: all(is_greyed(screen, title) for title in titles), 30, f"{titles} are not greyed")


@pytest.fixture
def viewer(cluster: Cluster, namespace: str, tmp_path: Path) -> Path:
    """The kubeconfig of a service account that may look at pods and deployments of one namespace only."""
    kubectl = cluster.kubectl
    rules = [{"apiGroups": ["", "apps"], "resources": ["pods", "deployments"], "verbs": ["get", "list", "watch"]}]
    subject = {"kind": "ServiceAccount", "name": "viewer", "namespace": namespace}
    rbac = "rbac.authorization.k8s.io"
    reference = {"apiGroup": rbac, "kind": "Role", "name": "viewer"}
    kubectl.apply(
        thing("ServiceAccount", "viewer"),
        thing("Role", "viewer", f"{rbac}/v1", rules=rules),
        thing("RoleBinding", "viewer", f"{rbac}/v1", subjects=[subject], roleRef=reference),
        namespace=namespace,
    )
    token = kubectl("create", "token", "viewer", "-n", namespace).strip()
    server = kubectl.config()["clusters"][0]["cluster"]
    return write_kubeconfig(tmp_path / "viewer.kubeconfig", server, {"token": token}, namespace)


def test_a_user_with_few_rights(
    k9py: Open, kubectl: Kubectl, namespace: str, deployments: list[str], viewer: Path
) -> None:
    screen = k9py(kubeconfig=viewer, size=(200, 50))
    screen.wait_names("Deployments", deployments)
    for title in ("Pods", "Deployments"):
        screen.wait_title(title, rf" 3 · {namespace}$")
    said = f'denied: nodes is forbidden: User "system:serviceaccount:{namespace}:viewer"'
    screen.wait_pane(
        "Nodes", lambda pane: pane.state == "denied" and any(text.startswith(said) for text in pane.texts), said
    )
    screen.wait(rf"system:serviceaccount:{namespace}:viewer")
    kubectl("scale", "deployment", "one", "--replicas=2", "-n", namespace)
    screen.wait_row("Deployments", "one", "2/2", timeout=60)
    screen.send("shift-tab")
    screen.point_at("Deployments", "one")
    wait_greyed(screen, "Scale", "Restart")
    screen.send("s")
    screen.wait(rf"✖ Scale deployment \S+/one: not allowed to patch deployments\.apps/scale in {namespace}")
    assert replicas(kubectl, namespace, "one") == [2]
    screen.command("secrets")
    screen.wait(r"denied: secrets is forbidden")


def test_an_object_replaced_under_the_dialog_is_left_alone(
    k9py: Open, kubectl: Kubectl, namespace: str, deployments: list[str]
) -> None:
    screen = open_deployments(k9py, namespace)
    screen.point_at("Deployments", "two")
    answer_replicas(screen, f"deployment {namespace}/two", 4)
    replace(kubectl, namespace, "two")
    screen.send("y")
    screen.wait(r"✖ Scale deployment \S+ to 4: it was replaced by another of that name; nothing was changed")
    assert replicas(kubectl, namespace, "two") == [1]
    screen.point_at("Deployments", "one")
    screen.send("r")
    screen.wait_dialog(r"^Restart deployment \S+/one$")
    screen.wait(r"kubectl rollout restart deployment/one")
    replace(kubectl, namespace, "one")
    screen.send("y")
    screen.wait(r"✖ Restart deployment \S+: it was replaced by another of that name; nothing was changed")
    assert not restarted_at(kubectl, namespace, "one")


def replace(kubectl: Kubectl, namespace: str, name: str) -> None:
    """Delete a deployment and make another of the same name."""
    kubectl("delete", "deployment", name, "-n", namespace)
    kubectl.create(deployment(name, 1, SLEEP), namespace=namespace)
