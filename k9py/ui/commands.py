"""The words that `:` knows beside the kinds of the cluster."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from k9py.kinds.wellknown import NAMESPACES
from k9py.ui.goto import Goto
from k9py.ui.namespaces import usable_namespaces
from k9py.ui.screens.about_page import AboutPage
from k9py.ui.screens.contexts_page import ContextsPage
from k9py.ui.screens.table_page import table_page

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp


@dataclass(frozen=True, slots=True)
class Word:
    """What a word does. `names` are all that it is called, the first of them in suggestions."""

    names: tuple[str, ...]
    run: Callable[[K9pyApp, Goto], Awaitable[None]]


async def _home(app: K9pyApp, goto: Goto) -> None:
    app.home()


async def _quit(app: K9pyApp, goto: Goto) -> None:
    app.exit()


async def _about(app: K9pyApp, goto: Goto) -> None:
    app.push_screen(AboutPage(app.session))


async def _help(app: K9pyApp, goto: Goto) -> None:
    app.action_help()


async def _contexts(app: K9pyApp, goto: Goto) -> None:
    if goto.rest:
        await app.switch(goto.rest[0])
    else:
        app.push_screen(ContextsPage(app.session))


async def _demo(app: K9pyApp, goto: Goto) -> None:
    app.say("starting the embedded cluster …")
    await app.switch(await app.hub.add_embedded())


async def _namespace(app: K9pyApp, goto: Goto) -> None:
    if goto.namespaces is None:
        await _list_namespaces(app)
    else:
        await app.use_namespaces(goto.namespaces)
        app.home()


async def _list_namespaces(app: K9pyApp) -> None:
    """The cluster's, or those that may be used where they may not be listed."""
    if app.session and not (await app.session.access.may("list", NAMESPACES)).allowed:
        app.home()
        app.push_screen(table_page(app.session, usable_namespaces(app.session)))
    else:
        await app.open_kind(Goto("namespaces"))


CONTEXTS = Word(("ctx", "context", "contexts"), _contexts)
ALL = (
    Word(("home",), _home),
    Word(("quit", "q", "q!", "qa", "exit"), _quit),
    Word(("about",), _about),
    Word(("help", "h", "?"), _help),
    CONTEXTS,
    Word(("demo",), _demo),
    Word(("ns", "namespace", "namespaces"), _namespace),
)
WORDS = {name: word for word in ALL for name in word.names}


def suggest(app: K9pyApp, text: str) -> list[str]:
    """Words and kinds for the first word, namespaces for the second, contexts after `@`."""
    if not text:
        return app.recent_commands()
    head, space, last = text.rpartition(" ")
    if last.startswith("@") or WORDS.get(head) is CONTEXTS:
        names = (context.name for context in app.hub.kubeconfig.contexts)
        mark = "@" if last.startswith("@") else ""
        return [f"{head} {mark}{name}".strip() for name in names if last.removeprefix("@") in name]
    if space:
        return [f"{head} {name}" for name in app.namespaces() if name.startswith(last)]
    own = [word.names[0] for word in ALL if word.names[0].startswith(last)]
    kinds = app.session.catalog.suggest(last) if app.session else []
    return own + [kind for kind in kinds if kind not in own]
