"""The home page on a real cluster: four panes, linked, live, at every size."""

from __future__ import annotations

import re

import pytest

from tests.cluster.conftest import Cluster, Open
from tests.cluster.kubectl import Kubectl
from tests.cluster.screen import K9py, Pane
from tests.cluster.workloads import COUNT, container, deployment, pod, restarted_pod

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

SIZES = [(80, 24), (120, 40), (200, 50)]
LONG = f"begin {'o' * 250} end"


@pytest.fixture(scope="module", autouse=True)
def workloads(kubectl: Kubectl, namespace: str) -> None:
    two = pod("two", container("long", f"echo '{LONG}'; while true; do sleep 1; done"), container("count", COUNT))
    again = restarted_pod("again", "echo boom at $(date +%s)", "echo alive; while true; do sleep 1; done")
    kubectl.create(deployment("web"), deployment("api", 2), two, again, namespace=namespace)
    for name in ("web", "api"):
        kubectl("rollout", "status", f"deployment/{name}", "-n", namespace, "--timeout=120s")
    kubectl.wait("pod/two", "condition=Ready", namespace)
    kubectl.wait("pod/again", "jsonpath={.status.containerStatuses[0].restartCount}=1", namespace)


def pods_of(kubectl: Kubectl, namespace: str, app: str) -> list[str]:
    return kubectl.names("pods", "-n", namespace, "-l", f"app={app}")


def on_node(kubectl: Kubectl, namespace: str, node: str) -> list[str]:
    return kubectl.names("pods", "-n", namespace, f"--field-selector=spec.nodeName={node}")


def numbers(pane: Pane) -> list[int]:
    """The numbers of the lines that a log shows."""
    return [int(found[1]) for text in pane.texts if (found := re.match(r"(?:\S+Z )?line (\d+) ", text))]


def go_to(k9py: K9py, title: str) -> None:
    """Step from pane to pane until one is in focus; in a small terminal it is then the only one."""
    order = ["Pods", "Logs", "Nodes", "Deployments"]
    for _ in range(order.index(title)):
        k9py.send("tab")
    k9py.wait_pane(title, lambda pane: True)


@pytest.mark.parametrize("size", SIZES[1:], ids=str)
def test_four_panes_show_the_cluster(k9py: Open, cluster: Cluster, namespace: str, size: tuple[int, int]) -> None:
    screen = k9py("-n", namespace, size=size)
    pods = pods_of(cluster.kubectl, namespace, "web")
    for node in cluster.nodes():
        screen.wait_row("Nodes", node, "Ready")
    screen.wait_row("Deployments", "web", "3/3")
    for name in pods:
        screen.wait_row("Pods", name, "1/1", "Running")
    screen.wait_row("Pods", "two", "2/2", "Running")
    for title in ("Nodes", "Deployments", "Pods"):
        screen.wait_pane(title, lambda pane: pane.state == "live", "not live")
    screen.wait_pane("Logs", lambda pane: len(pane.lines) > 2, "no log")
    version = cluster.kubectl.json("version")["serverVersion"]["gitVersion"]
    screen.wait(rf"^ k9py  ● \S+ .*pods .*nodes {len(cluster.nodes())}/{len(cluster.nodes())} .*{version}.* live\s*$")


