"""The pages behind home: tables of any kind, YAML, logs, contexts, namespaces, about, help; and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from k9py.ui.screens.help_page import HelpPage
from k9py.ui.screens.yaml_page import YamlPage
from tests.kube.scripted import ScriptedServer, refuse
from tests.kube.scripted.kinds import define_gadgets
from tests.ui.pages.objects import COMPLETED, PODS, ago, fill, put_pod, put_service, write_log
from tests.ui.pages.show import NOWHERE, Shown, select, show

"""Where nobody listens."""


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("command", "crumb", "title", "names"),
    [
        ("svc -A", "services", "home › Services 3 · all namespaces", ["kube-dns", "web", "결제"]),
        ("deploy kube-system", "deployments", "home › Deployments 1 · kube-system", ["coredns"]),
        ("deployments.apps shop", "deployments", "home › Deployments 3 · shop", ["web", "결제", "🚀-launch"]),
        ("POD -n kube-system", "pods", "home › Pods 2 · kube-system", ["coredns-1", "coredns-2"]),
        ("no", "nodes", "home › Nodes 2", ["worker-a", "worker-b"]),
        ("secrets", "secrets", "home › Secrets 1 · all namespaces", ["login"]),
    ],
)
async def test_a_command_opens_a_kind_full_screen(
    tmp_path: Path, command: str, crumb: str, title: str, names: list[str]
) -> None:
    async with show(tmp_path) as shown:
        await shown.command(command)
        await shown.lists(crumb)
        assert shown.title() == title
        assert shown.names() == names
        assert shown.pages == ["home", crumb]
        assert shown.focus == "table"


async def test_an_unknown_word_is_said_after_the_server_was_asked_again(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("gizmos")
        await shown.sees("✖ gizmos: this cluster serves no such kind")
        assert shown.pages == ["home"]


async def test_a_kind_that_cannot_be_listed_is_said(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("pods.metrics.k8s.io")
        await shown.sees("pods.metrics.k8s.io can't be listed")


async def test_a_crd_made_meanwhile_can_be_opened(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("gadgets")
        await shown.sees("gadgets: this cluster serves no such kind")
        define_gadgets(shown.server)
        shown.server.store.put("/apis/example.com/v1/gadgets", "spinner", "shop", metadata={"creationTimestamp": ago()})
        await shown.command("gadgets")
        await shown.lists("gadgets")
        assert shown.names() == ["spinner"]


async def test_rows_come_and_go_in_the_columns_of_the_server(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("svc shop")
        await shown.lists("services")
        assert "PORT(S)" in shown.lines[2]
        put_service(shown.server, "cart", port=8080)
        await shown.sees("cart", "8080/TCP")
        shown.server.store.delete("/api/v1/services", "web", "shop")
        await shown.until(lambda: shown.names() == ["cart", "결제"])


async def test_sorting_by_keys_and_marks(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("pods shop")
        await shown.lists("pods")
        await shown.press("N")
        await shown.until(lambda: shown.names()[0] == "🚀-fuel-42")
        assert "NAME↓" in shown.lines[2]
        await shown.press("C")
        await shown.settles()
        assert {"web-1", "web-2", "web-3"} in ({*shown.names()[:3]}, {*shown.names()[-3:]})
        await shown.press("g", "space", "j", "space")
        await shown.sees("2 marked", "✓")
        await shown.press("ctrl+backslash")
        await shown.until(lambda: "marked" not in shown.text)


async def test_wide_shows_more_columns(tmp_path: Path) -> None:
    async with show(tmp_path, size=(200, 50)) as shown:
        await shown.command("no")
        await shown.lists("nodes")
        assert "KERNEL-VERSION" not in shown.text
        await shown.press("ctrl+w")
        await shown.sees("KERNEL-VERSION")


async def test_a_denied_kind_says_why_in_its_table(tmp_path: Path) -> None:
    def guarded(server: ScriptedServer) -> None:
        fill(server)
        server.fault("/api/v1/secrets", "list", refuse(403, "Forbidden", 'secrets is forbidden: User "tester" cannot'))

    async with show(tmp_path, content=guarded) as shown:
        await shown.command("secrets -A")
        await shown.sees("denied: secrets is forbidden")


# ── the way in and back ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_crumbs_grow_with_the_way_down_and_shrink_with_escape(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("deploy shop")
        await shown.lists("deployments")
        await select(shown, "web")
        await shown.press("enter")
        await shown.lists("deployment web")
        assert shown.title() == "home › deployments › Pods 3 of 7 · shop · deployment web"
        await shown.press("enter")
        await shown.lists("pod web-1")
        await shown.press("enter")
        await shown.opens("logs web-1")
        await shown.sees("… › deployment web › pod web-1 › Logs web-1 · main")
        trail = ["home", "deployments", "deployment web", "pod web-1", "logs web-1"]
        for _ in range(4):
            await shown.press("escape")
            trail.pop()
            await shown.opens(trail[-1])
            assert shown.pages == trail
        await shown.press("escape", "q")
        await shown.settles()
        assert shown.pages == ["home"]


async def test_home_leads_back_from_any_depth(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("deploy shop")
        await shown.lists("deployments")
        await shown.command("svc")
        await shown.lists("services")
        await shown.command("home")
        await shown.until(lambda: shown.pages == ["home"])
        await shown.until(lambda: bool(shown.names("pods")))  # with the next frame


async def test_quit_and_ctrl_c_leave(tmp_path: Path) -> None:
    for keys in (("colon", "q", "enter"), ("ctrl+c",)):
        async with show(tmp_path) as shown:
            for key in keys:
                await shown.press(key)
            await shown.until(lambda: not shown.app.is_running or shown.app._exit)


async def test_a_pod_of_several_containers_shows_them_all_and_a_only_the_first(tmp_path: Path) -> None:
    def two(server: ScriptedServer) -> None:
        fill(server)
        put_pod(server, "api-1", containers=("main", "proxy"))
        write_log(server, "api-1", "listening")
        write_log(server, "api-1", "upstream is well", container="proxy")

    async with show(tmp_path, content=two) as shown:
        await shown.command("pods shop /api-1")
        await shown.lists("pods")
        await shown.press("l")
        await shown.opens("logs api-1")
        await shown.sees("main listening", "proxy upstream is well", "Logs api-1 · 2 containers of 1 pod")
        await shown.press("a")
        await shown.sees("Logs api-1 · main · following · 1 line")
        await shown.until(lambda: "upstream" not in shown.text)
        await shown.press("a")
        await shown.sees("proxy upstream is well")


async def test_keys_of_the_log_page(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("pods shop /web-1")
        await shown.lists("pods")
        await shown.press("l")
        await shown.sees("GET /healthz 200", "following")
        await shown.press("s")
        await shown.sees("paused", "s Follow")
        write_log(shown.server, "web-1", "while paused")
        await shown.sees("4 lines")
        await shown.press("t")
        await shown.sees("2026-01-01T10:00:0" if "2026-01-01T10" in shown.text else "10:00:0")
        await shown.press("C")
        await shown.until(lambda: "GET /healthz" not in shown.text)
        await shown.press("p")
        await shown.sees("previous")
        assert shown.server.asked("log")[-1].query["previous"] == "true"
        await shown.press("p")
        await shown.until(lambda: bool(shown.log.wish and not shown.log.wish.previous))


async def test_the_log_of_a_pod_that_is_over_ends(tmp_path: Path) -> None:
    def over(server: ScriptedServer) -> None:
        fill(server)
        put_pod(server, "job-1", state=COMPLETED, phase="Succeeded")
        write_log(server, "job-1", "all done")
        server.logs["shop", "job-1", "main"].end()

    async with show(tmp_path, content=over) as shown:
        await shown.command("pods shop /job-1")
        await shown.lists("pods")
        await shown.press("l")
        await shown.sees("all done", "has ended: Completed, exit code 0", "ended")


# ── YAML ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def managed(server: ScriptedServer) -> None:
    fill(server)
    metadata = {"managedFields": [{"manager": "kubelet"}, {"manager": "kubectl"}], "labels": {"app": "managed"}}
    server.store.put(PODS, "managed", "shop", kind="Pod", apiVersion="v1", metadata=metadata, spec={}, status={})


async def to_yaml(shown: Shown, kind: str, name: str) -> YamlPage:
    await shown.command(f"{kind} shop")
    await shown.lists(kind)
    await select(shown, name)
    await shown.press("y")
    await shown.opens(f"yaml {name}")
    page = shown.page
    assert isinstance(page, YamlPage)
    await shown.sees("kind: ")
    return page


async def test_managed_fields_are_folded_until_asked_for(tmp_path: Path) -> None:
    async with show(tmp_path, content=managed) as shown:
        await to_yaml(shown, "pods", "managed")
        assert "managedFields:" not in shown.text
        assert "2 managedFields folded, m shows them" in shown.text
        await shown.press("m")
        await shown.sees("managedFields:", "- manager: kubelet")
        await shown.press("m")
        await shown.until(lambda: "managedFields:" not in shown.text)


async def test_a_pod_is_shown_from_what_is_watched_and_a_secret_is_read(tmp_path: Path) -> None:
    async with show(tmp_path, rest=1_000) as shown:
        await to_yaml(shown, "pods", "web-1")
        await shown.sees("name: web-1", "nodeName: worker-a", "app: web")
        assert [seen.path for seen in shown.server.asked("get") if "/pods/" in seen.path] == []
        await shown.press("escape")
        await shown.opens("pods")
        await to_yaml(shown, "secrets", "login")
        assert "/api/v1/namespaces/shop/secrets/login" in [seen.path for seen in shown.server.asked("get")]


async def test_a_secret_stays_masked_until_x(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to_yaml(shown, "secrets", "login")
        assert "password: ••• 7 bytes" in shown.text
        assert "aHVudGVyMg" not in shown.text
        await shown.sees("x Decode")
        await shown.press("x")
        await shown.sees("password: hunter2", "x Mask")
        await shown.press("x")
        await shown.until(lambda: "hunter2" not in shown.text)


async def test_yaml_is_read_anew_with_r_and_copied_with_c(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        page = await to_yaml(shown, "pods", "web-1")
        put_pod(shown.server, "web-1", app="web", labels={"changed": "yes"})
        assert page.session
        pods = page.session.feeds[0]
        await shown.until(lambda: b"changed" in (pods.collection.whole("shop", "web-1") or b""))
        await shown.press("r")
        await shown.sees('changed: "yes"')
        await shown.press("c")
        await shown.sees("copied")
        assert "changed" in shown.app.clipboard
        assert "Decode" not in shown.footer


async def test_yaml_of_what_is_gone_says_so(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("secrets shop")
        await shown.lists("secrets")
        shown.server.fault(
            "/api/v1/namespaces/shop/secrets/login", "get", refuse(404, "NotFound", 'secrets "login" not found')
        )
        await shown.press("y")
        await shown.sees('secrets "login" not found')
        assert shown.pages[-1] == "yaml login"


async def test_enter_on_a_row_that_leads_nowhere_describes_it(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("secrets shop")
        await shown.lists("secrets")
        await shown.press("enter")
        await shown.opens("describe login")


# ── about and help ───────────────────────────────────────────────────────────────────────────────────────────────────


async def test_about_tells_what_k9py_costs_and_watches(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("about")
        await shown.opens("about")
        await shown.sees(
            "memory", "CPU", "0 unexpected exceptions", "frames", "9 objects, live", "k9py.log", "kubeconfig"
        )


async def test_help_tells_the_keys_of_the_row_and_all_others(tmp_path: Path) -> None:
    async with show(tmp_path, size=(120, 110)) as shown:
        await shown.press("shift+tab")
        await shown.press("question_mark")
        await shown.sees("Deployment", "Scale", "Restart", "In a table", "In a log", "ctrl-w", ":svc -A")
        assert isinstance(shown.app.screen, HelpPage)
        await shown.press("question_mark")
        await shown.clicks_away()


async def test_help_scrolls_where_it_does_not_fit(tmp_path: Path) -> None:
    async with show(tmp_path, size=(80, 24)) as shown:
        await shown.press("question_mark")
        await shown.sees("Help", "Pod", "Logs")
        assert not shown.says("copy")
        await shown.press("end")
        await shown.sees("copy")


@pytest.mark.parametrize("contexts", [{}, {"dead": NOWHERE}])
async def test_a_command_given_at_the_start_opens_its_view(tmp_path: Path, contexts: Mapping[str, str]) -> None:
    async with show(tmp_path, command="deploy kube-system", contexts=contexts, ready=False) as shown:
        await shown.lists("deployments")
        assert shown.pages == ["home", "deployments"]
        assert shown.names() == ["coredns"]
