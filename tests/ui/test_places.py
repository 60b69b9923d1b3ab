"""Contexts and namespaces: how a person changes over, and what is said when one cannot be reached."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import OptionList

from k9py.kube.kubeconfig import Kubeconfig, locate, read_kubeconfig
from k9py.ui.screens.contexts_page import ContextsPage
from tests.kube.scripted import ScriptedServer, refuse, serve
from tests.kube.scripted.server import dump_kubeconfig
from tests.ui.pages.objects import fill, put_node
from tests.ui.pages.show import NOWHERE, select, show, show_without

# ── contexts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_contexts_are_listed_with_the_one_in_use_and_enter_changes_over(tmp_path: Path) -> None:
    async with serve() as other:
        put_node(other, "moon-1")
        async with show(tmp_path, contexts={"moon": other.url}) as shown:
            await shown.command("ctx")
            await shown.opens("contexts")
            await shown.sees("Contexts 2", "● lab", "moon")
            await shown.press("j", "enter")
            await shown.until(lambda: shown.pages == ["home"])
            await shown.sees("moon-1", "● moon")
            await shown.command("ctx lab")
            await shown.sees("worker-a", "● lab")


async def test_a_kind_of_another_context_by_an_at_sign(tmp_path: Path) -> None:
    async with serve() as other:
        put_node(other, "moon-1")
        async with show(tmp_path, contexts={"moon": other.url}) as shown:
            await shown.command("nodes @moon")
            await shown.lists("nodes")
            assert shown.names() == ["moon-1"]


async def test_a_context_that_does_not_exist_is_said(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("ctx mars")
        await shown.sees("✖", "mars")
        assert "● lab" in shown.header


async def test_an_unreachable_server_is_said_with_the_contexts_to_choose_another(tmp_path: Path) -> None:
    async with show(tmp_path, contexts={"dead": NOWHERE}) as shown:
        await shown.command("ctx dead")
        await shown.opens("contexts")
        await shown.sees("http://127.0.0.1:9 refuses connections — is the API server running", "● dead", "lab")
        assert isinstance(shown.page, ContextsPage)
        await shown.press("escape")
        await shown.opens("home")
        await shown.sees("no connection: http://127.0.0.1:9 refuses connections")
        await shown.command("ctx lab")
        await shown.sees("worker-a", "● lab")


async def test_a_server_that_comes_up_later_is_shown_without_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("k9py.session.session.RETRY", 0.05)

    def down(server: ScriptedServer) -> None:
        fill(server)
        refused = refuse(503, "ServiceUnavailable", "the server is starting")
        for path in ("/api/v1/pods", "/api/v1/nodes", "/apis/apps/v1/deployments"):
            server.fault(path, "list", *[refused] * 3)
        server.fault("/version", "get", *[refused] * 3)

    async with show(tmp_path, content=down, ready=False) as shown:
        await shown.sees("the server is starting", "Contexts 1")
        await shown.until(lambda: shown.pages == ["home"])
        await shown.sees("v1.36.3", "web-1")


async def test_without_a_kubeconfig_it_says_what_to_do(tmp_path: Path) -> None:
    line = "no kubeconfig: /nowhere/config does not exist — name one with --kubeconfig"
    async with show_without(Kubeconfig((), (), ""), line) as shown:
        await shown.sees(line, "Contexts 0", "no cluster")
        for command in ("pods", "ns", "ns shop", "about", "home", "ctx"):
            await shown.command(command)
            await shown.settles()
        await shown.press("escape", "escape", "escape", "0", "1", "slash", "escape", "question_mark", "escape")
        await shown.opens("contexts")


async def test_without_a_current_context_one_is_chosen(tmp_path: Path) -> None:
    async with serve() as server:
        fill(server)
        path = tmp_path / "config"
        path.write_text(dump_kubeconfig({"lab": server.url}, ""))
        async with show_without(read_kubeconfig(str(path), {}), "the kubeconfig names no current context") as shown:
            await shown.sees("the kubeconfig names no current context", "lab")
            await shown.press("enter")
            await shown.sees("worker-a", "● lab")


# ── namespaces ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_namespace_is_taken_by_command_and_by_its_row(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("ns shop")
        await shown.until(lambda: shown.title("pods") == "Pods 7 · shop")
        await shown.command("ns")
        await shown.lists("namespaces")
        await select(shown, "kube-system")
        await shown.press("enter")
        await shown.lists("pods")
        assert shown.title() == "home › Pods 2 · kube-system"
        await shown.press("escape")
        await shown.opens("home")
        await shown.until(lambda: shown.names("pods") == ["coredns-1", "coredns-2"])


async def test_a_namespace_that_does_not_exist_is_said(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        for command in ("ns nowhere", "pods nowhere"):
            await shown.command(command)
            await shown.sees("✖ there is no namespace nowhere")
            assert shown.pages == ["home"]
            assert shown.title("pods").startswith("Pods 9 · all namespaces")


async def test_0_is_all_namespaces_and_digits_those_used_lately(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        for command, title in (("ns shop", "Pods 7 · shop"), ("ns kube-system", "Pods 2 · kube-system")):
            await shown.command(command)
            await shown.until(lambda title=title: shown.title("pods") == title)  # type: ignore[misc]
        for key, title in (
            ("1", "Pods 7 · shop"),
            ("2", "Pods 2 · kube-system"),
            ("0", "Pods 9 · all namespaces"),
            ("1", "Pods 7 · shop"),
        ):
            await shown.press(key)
            await shown.until(lambda title=title: shown.title("pods") == title, title)  # type: ignore[misc]
        await shown.press("9")
        await shown.settles()
        assert shown.title("pods") == "Pods 7 · shop"


async def test_a_namespace_leads_home_from_any_page(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("svc -A")
        await shown.lists("services")
        await shown.command("ns kube-system")
        await shown.opens("home")
        await shown.until(lambda: shown.names("pods") == ["coredns-1", "coredns-2"])
        await shown.command("svc")
        await shown.lists("services")
        assert shown.title() == "home › Services 1 · kube-system"


async def test_the_contexts_follow_the_kubeconfig(tmp_path: Path) -> None:
    async with show(tmp_path, contexts={"moon": NOWHERE, "sun": NOWHERE}) as shown:
        await shown.command("ctx")
        await shown.opens("contexts")
        await shown.press("j", "j")
        hub = shown.app.hub
        (tmp_path / "kubeconfig").write_text(dump_kubeconfig({"lab": shown.server.url, "sun": NOWHERE}, "lab"))
        await hub.take()
        contexts = shown.app.screen.query_one("#contexts", OptionList)
        await shown.until(lambda: contexts.option_count == 2)
        assert contexts.border_title == "home › Contexts 2"
        assert contexts.highlighted == 1  # still on `sun`
        (tmp_path / "kubeconfig").write_text(dump_kubeconfig({"sun": NOWHERE}, "sun"))
        await hub.take()
        await shown.sees("context lab is no longer in the kubeconfig", "Contexts 1")


async def test_a_kubeconfig_that_comes_later_is_offered(tmp_path: Path) -> None:
    path = tmp_path / "config"
    async with show_without(locate(str(path), {}), "no kubeconfig: config not there") as shown:
        await shown.opens("contexts")
        path.write_text(dump_kubeconfig({"lab": NOWHERE}, "lab"))
        await shown.app.hub.take()
        contexts = shown.app.screen.query_one("#contexts", OptionList)
        await shown.until(lambda: contexts.option_count == 1)
        assert not shown.app.screen.query_one("#trouble").display
