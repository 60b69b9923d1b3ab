"""Keys that come in one burst, as over a slow connection, do in a field what they would do one by one."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import App, ComposeResult

from k9py.ui.widgets.eager_input import EagerInput


class Field(App[None]):
    """One field."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.submitted: list[str] = []
        self._text = text

    def compose(self) -> ComposeResult:
        yield EagerInput(self._text)

    def on_input_submitted(self, event: EagerInput.Submitted) -> None:
        self.submitted.append(event.value)


def key(name: str) -> events.Key:
    return events.Key(name, name if len(name) == 1 else None)


@pytest.mark.parametrize(
    ("text", "keys", "value"),
    [
        ("2", "backspace 1 2 enter", "12"),
        ("25", "home delete 1 enter", "15"),
        ("ab", "left x right y enter", "xayb"),
        ("2", "3 enter", "3"),  # what is there is selected at first
    ],
)
async def test_a_burst_is_taken_in_its_order(text: str, keys: str, value: str) -> None:
    app = Field(text)
    async with app.run_test() as pilot:
        for name in keys.split():
            app.post_message(key(name))
        await pilot.pause()
        await pilot.pause()
        assert app.submitted == [value]
