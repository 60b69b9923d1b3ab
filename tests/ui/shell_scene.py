"""The app with shells in its panes, whose programs do what a test has them do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from textual import events

from k9py.session.shells import Shell
from k9py.ui.screens.shell_page import ShellPage
from k9py.ui.shells import show_console
from k9py.ui.widgets.terminal_pane import TerminalPane
from tests.ui.pages.show import Shown, show
from tests.ui.talks import FakeTalk

PREFIX = "ctrl+right_square_bracket"


class Scene:
    """The app with shells in it."""

    def __init__(self, shown: Shown) -> None:
        self.shown = shown
        self.talks: list[FakeTalk] = []

    @property
    def page(self) -> ShellPage:
        assert isinstance(self.shown.page, ShellPage)
        return self.shown.page

    @property
    def pane(self) -> TerminalPane:
        return self.page.shell

    @property
    def lines(self) -> list[str]:
        """What the pane shows, without the spaces at the ends, and the empty lines below."""
        lines = [self.pane.render_line(y).text.rstrip() for y in range(self.pane.page.height)]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    async def open(self, pod: str = "web-1") -> FakeTalk:
        """Open a shell, as an action does."""
        session = self.shown.app.session
        assert session
        talk = FakeTalk(session, len(self.talks) + 1, pod)
        self.talks.append(talk)
        show_console(self.shown.app, self.shown.app.consoles.add(cast(Shell, talk)))
        await self.shown.until(lambda: bool(talk.sizes) and self.shown.focus == "shell", "the shell in its pane")
        return talk

    async def says(self, talk: FakeTalk, text: str | bytes) -> None:
        """Have a program write something, and wait until it is on the screen."""
        talk.say(text)
        await self.shown.settles()

    def paste(self, text: str) -> None:
        """Have the terminal say that a person has pasted something."""
        driver = self.shown.app._driver
        assert driver
        event = events.Paste(text)
        event.set_sender(self.shown.app)
        driver.send_message(event)

    async def after_prefix(self, *keys: str) -> None:
        await self.shown.press(PREFIX, *keys)
        await self.shown.settles()


@asynccontextmanager
async def show_shells(folder: Path, size: tuple[int, int] = (100, 40), command: str = "") -> AsyncIterator[Scene]:
    async with show(folder, size=size, command=command) as shown:
        yield Scene(shown)
