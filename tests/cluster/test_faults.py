"""What goes wrong under way: after each fault the table is right again, and nobody has pressed a key."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.conftest import Cluster, Open, start_k9py
from tests.cluster.kubectl import Kubectl, KubectlError, wait_until
from tests.cluster.lab import Lab
from tests.cluster.relay import Relay
from tests.cluster.screen import K9py, Pane
from tests.cluster.test_home import numbers
from tests.cluster.workloads import COUNT, container, pod, thing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

#: An exec plugin: it prints the token that a file holds.
PLUGIN = """\
import json, sys
token = open(sys.argv[1]).read()
kind = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential"}
print(json.dumps(kind | {"status": {"token": token}}))
"""


@pytest.fixture(scope="module", autouse=True)
def pods(kubectl: Kubectl, namespace: str) -> None:
    kubectl.create(pod("stays"), pod("slow", container(script=COUNT.replace("0.2", "1"))), namespace=namespace)
    for name in ("stays", "slow"):
        kubectl.wait(f"pod/{name}", "condition=Ready", namespace)


@pytest.fixture(scope="module", autouse=True)
def half_open(cluster: Cluster, namespace: str, pods: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[K9py]:
    """k9py on a connection that has gone silent. It is told by a deadline of 90 seconds, while other tests run."""
    folder = tmp_path_factory.mktemp("half-open")
    with Relay(cluster.kubectl.config()) as relay:
        kubeconfig = relay.kubeconfig(folder / "kubeconfig", namespace=namespace)
        with start_k9py(folder, kubeconfig, "-c", "pods") as screen:
            wait_live(screen, "stays")
            relay.hold()
            cluster.kubectl.create(pod("unheard"), namespace=namespace)
            cluster.kubectl.wait("pod/unheard", "condition=Ready", namespace)
            assert not screen.pane("Pods").row("unheard"), "the connection is not held"
            yield screen


@pytest.fixture
def relay(cluster: Cluster) -> Iterator[Relay]:
    with Relay(cluster.kubectl.config()) as found:
        yield found


def wait_live(screen: K9py, *names: str, timeout: float = 60) -> Pane:
    """Wait until the pods' table is live and has these rows."""
    return screen.wait_pane(
        "Pods", lambda pane: pane.state == "live" and all(map(pane.row, names)), f"not live with {names}", timeout
    )


def wait_stale(screen: K9py, reason: str, seconds: int = 0) -> None:
    """Wait until the pods' table and the first line say since when they are out of date, and the table why."""

    def is_stale(pane: Pane) -> bool:
        return pane.state.startswith("stale ") and reason in pane.state and stale_seconds(pane) >= seconds

    screen.wait_pane("Pods", is_stale, f"not stale for {seconds} s because of {reason!r}", 90)
    screen.wait(r"^ k9py .* stale \d+m?\d*s? *$")


def stale_seconds(pane: Pane) -> int:
    word = pane.state.removeprefix("stale ").partition(":")[0]
    return int(word.removesuffix("s")) if word.endswith("s") and "m" not in word else 0


def wait_right(screen: K9py, kubectl: Kubectl, namespace: str, timeout: float = 90) -> None:
    """Wait until the table is live and has exactly the rows that kubectl has."""
    names = sorted(kubectl.names("pods", "-n", namespace))
    screen.wait_pane(
        "Pods", lambda pane: pane.state == "live" and sorted(pane.names) == names, f"not live with {names}", timeout
    )


def change(kubectl: Kubectl, namespace: str, gone: str, come: str) -> None:
    """One pod goes, another comes, while nobody can tell k9py."""
    kubectl("delete", "pod", gone, "-n", namespace, "--grace-period=0", "--force")
    kubectl.create(pod(come), namespace=namespace)


def test_a_node_whose_kubelet_stops(k9py: Open, kubectl: Kubectl, lab: Lab) -> None:
    screen = k9py("-n", "kube-system")
    screen.wait_row("Nodes", "node2", "Ready")
    lab.stop("kubelet2")
    try:
        screen.wait_row("Nodes", "node2", "NotReady", timeout=120)
        screen.wait(r"nodes 1/2")
        ready = "{.status.conditions[?(@.type=='Ready')].status}"
        assert kubectl("get", "node", "node2", "-o", f"jsonpath={ready}") == "Unknown"
    finally:
        lab.start("kubelet2")
    screen.wait_row("Nodes", "node2", "Ready", timeout=120)
    screen.wait(r"nodes 2/2")
    lab.wait_ready()


def test_the_watch_cut(k9py: Open, kubectl: Kubectl, namespace: str, relay: Relay, tmp_path: Path) -> None:
    kubectl.create(pod("cut-1"), namespace=namespace)
    screen = k9py("-c", "pods", kubeconfig=relay.kubeconfig(tmp_path / "relay", namespace=namespace))
    wait_live(screen, "stays", "cut-1")
    for number in (1, 2, 3):
        relay.cut()
        change(kubectl, namespace, f"cut-{number}", f"cut-{number + 1}")
        wait_right(screen, kubectl, namespace)
    relay.refuse()
    wait_stale(screen, "refuse")
    assert screen.pane("Pods").row("stays"), "the table was emptied"
    change(kubectl, namespace, "cut-4", "cut-5")
    relay.open()
    wait_right(screen, kubectl, namespace)
    assert screen.pane("Pods").row("cut-5")


