"""What keeps the screen alive when a handler fails.

Textual ends the message pump whose handler raised: a page, a table, or the app itself (in which every binding runs)
would take no key from then on. So failures are caught where a message is dispatched, and told where all others are.
"""

from __future__ import annotations

from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump


class Surviving(MessagePump):
    """A mix-in, before the Textual class: its pump goes on after a handler has failed."""

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            app: App[object] = self.app
            app._handle_exception(error)
