"""Home: four panes that are linked, and how a person gets from one to the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from k9py.ui.screens import home
from k9py.ui.screens.home import ORDER
from tests.kube.scripted import ScriptedServer
from tests.ui.pages.objects import PODS, put_deployment, put_node, put_pod, write_log
from tests.ui.pages.show import Shown, show, title_of

IN_SHOP = ["images-1", "web-1", "web-2", "web-3", "결제-1", "결제-2", "🚀-fuel-42"]
ALL_PODS = ["coredns-1", "coredns-2", *IN_SHOP]
LOGS_PATH = "/api/v1/namespaces/shop/pods/{}/log"


def logs_asked(shown: Shown) -> list[str]:
    """The pods whose logs were asked for."""
    return [seen.path.split("/")[-2] for seen in shown.server.asked("log")]


async def narrow(shown: Shown, pane: str, row: str) -> None:
    """Go to a row of a pane, as a person would."""
    while shown.focus != pane:
        await shown.press("tab")
    await shown.press("g", *["j"] * shown.names(pane).index(row))
    await shown.until(lambda: shown.under_cursor(pane) == row)
    await shown.settles()


async def test_it_opens_with_four_panes_live_and_the_focus_at_the_pods(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        assert shown.focus == "pods"
        assert [shown.names(pane) for pane in ("nodes", "pods")] == [["worker-a", "worker-b"], ALL_PODS]
        assert shown.names("deployments") == ["coredns", "web", "결제", "🚀-launch"]
        assert shown.title("nodes") == "Nodes 2"
        assert shown.title("pods") == "Pods 9 · all namespaces"
        assert shown.text.count(" live ─╯") == 3
        assert shown.header.endswith(" live")
        assert "45m" in shown.text  # what web-1 uses, of metrics.k8s.io


async def test_a_change_in_the_cluster_is_on_the_screen_without_a_key(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        put_pod(shown.server, "api-1")
        await shown.sees("api-1")
        put_pod(shown.server, "api-1", state={"waiting": {"reason": "ErrImagePull"}}, phase="Pending")
        await shown.sees("✖ ErrImagePull")
        shown.server.store.delete(PODS, "api-1", "shop")
        await shown.until(lambda: "api-1" not in shown.text)


async def test_going_over_the_rows_of_a_pane_narrows_the_pods(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await narrow(shown, "nodes", "worker-b")
        assert shown.names("pods") == ["coredns-2", "images-1", "web-2", "결제-1", "결제-2"]
        assert shown.title("pods") == "Pods 5 of 9 · all namespaces · node worker-b"


async def test_the_last_of_two_narrowings_wins(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await narrow(shown, "nodes", "worker-b")
        await narrow(shown, "deployments", "web")
        assert shown.title("pods") == "Pods 3 of 9 · all namespaces · deployment web"
        assert shown.names("pods") == ["web-1", "web-2", "web-3"]
        await narrow(shown, "nodes", "worker-a")
        assert "node worker-a" in shown.title("pods")
        assert "deployment" not in shown.title("pods")


async def test_escape_takes_back_the_zoom_then_the_filter_then_the_narrowing(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await narrow(shown, "nodes", "worker-b")
        await shown.press("tab", "tab")
        await shown.filter("결제")
        await shown.press("Z")
        await shown.settles()
        assert shown.names("pods") == ["결제-1", "결제-2"]
        assert shown.home.has_class("-zoomed")
        await shown.press("escape")
        assert not shown.home.has_class("-zoomed")
        assert shown.pane("pods").filter_text == "결제"
        await shown.press("escape")
        await shown.settles()
        assert shown.title("pods") == "Pods 5 of 9 · all namespaces · node worker-b"
        await shown.press("escape")
        await shown.settles()
        assert shown.title("pods") == "Pods 9 · all namespaces"
        await shown.press("escape")
        assert shown.pages == ["home"]


async def test_a_pod_that_comes_later_shows_up_if_it_belongs_to_the_narrowing(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await narrow(shown, "deployments", "web")
        put_pod(shown.server, "web-4", app="web")
        put_pod(shown.server, "api-1", app="api")
        await shown.until(lambda: shown.names("pods") == ["web-1", "web-2", "web-3", "web-4"])
        await shown.sees("Pods 4 of 11")


async def test_the_log_of_the_pod_under_the_cursor_is_followed(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await narrow(shown, "pods", "web-1")
        await shown.sees("Logs web-1 · main · following · 3 lines", "GET /장바구니 200 🛒")
        write_log(shown.server, "web-1", "GET /late 200")
        await shown.sees("GET /late 200", "4 lines")
        await narrow(shown, "pods", "web-2")
        await shown.sees("Logs web-2 · main")
        assert "GET /late 200" not in shown.text


async def test_no_log_is_asked_for_while_the_cursor_goes_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 0.2 <= home.REST <= 0.4
    async with show(tmp_path, rest=1_000) as shown:
        await narrow(shown, "pods", "web-3")
        assert logs_asked(shown) == []
        monkeypatch.setattr(home, "REST", 0.02)
        await narrow(shown, "pods", "web-2")
        await shown.until(lambda: bool(logs_asked(shown)), "a log")
        assert logs_asked(shown)[-1] == "web-2"
        assert "web-3" not in logs_asked(shown)


async def test_the_log_of_a_pod_that_is_left_is_let_go(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await narrow(shown, "pods", "web-1")
        await shown.until(lambda: shown.server.streaming(LOGS_PATH.format("web-1")) == 1)
        await narrow(shown, "pods", "web-2")
        await shown.until(lambda: shown.server.streaming(LOGS_PATH.format("web-2")) == 1)
        await shown.until(lambda: shown.server.streaming(LOGS_PATH.format("web-1")) == 0)


async def test_tab_goes_round_the_panes_and_shift_tab_back(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        seen = [shown.focus]
        for _ in range(4):
            await shown.press("tab")
            seen.append(shown.focus)
        assert seen == ["pods", "logs", "nodes", "deployments", "pods"]
        for _ in range(4):
            await shown.press("shift+tab")
            seen.append(shown.focus)
        assert seen[5:] == ["deployments", "nodes", "logs", "pods"]


async def test_zoom_shows_the_pane_in_focus_and_no_other(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.press("Z")
        await shown.until(lambda: shown.lines[1].startswith("╭─ Pods 9"))
        assert shown.lines[-2].startswith("╰─")
        assert "Nodes 2" not in shown.text
        await shown.press("tab", "tab")
        await shown.until(lambda: shown.lines[1].startswith("╭─ Nodes 2"))
        assert "Pods 9" not in shown.text
        await shown.press("Z")
        await shown.sees("Pods 9", "Nodes 2", "Deployments 4")


async def test_a_small_terminal_shows_one_pane_under_a_line_of_tabs(tmp_path: Path) -> None:
    async with show(tmp_path, size=(80, 24)) as shown:
        assert "Nodes   Deployments  [Pods]  Logs" in shown.lines[1]
        for tab, begins in (
            ("Logs", "Logs "),
            ("Nodes", "Nodes 2"),
            ("Deployments", "Deployments 4"),
            ("Pods", "Pods 9"),
        ):
            await shown.press("tab")
            await shown.until(lambda begins=begins: shown.lines[2].startswith(f"╭─ {begins}"))  # type: ignore[misc]
            assert f"[{tab}]" in shown.lines[1]
            assert shown.focus == tab.lower()


async def test_the_panes_come_back_when_the_terminal_grows(tmp_path: Path) -> None:
    async with show(tmp_path, size=(80, 24)) as shown:
        await shown.pilot.resize_terminal(120, 40)
        await shown.sees("Nodes 2", "Pods 9")
        assert shown.focus == "pods"
        await shown.pilot.resize_terminal(99, 40)
        await shown.until(lambda: "[Pods]" in shown.lines[1])


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_every_pane_takes_the_focus_and_is_seen_with_it(tmp_path: Path, size: tuple[int, int]) -> None:
    async with show(tmp_path, size=size) as shown:
        reached = set()
        for _ in ORDER:
            await shown.press("tab")
            pane = shown.focused
            assert pane
            await shown.sees(title_of(pane))
            assert pane.region.area > 0
            reached.add(shown.focus)
        assert reached == set(ORDER)


async def test_enter_leads_on_from_every_pane(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await narrow(shown, "nodes", "worker-b")
        await shown.press("enter")
        await shown.lists("node worker-b")
        assert shown.title() == "home › Pods 5 of 9 · all namespaces · node worker-b"
        await shown.press("escape")
        await narrow(shown, "deployments", "web")
        await shown.press("enter")
        await shown.lists("deployment web")
        assert shown.names() == ["web-1", "web-2", "web-3"]
        await shown.press("escape")
        await narrow(shown, "pods", "web-1")
        await shown.press("enter")
        await shown.lists("pod web-1")
        assert shown.title() == "home › Containers 1 · shop · pod web-1"
        await shown.press("enter")
        await shown.opens("logs web-1")
        await shown.sees("GET /healthz 200")


async def test_a_namespace_from_the_command_line_is_where_it_begins(tmp_path: Path) -> None:
    async with show(tmp_path, namespace="kube-system") as shown:
        assert shown.names("pods") == ["coredns-1", "coredns-2"]
        assert shown.title("pods") == "Pods 2 · kube-system"
        assert shown.names("nodes") == ["worker-a", "worker-b"]


async def test_an_empty_cluster_says_so_in_the_panes(tmp_path: Path) -> None:
    def nothing(server: ScriptedServer) -> None:
        put_node(server, "worker-a")

    async with show(tmp_path, content=nothing, ready=False) as shown:
        await shown.sees("no pods", "no deployments", "worker-a")
        put_deployment(shown.server, "web")
        await shown.sees("web")


async def test_cursor_and_narrowing_stay_when_a_page_is_opened_and_left(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await narrow(shown, "deployments", "web")
        await shown.command("svc -A")
        await shown.lists("services")
        await shown.press("escape")
        await shown.opens("home")
        assert shown.focus == "deployments"
        assert "deployment web" in shown.title("pods")
