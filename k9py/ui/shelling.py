"""How a conversation with a container is shown: in a pane, or in the whole terminal with the tables alive behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.app import SuspendNotSupported

from k9py.actions.plan import Channel, Plan
from k9py.session.session import Session
from k9py.session.shells import Shell, ShellState
from k9py.ui.consoles import Console
from k9py.ui.full_screen import FullScreen
from k9py.ui.screens.dialogs import Notice
from k9py.ui.screens.page import Page
from k9py.ui.terminal.replay import replay
from k9py.values.errors import K9pyError

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

SOON = 1.5
"""Seconds within which a conversation should have begun, or failed: then it is waited for in the whole terminal."""


async def open_shell(app: K9pyApp, session: Session, plan: Plan) -> None:
    """Open the conversation of a Plan: in a pane beside the table, or (the configuration) in the whole terminal."""
    assert plan.channel
    if app.hub.settings.shell == "pane":
        await _open_beside(app, session, plan.channel)
    else:
        await _open_alone(app, session, plan.channel)


async def _open_beside(app: K9pyApp, session: Session, channel: Channel) -> None:
    """In a pane. Of what never began it is said why, and there is no pane."""
    from k9py.ui.shells import show_console  # it is imported when it is first needed

    shell = app.hub.shells.open(session, channel)
    await _wait_soon(shell)
    if shell.state is ShellState.ENDED and not shell.begun:
        app.hub.shells.forget(shell)
        _tell(app, shell)
    else:
        show_console(app, app.consoles.add(shell))


async def _open_alone(app: K9pyApp, session: Session, channel: Channel) -> None:
    """In the whole terminal, until it has ended or the person leaves; then it is said how it ended."""
    shell = app.hub.shells.open(session, channel, (app.size.width, app.size.height))
    try:
        await _wait_soon(shell)
        if shell.begun or shell.state is ShellState.CONNECTING:
            await show_full_screen(app, shell)
    finally:
        app.hub.shells.forget(shell)
    _tell(app, shell)


async def enlarge(app: K9pyApp, console: Console) -> None:
    """Give the shell of a pane the whole terminal, until it has ended or the person comes back to its pane."""
    await _catch_up(console)
    console.elsewhere = True
    try:
        await show_full_screen(app, console.talk, replay(console.terminal.screen))
    finally:
        console.elsewhere = False
        console.talk.resize(*console.terminal.size)


async def _catch_up(console: Console) -> None:
    """Have its screen show all that has come, as far as that takes no longer than a moment."""
    console.talk.pause(_catch_up)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(SOON):
                while console.terminal.busy:  # noqa: ASYNC110 - the frames come on with it
                    await asyncio.sleep(0.02)
    finally:
        console.talk.resume(_catch_up)


def _tell(app: K9pyApp, shell: Shell) -> None:
    """Say how it ended, in the last line; where that has no room for it, above the page too."""
    line = f"{shell.title}: {shell.ending or 'left'}"
    app.say(line, bad=shell.failed)
    if shell.failed and cell_len(line) > app.size.width - len(" ✖ ") and isinstance(app.screen, Page):
        app.push_screen(Notice(shell.title, (shell.ending,)))


async def show_full_screen(app: K9pyApp, shell: Shell, first: bytes = b"") -> bool:
    """Give a conversation the whole terminal, until it has ended or the person leaves it: whether they left.

    `first` is what it has shown elsewhere. The conversation goes on. K9pyError where there is no terminal to give.
    """
    screen = FullScreen(shell, first)
    failure: BaseException | None = None
    try:
        with app.batch_update(), app.suspend():  # without the batch, what is painted meanwhile would block the loop
            try:
                await screen.show()
            except BaseException as error:
                failure = error
            if app.return_code is not None:  # the app ends: its terminal mode is not to begin again
                raise failure or asyncio.CancelledError
    except SuspendNotSupported:
        raise K9pyError("there is no terminal here to give to a shell", "run k9py in a terminal") from None
    if failure:
        raise failure
    return screen.left


async def _wait_soon(shell: Shell) -> None:
    """Until it has begun or ended, but not for long."""
    begun = asyncio.Event()
    former: Callable[[], None] = shell.on_change

    def look() -> None:
        former()
        begun.set()

    shell.on_change = look
    try:
        if shell.state is ShellState.CONNECTING:
            with suppress(TimeoutError):
                async with asyncio.timeout(SOON):
                    await begun.wait()
    finally:
        shell.on_change = former
