"""The words that `:` knows beside the kinds of the cluster."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from k9py.kinds.wellknown import NAMESPACES
from k9py.ui.goto import Goto, parse_goto, parse_words
from k9py.ui.namespaces import usable_namespaces
from k9py.ui.screens.about_page import AboutPage
from k9py.ui.screens.contexts_page import ContextsPage
from k9py.ui.screens.table_page import table_page
from k9py.values.errors import K9pyError

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp


@dataclass(frozen=True, slots=True)
class Word:
    """What a word does, and `about` says so. `names` are all that it is called, the first of them in suggestions."""

    names: tuple[str, ...]
    run: Callable[[K9pyApp, Goto], Awaitable[None]]
    about: str
    read: Callable[[str], Goto] = parse_goto
    """How a command that begins with it is understood."""


async def _home(app: K9pyApp, goto: Goto) -> None:
    app.home()


async def _quit(app: K9pyApp, goto: Goto) -> None:
    await app.action_quit()


async def _about(app: K9pyApp, goto: Goto) -> None:
    app.push_screen(AboutPage(app.session))


async def _undo(app: K9pyApp, goto: Goto) -> None:
    from k9py.ui.screens.undo_page import UndoPage

    if not isinstance(app.page, UndoPage):
        app.push_screen(UndoPage(app.session))


async def _cluster(app: K9pyApp, goto: Goto) -> None:
    from k9py.ui.screens.cluster_page import ClusterPage

    if app.session is None:
        raise K9pyError("no cluster", "choose a context first")
    app.push_screen(ClusterPage(app.session))


async def _top(app: K9pyApp, goto: Goto) -> None:
    from k9py.ui.screens.top_page import open_top

    await open_top(app, goto)


async def _capacity(app: K9pyApp, goto: Goto) -> None:
    from k9py.ui.screens.capacity_page import open_capacity

    await open_capacity(app, goto)


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


async def _rights(app: K9pyApp, goto: Goto, opens: str) -> None:
    from k9py.ui import who_may

    await getattr(who_may, opens)(app, goto)


async def _namespace(app: K9pyApp, goto: Goto) -> None:
    if goto.namespaces is None:
        await _list_namespaces(app)
    else:
        await app.use_namespaces(goto.namespaces)
        app.home()


async def _shells(app: K9pyApp, goto: Goto) -> None:
    from k9py.ui.screens.shells_page import ShellsPage

    if not isinstance(app.page, ShellsPage):
        app.push_screen(ShellsPage(app.session))


async def _xray(app: K9pyApp, goto: Goto) -> None:
    from k9py.ui.screens.xray_page import open_xray

    await open_xray(app, goto)


async def _list_namespaces(app: K9pyApp) -> None:
    """The cluster's, or those that may be used where they may not be listed."""
    if app.session and not (await app.session.access.may("list", NAMESPACES)).allowed:
        app.home()
        app.push_screen(table_page(app.session, usable_namespaces(app.session)))
    else:
        await app.open_kind(Goto("namespaces"))


CONTEXTS = Word(("ctx", "context", "contexts"), _contexts, "the contexts of the kubeconfig")
ALL = (
    Word(("home",), _home, "nodes, deployments, pods and a log"),
    Word(("quit", "q", "q!", "qa", "exit"), _quit, "leave k9py"),
    Word(("about",), _about, "k9py's own health, and the log of it"),
    Word(("undo", "changes"), _undo, "what was changed in this run, and the way back"),
    Word(("cluster", "cluster-info"), _cluster, "the map of the control plane and the nodes"),
    Word(("top",), _top, "what uses most", parse_words),
    Word(("capacity", "cap"), _capacity, "requests, limits, use and what is free", parse_words),
    Word(("help", "h", "?"), _help, "all keys"),
    CONTEXTS,
    Word(("demo",), _demo, "the embedded cluster"),
    Word(("shells",), _shells, "all shells of this run"),
    Word(("xray", "xr", "x"), _xray, "the tree of all there is in the namespaces in use"),
    Word(("ns", "namespace", "namespaces"), _namespace, "the namespaces"),
    Word(("can-i", "can"), partial(_rights, opens="can_i"), "what I may do", parse_words),
    Word(("who-can", "whocan"), partial(_rights, opens="who_can"), "who can do something: a verb, a kind", parse_words),
    Word(("rbac",), partial(_rights, opens="rbac"), "the rules of a role, the subjects of a binding", parse_words),
)
WORDS = {name: word for word in ALL for name in word.names}


def read_command(text: str) -> Goto:
    """What a command says: each word of ours knows how it is to be read. Raises GotoError."""
    word = WORDS.get((text.split(maxsplit=1) or [""])[0].lower())
    return word.read(text) if word else parse_goto(text)
