"""Delete and kill from the keyboard, read back with the real kubectl: what goes and what stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.conftest import Open
from tests.cluster.deleting import command_of, confirm, open_table, uid
from tests.cluster.kubectl import Kubectl, wait_until
from tests.cluster.workloads import COUNT, SLEEP, deployment, pod, thing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]


@pytest.fixture
def pods(kubectl: Kubectl, namespace: str) -> Iterator[list[str]]:
    """Three bare pods that run, made anew for each test."""
    names = ["one", "three", "two"]
    kubectl.create(*(pod(name, labels={"app": "bare"}) for name in names), namespace=namespace)
    for name in names:
        kubectl.wait(f"pod/{name}", "condition=Ready", namespace)
    yield names
    kubectl("delete", "pods", "--all", "-n", namespace, "--force", "--grace-period=0")


def test_deleting(k9py: Open, kubectl: Kubectl, namespace: str, pods: list[str]) -> None:
    screen = open_table(k9py, namespace, "pods", "Pods")
    screen.point_at("Pods", "three")
    confirm(screen, rf"Delete pod {namespace}/three$")
    command = command_of(screen, "Delete")
    assert command[:5] == ["kubectl", "delete", "pod/three", "-n", namespace]
    said = kubectl(*command[1 : command.index("--context")], "--dry-run=server")
    assert 'pod "three" deleted' in said, "that is no command of kubectl's"
    assert uid(kubectl, "pod/three", namespace), "it was deleted before that was confirmed"
    screen.send("enter")
    screen.wait(r"kubectl delete", gone=True)
    assert uid(kubectl, "pod/three", namespace), "it begins on No"
    confirm(screen, rf"Delete pod {namespace}/three$")
    screen.send("y")
    screen.wait(r"Delete pod \S+/three: terminating: waits for 1 s of grace")
    wait_until(lambda: not uid(kubectl, "pod/three", namespace), "three is gone")
    screen.wait_no_row("Pods", "three")
    assert set(kubectl.names("pods", "-n", namespace)) == {"one", "two"}


def test_the_dry_run_of_a_deletion_deletes_nothing(
    k9py: Open, kubectl: Kubectl, namespace: str, pods: list[str]
) -> None:
    screen = open_table(k9py, namespace, "pods", "Pods")
    screen.point_at("Pods", "one")
    was = uid(kubectl, "pod/one", namespace)
    for grace in ("its own", "now", "force"):
        confirm(screen, "Delete pod")
        for _ in range(("its own", "now", "force").index(grace)):
            screen.send("g")
            screen.wait(r"asking the server", gone=True)
        screen.wait(rf"g grace: {grace}")
        screen.settle(0.5)
        screen.send("n")
        screen.wait(r"kubectl delete", gone=True)
        assert uid(kubectl, "pod/one", namespace) == was
        going = kubectl("get", "pod/one", "-n", namespace, "-o", "jsonpath={.metadata.deletionTimestamp}")
        assert not going, f"the dry run with grace {grace} was none"


def test_killing(k9py: Open, kubectl: Kubectl, namespace: str, pods: list[str]) -> None:
    kubectl.create(pod("slow", terminationGracePeriodSeconds=600), namespace=namespace)
    kubectl.wait("pod/slow", "condition=Ready", namespace)
    screen = open_table(k9py, namespace, "pods", "Pods")
    screen.point_at("Pods", "slow")
    confirm(screen, rf"Kill pod {namespace}/slow$", "ctrl-k")
    screen.wait(r"processes may still run on the node")
    assert command_of(screen, "Kill")[2:5] == ["pod/slow", "--grace-period=0", "--force"]
    screen.send("y")
    screen.wait(r"Kill pod \S+/slow: gone")
    assert not uid(kubectl, "pod/slow", namespace)


def test_what_is_on_its_way_can_be_hurried(k9py: Open, kubectl: Kubectl, namespace: str, pods: list[str]) -> None:
    kubectl.create(pod("slow", terminationGracePeriodSeconds=600), namespace=namespace)
    kubectl.wait("pod/slow", "condition=Ready", namespace)
    kubectl("delete", "pod/slow", "-n", namespace, "--wait=false")
    screen = open_table(k9py, namespace, "pods", "Pods")
    screen.point_at("Pods", "slow")
    confirm(screen, "Delete pod")
    screen.wait(r"left alone: it is terminating for .*, its grace of 600 s ends in")
    screen.send("g")
    screen.wait(r"g grace: now")
    screen.wait(r"a kubelet that waits already may wait on")
    screen.send("g")
    screen.wait(r"g grace: force")
    screen.wait(r"--grace-period=0 --force")
    screen.wait(r"the server would do it")
    screen.settle(0.15)
    screen.send("y")
    screen.wait(r"Delete pod \S+/slow: gone")
    assert not uid(kubectl, "pod/slow", namespace)


def test_what_goes_with_a_deployment(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    kubectl.create(deployment("web", 2, SLEEP), namespace=namespace)
    kubectl("rollout", "status", "deployment/web", "-n", namespace, "--timeout=120s")
    before = set(kubectl.names("pods", "-n", namespace, "-l", "app=web"))
    screen = open_table(k9py, namespace, "deploy", "Deployments")
    screen.point_at("Deployments", "web")
    confirm(screen, "Delete deployment")
    screen.wait(r"web  deleted, with its 2 pods and 1 replicaset")
    screen.send("p", "p")
    screen.wait(r"web  deleted; its 2 pods and 1 replicaset stay")
    screen.wait(r"--cascade=orphan")
    screen.wait(r"the server would do it")
    screen.settle(0.15)
    screen.send("y")
    screen.wait(
        r"Delete deployment \S+/web: terminating: waits for its finalizers orphan|Delete deployment \S+/web: gone"
    )
    wait_until(lambda: not uid(kubectl, "deployment/web", namespace), "web is gone")
    assert set(kubectl.names("pods", "-n", namespace, "-l", "app=web")) == before, "its pods stay"
    kubectl("delete", "replicasets", "-l", "app=web", "-n", namespace)


def test_a_pod_of_a_controller_and_its_budget(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    selector = {"matchLabels": {"app": "kept"}}
    budget = thing("PodDisruptionBudget", "kept", "policy/v1", spec={"minAvailable": 2, "selector": selector})
    kubectl.create(deployment("kept", 2, COUNT), budget, namespace=namespace)
    kubectl("rollout", "status", "deployment/kept", "-n", namespace, "--timeout=120s")
    kubectl.wait("pdb/kept", "jsonpath={.status.currentHealthy}=2", namespace)
    first, second = sorted(kubectl.names("pods", "-n", namespace, "-l", "app=kept"))
    screen = open_table(k9py, namespace, "pods", "Pods")
    screen.point_at("Pods", first)
    confirm(screen, "Delete pod")
    screen.wait(r"deleted; its ReplicaSet kept-\w+ makes another")
    screen.wait(r"the budget kept allows no disruption")
    screen.wait(r"there is no undo: a Pod of a ReplicaSet is made again by it")
    screen.send("y")
    screen.wait(r"Delete pod \S+: terminating")
    wait_until(lambda: not uid(kubectl, f"pod/{first}", namespace), "the first is gone")
    wait_until(lambda: len(kubectl.names("pods", "-n", namespace, "-l", "app=kept")) == 2, "another one is made")
    assert uid(kubectl, f"pod/{second}", namespace)
    kubectl("delete", "deployment/kept", "pdb/kept", "-n", namespace)


def test_several_with_one_that_fails(k9py: Open, kubectl: Kubectl, namespace: str, pods: list[str]) -> None:
    screen = open_table(k9py, namespace, "pods", "Pods")
    screen.wait_names("Pods", pods)
    screen.point_at("Pods", "one")
    for _ in pods:
        screen.send("space", "j")
    screen.wait_title("Pods", r" · 3 marked$")
    confirm(screen, "Delete 3 pods$")
    kubectl("delete", "pod/three", "-n", namespace, "--force", "--grace-period=0")
    screen.send("y")
    screen.wait(rf"● {namespace}/one  terminating: waits for 1 s of grace")
    screen.wait(rf"✖ {namespace}/three  it is gone; nothing was changed")
    screen.wait(rf"● {namespace}/two  terminating")
    screen.send("esc")
    screen.wait(r"Delete 3 pods: 2 done, 1 not")
    wait_until(lambda: not kubectl.names("pods", "-n", namespace), "no pods")


def test_a_pod_replaced_under_the_dialog_is_left_alone(
    k9py: Open, kubectl: Kubectl, namespace: str, pods: list[str]
) -> None:
    screen = open_table(k9py, namespace, "pods", "Pods")
    screen.point_at("Pods", "two")
    confirm(screen, "Delete pod")
    kubectl("delete", "pod/two", "-n", namespace, "--force", "--grace-period=0")
    kubectl.create(pod("two"), namespace=namespace)
    new = uid(kubectl, "pod/two", namespace)
    screen.send("y")
    screen.wait(r"✖ Delete pod \S+/two: it was replaced by another of that name; nothing was changed")
    assert uid(kubectl, "pod/two", namespace) == new
    assert not kubectl("get", "pod/two", "-n", namespace, "-o", "jsonpath={.metadata.deletionTimestamp}")


def test_a_list_that_moves_does_not_move_the_target(
    k9py: Open, kubectl: Kubectl, namespace: str, pods: list[str]
) -> None:
    screen = open_table(k9py, namespace, "pods", "Pods")
    screen.point_at("Pods", "three")
    screen.send("ctrl-d")
    kubectl.create(*(pod(f"aaa-{number}") for number in range(4)), namespace=namespace)
    kubectl("delete", "pod/one", "-n", namespace, "--force", "--grace-period=0")
    screen.wait_dialog(rf"^Delete pod {namespace}/three$")
    screen.wait(r"the server would do it")
    screen.settle(0.15)
    screen.send("y")
    screen.wait(r"Delete pod \S+/three: terminating")
    wait_until(lambda: not uid(kubectl, "pod/three", namespace), "three is gone")
    assert {"two", *(f"aaa-{number}" for number in range(4))} <= set(kubectl.names("pods", "-n", namespace))
