"""How a shell comes into a pane: beside the table that it was opened from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from k9py.kinds.wellknown import PODS
from k9py.ui.consoles import Console
from k9py.ui.screens.page import Page
from k9py.ui.widgets.pane import Place, ResourcePane
from k9py.values.namespaces import Namespaces
from k9py.values.resource import Key

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp


def show_console(app: K9pyApp, console: Console) -> None:
    """Show a shell on the page of shells that is open, else on one above the page that is."""
    from k9py.ui.screens.shell_page import ShellPage
    from k9py.ui.screens.shells_page import ShellsPage

    if isinstance(app.page, ShellsPage):
        app.back()
    if isinstance(app.page, ShellPage):
        app.page.show(console)
        app.page.set_focus(app.page.shell)
    else:
        place, cursor = _place_beside(app.page, console)
        app.push_screen(ShellPage(console.talk.session, place, console, cursor))


def _place_beside(page: Page | None, console: Console) -> tuple[Place, Key | None]:
    """What the table beside a shell shows: what the page shows, if it is of the shell's cluster, else its pods."""
    target = console.talk.channel.target
    panes = [page.pane, *page.query(ResourcePane)] if page else []
    for pane in panes:
        if pane and pane.place and pane.session is console.talk.session:
            return replace(pane.place, filter=pane.filter_text), pane.cursor_key
    key = target.key._replace(gvr=PODS.gvr)
    return Place(PODS, Namespaces.of(target.key.namespace)), key
