"""What `ctrl-p` finds: all that can be done to the row, and all that `:` leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.command import Hit, Hits, Provider
from textual.content import Content

from k9py.actions.plan import name_targets
from k9py.ui.commands import ALL, CONTEXTS
from k9py.ui.row_keys import row_hints
from k9py.ui.screens.page import Page
from k9py.values.text import clean

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

_ALL = 10_000
"""Kinds that are looked through."""
_ABOUT = 24
"""The cell in which it is said what an entry is about."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be done. `about` says to what, or why it can't be."""

    title: str
    about: str
    run: Callable[[], None]


class Everything(Provider):
    """The entries of the page below. The objects are those that were meant when the palette was opened."""

    async def startup(self) -> None:
        page = self.screen
        self._first: Sequence[Entry] = [*_of_row(page), *_words(page.k9py)] if isinstance(page, Page) else ()
        self._rest: Sequence[Entry] = [*_places(page.k9py)] if isinstance(page, Page) else ()

    async def discover(self) -> Hits:
        """Before anything is typed: the row first, then the words."""
        for at, entry in enumerate(self._first):
            yield _hit(entry, Content(entry.title), 1 - at / len(self._first))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for entry in (*self._first, *self._rest):
            if (score := matcher.match(entry.title)) > 0:
                is_markup = "[" in entry.title  # which the matcher would read, and not show
                yield _hit(entry, Content(entry.title) if is_markup else matcher.highlight(entry.title), score)


def _hit(entry: Entry, shown: Content, score: float) -> Hit:
    gap = " " * max(2, _ABOUT - cell_len(entry.title))
    return Hit(score, Content.assemble(shown, gap, (entry.about, "$tone-dim")), entry.run, text=entry.title)


def _of_row(page: Page) -> Iterator[Entry]:
    """What the keys of the row mean, on the marked objects or the one under the cursor."""
    pointing = page.pointing
    targets = pointing.pointed() if pointing else ()
    session = pointing.pointed_session if pointing else None
    if not targets or session is None:
        return
    name = clean(name_targets(targets))
    for action, hint in row_hints(page.k9py, session, targets, page.paint_chrome_soon):
        title = f"{hint.title}  {hint.name}" if hint.key else hint.title
        yield Entry(title, clean(hint.greyed) or name, partial(page.act, action, targets, session))


def _words(app: K9pyApp) -> Iterator[Entry]:
    for word in ALL:
        yield Entry(f":{word.names[0]}", word.about, partial(app.enter, word.names[0]))


def _places(app: K9pyApp) -> Iterator[Entry]:
    """Kinds, namespaces and contexts."""
    catalog = app.session.catalog if app.session else None
    for name in catalog.suggest("", _ALL) if catalog else ():
        yield Entry(f":{clean(name)}", "a kind of this cluster", partial(app.enter, name))
    for name in app.namespaces():
        yield Entry(f":ns {clean(name)}", "a namespace", partial(app.enter, f"ns {name}"))
    for context in app.hub.kubeconfig.contexts:
        command = f"{CONTEXTS.names[0]} {context.name}"
        yield Entry(f":{clean(command)}", "a context", partial(app.enter, command))
