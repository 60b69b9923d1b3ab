"""The real app on a small cluster: what a person would press, and what they would read."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from traceback import format_exception
from unittest.mock import patch

from textual._context import visible_screen_stack
from textual.app import App
from textual.events import Key as KeyEvent
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from k9py.kube.kubeconfig import Kubeconfig, read_kubeconfig
from k9py.kube.transport import ConnectOptions
from k9py.session.audit import Audit
from k9py.session.faults import Faults
from k9py.session.hub import Hub
from k9py.ui.app import K9pyApp
from k9py.ui.screens import home
from k9py.ui.screens.home import HomePage
from k9py.ui.screens.page import Page
from k9py.ui.widgets.log_pane import LogPane
from k9py.ui.widgets.pane import ResourcePane
from k9py.ui.widgets.prompt import Prompt, PromptInput
from k9py.values.batch import Phase
from k9py.values.namespaces import Namespaces
from k9py.values.settings import Settings
from tests.kube.scripted import ScriptedServer, serve
from tests.kube.scripted.server import dump_kubeconfig
from tests.ui.pages.objects import fill

DEADLINE = 10.0
"""Seconds until a test gives up waiting: far more than anything takes, even on a busy machine."""
STILL = 0.15
"""Seconds for which nothing must have changed before a picture is taken: more than any two frames."""
REST = 0.02
"""Seconds for which the cursor must rest in these tests before a log is followed."""

NOWHERE = "http://127.0.0.1:9"
"""Where no server listens."""


_NAMES = {
    ":": "colon",
    "/": "slash",
    " ": "space",
    "!": "exclamation_mark",
    "-": "minus",
    "@": "at",
    "?": "question_mark",
    ".": "full_stop",
    "(": "left_parenthesis",
    "[": "left_square_bracket",
    "*": "asterisk",
    "=": "equals_sign",
    ",": "comma",
}
"""What Textual calls the keys of these signs."""


class KeptFaults(Faults):
    """Faults that can be looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[BaseException] = []

    def report(self, error: BaseException, doing: str) -> None:
        self.kept.append(error)
        super().report(error, doing)


async def until(pilot: Pilot[None], condition: Callable[[], bool], what: str = "") -> None:
    """Let the app and the server work until a condition holds."""
    loop = asyncio.get_running_loop()
    end = loop.time() + DEADLINE
    while not condition():
        if loop.time() > end:
            raise AssertionError(f"never came to be: {what or condition}\n{read_screen(pilot.app)}")
        await asyncio.sleep(0.005)


def read_screen(app: App[None]) -> str:
    """All that is on the screen, as text without trailing spaces."""
    return "\n".join(strip.text.rstrip() for strip in read_strips(app))


def read_strips(app: App[None]) -> list[Strip]:
    """The same with its colours; a dialog lets the page behind it through, as it does on the screen."""
    visible_screen_stack.set(app._background_screens)
    return app.screen._compositor.render_strips()


@dataclass
class Shown:
    """An app on the screen, and the server that it shows."""

    server: ScriptedServer
    app: K9pyApp
    pilot: Pilot[None]
    faults: KeptFaults

    @property
    def text(self) -> str:
        return read_screen(self.app)

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @property
    def header(self) -> str:
        return self.lines[0]

    @property
    def footer(self) -> str:
        return self.lines[-1]

    @property
    def page(self) -> Page:
        assert self.app.page
        return self.app.page

    @property
    def pages(self) -> list[str]:
        """The crumbs of all pages that are open."""
        return [screen.crumb for screen in self.app.screen_stack if isinstance(screen, Page)]

    @property
    def home(self) -> HomePage:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, HomePage))

    @property
    def focused(self) -> Widget | None:
        return self.app.screen.focused

    @property
    def focus(self) -> str:
        return (self.focused and self.focused.id) or ""

    @property
    def prompt(self) -> Prompt:
        return self.page.query_one(Prompt)

    def pane(self, name: str = "table") -> ResourcePane:
        return self.page.query_one(f"#{name}", ResourcePane)

    @property
    def log(self) -> LogPane:
        return self.page.query_one(LogPane)

    def names(self, pane: str = "table") -> list[str]:
        """The names of the rows of a pane, in their order."""
        view = self.pane(pane).view
        return [view.key_at(index).name for index in range(len(view))] if view is not None else []

    def under_cursor(self, pane: str = "table") -> str:
        key = self.pane(pane).cursor_key
        return key.name if key else ""

    def title(self, pane: str = "table") -> str:
        return title_of(self.pane(pane))

    async def until(self, condition: Callable[[], bool], what: str = "") -> None:
        await until(self.pilot, condition, what)

    async def sees(self, *texts: str) -> None:
        """Wait until all of these are on the screen, however many spaces stand between words."""
        await self.until(lambda: self.says(*texts), f"{texts} on the screen")

    def says(self, *texts: str) -> bool:
        """Whether all of these are on the screen, however many spaces stand between words."""
        text = squeeze(self.text)
        return all(squeeze(wanted) in text for wanted in texts)

    async def settles(self) -> None:
        """Wait until what was asked for has been done, and painted."""
        await self._drain()
        await self.until(lambda: not self.app.frames._dirty, "everything painted")
        await self._drain()

    async def still(self) -> None:
        """Wait until the screen has said the same for a while."""
        loop = asyncio.get_running_loop()
        text, since = self.text, loop.time()
        end = since + DEADLINE
        while loop.time() - since < STILL and loop.time() < end:
            await asyncio.sleep(0.01)
            if self.text != text:
                text, since = self.text, loop.time()

    async def press(self, *keys: str) -> None:
        """Press keys as a person does: each when the one before has been dealt with."""
        for key in keys:
            await self.until(lambda: self.app.screen.is_modal or not self.app.opening, "a page that takes keys")
            self.send(key)
            await self._drain()

    def send(self, *keys: str) -> None:
        """Have keys come in one burst, as a paste or a script sends them."""
        assert self.app._driver
        for key in keys:
            event = KeyEvent(_NAMES.get(key, key), key if len(key) == 1 else None)
            event.set_sender(self.app)
            self.app._driver.send_message(event)

    async def _drain(self) -> None:
        """Let every message be dealt with, and those that follow of it: from the app to a widget and back up."""
        for _ in range(3):
            for node in (self.app, self.app.screen, self.focused):
                done = asyncio.Event()
                if node and node.call_later(done.set):
                    with suppress(TimeoutError):  # who is removed meanwhile never gets to it
                        await asyncio.wait_for(done.wait(), 1)

    async def type(self, text: str) -> None:
        """Type into the prompt or the dialog that has the focus, and wait until it stands there."""
        await self.until(lambda: isinstance(self.focused, Input), "something that takes text")
        field = self.focused
        assert isinstance(field, Input)
        wanted = text if field.selected_text else field.value + text
        self.send(*text)
        await self.until(lambda: field.value == wanted, f"{wanted!r} in {field}")

    async def command(self, text: str) -> None:
        """`:` and a command."""
        await self.open_prompt("colon")
        await self.type(text)
        await self.press("enter")

    async def filter(self, text: str) -> None:
        """`/`, a filter, and enter."""
        await self.open_prompt("slash")
        await self.type(text)
        await self.press("enter")

    async def open_prompt(self, key: str) -> None:
        await self.press(key)
        await self.until(lambda: self.prompt.is_open and isinstance(self.focused, PromptInput), "the prompt")

    async def opens(self, crumb: str) -> None:
        """Wait until a page of that crumb is on top."""
        await self.until(lambda: self.pages[-1:] == [crumb], f"page {crumb!r}, not {self.pages}")

    async def lists(self, crumb: str) -> None:
        """Wait until a page of that crumb is on top, and its table complete."""
        await self.opens(crumb)
        await self.until(
            lambda: any(pane.state.phase is Phase.LIVE for pane in self.page.query(ResourcePane)), f"{crumb} live"
        )
        await self.settles()

    async def clicks_away(self) -> None:
        """Wait until no dialog is open."""
        await self.until(lambda: self.app.screen is self.app.page, "no dialog")


