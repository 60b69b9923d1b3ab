"""Write the pictures of this folder from the embedded cluster: `make screenshots`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
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

_KEYS = {" ": "space", "-": "minus"}

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


async def enter(pilot: Pilot[None], command: str) -> None:
    """Type a command, and wait until what it opens is live."""
    await until_live(pilot)
    await pilot.press("colon", *(_KEYS.get(sign, sign) for sign in command), "enter")
    await pilot.pause(0.5)
    await until_live(pilot)


async def log(pilot: Pilot[None]) -> None:
    """What all pods of a service say, in the order of time."""
    await enter(pilot, "svc shop")
    await go_to(pilot, "gateway")
    await pilot.press("l")
    await pilot.pause(4.0)


async def cluster(pilot: Pilot[None]) -> None:
    """The map of the control plane and the nodes."""
    await enter(pilot, "cluster")
    await pilot.pause(4.0)


async def top(pilot: Pilot[None]) -> None:
    """What uses most, and its course."""
    await enter(pilot, "top")
    await pilot.pause(50.0)  # until it has been measured some times


async def capacity(pilot: Pilot[None]) -> None:
    """How full volumes are."""
    await enter(pilot, "capacity volumes")
    await pilot.pause(3.0)


async def xray(pilot: Pilot[None]) -> None:
    """What hangs on a stateful set."""
    await enter(pilot, "sts data")
    await go_to(pilot, "postgres")
    await pilot.press("X")
    await pilot.pause(4.0)


async def describe(pilot: Pilot[None]) -> None:
    """A pod that crashes, in words."""
    await enter(pilot, "pods shop")
    await go_to(pilot, "refunds")
    await pilot.press("d")
    await pilot.pause(2.0)
    await pilot.press("G")
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


SCENES: dict[str, tuple[Scene, tuple[int, int], str]] = {
    "home": (home, SIZE, "k9py-dark"),
    "home-light": (home, SIZE, "k9py-light"),
    "home-80x24": (home, (80, 24), "k9py-dark"),
    "log": (log, SIZE, "k9py-dark"),
    "scale": (scale, SIZE, "k9py-dark"),
    "cluster": (cluster, SIZE, "k9py-dark"),
    "top": (top, SIZE, "k9py-dark"),
    "capacity": (capacity, SIZE, "k9py-light"),
    "xray": (xray, SIZE, "k9py-dark"),
    "describe": (describe, SIZE, "k9py-light"),
}


async def take(embedded: Embedded, name: str, scene: Scene, size: tuple[int, int], theme: str) -> None:
    """One picture."""
    hub = Hub(Kubeconfig((), (), ""), ConnectOptions(), embedded=embedded.kubeconfig)
    app = K9pyApp(hub, await hub.open(await hub.add_embedded()), theme=theme)
    async with app.run_test(size=size) as pilot:
        await scene(pilot)
        (HERE / f"{name}.svg").write_text(app.export_screenshot(title=f"k9py {name}"), encoding="utf-8")


async def main(names: Sequence[str]) -> None:
    """Those that are named, or all of them, one after the other."""
    embedded = Embedded(Plan())
    try:
        for name in names or SCENES:
            scene, size, theme = SCENES[name]
            await take(embedded, name, scene, size, theme)
    finally:
        embedded.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
