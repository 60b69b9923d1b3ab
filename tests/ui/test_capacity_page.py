"""The room there is, and what pods take of it: added up anew when something changes."""

from __future__ import annotations

from pathlib import Path

from tests.kube.scripted import ScriptedServer, refuse
from tests.ui.pages.objects import NODES, PODS, fill, put_pod
from tests.ui.pages.rights import fill_for_kim
from tests.ui.pages.show import Shown, select, show
from tests.ui.pages.storage import CLAIMS, fill_storage, mount


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


SUMMARY = "/proxy/stats/summary"


def asked(server: ScriptedServer) -> int:
    return sum(SUMMARY in seen.path for seen in server.requests)


async def test_volumes_by_how_full_they_are_and_why_it_is_not_known(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_storage, size=(200, 50)) as shown:
        await open_capacity(shown)
        assert not asked(shown.server)
        await shown.press("shift+tab")
        await shown.sees("[Volumes]", "Claims 7 · all namespaces")
        await shown.until(lambda: shown.names()[:3] == ["결제-기록-📒", "data-db-1", "data-db-0"])
        await shown.sees(
            "✖ 96 38Gi",
            "▲ 82 32.5Gi",
            "● 41 16.5Gi",
            "a block device",
            "the kubelet says nothing of it",
            "no pod mounts it",
            "has no volume yet",
        )
        await select(shown, "data-db-1")
        await shown.press("y")
        await shown.sees("kind: PersistentVolumeClaim", "name: data-db-1")
        await shown.press("escape")
        await shown.lists("capacity")
        await shown.press("enter")
        await shown.lists("claim data-db-1")
        await shown.until(lambda: shown.names() == ["db-1"])


async def test_claims_come_and_go_and_are_asked_for_only_while_they_are_shown(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_storage, size=(200, 50), namespace="shop") as shown:
        await open_capacity(shown, "volumes")
        await shown.until(lambda: len(shown.names()) == 7 and shown.says("● 41"))
        await shown.until(lambda: asked(shown.server) == 2)
        mount(shown.server, "later", "unused", node="worker-b")
        await shown.sees("the kubelet says nothing of it (yet) 500Mi")
        shown.server.store.delete(CLAIMS, "unused", "shop")
        await shown.until(lambda: "unused" not in shown.names())
        await shown.press("escape")
        session = shown.app.session
        assert session
        await shown.until(lambda: all(feed.resource.gvr.plural != "claims" for feed in session.feeds))
        assert asked(shown.server) == 2


async def test_a_kubelet_that_may_not_be_asked_is_named(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_storage, size=(200, 50)) as shown:
        shown.server.fault(f"{NODES}/worker-b{SUMMARY}", "get", *[refuse(403, "Forbidden", "not for you")] * 9)
        await open_capacity(shown, "volumes")
        await shown.sees("kubelet of worker-b: not for you", "● 41 16.5Gi")


async def test_who_may_see_pods_only_is_told_what_is_missing(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_for_kim, size=(200, 50), ready=False) as shown:
        await shown.until(lambda: "web-1" in shown.names("pods"))
        await shown.command("capacity volumes")
        await shown.opens("capacity")
        await shown.sees("denied: persistentvolumeclaims is forbidden")
