"""What tests of changes have in common: many deployments, a server that lets them wait, and what is pressed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from aiohttp import web
from textual.widgets import Input

from k9py.ui.screens.confirm import Confirm
from k9py.ui.screens.dialogs import Ask
from tests.kube.scripted import ScriptedServer
from tests.kube.scripted.server import SORT
from tests.ui.pages.objects import put_deployment
from tests.ui.pages.show import Shown

SHOP = "/apis/apps/v1/namespaces/shop/deployments"


def fill_many(server: ScriptedServer, count: int) -> list[str]:
    """So many deployments in `shop` beside those that are there; their names."""
    names = [f"many-{number:03}" for number in range(count)]
    for name in names:
        put_deployment(server, name)
    return names


class Gate:
    """Changes wait here until it is opened, or until so many are let through."""

    def __init__(self, server: ScriptedServer) -> None:
        self._server = server
        self._permits = asyncio.Semaphore(0)
        self.waiting = 0

    def hold(self, names: Iterable[str], subresource: str = "") -> None:
        """Have the change of each of these deployments wait."""
        for name in names:
            path = "/".join(part for part in (SHOP, name, subresource) if part)
            self._server.fault(path, "change", self._pass)

    def let(self, count: int) -> None:
        """Let so many through."""
        for _ in range(count):
            self._permits.release()

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        self.waiting += 1
        try:
            await self._permits.acquire()
        finally:
            self.waiting -= 1
        request[SORT] = "change"
        return await self._server._front.handle(request)


async def to_deployments(shown: Shown, *marked: str, cursor: str = "web") -> None:
    """The table of the shop's deployments, some of them marked, the cursor on one."""
    await shown.command("deploy shop")
    await shown.lists("deployments")
    for name in marked:
        await shown.press("g", *["j"] * shown.names().index(name), "space")
    await shown.press("g", *["j"] * shown.names().index(cursor))
    await shown.until(lambda: shown.under_cursor() == cursor)


async def confirmation(shown: Shown) -> None:
    """Until it is there, with what the server says of it."""
    await shown.until(lambda: isinstance(shown.app.screen, Confirm) and shown.app.screen._forecasts is not None)
    await shown.settles()


async def scale(shown: Shown, answer: str) -> None:
    """`s`, an answer, and yes."""
    await shown.press("s")
    await shown.until(lambda: isinstance(shown.app.screen, Ask), "the question")
    await shown.until(lambda: isinstance(shown.focused, Input) and bool(shown.focused.selected_text), "the old answer")
    await shown.type(answer)
    await shown.press("enter")
    await confirmation(shown)
    await shown.press("y")


async def restart_many(shown: Shown) -> None:
    """Restart all that are called many-…, which are shown."""
    await shown.command("deploy shop /many")
    await shown.lists("deployments")
    await shown.press("g", "space", "G", "ctrl+@", "r")
    await confirmation(shown)
    await shown.press("y")
    await shown.until(lambda: bool(shown.app.hub.ledger.jobs), "a change under way")
