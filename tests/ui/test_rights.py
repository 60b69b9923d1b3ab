"""What somebody sees who may do little: keys that are greyed, and the namespaces that are offered."""

from __future__ import annotations

from pathlib import Path

from k9py.values.namespaces import ALL
from tests.kube.scripted import ScriptedServer
from tests.ui.pages.rights import become, fill_for_account, fill_for_kim
from tests.ui.pages.show import Shown, show


def greyed(shown: Shown) -> dict[str, str]:
    """The keys of the row that do nothing, with the reason."""
    return {hint.title: hint.greyed for hint in shown.page.hints() if hint.greyed}


async def test_looks_that_are_not_permitted_are_greyed_and_say_why(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_for_kim, namespace="shop", ready=False) as shown:
        await shown.until(lambda: "web-1" in shown.names("pods"))
        denied = {
            "Logs": "not allowed to get pods/log in shop",
            "Shell": "not allowed to create pods/exec in shop",
            "Edit": "not allowed to patch pods in shop",
            "Delete": "not allowed to delete pods in shop",
            "Previous": "not allowed to get pods/log in shop",
            "Events": "not allowed to list events in shop",
            "Node": "not allowed to list nodes",
            "Attach": "not allowed to create pods/attach in shop",
            "Edit status": "not allowed to patch pods/status in shop",
            "Exec": "not allowed to create pods/exec in shop",
            "Kill": "not allowed to delete pods in shop",
        }
        await shown.until(lambda: greyed(shown) == denied)
        await shown.press("l")
        await shown.sees("✖ Logs pod shop/", "not allowed to get pods/log in shop")
        assert shown.pages == ["home"]
        await shown.press("question_mark")
        await shown.sees("Events  (not allowed to list events in shop)")


async def test_what_the_watch_has_told_needs_no_right_to_be_read(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_for_kim, namespace="shop", ready=False) as shown:
        await shown.until(lambda: "web-1" in shown.names("pods"))
        await shown.press("y")
        await shown.sees("kind: Pod")


async def test_of_a_table_of_the_server_the_object_must_be_read(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_for_kim, namespace="shop", ready=False) as shown:
        await shown.command("svc")
        await shown.lists("services")
        kind = shown.pane().kind
        assert kind
        if kind.keep_whole:
            assert "YAML" not in greyed(shown)
        else:
            await shown.until(lambda: greyed(shown).get("YAML") == "not allowed to get services in shop")


async def test_moving_asks_nothing_that_is_known(tmp_path: Path) -> None:
    def reviews(server: ScriptedServer) -> int:
        return sum("accessreviews" in seen.path for seen in server.requests)

    async with show(tmp_path, command="pods -A") as shown:
        await shown.lists("pods")
        await shown.until(lambda: reviews(shown.server) > 0)
        await shown.still()
        before = reviews(shown.server)
        await shown.press("G", "g", *"jjj")
        await shown.still()
        assert reviews(shown.server) == before


async def test_who_may_not_see_all_namespaces_is_shown_one_and_offered_the_others(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_for_kim, ready=False) as shown:
        await shown.sees("all namespaces are not permitted · 1 shop  2 도구-🔧")
        await shown.until(lambda: shown.title("pods").endswith("· shop"))
        await shown.until(lambda: "web-1" in shown.names("pods"))
        assert shown.title("deployments").endswith("· shop")
        await shown.press("2")
        await shown.until(lambda: shown.title("pods").endswith("· 도구-🔧"))
        await shown.press("0")
        await shown.sees("denied: pods is forbidden", "permitted: 1 shop 2 도구-🔧")
        await shown.press("1")
        await shown.until(lambda: "web-1" in shown.names("pods"))


async def test_a_command_given_at_the_start_goes_where_it_may(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_for_kim, command="deploy", ready=False) as shown:
        await shown.lists("deployments")
        await shown.until(lambda: shown.title().endswith("· shop"))


async def test_namespaces_that_may_not_be_listed_are_those_that_may_be_used(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_for_account, ready=False) as shown:
        await shown.sees("all namespaces are not permitted · 1 shop")
        await shown.command("ns")
        await shown.lists("that may be used")
        assert shown.names() == ["shop"]
        await shown.sees("service account", "pods, configmaps, services, deployments")


async def test_nobody_is_sent_anywhere_who_may_use_nothing(tmp_path: Path) -> None:
    def content(server: ScriptedServer) -> None:
        fill_for_kim(server)
        become(server, "lee")

    async with show(tmp_path, content=content, ready=False) as shown:
        await shown.sees("denied: pods is forbidden", ":ns NAME shows one namespace")
        session = shown.app.session
        assert session
        await shown.until(session.offering.looked.is_set)
        assert session.namespaces == ALL
        await shown.command("ns")
        await shown.sees("namespaces may not be listed, and none is known to be yours")
