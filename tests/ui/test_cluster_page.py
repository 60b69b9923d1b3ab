from __future__ import annotations

from pathlib import Path

from k9py.ui.screens.cluster_page import ClusterPage
from k9py.ui.widgets.map_view import MapView
from tests.kube.scripted import ScriptedServer, answer, refuse
from tests.ui.pages.cluster import (
    LEASES,
    fill_cluster,
    put_api_service,
    put_lease,
    put_troubled_nodes,
)
from tests.ui.pages.objects import put_node
from tests.ui.pages.show import Shown, show

FAILED = "[+]ping ok\n[-]etcd failed: reason withheld\n[+]shutdown ok\nreadyz check failed\n"


def view(shown: Shown) -> MapView:
    return shown.page.query_one(MapView)


def keys(shown: Shown) -> list[str]:
    """The keys of the lines that are shown."""
    return [each.line.key for each in view(shown)._placed if each]


async def opened(shown: Shown) -> None:
    """The map, with all that it waits for."""
    await shown.command("cluster")
    await shown.opens("cluster")
    await shown.until(
        lambda: bool(keys(shown)) and not [key for key in keys(shown) if says(shown, key, "asking")], "all answers"
    )


def line(shown: Shown, key: str) -> str:
    """What the line of a key says."""
    found = (each for each in view(shown)._placed if each and each.line.key == key)
    placed = next(found, None)
    return "  ".join(placed.texts) if placed else ""


def says(shown: Shown, key: str, *texts: str) -> bool:
    return all(text in line(shown, key) for text in texts)


def under_cursor(shown: Shown) -> str:
    found = view(shown).line
    return found.key if found else ""


async def until_says(shown: Shown, key: str, *texts: str) -> None:
    await shown.until(lambda: says(shown, key, *texts), f"{texts} in {key}")


async def point_at(shown: Shown, key: str) -> None:
    """Move the cursor to a line by single steps."""
    map_view = view(shown)
    stops = [each.line.key for stop in map_view._stops if (each := map_view._placed[stop])]
    shown.send("g", *["j"] * stops.index(key))
    await shown.until(lambda: under_cursor(shown) == key, f"the cursor on {key}")


async def test_the_whole_cluster_on_one_page(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_cluster) as shown:
        await opened(shown)
        await shown.sees("Nothing is broken, as far as can be seen from here", "API server", "Control plane")
        assert says(shown, "server", shown.server.url, "v1.36.3")
        assert says(shown, "readyz", "ok", "37 checks passed")
        assert says(shown, "livez", "ok", "35 checks passed")
        assert says(shown, "etcd", "ok", "by readyz: etcd, etcd-readiness")
        assert says(shown, "kube-scheduler", "ok", "renewed 20h ago", "led for 5d", "by kube-scheduler_holder")
        assert says(shown, "pod:etcd-worker-a", "Running", "static pod on worker-a")
        assert says(shown, "kube-proxy", "DaemonSet, 2 of 2 ready")
        assert says(shown, "api:v1beta1.metrics.k8s.io", "available", "by kube-system/metrics-server")
        dns = f"{shown.server.url}/api/v1/namespaces/kube-system/services/kube-dns:dns/proxy"
        assert says(shown, "service:kube-dns", "CoreDNS", dns)
        await until_says(shown, "node:worker-a", "Ready", "20h", "v1.36.3", "ok, pod", "30%", "37%")


async def test_the_other_word_of_kubectl_opens_it_too(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_cluster, command="cluster-info") as shown:
        await shown.opens("cluster")
        await shown.sees("Kubernetes control plane", shown.server.url)


async def test_a_failing_readyz_names_the_check_and_recovers(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_cluster) as shown:
        shown.server.fault("/readyz", "get", *[answer(500, FAILED)] * 100)
        await opened(shown)
        await shown.sees("2 things are not well", "failed: etcd", "the API server says: etcd failed")
        assert says(shown, "readyz:etcd", "failed: reason withheld")
        assert not says(shown, "readyz:ping", "ok")


async def test_all_checks_are_unfolded_and_folded(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_cluster) as shown:
        await opened(shown)
        await point_at(shown, "readyz")
        await shown.until(lambda: "Unfold" in shown.footer)
        await shown.press("space")
        await shown.until(lambda: "readyz:etcd-readiness" in keys(shown))
        assert "livez:ping" not in keys(shown)
        await shown.until(lambda: " Fold" in shown.footer)
        await shown.press("enter")
        await shown.until(lambda: "readyz:ping" not in keys(shown))


async def test_what_is_watched_changes_by_itself(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_cluster) as shown:
        await opened(shown)
        put_lease(shown.server, "kube-scheduler", leaseDurationSeconds=15)
        await until_says(shown, "kube-scheduler", "expired")
        await until_says(shown, "alarm:kube-scheduler", "has not been renewed for 20h")
        shown.server.store.delete(LEASES, "kube-scheduler", "kube-system")
        await until_says(shown, "kube-scheduler", "not known", "no lease in kube-system")
        put_node(shown.server, "worker-c", ready=False)
        await until_says(shown, "node:worker-c", "NotReady")
        assert "alarm:node:worker-c" in keys(shown)
        put_api_service(shown.server, "v1beta1.metrics.k8s.io", "False", "no endpoints")
        await until_says(shown, "api:v1beta1.metrics.k8s.io", "not available", "Checked: no endpoints")