def squeeze(text: str) -> str:
    """A text with one space wherever there are several."""
    return re.sub(" +", " ", text)


def title_of(widget: Widget) -> str:
    """The title in a widget's border, as it is read."""
    title = widget._border_title
    return title.plain if title else ""


@asynccontextmanager
async def show(
    folder: Path,
    *,
    size: tuple[int, int] = (120, 40),
    content: Callable[[ScriptedServer], None] = fill,
    contexts: Mapping[str, str] | None = None,
    namespace: str | None = None,
    command: str = "",
    readonly: bool = False,
    settings: Settings | None = None,
    theme: str = "k9py-dark",
    rest: float = REST,
    faults: int = 0,
    ready: bool = True,
) -> AsyncIterator[Shown]:
    """The app, as `k9py` opens it, on a server filled by `content`; `faults` is how many are expected in the end.

    `contexts` are others in the kubeconfig beside `lab`, which is the server, with their addresses. Where `ready`, it
    is shown when all is listed, measured and said.
    """
    async with serve() as server:
        content(server)
        path = folder / "kubeconfig"
        path.write_text(dump_kubeconfig({"lab": server.url, **(contexts or {})}, "lab"))
        kept = KeptFaults()
        hub = Hub(
            read_kubeconfig(str(path), {}),
            ConnectOptions(),
            faults=kept,
            settings=settings or Settings(),
            audit=Audit(path.parent / "audit.jsonl"),
        )
        session = await hub.open("lab", None if namespace is None else Namespaces.of(namespace))
        session.open_first()
        app = K9pyApp(hub, session, command=command, readonly=readonly, log_path=folder / "k9py.log", theme=theme)
        with patch.object(home, "REST", rest):
            async with app.run_test(size=size) as pilot:
                shown = Shown(server, app, pilot, kept)
                if ready:
                    await _become_ready(shown)
                yield shown
        assert kept.count == faults, "".join(line for error in kept.kept for line in format_exception(error))


async def _become_ready(shown: Shown) -> None:
    session = shown.app.session
    assert session
    await shown.until(
        lambda: (
            bool(session.version)
            and all(feed.state.phase is Phase.LIVE for feed in session.feeds)
            and len(shown.app.screen_stack) > 1
            and all(feed.collection.joined.usage for feed in session.feeds if "usage" in feed.kind.joins)
        ),
        "the cluster",
    )
    await shown.settles()


@asynccontextmanager
async def show_without(kubeconfig: Kubeconfig, trouble: str, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Shown]:
    """The app as it opens when there is no session: with what is wrong, and the contexts that there are."""
    kept = KeptFaults()
    app = K9pyApp(Hub(kubeconfig, ConnectOptions(), faults=kept), None, trouble=trouble)
    async with app.run_test(size=size) as pilot:
        yield Shown(ScriptedServer(), app, pilot, kept)
    assert not kept.count, kept.kept


async def select(shown: Shown, name: str) -> None:
    """Put the cursor of the table page on a row."""
    await shown.press("g", *["j"] * shown.names().index(name))
    await shown.until(lambda: shown.under_cursor() == name)
