"""What runs in a pod, and what everything uses: as kubectl says it of the same cluster."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cluster.conftest import Open
from tests.cluster.kubectl import Kubectl
from tests.cluster.workloads import COUNT, SLEEP, container, pod

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

BURN = "while true; do i=0; while [ $i -lt 4000 ]; do i=$((i+1)); done; sleep 0.05; done"


def _resources(cpu: str, memory: str, more: int = 2) -> dict[str, Any]:
    number = int(cpu.removesuffix("m"))
    limits = {"cpu": f"{number * more}m", "memory": memory}
    return {"resources": {"requests": {"cpu": cpu, "memory": memory}, "limits": limits}}


@pytest.fixture(scope="module", autouse=True)
def objects(kubectl: Kubectl, namespace: str) -> None:
    init = [container("migrate", "true"), container("sidecar", restartPolicy="Always", **_resources("20m", "16Mi"))]
    crew = pod(
        "crew",
        container("busy", BURN, **_resources("100m", "32Mi")),
        container("talks", COUNT, ports=[{"name": "http", "containerPort": 8080}]),
        initContainers=init,
    )
    kubectl.create(crew, pod("idle", container(script=SLEEP)), namespace=namespace)
    kubectl.wait("pod/crew", "condition=Ready", namespace)


def test_the_containers_of_a_pod(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    screen = k9py("-n", namespace, "-c", "pods", size=(200, 50))
    screen.point_at("Pods", "crew")
    screen.send("enter")
    pane = screen.wait_title("Containers", rf"Containers 4 · {namespace} · pod crew$")
    told = kubectl.json("get", "pod", "crew", "-n", namespace)
    screen.wait_names("Containers", ["I1", "I2", "M1", "M2"])
    for index, each in (("I1", "migrate"), ("I2", "sidecar"), ("M1", "busy"), ("M2", "talks")):
        wanted = [c for c in told["spec"]["containers"] + told["spec"]["initContainers"] if c["name"] == each]
        pane = screen.wait_row("Containers", index, each, wanted[0]["image"], "true")
    assert pane.has("talks", "http:8080", "Running")
    assert pane.has("migrate", "Completed")
    screen.point_at("Containers", "M2")
    screen.send("l")
    screen.wait_title("Logs", r"Logs crew · talks · following")
    screen.wait_pane("Logs", lambda pane: any(" of crew" in text for text in pane.texts), "no lines")
    screen.send("esc")
    screen.wait_row("Containers", "talks")
    screen.send("y")
    screen.wait_pane("Pod", lambda pane: f"uid: {told['metadata']['uid']}" in pane.texts, "not its YAML")