def test_a_deployment_narrows_pods_and_esc_takes_it_back(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    screen = k9py("-n", namespace)
    screen.wait_title("Pods", r"^Pods 7 ")
    go_to(screen, "Deployments")
    screen.point_at("Deployments", "web")
    screen.wait_title("Pods", r"Pods 3 of 7 · .* · deployment web")
    screen.wait_names("Pods", pods_of(kubectl, namespace, "web"))
    screen.wait_title("Logs", "^Logs web-")
    screen.point_at("Deployments", "api")
    screen.wait_title("Pods", r"Pods 2 of 7 · .* · deployment api")
    screen.wait_names("Pods", pods_of(kubectl, namespace, "api"))
    screen.wait_title("Logs", "^Logs api-")
    screen.send("esc")
    screen.wait_title("Pods", r"^Pods 7 · [^·]*$")
    screen.wait_names("Pods", kubectl.names("pods", "-n", namespace))


def test_a_node_narrows_pods(k9py: Open, cluster: Cluster, namespace: str) -> None:
    screen = k9py("-n", namespace, size=(200, 50))
    screen.wait_title("Pods", r"^Pods 7 ")
    first, second = cluster.nodes()[:2]
    go_to(screen, "Nodes")
    for node in (second, first):
        screen.point_at("Nodes", node)
        screen.wait_title("Pods", rf" · node {node}$")
        screen.wait_names("Pods", on_node(cluster.kubectl, namespace, node))


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_log_follows_the_pod_under_the_cursor(
    k9py: Open, kubectl: Kubectl, namespace: str, size: tuple[int, int]
) -> None:
    name = pods_of(kubectl, namespace, "web")[0]
    screen = k9py("-n", namespace, size=size)
    screen.wait_row("Pods", name)
    screen.point_at("Pods", name)
    go_to_logs(screen, size)
    screen.wait_title("Logs", rf"^Logs {name} · main · following · ")
    first = max(numbers(screen.wait_pane("Logs", lambda pane: len(numbers(pane)) > 3, "no numbered lines")))
    newest = first
    while newest < first + 15:
        seen = screen.wait_pane("Logs", lambda pane: max(numbers(pane), default=0) > newest, "it stands still")  # noqa: B023
        shown = numbers(seen)
        assert shown == list(range(shown[0], shown[-1] + 1)), "lines are missing"
        newest = shown[-1]
    written = int(kubectl("logs", "-n", namespace, name, "--tail=1").split()[1])
    screen.wait_pane("Logs", lambda pane: max(numbers(pane), default=0) >= written, "behind the container", 5)


def go_to_logs(screen: K9py, size: tuple[int, int]) -> None:
    """In a small terminal the log has a tab of its own."""
    if size[0] < 100:
        screen.send("tab")


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_deleted_pod_vanishes_within_a_second(
    k9py: Open, kubectl: Kubectl, namespace: str, size: tuple[int, int]
) -> None:
    before = pods_of(kubectl, namespace, "api")
    screen = k9py("-n", namespace, size=size)
    for name in before:
        screen.wait_row("Pods", name, "Running")
    kubectl("delete", "pod", "-n", namespace, before[0], "--wait")
    assert screen.wait_no_row("Pods", before[0]) < 1
    replacement = set(pods_of(kubectl, namespace, "api")) - set(before)
    screen.wait_row("Pods", *replacement, "1/1", "Running")


def test_small_terminals_have_tabs(k9py: Open, cluster: Cluster, namespace: str) -> None:
    screen = k9py("-n", namespace, size=(80, 24))
    screen.wait(r"Nodes   Deployments  \[Pods\]  Logs")
    screen.wait_title("Pods", r"^Pods 7 ")
    go_to(screen, "Deployments")
    screen.wait(r"\[Deployments\]")
    screen.wait_row("Deployments", "web", "3/3")
    screen.wait_until(lambda _: screen.find("Pods") is None)  # the terminal may be in the middle of a frame
    screen.point_at("Deployments", "web")
    screen.send("tab")
    screen.wait_title("Pods", r"deployment web")
    screen.wait_names("Pods", pods_of(cluster.kubectl, namespace, "web"))
    screen.send("shift-tab", "shift-tab")
    node = cluster.nodes()[1]
    screen.point_at("Nodes", node)
    screen.send("tab", "tab")
    screen.wait_title("Pods", rf"node {node}")
    screen.wait_names("Pods", on_node(cluster.kubectl, namespace, node))
    screen.send("esc")
    screen.wait_title("Pods", r"^Pods 7 ")


def test_a_terminal_that_grows_and_shrinks(k9py: Open, namespace: str) -> None:
    screen = k9py("-n", namespace, size=(80, 24))
    screen.wait(r"Nodes   Deployments  \[Pods\]  Logs")
    screen.resize(200, 50)
    for title in ("Nodes", "Deployments", "Pods", "Logs"):
        screen.wait_pane(title, lambda pane: True, "not there")
    screen.wait_row("Pods", "two", "2/2", "Running")
    screen.resize(80, 24)
    screen.wait(r"Nodes   Deployments  \[Pods\]  Logs")
    screen.wait_row("Pods", "two", "2/2", "Running")


def test_a_log_full_screen(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    name = pods_of(kubectl, namespace, "web")[0]
    screen = k9py("-n", namespace)
    screen.point_at("Pods", name)
    screen.send("l")
    screen.wait_title("Logs", rf"^home › Logs {name} · main · following · ")
    full = screen.wait_pane("Logs", lambda pane: len(numbers(pane)) > 30, "no lines")
    assert len(full.lines) > 35
    check_filter(screen)
    check_pause(screen)
    screen.send("t")
    stamped = screen.wait_pane(
        "Logs", lambda pane: re.match(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ line ", pane.texts[-1]) is not None
    )
    assert len(numbers(stamped)) > 30
    screen.send("t")
    screen.wait_pane("Logs", lambda pane: pane.texts[-1].startswith("line "), "still stamped")
    screen.send("esc")
    screen.wait_title("Pods", r"^Pods 7 ")


def check_filter(screen: K9py) -> None:
    """Only what matches, and what matches goes on coming."""
    screen.filter(r"line \d*[05] ")
    filtered = screen.wait_title("Logs", r" · [\d,]+ of [\d,]+ lines · /line ")
    newest = max(numbers(filtered))
    filtered = screen.wait_pane("Logs", lambda pane: max(numbers(pane)) > newest + 5, "the filtered log stands still")
    assert all(number % 5 == 0 for number in numbers(filtered))
    screen.send("esc")
    screen.wait_title("Logs", r" · [\d,]+ lines$")


def has_all(pane: Pane) -> bool:
    """Whether each line is followed by the next: a screen that is read while it is painted may not look so."""
    seen = numbers(pane)
    return seen == list(range(seen[0], seen[-1] + 1))


def check_pause(screen: K9py) -> None:
    """Paused, it holds still while lines go on coming; followed again, all of them are there."""
    screen.send("s")
    held = screen.wait_title("Logs", r" · paused · ")
    count = int(re.findall(r"([\d,]+) lines", held.title)[0].replace(",", ""))
    later = screen.wait_pane(
        "Logs",
        lambda pane: int(re.findall(r"([\d,]+) lines", pane.title)[0].replace(",", "")) > count + 10,
        "no more lines",
    )
    assert later.lines == held.lines
    screen.send("s")
    screen.wait_title("Logs", r" · following · ")
    screen.wait_pane("Logs", lambda pane: max(numbers(pane)) > max(numbers(held)) + 10, "it does not follow")
    screen.wait_pane("Logs", has_all, "lines are missing, or there twice")


def test_long_lines_wrap(k9py: Open, namespace: str) -> None:
    screen = k9py("-n", namespace)
    screen.point_at("Pods", "two")
    screen.send("l")
    screen.wait_title("Logs", r"^home › Logs two · 2 containers of 1 pod · following")
    screen.send("a")
    pane = screen.wait_title("Logs", r"^home › Logs two · long · following · 1 line$")
    assert not any(text.endswith(" end") for text in pane.texts)
    screen.send("w")
    pane = screen.wait_pane("Logs", lambda pane: any(text.endswith(" end") for text in pane.texts), "not wrapped")
    assert "".join(pane.texts) == LONG
    screen.send("w")
    screen.wait_pane("Logs", lambda pane: not any(text.endswith(" end") for text in pane.texts), "still wrapped")


def test_the_log_before_the_last_restart(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    boom = kubectl("logs", "-n", namespace, "again", "--previous").strip()
    assert boom.startswith("boom at ")
    screen = k9py("-n", namespace)
    screen.point_at("Pods", "again")
    screen.send("p")
    screen.wait_pane(
        "Logs", lambda pane: " · previous · " in pane.title and pane.texts[0] == boom, "not the log before"
    )
    screen.send("p")
    screen.wait_pane(
        "Logs", lambda pane: " · following · " in pane.title and pane.texts[0] == "alive", "not the log now"
    )