def test_the_api_server_killed_and_started_again(
    k9py: Open, kubectl: Kubectl, namespace: str, relay: Relay, lab: Lab, tmp_path: Path
) -> None:
    kubectl.create(pod("before"), namespace=namespace)
    kubeconfig = relay.kubeconfig(tmp_path / "relay", namespace=namespace)
    table, log = k9py("-c", "pods", kubeconfig=kubeconfig), k9py("-n", namespace, "-c", "pods", size=(100, 200))
    wait_live(table, "stays", "before")
    log.point_at("Pods", "slow")
    log.send("l")
    log.wait_pane("Logs", lambda pane: len(numbers(pane)) > 5, "no lines")
    seen = max(numbers(log.pane("Logs")))
    lab.kill("apiserver")
    try:
        wait_stale(table, "", seconds=20)
        assert table.pane("Pods").row("stays"), "the table was emptied"
        relay.refuse()
    finally:
        lab.start("apiserver")
    change(kubectl, namespace, "before", "after")
    relay.open()
    wait_right(table, kubectl, namespace)
    assert table.pane("Pods").row("after")
    check_seam(log, kubectl, namespace, seen)


def check_seam(log: K9py, kubectl: Kubectl, namespace: str, before: int) -> None:
    """The log goes on, and none of the lines that were written meanwhile is missing or doubled."""
    written = int(kubectl("logs", "-n", namespace, "slow", "--tail=1").split()[1])
    assert written > before + 20
    pane = log.wait_pane("Logs", lambda pane: max(numbers(pane), default=0) >= written, "the log stands still", 90)
    shown = numbers(pane)
    assert shown[0] <= before
    assert shown == list(range(shown[0], shown[-1] + 1)), "lines are missing or doubled"


def test_a_version_too_old(
    k9py: Open, kubectl: Kubectl, namespace: str, relay: Relay, lab: Lab, tmp_path: Path
) -> None:
    kubectl.create(pod("old"), namespace=namespace)
    screen = k9py("-c", "pods", kubeconfig=relay.kubeconfig(tmp_path / "relay", namespace=namespace))
    wait_live(screen, "stays", "old")
    relay.refuse()
    wait_stale(screen, "refuse")
    # no later than the one that k9py will go on from
    pods = json.loads(kubectl("get", "--raw", f"/api/v1/namespaces/{namespace}/pods"))
    version = pods["metadata"]["resourceVersion"]
    change(kubectl, namespace, "old", "new")
    lab.kill("apiserver")
    lab.start("apiserver")
    watch = f"/api/v1/namespaces/{namespace}/pods?watch=1&resourceVersion={version}&timeoutSeconds=1"
    answer = json.loads(kubectl("get", "--raw", watch).splitlines()[0])
    assert (answer["type"], answer["object"]["code"]) == ("ERROR", 410)
    relay.open()
    wait_right(screen, kubectl, namespace)
    assert screen.pane("Pods").row("new")


@pytest.fixture
def robot(kubectl: Kubectl, namespace: str) -> Iterator[str]:
    """A service account that may do anything."""
    kubectl.create(thing("ServiceAccount", "robot"), namespace=namespace)
    account, binding = f"{namespace}:robot", f"{namespace}-robot"
    kubectl("create", "clusterrolebinding", binding, "--clusterrole=cluster-admin", f"--serviceaccount={account}")
    yield "robot"
    kubectl("delete", "clusterrolebinding", binding)


def make_token(kubectl: Kubectl, namespace: str, account: str, secret: str) -> str:
    """A token that ends with a Secret."""
    kubectl.create(thing("Secret", secret), namespace=namespace)
    bound = ("--bound-object-kind=Secret", f"--bound-object-name={secret}")
    return kubectl("create", "token", account, "-n", namespace, *bound).strip()


def is_refused(kubectl: Kubectl, namespace: str, kubeconfig: Path) -> bool:
    try:
        Kubectl(kubeconfig, kubectl.cache)("get", "pods", "-n", namespace)
    except KubectlError as error:
        return "Unauthorized" in str(error) or "logged in" in str(error)
    return False


def test_an_expired_token(
    k9py: Open, kubectl: Kubectl, namespace: str, relay: Relay, robot: str, tmp_path: Path
) -> None:
    script, file = tmp_path / "plugin.py", tmp_path / "token"
    script.write_text(PLUGIN)
    file.write_text(make_token(kubectl, namespace, robot, "first"))
    run = {"command": sys.executable, "args": [str(script), str(file)], "interactiveMode": "Never"}
    user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", **run}}
    kubeconfig = relay.kubeconfig(tmp_path / "kubeconfig", user, namespace)
    screen = k9py("-c", "pods", kubeconfig=kubeconfig)
    wait_live(screen, "stays")
    kubectl("delete", "secret", "first", "-n", namespace)
    wait_until(lambda: is_refused(kubectl, namespace, kubeconfig), "the token is refused")
    relay.cut()
    wait_stale(screen, "Unauthorized")
    kubectl.create(pod("meanwhile"), namespace=namespace)
    file.write_text(make_token(kubectl, namespace, robot, "second"))
    wait_live(screen, "stays", "meanwhile", timeout=90)
    wait_right(screen, kubectl, namespace)


def test_a_connection_that_has_gone_silent(half_open: K9py, kubectl: Kubectl, namespace: str) -> None:
    wait_live(half_open, "unheard", timeout=150)
    wait_right(half_open, kubectl, namespace)
