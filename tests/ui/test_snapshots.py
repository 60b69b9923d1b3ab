"""What the screens look like, as text: at three sizes, with names from all over the world."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from k9py.ui.screens.confirm import Confirm
from k9py.ui.screens.dialogs import Ask, Choose
from tests.kube.scripted import ScriptedServer
from tests.ui.pages.objects import PODS, fill, put_pod
from tests.ui.pages.show import Shown, show
from tests.ui.pages.snapshot import check_screen, each_size

DEAD = "http://127.0.0.1:9"


async def home(shown: Shown) -> None:
    await shown.press("g", *["j"] * shown.names("pods").index("web-1"))
    if not shown.home.has_class("-stacked"):
        await shown.sees("Logs web-1", "GET /healthz 200")


async def table(shown: Shown) -> None:
    await shown.command("pods -A")
    await shown.lists("pods")
    await shown.press("j", "space", "j", "j")
    await shown.sees("1 marked")


async def server_table(shown: Shown) -> None:
    await shown.command("svc -A")
    await shown.lists("services")


async def filtered(shown: Shown) -> None:
    await shown.command("pods -A")
    await shown.lists("pods")
    await shown.open_prompt("/")
    await shown.type("결제")
    await shown.until(lambda: len(shown.names()) == 2)
    await shown.type("(")
    await shown.sees("bad regular expression")


async def prompt(shown: Shown) -> None:
    await shown.open_prompt(":")
    await shown.type("se")
    await shown.press("down")
    await shown.sees("secrets", "services")


async def logs(shown: Shown) -> None:
    await shown.command("pods shop /web-1")
    await shown.lists("pods")
    await shown.press("l")
    await shown.sees("GET /healthz 200")


async def yaml(shown: Shown) -> None:
    metadata = {
        "labels": {"app": "결제", "on": "yes", "version": "1.0"},
        "annotations": {"note": "two\nlines: of it\n"},
        "managedFields": [{"manager": "kubelet"}],
        "uid": "0f1e2d3c-0000-4000-8000-000000000001",
    }
    spec = {"containers": [{"name": "main", "image": "registry.example/결제:1 🛒", "args": ["--on=true", "12"]}]}
    shown.server.store.put(PODS, "plain", "shop", kind="Pod", apiVersion="v1", metadata=metadata, spec=spec, status={})
    await shown.command("pods shop /plain")
    await shown.lists("pods")
    await shown.until(lambda: shown.under_cursor() == "plain")
    await shown.press("y")
    await shown.sees("kind: Pod", "managedFields folded")


async def to_web(shown: Shown) -> None:
    await shown.command("deploy shop")
    await shown.lists("deployments")
    await shown.press("g", "space", "j", "space")
    await shown.sees("2 marked")


async def scale(shown: Shown) -> None:
    await to_web(shown)
    await shown.press("s")
    await shown.until(lambda: isinstance(shown.app.screen, Ask))
    await shown.type("x")
    await shown.sees("a whole number")


async def confirm(shown: Shown) -> None:
    await to_web(shown)
    await shown.press("s")
    await shown.until(lambda: isinstance(shown.app.screen, Ask))
    await shown.type("5")
    await shown.press("enter")
    await shown.until(lambda: isinstance(shown.app.screen, Confirm) and shown.app.screen.focused is not None)


async def choose(shown: Shown) -> None:
    await shown.command("pods shop /결제-1")
    await shown.lists("pods")
    shown.app.push_screen(Choose("Owners of 결제-1: which one?", ("replicaset 결제", "gadget 🚀")))
    await shown.sees("which one?", "gadget")


async def help_page(shown: Shown) -> None:
    await shown.press("shift+tab")
    await shown.until(lambda: shown.focus == "deployments")
    await shown.settles()
    await shown.press("question_mark")
    await shown.sees("Going somewhere")


async def contexts(shown: Shown) -> None:
    await shown.command("ctx")
    await shown.opens("contexts")
    await shown.sees("● lab")


LONG = "a-name-that-is-so-long-that-it-needs-more-room-than-any-column-would-ever-want-to-give-it-7f9c"


def content(server: ScriptedServer) -> None:
    fill(server)
    put_pod(server, LONG, app="x")


@each_size
@pytest.mark.parametrize(
    "go",
    [home, table, server_table, filtered, prompt, logs, yaml, scale, confirm, choose, help_page, contexts],
    ids=lambda go: go.__name__,
)
async def test_screen(
    tmp_path: Path,
    screen: SnapshotAssertion,
    go: Callable[[Shown], Awaitable[None]],
    size: tuple[int, int],
) -> None:
    async with show(tmp_path, size=size, content=content, contexts={"moon": DEAD, "달": DEAD}) as shown:
        await go(shown)
        await check_screen(shown, screen)
