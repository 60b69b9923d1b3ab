"""What the confirmation of a deletion looks like, as text: at three sizes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from k9py.ui.screens.confirm import Confirm
from tests.kube.scripted import ScriptedServer
from tests.kube.scripted.kinds import define_gadgets
from tests.ui.pages.objects import DEPLOYMENTS, NAMESPACES, PODS, ago, fill
from tests.ui.pages.show import Shown, select, show
from tests.ui.pages.snapshot import check_screen, each_size

REPLICASETS = "/apis/apps/v1/replicasets"
BUDGETS = "/apis/policy/v1/poddisruptionbudgets"
GADGETS = "/apis/example.com/v1/gadgets"
LATER = "2100-01-01T00:00:00Z"
"""Since then it is going: so the time since is always none."""


def content(server: ScriptedServer) -> None:
    """A deployment with all that belongs to it, and a namespace that does not go away."""
    fill(server)
    define_gadgets(server)
    _own(server, DEPLOYMENTS, "web", annotations={"meta.helm.sh/release-name": "shop-front"})
    sets = {**_owned("Deployment", "web"), "uid": "uid-web-6f7c9", "labels": {"app": "web"}}
    server.store.put(REPLICASETS, "web-6f7c9", "shop", metadata=sets, spec={"replicas": 3})
    for number in (1, 2, 3):
        _own(server, PODS, f"web-{number}", **_owned("ReplicaSet", "web-6f7c9"))
    server.store.put(
        BUDGETS,
        "web",
        "shop",
        spec={"minAvailable": 3, "selector": {"matchLabels": {"app": "web"}}},
        status={"disruptionsAllowed": 0},
    )
    message = "Some content in the namespace has finalizers remaining: example.com/guard in 1 resource instances"
    server.store.put(
        NAMESPACES,
        "old-shop",
        metadata={
            "creationTimestamp": ago(days=20),
            "deletionTimestamp": LATER,
            "labels": {"kubernetes.io/metadata.name": "old-shop"},
        },
        spec={"finalizers": ["kubernetes"]},
        status={
            "phase": "Terminating",
            "conditions": [{"type": "NamespaceFinalizersRemaining", "status": "True", "message": message}],
        },
    )
    server.store.put(GADGETS, "one", "old-shop", metadata={"finalizers": ["example.com/guard"]}, spec={})


def _owned(kind: str, name: str) -> dict[str, object]:
    reference = {"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": f"uid-{name}", "controller": True}
    return {"ownerReferences": [reference]}


def _own(server: ScriptedServer, collection: str, name: str, **metadata: object) -> None:
    """Give an object that is there more metadata, and a uid that others can refer to."""
    found = server.store.get(collection, name, "shop")
    assert found
    own = {**found["metadata"], **metadata, "uid": f"uid-{name}"}
    fields = {key: value for key, value in found.items() if key not in ("kind", "apiVersion", "metadata")}
    server.store.put(collection, name, "shop", metadata=own, **fields)


async def confirmation(shown: Shown, *keys: str) -> None:
    for key in keys:
        await shown.press(key)
        await shown.until(lambda: isinstance(shown.app.screen, Confirm) and shown.app.screen.focused is not None)
        await shown.settles()


async def delete_deployment(shown: Shown) -> None:
    await shown.command("deploy shop")
    await shown.lists("deployments")
    await select(shown, "web")
    await confirmation(shown, "ctrl+d", "p")


async def delete_pods(shown: Shown) -> None:
    await shown.command("pods shop /web")
    await shown.lists("pods")
    await shown.press("g", "space", "j", "space")
    await shown.sees("2 marked")
    await confirmation(shown, "ctrl+d")


async def kill_pod(shown: Shown) -> None:
    await shown.command("pods shop /fuel")
    await shown.lists("pods")
    await confirmation(shown, "ctrl+k")


async def stuck_namespace(shown: Shown) -> None:
    await shown.command("ns")
    await shown.lists("namespaces")
    await select(shown, "old-shop")
    await confirmation(shown, "ctrl+d")


async def stuck_namespace_let_go(shown: Shown) -> None:
    await stuck_namespace(shown)
    await confirmation(shown, "f")


@each_size
@pytest.mark.parametrize(
    "go",
    [delete_deployment, delete_pods, kill_pod, stuck_namespace, stuck_namespace_let_go],
    ids=lambda go: go.__name__,
)
async def test_screen(
    tmp_path: Path,
    screen: SnapshotAssertion,
    go: Callable[[Shown], Awaitable[None]],
    size: tuple[int, int],
) -> None:
    async with show(tmp_path, size=size, content=content) as shown:
        await go(shown)
        await check_screen(shown, screen)
