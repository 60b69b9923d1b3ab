"""Events of a namespace and of one object: the newest first, folded, live, and those of all that an object owns."""

from __future__ import annotations

from pathlib import Path

from tests.ui.pages.objects import ago
from tests.ui.pages.relations import happen, put_event
from tests.ui.pages.show import Shown, select, show


async def events_of(shown: Shown, kind: str, name: str) -> None:
    await shown.command(f"{kind} shop" if kind != "nodes" else kind)
    await shown.lists(kind)
    await select(shown, name)
    await shown.press("E")
    await shown.lists(f"events {name}")


async def test_of_a_namespace_the_newest_first_and_what_repeats_in_one_row(tmp_path: Path) -> None:
    async with show(tmp_path, content=happen, size=(160, 40)) as shown:
        await shown.command("ev shop")
        await shown.lists("events")
        assert shown.title() == "home › Events 4 · shop"
        await shown.sees("Warning BackOff pod/결제-2 x12 over 5h Back-off restarting failed container 결제 🔥")
        reasons = [line.split()[4 if "▲" in line else 3] for line in shown.lines[3:7]]
        assert reasons == ["BackOff", "Started", "Pulled", "ScalingReplicaSet"]
        await shown.press("f")
        await shown.until(lambda: len(shown.names()) == 6)
        await shown.sees("x4 over 60m")
        await shown.press("f")
        await shown.until(lambda: len(shown.names()) == 4)


async def test_they_are_live(tmp_path: Path) -> None:
    async with show(tmp_path, content=happen, size=(160, 40)) as shown:
        await shown.command("ev shop")
        await shown.lists("events")
        put_event(shown.server, "web-2.1", ("Pod", "web-2"), reason="Killing", message="Stopping", last=ago())
        await shown.until(lambda: "Killing" in shown.lines[3], "the new one on top")
        put_event(shown.server, "web-1.3", reason="Started", message="Container started", last=ago(hours=1))
        await shown.sees("Started pod/web-1 x2 over")
        shown.server.store.delete("/api/v1/events", "web-2.1", "shop")
        await shown.until(lambda: not shown.says("Killing"))


async def test_of_one_object_and_enter_leads_to_it(tmp_path: Path) -> None:
    async with show(tmp_path, content=happen) as shown:
        await events_of(shown, "pods", "web-1")
        assert shown.title() == "home › pods › Events 2 of 4 · shop · pod web-1"
        assert shown.names() == ["web-1.2", "web-1.1"]
        await shown.press("enter")
        await shown.lists("pod web-1")
        assert shown.names() == ["web-1"]


async def test_of_an_object_with_all_that_it_owns(tmp_path: Path) -> None:
    async with show(tmp_path, content=happen) as shown:
        await events_of(shown, "deployments", "web")
        assert shown.names() == ["web.1"]
        await shown.press("a")
        await shown.until(lambda: shown.names() == ["web-1.2", "web-1.1", "web.1"])
        await shown.sees("deployment web and what it owns", "a Its own only")
        put_event(shown.server, "web-3.1", ("Pod", "web-3"), reason="Killing", last=ago())
        await shown.until(lambda: shown.names()[:1] == ["web-3.1"])
        await shown.press("a")
        await shown.until(lambda: shown.names() == ["web.1"])


async def test_of_a_node_which_has_no_namespace(tmp_path: Path) -> None:
    async with show(tmp_path, content=happen) as shown:
        await events_of(shown, "nodes", "worker-a")
        await shown.sees("Rebooted node/worker-a")
        assert shown.names() == ["worker-a.1"]


async def test_an_object_without_events_says_so_until_there_is_one(tmp_path: Path) -> None:
    async with show(tmp_path, content=happen) as shown:
        await events_of(shown, "pods", "web-2")
        await shown.sees("no events (pod web-2)")
        put_event(shown.server, "web-2.1", ("Pod", "web-2"))
        await shown.until(lambda: shown.names() == ["web-2.1"])


async def test_all_namespaces_by_a_digit_are_all_events(tmp_path: Path) -> None:
    async with show(tmp_path, content=happen) as shown:
        await events_of(shown, "pods", "web-1")
        await shown.press("0")
        await shown.until(lambda: "worker-a.1" in shown.names())
        await shown.press("a")
        await shown.settles()
        assert "what it owns" not in shown.text


async def test_they_may_be_denied(tmp_path: Path) -> None:
    async with show(tmp_path, content=happen) as shown:
        shown.server.rights.denied["list", "events"] = "not on a Sunday"
        await shown.command("ev shop")
        await shown.opens("events")
        await shown.sees("not on a Sunday")