async def test_what_is_denied_says_so_on_its_line_and_the_rest_is_there(tmp_path: Path) -> None:
    def content(server: ScriptedServer) -> None:
        fill_cluster(server)
        for verb in ("list", "watch", "get"):
            server.rights.denied[verb, "leases.coordination.k8s.io"] = "too curious"
            server.rights.denied[verb, "nodes/proxy"] = "too curious"

    async with show(tmp_path, content=content) as shown:
        await opened(shown)
        await until_says(shown, "instances", "not seen", "not permitted")
        await until_says(shown, "kube-scheduler", "not known", "not permitted")
        assert says(shown, "pod:kube-scheduler-worker-a", "Running")
        await until_says(shown, "node:worker-a", "Ready", "not permitted")
        await until_says(shown, "node:worker-a", "pod Running, not permitted")
        assert not [key for key in keys(shown) if key.startswith("alarm:")]


async def test_a_denied_readyz(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_cluster) as shown:
        shown.server.fault("/readyz", "get", *[refuse(403, "Forbidden", "kim may not get /readyz")] * 100)
        await opened(shown)
        await until_says(shown, "readyz", "not permitted", "kim may not get /readyz")
        assert says(shown, "etcd", "not seen")


async def test_keys_mean_the_object_of_the_line(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_cluster) as shown:
        await opened(shown)
        await point_at(shown, "kube-scheduler")
        await shown.until(lambda: "YAML" in shown.footer)
        await shown.until(lambda: "Logs" not in shown.footer)
        await shown.press("y")
        await shown.sees("kind: Lease", "holderIdentity: kube-scheduler_holder")
        await shown.press("escape")
        await shown.opens("cluster")
        await point_at(shown, "pod:etcd-worker-a")
        await shown.until(lambda: "Logs" in shown.footer)
        await shown.press("l")
        await shown.opens("logs etcd-worker-a")


async def test_enter_leads_where_the_kind_of_the_line_leads(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_cluster) as shown:
        await opened(shown)
        await point_at(shown, "node:worker-b")
        await shown.press("enter")
        await shown.lists("node worker-b")
        assert "kube-proxy-worker-b" in shown.names()
        assert "kube-proxy-worker-a" not in shown.names()
        await shown.press("escape")
        await shown.opens("cluster")
        assert under_cursor(shown) == "node:worker-b"
        await point_at(shown, "kube-controller-manager")
        await shown.press("enter")
        await shown.opens("describe kube-controller-manager")
        await shown.sees("kube-controller-manager_holder")


async def test_a_line_without_an_object_takes_no_key(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_cluster) as shown:
        await opened(shown)
        await shown.press("g", "y", "d", "enter")
        await shown.settles()
        assert shown.pages[-1] == "cluster"


async def test_the_filter_keeps_lines_and_their_titles(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_cluster) as shown:
        await opened(shown)
        await shown.filter("worker-b")
        await shown.until(lambda: "server" not in keys(shown))
        assert [key for key in keys(shown) if key.startswith("node:")] == ["node:worker-b"]
        assert "head:nodes" in keys(shown)
        await shown.sees("Cluster lab · /worker-b")
        await shown.press("escape")
        await shown.until(lambda: "server" in keys(shown))


async def test_the_cursor_keeps_to_its_line_when_alarms_come(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_cluster, size=(80, 24)) as shown:
        await opened(shown)
        await point_at(shown, "node:worker-b")
        y = view(shown)._cursor_line - view(shown).scroll_offset.y
        put_troubled_nodes(shown.server)
        await shown.until(lambda: "alarm:node:노드-서울" in keys(shown))
        assert under_cursor(shown) == "node:worker-b"
        assert view(shown)._cursor_line - view(shown).scroll_offset.y == y


async def test_of_five_hundred_nodes_those_in_trouble_stand_first(tmp_path: Path) -> None:
    def content(server: ScriptedServer) -> None:
        fill_cluster(server)
        for number in range(500):
            put_node(server, f"many-{number:03}", ready=number != 321)

    async with show(tmp_path, content=content) as shown:
        await opened(shown)
        await shown.until(lambda: len([key for key in keys(shown) if key.startswith("node:")]) == 502, "all nodes")
        nodes = [key for key in keys(shown) if key.startswith("node:")]
        assert nodes[0] == "node:many-321"
        await shown.press("G")
        await shown.settles()
        assert nodes[-1].removeprefix("node:") in shown.lines[-3]
        await until_says(shown, nodes[-1], "ok")
        asked = {seen.path.split("/")[4] for seen in shown.server.requests if "/proxy/" in seen.path}
        assert len(asked) < 100


async def test_covered_by_another_page_it_asks_nothing_until_it_is_back(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_cluster) as shown:
        await opened(shown)
        page = shown.page
        assert isinstance(page, ClusterPage)
        await point_at(shown, "kube-scheduler")
        await shown.press("y")
        await shown.sees("kind: Lease")
        assert not page.known.looking
        await shown.press("escape")
        await shown.opens("cluster")
        assert page.known.looking
        before = len([seen for seen in shown.server.requests if seen.path == "/readyz"])
        await shown.until(lambda: len([s for s in shown.server.requests if s.path == "/readyz"]) > before)


async def test_left_it_lets_everything_go(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_cluster) as shown:
        await opened(shown)
        watching = [seen.path for seen in shown.server.requests if seen.sort == "watch"]
        assert any("leases" in path for path in watching)
        assert shown.server.streaming("/apis/apiregistration.k8s.io/v1/apiservices") == 1
        await shown.press("escape")
        await shown.opens("home")
        await shown.until(lambda: not shown.server.streaming("/apis/apiregistration.k8s.io/v1/apiservices"))
