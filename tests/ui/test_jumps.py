"""From a row to what it has to do with: its owner, its node, the replica sets of a deployment."""

from __future__ import annotations

from pathlib import Path

from tests.ui.pages.objects import PODS
from tests.ui.pages.relations import change, owner, relate, uid
from tests.ui.pages.show import Shown, select, show


async def on(shown: Shown, kind: str, name: str) -> None:
    await shown.command(f"{kind} shop")
    await shown.lists(kind)
    await select(shown, name)


async def test_to_the_owner_and_its_owner_and_back(tmp_path: Path) -> None:
    async with show(tmp_path, content=relate) as shown:
        await on(shown, "pods", "web-2")
        await shown.press("J")
        await shown.lists("replicaset web-6f7c9")
        assert shown.names() == ["web-6f7c9"]
        await shown.press("J")
        await shown.lists("deployment web")
        assert shown.names() == ["web"]
        await shown.press("J")
        await shown.sees("✖ shop/web has no owner")
        await shown.press("escape", "escape")
        await shown.opens("pods")
        assert shown.under_cursor() == "web-2"


async def test_of_several_owners_one_is_chosen(tmp_path: Path) -> None:
    async with show(tmp_path, content=relate) as shown:
        owners = [owner("ReplicaSet", "web-6f7c9"), owner("Deployment", "결제", controller=False)]
        change(shown.server, PODS, "web-1", ownerReferences=owners)
        await on(shown, "pods", "web-1")
        await shown.press("J")
        await shown.sees("Owners of web-1: which one?", "replicaset web-6f7c9", "deployment 결제")
        await shown.press("escape")
        await shown.clicks_away()
        await shown.opens("pods")
        await shown.press("J")
        await shown.sees("which one?")
        await shown.press("down", "enter")
        await shown.lists("deployment 결제")


async def test_an_owner_of_a_kind_that_is_not_served(tmp_path: Path) -> None:
    async with show(tmp_path, content=relate) as shown:
        change(shown.server, PODS, "web-1", ownerReferences=[owner("Choir", "choir", "example.com/v1")])
        await on(shown, "pods", "web-1")
        await shown.press("J")
        await shown.sees("✖ choir choir: this cluster serves no such kind")


async def test_an_owner_that_has_no_namespace(tmp_path: Path) -> None:
    async with show(tmp_path, content=relate) as shown:
        node = shown.server.store.get("/api/v1/nodes", "worker-a")
        assert node
        owners = [owner("Node", "worker-a", "v1", uid=node["metadata"]["uid"])]
        change(shown.server, PODS, "web-1", ownerReferences=owners)
        await on(shown, "pods", "web-1")
        await shown.press("J")
        await shown.lists("node worker-a")
        assert shown.names() == ["worker-a"]


async def test_another_of_the_same_name_is_not_the_owner(tmp_path: Path) -> None:
    async with show(tmp_path, content=relate) as shown:
        change(shown.server, PODS, "web-1", ownerReferences=[owner("Deployment", "web", uid=uid("former"))])
        await on(shown, "pods", "web-1")
        await shown.press("J")
        await shown.lists("deployment web")
        await shown.sees("no deployments (deployment web)")


async def test_to_the_node_of_a_pod(tmp_path: Path) -> None:
    async with show(tmp_path, content=relate) as shown:
        await on(shown, "pods", "web-2")
        await shown.press("o")
        await shown.lists("node worker-b")
        assert shown.names() == ["worker-b"]


async def test_a_pod_that_is_on_no_node(tmp_path: Path) -> None:
    async with show(tmp_path, content=relate) as shown:
        shown.server.store.put(PODS, "waits", "shop", spec={"containers": [{"name": "a"}]}, status={"phase": "Pending"})
        await on(shown, "pods", "waits")
        await shown.press("o")
        await shown.sees("✖ shop/waits is on no node yet")


async def test_to_the_replica_sets_of_a_deployment(tmp_path: Path) -> None:
    async with show(tmp_path, content=relate) as shown:
        await on(shown, "deployments", "web")
        await shown.press("z")
        await shown.lists("deployment web")
        assert shown.title().startswith("home › deployments › ReplicaSets 1 · shop · deployment web")
        assert shown.names() == ["web-6f7c9"]
