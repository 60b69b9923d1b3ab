"""The way back from a change, quitting in the middle of one, protected contexts and the menu of a row, by keys."""

from __future__ import annotations

import json
import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.conftest import Cluster, Open
from tests.cluster.kubectl import Kubectl, wait_until
from tests.cluster.relay import Relay
from tests.cluster.screen import K9py
from tests.cluster.workloads import SLEEP, deployment

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

RESTARTED = "kubectl.kubernetes.io/restartedAt"
MANY = [f"many-{number:02}" for number in range(14)]


@pytest.fixture
def web(kubectl: Kubectl, namespace: str) -> Iterator[str]:
    """A deployment of one pod."""
    kubectl.create(deployment("web", 1, SLEEP), namespace=namespace)
    yield "web"
    kubectl("delete", "deployment", "web", "-n", namespace)


@pytest.fixture
def many(kubectl: Kubectl, namespace: str) -> Iterator[list[str]]:
    """Deployments without pods."""
    kubectl.create(*(deployment(name, 0, SLEEP) for name in MANY), namespace=namespace)
    yield MANY
    kubectl("delete", "deployments", "--all", "-n", namespace)


@pytest.fixture
def relay(cluster: Cluster) -> Iterator[Relay]:
    with Relay(cluster.kubectl.config()) as found:
        yield found


