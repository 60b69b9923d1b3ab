"""A field whose keys act in the order in which they come, however fast."""

from __future__ import annotations

from textual import events
from textual.widgets import Input


class EagerInput(Input):
    """An Input that is not overtaken by itself.

    Textual sends the keys that are bound (backspace, arrows, enter) up to the app and back before they act; letters
    act at once. In a burst, `backspace 1 2 enter` would be `1 2 backspace enter`: another number than was typed.
    """

    def on_mount(self) -> None:
        """Its text is selected from the begin, not only once the focus is told: a key may come before that."""
        self.action_select_all()

    async def _on_key(self, event: events.Key) -> None:
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            event.stop()
            event.prevent_default()
            await self.run_action(binding.action)
            return
