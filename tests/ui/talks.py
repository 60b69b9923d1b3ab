"""Shells without a cluster: what is typed is kept, what is said comes when a test says so."""

from __future__ import annotations

from collections.abc import Callable

from k9py.actions.plan import Channel, Command, Target
from k9py.kinds.wellknown import PODS
from k9py.session.session import Session
from k9py.session.shells import ShellState
from k9py.values.request import Request
from k9py.values.resource import Key


class FakeTalk:
    """What a Shell of the session is to a screen."""

    def __init__(
        self, session: Session, number: int = 1, pod: str = "web-1", command: str = "sh", *, tty: bool = True
    ) -> None:
        target = Target(Key("lab", PODS.gvr, "shop", pod), f"uid-{pod}", PODS, "main")
        words = ("kubectl", "exec", "-it", pod, "-c", "main", "--", *command.split())
        self.number = number
        self.title = f"Shell shop/{pod} · main"
        request = Request("GET", target.path("exec"))
        self.channel = Channel(target, (request,), self.title, Command(words), tty)
        self.session = session
        self.state = ShellState.RUNNING
        self.ending = ""
        self.on_output: Callable[[bytes], None] | None = None
        self.on_change: Callable[[], None] = lambda: None
        self.typed = b""
        self.sizes: list[tuple[int, int]] = []
        self.input_ended = False
        self.waits = False
        self.waited = 0
        self.closed = False

    def say(self, text: str | bytes) -> None:
        """Have its program write something."""
        assert self.on_output
        self.on_output(text.encode() if isinstance(text, str) else text)

    def end(self, ending: str = "exit code 0") -> None:
        """Have its program end."""
        self.state, self.ending = ShellState.ENDED, ending
        self.on_change()

    def write(self, data: bytes) -> None:
        self.typed += data

    def resize(self, columns: int, rows: int) -> None:
        self.sizes.append((columns, rows))

    def pause(self, holder: object) -> None:
        self.waits = True
        self.waited += 1

    def resume(self, holder: object) -> None:
        self.waits = False

    def end_input(self) -> None:
        self.input_ended = True

    def close(self) -> None:
        self.closed = True
        if self.state is not ShellState.ENDED:
            self.end("closed")
