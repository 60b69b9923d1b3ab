"""Logs on a real cluster: several in one, in the order of time; pods that come later; restarts; searched and saved."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cluster.conftest import Open
from tests.cluster.kubectl import Kubectl
from tests.cluster.screen import K9py, Pane
from tests.cluster.workloads import container, deployment, pod

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

SIDE = (
    'i=0; while true; do i=$((i+1)); echo "{\\"level\\":\\"error\\",\\"msg\\":\\"결제 $i\\",\\"retry\\":$i}";'
    ' echo "level=info msg=\\"all well\\""; sleep 0.5; done'
)
# numbers that go on after a restart, which comes when it is told to
LOOP = """
i=$(cat /mark/n 2>/dev/null || echo 0)
while true; do
  i=$((i+1)); echo $i > /mark/n; echo "line $i"
  if [ -e /mark/die ]; then rm /mark/die; exit 3; fi
  sleep 0.1
done
"""


@pytest.fixture(scope="module", autouse=True)
def workloads(kubectl: Kubectl, namespace: str) -> None:
    web = deployment("web", 2)
    web["spec"]["template"]["spec"]["containers"].append(container("side", SIDE))
    mount = [{"name": "mark", "mountPath": "/mark"}]
    again = pod(
        "again", container(script=LOOP, volumeMounts=mount), volumes=[{"name": "mark", "emptyDir": {}}], labels={}
    )
    kubectl.create(web, again, namespace=namespace)
    kubectl("rollout", "status", "deployment/web", "-n", namespace, "--timeout=120s")
    kubectl.wait("pod/again", "condition=Ready", namespace)


def labels(pane: Pane) -> set[str]:
    """Whose lines are in sight: `x2k8p main`."""
    return {" ".join(found.groups()) for text in pane.texts if (found := re.match(r"(\S{5}) +(main|side) ", text))}


def open_logs(k9py: Open, namespace: str, command: str, name: str, size: tuple[int, int] = (120, 40)) -> K9py:
    screen = k9py("-n", namespace, "-c", command, size=size)
    screen.point_at(command.capitalize(), name)
    screen.send("l")
    return screen


def saved(folder: Path) -> list[str]:
    """The lines of the log that was saved."""
    (path,) = folder.rglob("*.log")
    return path.read_text().splitlines()


def save(screen: K9py, tmp_path: Path) -> list[str]:
    screen.send("ctrl-s")
    screen.wait(r"saved [\d,]+ lines to ")
    return saved(tmp_path / "data")


def test_a_deployment_is_one_log_and_pods_that_come_later_join(
    k9py: Open, kubectl: Kubectl, namespace: str, tmp_path: Path
) -> None:
    screen = open_logs(k9py, namespace, "deployments", "web")
    screen.wait_title("Logs", r"Logs deployment web · 4 containers of 2 pods · following · ")
    names = kubectl.names("pods", "-n", namespace, "-l", "app=web")
    wanted = {f"{name[-5:]} {part}" for name in names for part in ("main", "side")}
    screen.wait_pane("Logs", lambda pane: labels(pane) == wanted, f"not {wanted}")
    kubectl("scale", "deployment/web", "-n", namespace, "--replicas=3")
    screen.wait_title("Logs", r"6 containers of 3 pods · following", 60)
    (later,) = set(kubectl.names("pods", "-n", namespace, "-l", "app=web")) - set(names)
    screen.wait(rf"{later[-5:]} main .*line 9 ", timeout=60)
    screen.send("s", "t")
    screen.wait_title("Logs", r" · paused · ")
    lines = save(screen, tmp_path)
    check_whole(lines, kubectl, namespace)
    kubectl("scale", "deployment/web", "-n", namespace, "--replicas=2")


def check_whole(lines: list[str], kubectl: Kubectl, namespace: str) -> None:
    """They are in the order of time, and of each container all lines are there, in its own order."""
    stamped = [found for line in lines if (found := re.match(r"(\S+Z) (\S{5}) (main|side) (.*)", line))]
    stamps = [found[1] for found in stamped]
    assert stamps == sorted(stamps)
    for name in kubectl.names("pods", "-n", namespace, "-l", "app=web"):
        for part in ("main", "side"):
            ours = [found[4] for found in stamped if (found[2], found[3]) == (name[-5:], part)]
            theirs = kubectl("logs", "-n", namespace, name, "-c", part).splitlines()
            assert len(ours) > 3
            assert ours == theirs[: len(ours)]


def test_filter_context_levels_and_search(k9py: Open, namespace: str) -> None:
    screen = open_logs(k9py, namespace, "deployments", "web", size=(200, 50))
    screen.wait_title("Logs", r"containers of \d pods · following")
    screen.send("e", "e", "J")
    read = re.compile(r"side ERROR 결제 (\d+)  retry=\1")
    screen.wait_pane(
        "Logs",
        lambda pane: (
            pane.state == "error and worse · read"
            and len([text for text in pane.texts if text]) > 5
            and all(read.search(text) for text in pane.texts if text)
        ),
        "not read, or not only errors",
    )
    screen.send("e", "J")
    screen.wait_pane("Logs", lambda pane: not pane.state, "still read")
    screen.filter("-C 1 결제")
    screen.wait_pane(
        "Logs",
        lambda pane: " of " in pane.title and sum("결제" in text for text in pane.texts) > 3,
        "no lines around what was found",
    )
    screen.send("x", "N", "N")
    screen.wait_title("Logs", r" · paused · [\d,]+ lines · /-C 1 결제 \d+ of ")
    screen.send("esc")
    screen.wait_title("Logs", r" · [\d,]+ lines$")


def test_a_restarted_container_goes_on_and_previous_is_its_former_run(
    k9py: Open, kubectl: Kubectl, namespace: str, tmp_path: Path
) -> None:
    screen = open_logs(k9py, namespace, "pods", "again")
    screen.wait_title("Logs", r"Logs again · main · following")
    screen.wait_pane("Logs", lambda pane: "line " in pane.texts[0], "no lines")
    kubectl("exec", "again", "-n", namespace, "--", "touch", "/mark/die")
    screen.filter("no line says this")  # what is k9py's own remark is always shown
    screen.wait_pane(
        "Logs", lambda pane: any("was started again (restarts: 1)" in text for text in pane.texts), "no remark", 60
    )
    screen.send("esc")
    screen.wait_pane("Logs", lambda pane: pane.texts[-1].startswith("line "), "no lines")
    lines = save(screen, tmp_path)
    numbers = [int(line.split()[1]) for line in lines if line.startswith("line ")]
    assert numbers == list(range(1, len(numbers) + 1))
    screen.send("p")
    former = kubectl("logs", "-n", namespace, "again", "--previous").splitlines()
    screen.wait_pane(
        "Logs",
        lambda pane: " · previous · " in pane.title and [text for text in pane.texts if text][-1] == former[-1],
        "not the log before",
    )
