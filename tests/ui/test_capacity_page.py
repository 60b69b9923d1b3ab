"""The room there is, and what pods take of it: added up anew when something changes."""

from __future__ import annotations

from pathlib import Path

from tests.kube.scripted import ScriptedServer
from tests.ui.pages.objects import PODS, fill, put_pod
from tests.ui.pages.rights import fill_for_kim
from tests.ui.pages.show import Shown, select, show


def fleet(server: ScriptedServer) -> None:
    """And two pods of a deployment."""
    fill(server)
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "fleet-7c9", "uid": "rs", "controller": True}
    for name in ("fleet-7c9-a", "fleet-7c9-b"):
        pod = put_pod(server, name, labels={"pod-template-hash": "7c9"})
        metadata = {**pod["metadata"], "ownerReferences": [owner]}
        server.store.put(PODS, name, "shop", metadata=metadata, spec=pod["spec"], status=pod["status"])


async def open_capacity(shown: Shown, words: str = "") -> None:
    await shown.command(f"capacity {words}")
    await shown.lists("capacity")
    await shown.until(lambda: bool(shown.names()))


async def test_nodes_have_the_room_that_pods_leave_and_enter_leads_to_these(tmp_path: Path) -> None:
    async with show(tmp_path, size=(200, 50)) as shown:
        await open_capacity(shown)
        await shown.until(lambda: shown.names() == ["worker-a", "worker-b"])
        await shown.sees("[Nodes]", "Capacity 2 · of nodes", "4000m", "16384Mi")
        await select(shown, "worker-a")
        await shown.press("d")
        await shown.opens("describe worker-a")
        await shown.press("escape")
        await shown.lists("capacity")
        await shown.press("enter")
        await shown.lists("node worker-a")
        await shown.until(lambda: "web-1" in shown.names())


async def test_tab_leads_to_namespaces_and_workloads(tmp_path: Path) -> None:
    async with show(tmp_path, content=fleet, size=(200, 50)) as shown:
        await open_capacity(shown)
        await shown.press("tab")
        await shown.sees("[Namespaces]", "of namespaces · all namespaces")
        await shown.until(lambda: {"shop", "kube-system"} <= set(shown.names()))
        await select(shown, "kube-system")
        await shown.press("enter")
        await shown.lists("namespace kube-system")
        await shown.press("escape")
        await shown.lists("capacity")
        await shown.press("tab")
        await shown.sees("[Workloads]", "of workloads")
        await shown.until(lambda: "deployment/fleet" in shown.names())
        await select(shown, "deployment/fleet")
        await shown.press("enter")
        await shown.lists("deployment fleet")
        await shown.until(lambda: shown.names() == ["fleet-7c9-a", "fleet-7c9-b"])


async def test_what_comes_and_goes_is_counted(tmp_path: Path) -> None:
    async with show(tmp_path, size=(200, 50), namespace="shop") as shown:
        await open_capacity(shown, "namespaces")
        await shown.until(lambda: shown.names() == ["shop"])
        pane = shown.pane()

        def pods() -> str:
            assert pane.view is not None
            return pane.view.row_at(0).cells[1].text

        await shown.until(lambda: pods().isdigit())
        before = int(pods())
        put_pod(shown.server, "one-more")
        await shown.until(lambda: pods() == str(before + 1))
        shown.server.store.delete(PODS, "one-more", "shop")
        await shown.until(lambda: pods() == str(before))


async def test_other_namespaces_are_added_up_by_their_keys(tmp_path: Path) -> None:
    async with show(tmp_path, size=(200, 50), namespace="shop") as shown:
        await open_capacity(shown, "workloads")
        await shown.until(lambda: any("web" in name for name in shown.names()))
        assert not any("coredns" in name for name in shown.names())
        await shown.press("0")
        await shown.until(lambda: any("coredns" in name for name in shown.names()))


async def test_what_is_no_table_is_said(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("capacity planets")
        await shown.sees("capacity of planets?")


async def test_what_may_not_be_read_is_said_and_what_may_is_added_up(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_for_kim, size=(200, 50), ready=False) as shown:
        await shown.until(lambda: "web-1" in shown.names("pods"))
        await shown.command("capacity")
        await shown.opens("capacity")
        await shown.sees("denied: pods: pods is forbidden", "to list and watch these is needed")
        await shown.press("tab", "tab")
        await shown.until(lambda: any("web" in name for name in shown.names()))
