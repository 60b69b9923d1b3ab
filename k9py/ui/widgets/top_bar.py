"""The first line: which cluster, who we are, how it fares, and whether what is shown is live."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from k9py.ui.progress import Progress
from k9py.ui.widgets.spark import sparkline
from k9py.values.cell import Tone
from k9py.values.text import clean, crop

HISTORY = 8


@dataclass(slots=True)
class Overview:
    """What the first line says. Counts are None until they are known."""

    context: str = ""
    version: str = ""
    user: str = ""
    readonly: bool = False
    protected: bool = False
    progress: Progress | None = None
    """The change that is under way."""
    shells: int = 0
    """How many shells run."""
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    nodes: tuple[int, int] | None = None
    pods: dict[Tone, int] | None = None
    state: str = ""
    state_tone: Tone = Tone.PLAIN


class TopBar(Widget):
    """Paints an Overview into one line: parts that do not fit are left out, the least needed first."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "top-bar--brand",
        "top-bar--context",
        "top-bar--dim",
        "top-bar--ok",
        "top-bar--busy",
        "top-bar--bad",
        "top-bar--plain",
        "top-bar--protected",
    }

    def __init__(self) -> None:
        super().__init__()
        self.overview = Overview()

    def show(self, overview: Overview) -> None:
        if overview != self.overview:
            self.overview = overview
            self.refresh()

    def render(self) -> Text:
        right = self._say_state()
        room = self.size.width - right.cell_len
        line = self._say_context()
        # most needed first; each is added when it still fits
        for part in (
            self._say_progress(room - line.cell_len),
            self._say_load(),
            self._say_pods(),
            self._say_nodes(),
            self._say_version(),
            self._say_user(),
        ):
            if line.cell_len + part.cell_len <= room:
                line.append_text(part)
        line.truncate(room, overflow="ellipsis", pad=True)
        return line + right

    def _style(self, look: str) -> Style:
        return self.get_component_rich_style(f"top-bar--{look}")

    def _say_context(self) -> Text:
        line = Text(no_wrap=True).append(" k9py ", self._style("brand"))
        if self.overview.protected:
            line.append(" protected ", self._style("protected"))
        line.append(" ● ", self._style(self._tone(self.overview.state_tone)))
        line.append(clean(self.overview.context) or "no cluster", self._style("context"))
        if self.overview.readonly:
            line.append(" read-only", self._style("busy"))
        if shells := self.overview.shells:
            line.append(f" {shells} shell" + "s" * (shells > 1), self._style("busy"))
        return line.append("  ")

    def _say_progress(self, room: int) -> Text:
        """What is under way; its title has the room that how far it is leaves."""
        progress = self.overview.progress
        if progress is None:
            return Text()
        title = crop(clean(progress.title), max(8, room - cell_len(progress.tail) - 2))
        return Text().append(title, self._style("context")).append(f"{progress.tail}  ", self._style("busy"))

    def _say_version(self) -> Text:
        return self._dim(self.overview.version)

    def _say_user(self) -> Text:
        return self._dim(self.overview.user)

    def _dim(self, text: str) -> Text:
        return Text().append(f"{clean(text)}  ", self._style("dim")) if text else Text()

    def _say_load(self) -> Text:
        line = Text()
        for title, values in (("CPU", self.overview.cpu), ("MEM", self.overview.memory)):
            if values:
                drawn = f"{sparkline(values[-HISTORY:], len(values[-HISTORY:]))} " if self.size.width >= 110 else ""
                line.append(f"{title} ", self._style("dim")).append(drawn, self._style("plain"))
                line.append(f"{values[-1]:.0%}  ", self._style(_load_look(values[-1])))
        return line

    def _say_nodes(self) -> Text:
        if self.overview.nodes is None:
            return Text()
        ready, total = self.overview.nodes
        line = Text().append("nodes ", self._style("dim"))
        return line.append(f"{ready}/{total}  ", self._style("plain" if ready == total else "bad"))

    def _say_pods(self) -> Text:
        if self.overview.pods is None:
            return Text()
        pods = self.overview.pods
        line = Text().append("pods ", self._style("dim")).append(f"{sum(pods.values()):,}  ", self._style("plain"))
        for glyph, tone in (("●", Tone.OK), ("◐", Tone.BUSY), ("✖", Tone.BAD)):
            if count := pods.get(tone, 0):
                line.append(f"{glyph}{count:,} ", self._style(self._tone(tone)))
        return line.append(" ")

    def _say_state(self) -> Text:
        look = self._tone(self.overview.state_tone)
        return Text(no_wrap=True).append(f" {self.overview.state} ", self._style(look))

    @staticmethod
    def _tone(tone: Tone) -> str:
        return tone.value if tone in (Tone.OK, Tone.BUSY, Tone.BAD) else "dim"


def _load_look(fraction: float) -> str:
    return "bad" if fraction >= 0.9 else "busy" if fraction >= 0.7 else "plain"
