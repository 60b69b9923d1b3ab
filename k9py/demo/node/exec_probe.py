"""Probes that run a command in the container, and the other handlers of a container whose shell is simulated."""

from __future__ import annotations

from collections.abc import Callable

from k9py.demo.core.store import Obj
from k9py.demo.node.program import Errored, Process, Program
from k9py.demo.node.reaching import reach
from k9py.demo.node.shell.session import Session, StartError, execute

Done = Callable[[str], None]


def ask_container(program: Program, process: Process, handler: Obj, timeout: float, done: Done) -> None:
    """Ask as a real kubelet does; `done` gets what it says, now or when the command has ended."""
    argv = handler.get("exec", {}).get("command")
    if not argv:
        done(reach(program, process, handler, timeout))
        return
    try:
        session = execute(process, program, argv, stdin=False, tty=False)
    except StartError as error:
        done(Errored(_unstartable(process, str(error))))
        return
    _Waiting(process, session, timeout, done).look()


def _unstartable(process: Process, why: str) -> str:
    identity = f"{process.random.getrandbits(256):064x}"
    text = why.removeprefix("unable to start container process: ").removesuffix(": unknown")
    return (
        "rpc error: code = Unknown desc = failed to exec in container: "
        f'failed to start exec "{identity}": OCI runtime exec failed: exec failed: '
        f"unable to start container process: {text}: unknown"
    )


class _Waiting:
    """A command that has not ended yet, and how long it may take."""

    def __init__(self, process: Process, session: Session, timeout: float, done: Done) -> None:
        self._session = session
        self._timeout = timeout
        self._done = done
        self._over = False
        self._timer = process.clock.after(timeout, self._expire)

    def look(self) -> None:
        """Whether it has ended."""
        if self._session.done:
            self._finish(self._output() if self._session.task.status else "", failed=bool(self._session.task.status))
        else:
            self._session.task.finished.add(self.look)

    def _output(self) -> str:
        pipes = (self._session.stdout, self._session.stderr)
        return b"".join(pipe.take() for pipe in pipes if pipe).decode("utf-8", "replace")

    def _expire(self) -> None:
        if not self._over:
            self._session.leave()
            text = " ".join(self._session.argv)
            self._finish(f'command timed out: "{text}" timed out after {self._timeout:g}s', failed=True)

    def _finish(self, text: str, failed: bool) -> None:
        if self._over:
            return
        self._over = True
        self._timer.cancel()
        self._done(text or " " if failed else "")
