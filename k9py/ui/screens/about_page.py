"""k9py's own health: what it costs, what it watches, how it paints."""

from __future__ import annotations

import platform
import time

import psutil
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from k9py import __version__
from k9py.session.feed import Feed
from k9py.session.session import Session
from k9py.ui.painting import border_text
from k9py.ui.screens.page import Page
from k9py.ui.widgets.pane import describe_state
from k9py.values.text import clean

PERIOD = 1.0


class AboutPage(Page):
    """Read anew each second while it is on the screen."""

    def __init__(self, session: Session | None) -> None:
        super().__init__(session)
        self._process = psutil.Process()
        self._process.cpu_percent()

    @property
    def crumb(self) -> str:
        return "about"

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(id="about"):
            yield Static(id="text", markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        box = self.query_one(VerticalScroll)
        box.border_title = border_text(f"{self.trail}About")
        box.focus()
        self._read()
        self.set_interval(PERIOD, self._read)

    def _read(self) -> None:
        table = Table.grid(padding=(0, 2, 0, 0))
        for title, facts in (("k9py", self._own()), ("Watching", self._watches()), ("Notes", self._notes())):
            table.add_row(Text(title, "bold"), "")
            for name, value in facts:
                table.add_row(Text(f"  {name}", "dim"), Text(clean(value)))
            table.add_row("", "")
        self.query_one("#text", Static).update(table)

    def _own(self) -> list[tuple[str, str]]:
        app = self.k9py
        with self._process.oneshot():
            memory = self._process.memory_info().rss / 2**20
            cpu = self._process.cpu_percent()
            age = time.time() - self._process.create_time()
        return [
            ("version", f"{__version__} on Python {platform.python_version()}"),
            ("memory", f"{memory:.0f} MiB"),
            ("CPU", f"{cpu:.1f}% of one core"),
            ("up", f"{age:.0f} s"),
            ("frames", f"{app.frames.painted:,} painted, the slowest took {app.frames.slowest * 1000:.0f} ms"),
            ("faults", f"{app.hub.faults.count} unexpected exceptions"),
            ("log", str(app.log_path or "none: no file can be written")),
            ("audit", str(app.hub.audit.path)),
            ("kubeconfig", ", ".join(str(path) for path in app.hub.kubeconfig.paths) or "none"),
        ]

    def _watches(self) -> list[tuple[str, str]]:
        return [
            (feed.resource.gvr.plural, self._watch(feed.namespace, session.context.name, feed))
            for session in self.k9py.hub.sessions.values()
            for feed in session.feeds
        ]

    def _watch(self, namespace: str, context: str, feed: Feed) -> str:
        where = f" in {namespace}" if namespace else ""
        of = f" of {context}" if len(self.k9py.hub.sessions) > 1 else ""
        return f"{len(feed.collection.records):,} objects{where}{of}, {describe_state(feed.state)}"

    def _notes(self) -> list[tuple[str, str]]:
        notes = [(topic, line) for topic, line in self.session.notes.items() if line] if self.session else []
        trouble = self.k9py.hub.audit.trouble
        audit = [("audit", trouble)] if trouble else []
        return [*audit, *notes, *self._unreadable()] or [("", "none")]

    def _unreadable(self) -> list[tuple[str, str]]:
        """One object of each kind that could not be read, and how many there are."""
        feeds = [feed for feed in self.session.feeds if feed.collection.faults] if self.session else []
        said = [(feed.resource.gvr.plural, feed.collection.faults) for feed in feeds]
        return [
            (plural, f"{len(faults)} unreadable, as {'/'.join(name)}: {fault}")
            for plural, faults in said
            for name, fault in list(faults.items())[:1]
        ]
