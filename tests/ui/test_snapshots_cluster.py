"""The map of a cluster as text, at three sizes: well, in trouble, unfolded, and with few rights."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from k9py.kube.transport import Transport
from k9py.session import probing
from tests.kube.scripted import ScriptedServer, answer
from tests.ui.pages.cluster import fill_cluster, put_api_service, put_lease, put_troubled_nodes
from tests.ui.pages.show import Shown, show
from tests.ui.pages.snapshot import check_screen, each_size
from tests.ui.test_cluster_page import FAILED, opened, point_at, until_says


def well(server: ScriptedServer) -> None:
    fill_cluster(server)


def in_trouble(server: ScriptedServer) -> None:
    fill_cluster(server)
    put_troubled_nodes(server)
    put_lease(server, "kube-scheduler", leaseDurationSeconds=15)
    put_api_service(server, "v1.결제.example.com", "False", "service/결제 in kube-system is not present 🛑")
    server.fault("/readyz", "get", *[answer(500, FAILED)] * 1000)


def denied(server: ScriptedServer) -> None:
    fill_cluster(server)
    for verb in ("list", "watch", "get"):
        for kind in ("leases.coordination.k8s.io", "nodes/proxy", "apiservices.apiregistration.k8s.io"):
            server.rights.denied[verb, kind] = "too curious"


async def as_it_is(shown: Shown) -> None:
    await until_says(shown, "node:worker-a", "%")


async def with_alarms(shown: Shown) -> None:
    await until_says(shown, "alarm:api:v1.결제.example.com", "not present")
    await until_says(shown, "alarm:kube-scheduler", "not been renewed")
    await shown.press("g")


async def unfolded(shown: Shown) -> None:
    await as_it_is(shown)
    await point_at(shown, "node:worker-a")
    await shown.press("space")
    await until_says(shown, "node:worker-a:Ready", "True")
    await until_says(shown, "node:worker-a:stats", "ok")


Step = Callable[[Shown], Awaitable[None]]


@each_size
@pytest.mark.parametrize(
    ("content", "step"),
    [(well, as_it_is), (in_trouble, with_alarms), (denied, as_it_is), (well, unfolded)],
    ids=["well", "in_trouble", "denied", "unfolded"],
)
async def test_screen(
    content: Callable[[ScriptedServer], None],
    step: Step,
    size: tuple[int, int],
    tmp_path: Path,
    screen: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(probing, "perf_counter", lambda: 0.0)  # how long an answer took is another each time
    monkeypatch.setattr(Transport, "server", "https://seoul.example:6443")
    async with show(tmp_path, size=size, content=content) as shown:
        await opened(shown)
        await step(shown)
        await check_screen(shown, screen)