def read(kubectl: Kubectl, namespace: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = kubectl.json("get", "deployment", name, "-n", namespace)
    return found


def restarted_at(kubectl: Kubectl, namespace: str, name: str) -> str:
    template = read(kubectl, namespace, name)["spec"]["template"]["metadata"]
    return str(template.get("annotations", {}).get(RESTARTED, ""))


def open_deployments(k9py: Open, namespace: str, *options: str, kubeconfig: Path | None = None) -> K9py:
    screen = k9py("-n", namespace, "-c", "deploy", *options, kubeconfig=kubeconfig)
    screen.wait_pane("Deployments", lambda pane: bool(pane.cursor), "no deployments")
    return screen


def confirm(screen: K9py, title: str) -> None:
    """Wait for the confirmation, and for what the server says of it; then yes."""
    screen.wait_dialog(title)
    screen.wait(r"asking the server", gone=True)
    screen.settle(0.15)
    screen.send("y")


def audited(folder: Path, event: str) -> list[dict[str, Any]]:
    path = folder / "state" / "k9py" / "log" / "audit.jsonl"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return [line for line in map(json.loads, path.read_text().splitlines()) if line["event"] == event]


def test_scaling_and_restarting_are_taken_back(
    k9py: Open, kubectl: Kubectl, namespace: str, web: str, tmp_path: Path
) -> None:
    kubectl("rollout", "status", "deployment/web", "-n", namespace, "--timeout=120s")
    first = kubectl.names("replicasets", "-n", namespace, "-l", "app=web")
    screen = open_deployments(k9py, namespace)
    screen.send("r")
    confirm(screen, r"^Restart deployment \S+/web$")
    screen.wait(r"new pods, sent")
    kubectl("rollout", "status", "deployment/web", "-n", namespace, "--timeout=120s")
    screen.send("s")
    screen.wait_dialog(r"^Scale deployment \S+/web$")
    screen.type("2")
    screen.send("enter")
    confirm(screen, r"^Scale deployment \S+/web to 2$")
    wait_until(lambda: read(kubectl, namespace, "web")["spec"]["replicas"] == 2, "two replicas")
    screen.command("undo")
    screen.wait_title("Changes", r"Changes 2$")
    screen.wait(rf"u undoes it: {namespace}/web: replicas 2 → 1")
    screen.send("u")
    confirm(screen, r"^Undo: Scale deployment \S+/web to 2$")
    wait_until(lambda: read(kubectl, namespace, "web")["spec"]["replicas"] == 1, "one replica again")
    screen.wait_title("Changes", r"Changes 3$")
    screen.send("g", "j", "j")
    screen.wait(r"u undoes it: \S+: the former template")
    screen.send("ctrl-z")
    confirm(screen, r"^Undo: Restart deployment \S+/web$")
    wait_until(lambda: not restarted_at(kubectl, namespace, "web"), "the former template")
    kubectl("rollout", "status", "deployment/web", "-n", namespace, "--timeout=120s")
    pods = kubectl.json("get", "pods", "-n", namespace, "-l", "app=web")["items"]
    owners = {
        pod["metadata"]["ownerReferences"][0]["name"] for pod in pods if "deletionTimestamp" not in pod["metadata"]
    }
    assert owners == set(first), "a Deployment goes back to the ReplicaSet that it had"
    screen.send("ctrl-c")
    assert screen.wait_exit() == 0
    outcomes = audited(tmp_path, "outcome")
    assert all("the object has been modified" in line["reason"] for line in outcomes if not line["done"])
    made = {line["job"] for line in outcomes if line["done"]}
    intents = [line["title"].split()[0] for line in audited(tmp_path, "intent") if line["job"] in made]
    assert intents == ["Restart", "Scale", "Undo:", "Undo:"]


def restart_all(screen: K9py) -> None:
    """Mark all, and restart them."""
    screen.wait_pane("Deployments", lambda pane: len(pane.names) == len(MANY))
    screen.send("g", *["space", "j"] * len(MANY))
    screen.wait_title("Deployments", rf" · {len(MANY)} marked$")
    screen.send("r")
    screen.wait_dialog(rf"^Restart {len(MANY)} deployments$")
    screen.wait(r"asking the server", gone=True)
    screen.settle(0.15)


def test_quitting_in_the_middle_says_what_is_under_way(
    k9py: Open, namespace: str, many: list[str], relay: Relay, tmp_path: Path
) -> None:
    kubeconfig = relay.kubeconfig(tmp_path / "relay", namespace=namespace)
    screen = open_deployments(k9py, namespace, kubeconfig=kubeconfig)
    restart_all(screen)
    relay.hold()
    screen.send("y")
    screen.wait(rf"Restart {len(MANY)} deployments: \d+ of {len(MANY)} · :undo cancels")
    screen.send("ctrl-c")
    screen.wait(rf"Restart {len(MANY)} deployments: \d+ done, \d+ not yet")
    screen.settle(0.15)
    screen.send("enter")  # Stay has the focus
    screen.wait(r"Something is under way", gone=True)
    assert screen.alive
    screen.command("q")
    screen.wait(r"Something is under way")
    screen.settle(0.15)
    screen.send("y")
    assert screen.wait_exit() == 0
    cut = [line for line in audited(tmp_path, "interrupted") if line["sent"]]
    assert cut
    told = {line["object"] for event in ("outcome", "interrupted") for line in audited(tmp_path, event)}
    assert told == {f"{namespace}/{name}" for name in many}


def test_a_signal_in_the_middle_is_in_the_audit(
    k9py: Open, namespace: str, many: list[str], relay: Relay, tmp_path: Path
) -> None:
    kubeconfig = relay.kubeconfig(tmp_path / "relay", namespace=namespace)
    screen = open_deployments(k9py, namespace, kubeconfig=kubeconfig)
    restart_all(screen)
    relay.hold()
    screen.send("y")
    screen.wait(rf"Restart {len(MANY)} deployments: \d+ of {len(MANY)}")
    os.kill(screen.pid, signal.SIGTERM)
    assert screen.wait_exit() == 128 + signal.SIGTERM
    assert [line for line in audited(tmp_path, "interrupted") if line["sent"]]
    told = {line["object"] for event in ("outcome", "interrupted") for line in audited(tmp_path, event)}
    assert told == {f"{namespace}/{name}" for name in many}


def test_a_protected_context_starts_on_no(
    k9py: Open, kubectl: Kubectl, namespace: str, web: str, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[protected]\ncontexts = ["*"]\n')
    screen = open_deployments(k9py, namespace, f"--config={config}")
    screen.wait(r"^ k9py  protected  ")
    screen.send("r")
    screen.wait_dialog(r"^Restart deployment \S+/web$")
    screen.wait(r"▲ \S+ is a protected context")
    screen.wait(r"asking the server", gone=True)
    screen.settle(0.15)
    screen.send("enter")
    screen.wait(r"is a protected context", gone=True)
    assert not restarted_at(kubectl, namespace, "web")
    screen.send("r")
    confirm(screen, r"^Restart deployment \S+/web$")
    screen.wait(r"new pods, sent")
    assert restarted_at(kubectl, namespace, "web")


def test_the_menu_of_a_row(k9py: Open, kubectl: Kubectl, namespace: str, web: str) -> None:
    screen = open_deployments(k9py, namespace)
    screen.send("m")
    screen.wait_dialog(r"^deployment \S+/web$")
    screen.wait(r"Xray")
    screen.send("r")
    confirm(screen, r"^Restart deployment \S+/web$")
    screen.wait(r"new pods, sent")
    assert restarted_at(kubectl, namespace, "web")
