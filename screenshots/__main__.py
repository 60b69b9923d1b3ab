"""Write the pictures of this folder from the embedded cluster: `make screenshots`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.pilot import Pilot

from k9py.demo.plan import Plan
from k9py.demo.serve import Embedded
from k9py.kube.kubeconfig import Kubeconfig
from k9py.kube.transport import ConnectOptions
from k9py.session.hub import Hub
from k9py.ui.app import K9pyApp
from k9py.ui.widgets.pane import ResourcePane
from k9py.ui.widgets.table import ResourceTable
from k9py.values.batch import Phase

HERE = Path(__file__).parent
SIZE = (140, 40)
PATIENCE = 30.0

Scene = Callable[[Pilot[None]], Awaitable[None]]


async def until_live(pilot: Pilot[None]) -> None:
    """Wait until every pane of the page is live."""
    async with asyncio.timeout(PATIENCE):
        while not all(pane.state.phase is Phase.LIVE for pane in pilot.app.screen.query(ResourcePane)):
            await pilot.pause(0.1)
    await pilot.pause(1.0)


async def go_to(pilot: Pilot[None], name: str) -> None:
    """Move down until the cursor is on a row whose name begins so."""
    table = pilot.app.focused
    assert isinstance(table, ResourceTable)
    await pilot.press("g")
    async with asyncio.timeout(PATIENCE):
        while not (table.cursor_key and table.cursor_key.name.startswith(name)):
            await pilot.press("j")


async def home(pilot: Pilot[None]) -> None:
    """The four panes, with the log of a pod that crashes again and again."""
    await until_live(pilot)
    await go_to(pilot, "refunds")
    await pilot.pause(2.0)


async def narrowed(pilot: Pilot[None]) -> None:
    """Pods of one deployment."""
    await until_live(pilot)
    await pilot.press("shift+tab")
    await go_to(pilot, "checkout")
    await until_live(pilot)
    await pilot.pause(2.0)


async def log(pilot: Pilot[None]) -> None:
    """A log, full screen."""
    await until_live(pilot)
    await go_to(pilot, "checkout")
    await pilot.press("l")
    await pilot.pause(1.0)
    await pilot.press("enter")  # the first container
    await pilot.pause(3.0)


async def command(pilot: Pilot[None]) -> None:
    """Suggestions while typing."""
    await until_live(pilot)
    await pilot.press("colon", *"serv")
    await pilot.pause(0.5)


async def scale(pilot: Pilot[None]) -> None:
    """A change, before it is confirmed."""
    await until_live(pilot)
    await pilot.press("shift+tab")
    await go_to(pilot, "cart")
    await pilot.press("s")
    await pilot.pause(1.0)
    await pilot.press("5", "enter")
    await pilot.pause(0.5)


async def helping(pilot: Pilot[None]) -> None:
    """The keys."""
    await until_live(pilot)
    await pilot.press("question_mark")
    await pilot.pause(0.3)


SCENES: dict[str, tuple[Scene, tuple[int, int], str]] = {
    "home": (home, SIZE, "k9py-dark"),
    "home-light": (home, SIZE, "k9py-light"),
    "home-80x24": (home, (80, 24), "k9py-dark"),
    "log": (log, SIZE, "k9py-dark"),
    "narrowed": (narrowed, SIZE, "k9py-dark"),
    "command": (command, SIZE, "k9py-dark"),
    "scale": (scale, SIZE, "k9py-dark"),
    "help": (helping, SIZE, "k9py-dark"),
}


async def take(embedded: Embedded, name: str, scene: Scene, size: tuple[int, int], theme: str) -> None:
    """One picture."""
    hub = Hub(Kubeconfig((), (), ""), ConnectOptions(), embedded=embedded.kubeconfig)
    app = K9pyApp(hub, await hub.open(await hub.add_embedded()), theme=theme)
    async with app.run_test(size=size) as pilot:
        await scene(pilot)
        (HERE / f"{name}.svg").write_text(app.export_screenshot(title=f"k9py {name}"), encoding="utf-8")


async def main() -> None:
    """All of them, one after the other."""
    embedded = Embedded(Plan())
    try:
        for name, (scene, size, theme) in SCENES.items():
            await take(embedded, name, scene, size, theme)
    finally:
        embedded.close()


if __name__ == "__main__":
    asyncio.run(main())
