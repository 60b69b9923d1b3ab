"""What descriptions look like, as text: at three sizes, with names from all over the world."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from syrupy.assertion import SnapshotAssertion

from k9py.ui.screens import describe_page
from tests.kube.scripted import ScriptedServer
from tests.ui.pages.objects import PODS, fill
from tests.ui.pages.show import Shown, show
from tests.ui.pages.snapshot import check_screen, each_size

EVENTS = "/api/v1/events"
NODE = "worker-b"
NOW = 1_767_229_200.0
"""2026-01-01T01:00:00Z: an hour after all that is told of."""
BEGAN = "2026-01-01T00:00:00Z"


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times are told in the zone of who reads them."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def content(server: ScriptedServer) -> None:
    fill(server)
    server.store.put(PODS, "장바구니-0", "shop", metadata=METADATA, spec=SPEC, status=STATUS)
    about = {"kind": "Pod", "namespace": "shop", "name": "장바구니-0", "uid": METADATA["uid"]}
    for reason, kind, count, message in (
        ("Pulled", "Normal", 1, "Container image already present"),
        ("BackOff", "Warning", 14, "Back-off restarting failed container 결제 in pod 장바구니-0 🛒"),
    ):
        server.store.put(
            EVENTS,
            f"장바구니-0.{reason.lower()}",
            "shop",
            involvedObject=about,
            reason=reason,
            message=message,
            type=kind,
            count=count,
            source={"component": "kubelet"},
            firstTimestamp=BEGAN,
            lastTimestamp="2026-01-01T00:59:30Z",
        )


OWNER = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "장바구니", "uid": "1", "controller": True}
METADATA: dict[str, Any] = {
    "uid": "0f1e2d3c-0000-4000-8000-000000000001",
    "labels": {"app": "장바구니", "tier": "front"},
    "annotations": {"note": "두 줄\nand an emoji 🛒"},
    "ownerReferences": [OWNER],
}
SPEC: dict[str, Any] = {
    "nodeName": NODE,
    "serviceAccountName": "default",
    "priority": 0,
    "containers": [
        {
            "name": "결제",
            "image": "registry.example/장바구니:1 🛒",
            "command": ["sh", "-c", "run"],
            "ports": [{"containerPort": 8080, "name": "http"}],
            "resources": {"limits": {"memory": "128Mi"}, "requests": {"cpu": "100m", "memory": "64Mi"}},
            "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}},
            "env": [{"name": "나라", "value": "한국"}],
            "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
        }
    ],
    "volumes": [{"name": "tmp", "emptyDir": {}}],
    "tolerations": [{"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}],
}
STATUS: dict[str, Any] = {
    "phase": "Running",
    "hostIP": "10.99.0.12",
    "podIP": "10.1.0.7",
    "podIPs": [{"ip": "10.1.0.7"}],
    "startTime": BEGAN,
    "qosClass": "Burstable",
    "conditions": [
        {"type": "Initialized", "status": "True"},
        {"type": "Ready", "status": "False", "reason": "ContainersNotReady", "message": "not ready: [결제]"},
    ],
    "containerStatuses": [
        {
            "name": "결제",
            "restartCount": 14,
            "ready": False,
            "image": "registry.example/장바구니:1 🛒",
            "imageID": "sha256:0f1e2d3c",
            "containerID": "containerd://0f1e2d3c",
            "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            "lastState": {"terminated": {"exitCode": 3, "reason": "Error", "startedAt": BEGAN, "finishedAt": BEGAN}},
        }
    ],
}


async def top(shown: Shown) -> None:
    await shown.sees("Name: 장바구니-0")


async def end(shown: Shown) -> None:
    await shown.press("G")
    await shown.sees("BackOff 30s (x14 over 60m)")


async def found(shown: Shown) -> None:
    await shown.filter("Exit Code|장바구니")
    await shown.sees("/Exit Code|장바구니 1 of")
    await shown.press("n", "n")


async def missing(shown: Shown) -> None:
    await shown.press("escape")
    await shown.command("secrets shop")
    await shown.lists("secrets")
    await shown.press("enter")
    await shown.sees("password: 7 bytes")
    shown.server.store.delete("/api/v1/secrets", "login", "shop")
    await shown.sees("deleted")


@each_size
@pytest.mark.parametrize("go", [top, end, found, missing], ids=lambda go: go.__name__)
async def test_description(
    tmp_path: Path,
    screen: SnapshotAssertion,
    go: Callable[[Shown], Awaitable[None]],
    size: tuple[int, int],
) -> None:
    with patch.object(describe_page, "now", lambda: NOW):
        async with show(tmp_path, size=size, content=content, command="pods shop /장바구니-0") as shown:
            await shown.lists("pods")
            await shown.until(lambda: shown.under_cursor() == "장바구니-0")
            await shown.press("d")
            await shown.opens("describe 장바구니-0")
            await shown.sees("Name:")
            await go(shown)
            await check_screen(shown, screen)
