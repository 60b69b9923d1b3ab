"""What has been changed in this run, the newest first: how it went, and the way back from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from k9py.session.job import Job
from k9py.session.session import Session
from k9py.ui.screens.dialogs import Outcomes
from k9py.ui.screens.page import Page
from k9py.ui.taking_back import why_lasting
from k9py.ui.widgets.key_bar import KeyHint
from k9py.ui.widgets.listing import Listing
from k9py.values.text import clean, crop, pad

NOTHING = "Nothing has been changed in this run of k9py. What you change is listed here, with the way back."
HEADS = ("WHEN", "STATE", "CHANGE", "CONTEXT", "WAY BACK")
WIDE = 100
"""Cells from which there is room for the way back in a column of its own; it is below the list in any case."""
_STATE, _CHANGE, _CONTEXT, _WAY = range(1, 5)
_AROUND = 6
"""Cells of borders, padding and scroll bar beside a line."""


class UndoPage(Page):
    """A list that follows the ledger. Below it all that there is to say of the change under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u,ctrl+z", "undo", "Undo", show=False),
        Binding("x", "cancel", "Cancel", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"undo--ok", "undo--busy", "undo--bad", "undo--dim", "undo--plain"}

    def __init__(self, session: Session | None) -> None:
        super().__init__(session)
        self._listing = Listing(id="changes")
        self._choices = self._listing.choices
        self._way = Static(markup=False)
        self._jobs: list[Job] = []
        """Those that are shown, in their order."""
        self._lines: list[Text] = []

    @property
    def crumb(self) -> str:
        return "undo"

    def compose_body(self) -> ComposeResult:
        yield self._listing
        with VerticalScroll(id="way", can_focus=False):
            yield self._way

    def on_mount(self) -> None:
        super().on_mount()
        self._choices.focus()
        self.renew()

    def on_resize(self) -> None:
        self.renew()

    @property
    def job(self) -> Job | None:
        """The change under the cursor."""
        at = self._choices.highlighted
        return self._jobs[at] if at is not None and at < len(self._jobs) else None

    def renew(self) -> None:
        """Show the changes as they stand; the cursor stays on its change."""
        if not self.is_attached:
            return
        under, before = self.job, self._jobs
        self._jobs = self.k9py.hub.ledger.jobs[::-1]
        heads, *lines = self._lay_out()
        self._listing.show_heads(heads if self._jobs else "")
        if self._jobs == before:
            for at, (line, old) in enumerate(zip(lines, self._lines, strict=True)):
                if line != old:
                    self._choices.replace_option_prompt_at_index(at, line)
        else:
            self._choices.clear_options()
            self._choices.add_options(Option(line) for line in lines)
            self._choices.highlighted = self._jobs.index(under) if under in self._jobs else 0 if self._jobs else None
        self._lines = lines
        self._listing.border_title = f"{self.trail}Changes {len(self._jobs)}"
        self._show_way()
        self.paint_chrome_soon()

    def _lay_out(self) -> list[Text]:
        """The heads and a line for each change, its columns as wide as they need to be and the width allows."""
        wide = self.app.size.width >= WIDE
        rows = [_cells(job)[: len(HEADS) if wide else -1] for job in self._jobs]
        heads = HEADS if wide else HEADS[:-1]
        widths = [max(map(cell_len, column)) for column in zip(heads, *rows, strict=True)]
        room = self.app.size.width - _AROUND - 2 * (len(heads) - 1)
        widths[_CONTEXT] = min(widths[_CONTEXT], 20)
        if wide:
            widths[_WAY] = min(widths[_WAY], room * 3 // 10)
        widths[_CHANGE] = max(10, room - sum(widths) + widths[_CHANGE])
        looks = [_look(job) for job in self._jobs]
        return [self._line(row, widths, look) for row, look in zip((heads, *rows), ("", *looks), strict=True)]

    def _line(self, row: Sequence[str], widths: Sequence[int], look: str) -> Text:
        """A line in columns; `look` is that of the state, and empty for the heads, which have a colour of their own."""
        line = Text(no_wrap=True)
        for at, (cell, width) in enumerate(zip(row, widths, strict=True)):
            part = look if at == _STATE else "plain" if at == _CHANGE else "dim"
            style = self.get_component_rich_style(f"undo--{part}", partial=True) if look else ""
            line.append(pad(crop(cell, width), width), style).append("  " if at < len(row) - 1 else "")
        return line

    def _show_way(self) -> None:
        job = self.job
        said = "\n".join(_tell(job)) if job else NOTHING
        self._way.update(clean_lines(said))

    def hints(self) -> Sequence[KeyHint]:
        if self.typing:
            return super().hints()
        job = self.job
        if job is None:
            return ()
        return (
            KeyHint("enter", "Outcomes"),
            KeyHint("u", "Undo", "" if job.undo else why_lasting(job)),
            KeyHint("x", "Cancel", "" if _may_cancel(job) else "it is not under way"),
        )

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self._show_way()
        self.paint_chrome_soon()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        job = self._jobs[event.option_index]
        self.app.push_screen(Outcomes(job.plan, job.outcomes, job.remaining))

    def action_undo(self) -> None:
        """Take it back, as far as there is a way, once that is confirmed."""
        if (job := self.job) and not self.k9py.opening:
            self.k9py.undo(job)

    def action_cancel(self) -> None:
        """Send no more of it."""
        job = self.job
        if job is None or not _may_cancel(job):
            return
        job.cancel()
        left = len(job.plan.effects) - job.sent
        self.k9py.say(f"{job.plan.title}: cancelled; {job.sent} were sent, {left} are left alone")
        self.k9py.hub.ledger.on_change()


def _may_cancel(job: Job) -> bool:
    return job.running and not job.cancelled


def _cells(job: Job) -> tuple[str, ...]:
    return (say_when(job.begun), say_state(job), clean(job.plan.title), clean(job.session.context.name), _way(job))


def say_when(begun: datetime) -> str:
    """`09:14:02`, or the day as well where that is not today; in local time."""
    local = begun.astimezone()
    today = datetime.now().astimezone().date()
    return f"{local:%H:%M:%S}" if local.date() == today else f"{local:%m-%d %H:%M}"


def say_state(job: Job) -> str:
    """How it stands, in a sign and words.

    `◐ 57 of 200`, `● done`, `✖ 3 of 200 failed`, `▲ 1 of 200 without answer`, `○ cancelled`, `◔ undone`.
    """
    total, failed = len(job.plan.effects), len(job.failed)
    unsent = sum(not outcome.sent for outcome in job.outcomes)
    if job.running:
        return f"◐ {len(job.outcomes) - unsent} of {total}" + (", stopping" if job.cancelled else "")
    if job.undone:
        return "◔ undone"
    if job.back:
        return f"◔ {job.back} of {total} undone"
    if unknown := sum(outcome.unknown for outcome in job.outcomes):
        return f"▲ {unknown} of {total} without answer" if total > 1 else "▲ no answer"
    if unsent:
        return f"○ cancelled, {total - unsent} of {total} sent"
    if failed:
        return f"✖ {failed} of {total} failed" if total > 1 else "✖ failed"
    return "● done"


def _look(job: Job) -> str:
    if job.running:
        return "busy"
    return "bad" if any(outcome.sent for outcome in job.failed) else "ok" if not job.failed else "dim"


def _way(job: Job) -> str:
    """The way back in a few words, or why there is none."""
    undo = job.undo
    if undo is None:
        return f"none: {clean(why_lasting(job))}"
    said = list(dict.fromkeys(effect.says for effect in undo.effects))
    return clean(said[0] if len(said) == 1 else f"{said[0]} and {len(said) - 1} more")


def _tell(job: Job) -> list[str]:
    """All that there is to say of a change, in lines."""
    lines = [f"{job.plan.title} · {job.session.context.name} · {say_state(job)}"]
    if job.running:
        cancel = "no more of it is sent" if job.cancelled else "x sends no more of it"
        lines.append(f"{len(job.outcomes)} through, {len(job.remaining)} not yet · {cancel}")
    undo = job.undo
    if undo:
        names = [f"{effect.target.key.label}: {effect.says}" for effect in undo.effects]
        more = f" and {len(names) - 2} more" if len(names) > 2 else ""
        lines.append(f"u undoes it: {', '.join(names[:2])}{more}")
    else:
        lines.append(f"no way back: {why_lasting(job)}")
    if undo and job.plan.lasting:
        lines.append(f"what stays: {job.plan.lasting}")
    lines += [f"✖ {outcome.effect.target.key.label}: {outcome.failed}" for outcome in job.failed[:3]]
    return lines


def clean_lines(text: str) -> str:
    """A text of several lines without control characters."""
    return "\n".join(clean(line) for line in text.split("\n"))
