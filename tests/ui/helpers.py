"""What the tests of widgets are made of: a small kind, a collection changed by hand, an app around one widget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

from k9py.store.collection import Collection
from k9py.store.column import Column, Joined
from k9py.store.view import View
from k9py.ui.styles import style_paths
from k9py.ui.themes import ANSI_DARK, ANSI_LIGHT, DARK, THEMES
from k9py.values.age import parse_time
from k9py.values.batch import Batch, ServerColumn
from k9py.values.cell import Cell, Tone
from k9py.values.metadata import Metadata
from k9py.values.resource import Gvr, Key, Resource

NOW = 1_767_225_600.0
"""2026-01-01T00:00:00Z: the time in these tests."""

THINGS = Resource(Gvr("", "v1", "things"), "Thing", "thing", True, frozenset({"list", "watch"}))


class Thing(msgspec.Struct):
    """Looks like a pod in a table."""

    metadata: Metadata
    status: str = "Running"
    restarts: int = 0
    restarted: float | None = None
    node: str = "worker-a"


TONES = {
    "Running": Tone.OK,
    "Pending": Tone.ADDED,
    "ContainerCreating": Tone.BUSY,
    "NotReady": Tone.WARN,
    "CrashLoopBackOff": Tone.BAD,
    "Completed": Tone.DONE,
    "Terminating": Tone.GOING,
}


class ThingKind:
    """What a view asks of a kind."""

    def columns(self, server: Sequence[ServerColumn]) -> tuple[Column, ...]:
        return (
            Column("NAME", lambda thing, joined: Cell(thing.metadata.name)),
            Column("STATUS", lambda thing, joined: Cell(thing.status, TONES[thing.status]), glyph=True),
            Column("RESTARTS", lambda thing, joined: Cell(str(thing.restarts), since=thing.restarted)),
            Column("CPU", lambda thing, joined: Cell(f"{thing.restarts * 7}m"), align="right", numeric=True),
            Column("NODE", lambda thing, joined: Cell(thing.node)),
            Column("AGE", lambda thing, joined: Cell(since=parse_time(thing.metadata.creation_timestamp))),
            Column("IMAGES", lambda thing, joined: Cell("registry/" + thing.metadata.name), wide=True),
        )

    def tone(self, thing: Thing, joined: Joined) -> Tone:
        return TONES[thing.status]


class World:
    """A collection of things, and a view of it; both change only when a test says so."""

    def __init__(self, *names: str, namespace: str = "shop") -> None:
        self.namespace = namespace
        self.collection = Collection("lab", THINGS, msgspec.json.Decoder(Thing).decode, keep_whole=False)
        self.view = View(ThingKind(), [self.collection])
        self._version = 0
        self.put(*names)

    def put(self, *names: str, created: str = "2025-12-31T23:59:00Z", uid: str = "", **fields: Any) -> None:
        """Add or change things of these names, and flush."""
        self._apply(False, [self._thing(name, created, uid, **fields) for name in names])

    def delete(self, *names: str) -> None:
        """Remove things, and flush."""
        self._apply(True, [self._thing(name, "", "") for name in names])

    def key(self, name: str) -> Key:
        """The key of a thing of this world."""
        return Key("lab", THINGS.gvr, self.namespace, name)

    def _apply(self, deleted: bool, things: Sequence[Thing]) -> None:
        self.collection.apply(Batch([(deleted, msgspec.Raw(msgspec.json.encode(thing))) for thing in things]))
        self.view.flush()

    def _thing(self, name: str, created: str, uid: str, **fields: Any) -> Thing:
        self._version += 1
        metadata = Metadata(name, self.namespace, uid or f"uid-{name}", str(self._version), created or None)
        return Thing(metadata, **fields)


class Stage(App[None]):
    """An app around one widget, that keeps the messages it is sent."""

    CSS_PATH = [path for path in style_paths() if path.name in ("table.tcss", "logs.tcss")]  # noqa: RUF012 - of App

    def __init__(self, widget: Widget, theme: str = DARK) -> None:
        super().__init__()
        self.widget = widget
        for known in THEMES:
            self.register_theme(known)
        self.theme = theme
        self.ansi_theme_dark, self.ansi_theme_light = ANSI_DARK, ANSI_LIGHT

    def compose(self) -> ComposeResult:
        yield self.widget


async def wait_for(pilot: Pilot[None], condition: Callable[[], bool], what: str = "") -> None:
    """Let the app work until a condition holds."""
    for _ in range(200):
        if condition():
            return
        await pilot.pause()
    raise AssertionError(f"never came to be: {what or condition}")


def read_lines(widget: Widget) -> list[str]:
    """What the widget shows, as text without trailing spaces."""
    return [widget.render_line(y).text.rstrip() for y in range(widget.scrollable_content_region.height)]
