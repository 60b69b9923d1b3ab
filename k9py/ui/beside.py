"""The contexts that are shown together with the one in use: each logs in by itself, and holds up no other."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from k9py.session.hub import Hub
from k9py.session.session import Session
from k9py.values.errors import ConfigError, K9pyError

LOGGING_IN = "logging in"


@dataclass
class Companion:
    """One of them; `session` is None until it has logged in, and `trouble` says why it has not."""

    name: str
    session: Session | None = None
    trouble: str = LOGGING_IN


class Beside:
    """Them, by name. `run` runs a coroutine; `on_change` is called when one came, logged in or left."""

    def __init__(
        self, hub: Hub, run: Callable[[Coroutine[Any, Any, None]], object], on_change: Callable[[], None]
    ) -> None:
        self._hub = hub
        self._run = run
        self._on_change = on_change
        self.companions: dict[str, Companion] = {}

    def read(self, text: str, used: str) -> tuple[str, list[str]]:
        """What is meant by `@text`: the context in use, and those beside it. Raises ConfigError.

        `dev` is one alone, `dev,prod` several, the first of them in use; `+prod` adds, and `-prod` takes away.
        """
        known = [context.name for context in self._hub.kubeconfig.contexts]
        if text in known or text[:1] not in "+-":
            names = [text] if text in known else [name for name in text.split(",") if name]
            used, beside = names[0], names[1:]
        else:
            names = [name for name in text[1:].split(",") if name]
            kept = [name for name in self.companions if name not in names]
            beside = kept + names if text[0] == "+" else kept
            if text[0] == "-" and used in names:
                raise ConfigError(f"{used} is the context in use", ":@OTHER changes over to another")
        for name in [*names, used]:
            if name not in known:
                raise ConfigError(f"there is no context {name}", ":ctx shows which there are")
        return used, [name for name in dict.fromkeys(beside) if name != used]

    def show(self, names: Sequence[str]) -> None:
        """Show these beside the one in use, and no others."""
        new = [name for name in names if name not in self.companions]
        self.companions = {name: self.companions.get(name) or Companion(name) for name in names}
        for name in new:
            self._run(self._log_in(self.companions[name]))
        self._on_change()

    async def _log_in(self, companion: Companion) -> None:
        try:
            companion.session = await self._hub.open(companion.name)
            companion.session.on_change = self._on_change
        except K9pyError as error:
            companion.trouble = error.line
        self._on_change()
