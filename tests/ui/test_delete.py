"""Delete and kill by keys: what the confirmation says, what is sent, what the server has answered, and undo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.widgets import Button

from k9py.ui.screens.confirm import Confirm
from k9py.ui.screens.dialogs import Outcomes
from tests.kube.scripted import ScriptedServer, refuse
from tests.kube.scripted.kinds import define_gadgets
from tests.ui.pages.objects import DEPLOYMENTS, PODS, SERVICES, fill, put_pod
from tests.ui.pages.show import Shown, select, show

GOING = {"deletionTimestamp": "2026-01-01T00:00:00Z", "deletionGracePeriodSeconds": 0}
GADGETS = "/apis/example.com/v1/gadgets"


async def to(shown: Shown, kind: str, name: str) -> None:
    await shown.command(f"{kind} shop")
    await shown.lists(kind)
    await select(shown, name)


async def confirmation(shown: Shown, key: str = "ctrl+d") -> None:
    """A key, and until the confirmation is there with what the server says of it."""
    await shown.press(key)
    await shown.until(lambda: isinstance(shown.app.screen, Confirm) and shown.app.screen.focused is not None)
    await shown.settles()


def uid(shown: Shown, collection: str, name: str) -> str:
    found = shown.server.store.get(collection, name, "shop")
    assert found
    text: str = found["metadata"]["uid"]
    return text


def sent(shown: Shown) -> list[tuple[str, str, Any]]:
    return [(change.method, change.path, change.body) for change in shown.server.changes]


async def test_delete_confirms_starting_on_no_and_says_what_became_of_it(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to(shown, "services", "web")
        was = uid(shown, SERVICES, "web")
        await confirmation(shown)
        await shown.sees("Delete service shop/web", "kubectl delete service/web -n shop --context lab")
        assert isinstance(shown.app.screen.focused, Button)
        assert shown.app.screen.focused.id == "no"
        await shown.press("enter")
        await shown.clicks_away()
        assert shown.server.changes == []
        await confirmation(shown)
        await shown.press("y")
        await shown.sees("Delete service shop/web: gone")
        body = {"propagationPolicy": "Background", "preconditions": {"uid": was}}
        assert sent(shown) == [("DELETE", "/api/v1/namespaces/shop/services/web", body)]
        await shown.until(lambda: "web" not in shown.names())


async def test_the_options_are_turned_and_planned_anew(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to(shown, "pods", "web-1")
        await confirmation(shown)
        await shown.sees("g grace: its own")
        await shown.press("g")
        await shown.sees("g grace: now (1 s)", "kubectl delete pod/web-1 --grace-period=1")
        await shown.press("g")
        await shown.sees("g grace: force (0 s)", "--grace-period=0 --force", "may still run on the node")
        await shown.until(lambda: not shown.app.screen.query_one("#yes", Button).disabled)
        assert shown.server.changes == [], "trying it deletes nothing"
        await shown.press("g", "g")
        await shown.sees("g grace: now (1 s)")
        await shown.until(lambda: not shown.app.screen.query_one("#yes", Button).disabled)
        await shown.press("y")
        await shown.sees("Delete pod shop/web-1: terminating: waits for 1 s of grace")
        assert shown.server.changes[0].body["gracePeriodSeconds"] == 1


async def test_kill_is_one_step_without_grace(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to(shown, "pods", "web-1")
        await confirmation(shown, "ctrl+k")
        await shown.sees("Kill pod shop/web-1", "its processes may still run on the node", "--grace-period=0 --force")
        assert "grace:" not in shown.text
        await shown.press("y")
        await shown.sees("Kill pod shop/web-1: gone")
        assert shown.server.store.get(PODS, "web-1", "shop") is None


async def test_a_container_is_killed_with_its_pod(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to(shown, "pods", "결제-1")
        await shown.press("enter")
        await shown.until(lambda: "proxy" in shown.text and len(shown.pages) == 3)
        await shown.settles()
        await confirmation(shown, "ctrl+k")
        await shown.sees("Kill pod shop/결제-1", "the whole pod goes, not main alone")


async def test_several_with_one_that_fails(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to(shown, "pods", "web-1")
        for _ in range(3):
            await shown.press("space", "j")
        await confirmation(shown)
        await shown.sees("Delete 3 pods")
        path = "/api/v1/namespaces/shop/pods/web-2"
        shown.server.fault(path, "change", refuse(403, "Forbidden", "web-2 is not yours"))
        await shown.press("y")
        await shown.until(lambda: isinstance(shown.app.screen, Outcomes))
        await shown.sees("● shop/web-1 terminating: waits for 30 s of grace", "✖ shop/web-2 web-2 is not yours")
        await shown.press("escape")
        await shown.sees("Delete 3 pods: 2 done, 1 not")


async def test_a_pod_that_was_replaced_under_the_dialog_is_left_alone(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to(shown, "pods", "web-1")
        await confirmation(shown)
        shown.server.store.delete(PODS, "web-1", "shop")
        put_pod(shown.server, "web-1", app="web")
        await shown.press("y")
        await shown.sees("it was replaced by another of that name; nothing was changed")
        found = shown.server.store.get(PODS, "web-1", "shop")
        assert found
        assert "deletionTimestamp" not in found["metadata"]


async def test_a_list_that_moves_does_not_move_the_target(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to(shown, "pods", "web-2")
        was = uid(shown, PODS, "web-2")
        shown.server.fault("/api/v1/namespaces/shop/pods/web-2", "get")
        shown.send("ctrl+d")
        for number in range(5):
            put_pod(shown.server, f"aaa-{number}", app="web")
        shown.server.store.delete(PODS, "web-1", "shop")
        await shown.until(lambda: isinstance(shown.app.screen, Confirm) and shown.app.screen.focused is not None)
        await shown.sees("Delete pod shop/web-2")
        await shown.press("y")
        await shown.until(lambda: bool(shown.server.changes))
        assert shown.server.changes[0].body["preconditions"] == {"uid": was}


def put_stuck(server: ScriptedServer) -> None:
    fill(server)
    define_gadgets(server)
    server.store.put(GADGETS, "one", "shop", metadata={**GOING, "finalizers": ["example.com/guard"]}, spec={"a": 1})


async def test_what_is_stuck_is_explained_and_let_go(tmp_path: Path) -> None:
    async with show(tmp_path, content=put_stuck) as shown:
        await to(shown, "gadgets", "one")
        await confirmation(shown)
        await shown.sees(
            "✖ shop/one left alone: it is terminating for",
            "example.com/guard: the controller of example.com is to clean up first",
            "f finalizers: keep",
        )
        assert shown.app.screen.query_one("#yes", Button).disabled
        await shown.press("f")
        await shown.sees("f finalizers: remove", "skipped: example.com/guard", "- finalizers:", "kubectl patch")
        assert isinstance(shown.app.screen.focused, Button)
        assert shown.app.screen.focused.id == "no"
        await shown.until(lambda: not shown.app.screen.query_one("#yes", Button).disabled)
        await shown.press("y")
        await shown.sees("Delete gadget shop/one: gone")
        assert shown.server.store.get(GADGETS, "one", "shop") is None
        assert shown.app.hub.ledger.jobs[-1].undo is None


def with_own_address(server: ScriptedServer) -> None:
    fill(server)
    found = server.store.get(SERVICES, "web", "shop")
    assert found
    spec = {**found["spec"], "clusterIP": "10.96.0.99", "clusterIPs": ["10.96.0.99"]}
    server.store.put(SERVICES, "web", "shop", spec=spec)


async def test_undo_makes_it_again(tmp_path: Path) -> None:
    async with show(tmp_path, content=with_own_address) as shown:
        await to(shown, "services", "web")
        before = shown.server.store.get(SERVICES, "web", "shop")
        await confirmation(shown)
        await shown.press("y")
        await shown.sees("gone")
        job = shown.app.hub.ledger.jobs[-1]
        shown.app.undo(job)
        await shown.until(lambda: isinstance(shown.app.screen, Confirm) and shown.app.screen.focused is not None)
        await shown.sees("Undo: Delete service shop/web", "made again", "kubectl create -f -")
        await shown.press("y")
        await shown.until(lambda: "web" in shown.names())
        after = shown.server.store.get(SERVICES, "web", "shop")
        assert before
        assert after
        assert after["spec"]["clusterIP"] == before["spec"]["clusterIP"]
        assert after["metadata"]["uid"] != before["metadata"]["uid"]


async def test_undo_of_what_is_there_again_says_so(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await to(shown, "deployments", "web")
        kept = shown.server.store.get(DEPLOYMENTS, "web", "shop")
        await confirmation(shown)
        await shown.press("y")
        await shown.sees("Delete deployment shop/web: gone")
        assert kept
        shown.server.store.put(DEPLOYMENTS, "web", "shop", spec=kept["spec"])
        shown.app.undo(shown.app.hub.ledger.jobs[-1])
        await shown.until(lambda: isinstance(shown.app.screen, Confirm) and shown.app.screen.focused is not None)
        await shown.sees('the server refuses: deployments.apps "web" already exists')
        assert shown.app.screen.query_one("#yes", Button).disabled
