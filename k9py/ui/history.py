"""The commands that were typed, to go back and forward in, as with k9s's `[`, `]` and `-`."""

from __future__ import annotations

MOST = 100


class History:
    """A line of commands and a place in it. Typing a new one forgets what lay ahead."""

    def __init__(self) -> None:
        self._commands: list[str] = []
        self._at = -1
        self._before = -1

    def push(self, command: str) -> None:
        """A command was typed: it is the newest now. The same one again changes nothing."""
        if self._at >= 0 and self._commands[self._at] == command:
            return
        commands = [*self._commands[: self._at + 1], command]
        self._commands = commands[-MOST:]
        self._at -= len(commands) - len(self._commands)
        self._move_to(len(self._commands) - 1)

    def recent(self) -> list[str]:
        """All that is remembered, the newest first, each once."""
        return list(dict.fromkeys(reversed(self._commands)))

    def step(self, by: int) -> str | None:
        """The command before (-1) or after (1) the present one, which it becomes; None at the end."""
        if not 0 <= self._at + by < len(self._commands):
            return None
        return self._move_to(self._at + by)

    def last(self) -> str | None:
        """The command that was the present one before this one; None while there was none."""
        return self._move_to(self._before) if 0 <= self._before < len(self._commands) else None

    def _move_to(self, place: int) -> str:
        self._before, self._at = self._at, place
        return self._commands[place]
