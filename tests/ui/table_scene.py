"""A table of a world on a screen, for tests: what it shows, what it says, and what it was asked to paint again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual import on
from textual.geometry import Region
from textual.pilot import Pilot

from k9py.ui.widgets.table import ResourceTable
from tests.ui.helpers import NOW, Stage, World, read_lines

MANY = [f"pod-{number:03}" for number in range(100)]


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


class SpyTable(ResourceTable):
    """Remembers which lines it was asked to paint again."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock=clock)
        self.refreshed: set[int] = set()

    def refresh(self, *regions: Region, **kwargs: Any) -> SpyTable:
        height = self.scrollable_content_region.height if self.is_mounted else 0
        for region in regions or (Region(0, 0, 1, height),):
            self.refreshed |= set(range(region.y, region.bottom))
        super().refresh(*regions, **kwargs)
        return self


class TableStage(Stage):
    """Keeps what the table says."""

    def __init__(self, table: SpyTable, theme: str = "k9py-dark") -> None:
        super().__init__(table, theme)
        self.table = table
        self.said: list[tuple[str, object]] = []

    @on(ResourceTable.Moved)
    def _moved(self, message: ResourceTable.Moved) -> None:
        self.said.append(("moved", message.key and message.key.name))

    @on(ResourceTable.Opened)
    def _opened(self, message: ResourceTable.Opened) -> None:
        self.said.append(("opened", message.key.name))

    @on(ResourceTable.SortPicked)
    def _picked(self, message: ResourceTable.SortPicked) -> None:
        self.said.append(("sort", message.title))

    @on(ResourceTable.MarksChanged)
    def _marked(self, message: ResourceTable.MarksChanged) -> None:
        self.said.append(("marks", len(message.table.marks)))


class Scene:
    """A table of a world on a screen."""

    def __init__(self, world: World, stage: TableStage, pilot: Pilot[None], clock: Clock) -> None:
        self.world, self.stage, self.pilot, self.clock = world, stage, pilot, clock
        self.table = stage.table

    @property
    def lines(self) -> list[str]:
        return read_lines(self.table)

    @property
    def names(self) -> list[str]:
        """The names on the screen, from the top."""
        return [words[1] for line in self.lines[1:] if (words := line[2:].split()) and words[0] == "shop"]

    @property
    def cursor(self) -> str:
        key = self.table.cursor_key
        return key.name if key else ""

    def line_of_cursor(self) -> int:
        return next(y for y, line in enumerate(self.lines) if line.startswith("▸"))

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def change(self, **put: Any) -> None:
        """Have things changed, and painted as the frame clock would."""
        names = put.pop("names")
        self.world.put(*names, **put)
        await self.follow()

    async def follow(self) -> None:
        self.world.view.flush()
        self.table.refresh_view()
        await self.pilot.pause()


@asynccontextmanager
async def show(*names: str, size: tuple[int, int] = (100, 21), theme: str = "k9py-dark") -> AsyncIterator[Scene]:
    world, clock = World(*names), Clock()
    stage = TableStage(SpyTable(clock), theme)
    async with stage.run_test(size=size) as pilot:
        stage.table.show(world.view)
        stage.table.focus()
        await pilot.pause()
        yield Scene(world, stage, pilot, clock)
