"""What was changed, by whom, where and with which outcome: JSON lines in a file that only its owner reads (0600).

A change is written twice: before it is sent what is intended (`intent`), afterwards what became of each object
(`outcome`; `interrupted` where k9py was quit in between). Lines are only ever appended. Secrets are not in it.
"""

from __future__ import annotations

import asyncio
import fcntl
import getpass
import json
import os
import stat
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from errno import ENOSPC
from pathlib import Path
from typing import Any

import platformdirs

from k9py import __version__
from k9py.actions.plan import Channel, Effect, Plan
from k9py.session.session import Session
from k9py.values.redact import mask_body

FILE = "audit.jsonl"
MOST_BYTES = 10_000_000
"""A larger file goes aside; of the former ones only the last is kept."""
PATIENCE = 2.0
"""Seconds for which the end of k9py waits for what is still to be written."""


def default_path() -> Path:
    """Where it is kept: beside k9py's log."""
    return Path(platformdirs.user_log_dir("k9py", appauthor=False)) / FILE


class Audit:
    """Appends to the file. Where that fails the person is told once, and the change goes on.

    One thread writes, so that lines come in their order, and none waits for a slow disk but who asks for it.
    """

    def __init__(self, path: Path | None = None, tell: Callable[[str], None] = lambda line: None) -> None:
        self.path = path or default_path()
        self.tell = tell
        self.trouble = ""
        """Why the last line could not be written; empty where it could."""
        self._torn = False
        self._run = f"{os.getpid()}-{datetime.now(UTC):%Y%m%dT%H%M%S}"
        self._writer: ThreadPoolExecutor | None = None

    async def intend(self, number: int, session: Session, plan: Plan) -> None:
        """Write what is about to be sent."""
        effects = [_describe(effect) for effect in plan.effects]
        await self._write({"event": "intent", "job": number, **_who(session), "title": plan.title, "effects": effects})

    async def tell_outcome(self, number: int, effect: Effect, failed: str, unknown: bool = False) -> None:
        """Write what became of one effect: `failed` is why not, or empty; `unknown`: no answer came."""
        reason = {"reason": failed} if failed else {}
        await self._write(
            {"event": "outcome", **_name(number, effect), "done": None if unknown else not failed, **reason}
        )

    async def tell_interrupted(self, number: int, effect: Effect, sent: bool) -> None:
        """Write that k9py ended before it was known what became of one effect; `sent`: it may have been done."""
        await self._write({"event": "interrupted", **_name(number, effect), "sent": sent})

    async def close(self) -> None:
        """Wait until all is written, but not for a disk that hangs."""
        if self._writer:
            writer, self._writer = self._writer, None
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await asyncio.to_thread(writer.shutdown)

    async def intend_channel(self, number: int, session: Session, channel: Channel) -> None:
        """Write which conversation with a container is about to be opened."""
        target = channel.target
        what = {"object": target.key.label, "uid": target.uid, "command": channel.command.line}
        await self._write({"event": "intent", "shell": number, **_who(session), **what})

    async def tell_ending(self, number: int, channel: Channel, ending: str, done: bool) -> None:
        """Write how a conversation has ended; `done` is whether it was one."""
        what = {"object": channel.target.key.label, "done": done, "reason": ending}
        await self._write({"event": "outcome", "shell": number, **what})

    async def _write(self, entry: Mapping[str, Any]) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": now, "run": self._run, "k9py": __version__, **entry}, ensure_ascii=False)
        self._writer = self._writer or ThreadPoolExecutor(1, "audit")
        writing = asyncio.get_running_loop().run_in_executor(self._writer, self._append, f"{line}\n".encode())
        try:
            await asyncio.shield(writing)  # who is cancelled meanwhile has its line written all the same
        except OSError as error:
            known, self.trouble = self.trouble, f"changes cannot be put down: {error.strerror or error}"
            if not known:
                self.tell(f"the audit file {self.path} cannot be written: {error.strerror or error}")
        else:
            self.trouble = ""

    def _append(self, line: bytes) -> None:
        """In one piece: another k9py may write to the same file beside us."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = self._open(len(line))
        try:
            whole = b"\n" + line if self._torn else line
            written = os.write(handle, whole)
            self._torn = 0 < written < len(whole) or (self._torn and not written)
            if written < len(whole):
                raise OSError(ENOSPC, os.strerror(ENOSPC))
        finally:
            os.close(handle)

    def _open(self, more: int) -> int:
        """The file, for its owner alone, locked until it is closed; a full one goes aside, in place of one before."""
        while True:
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                found = os.fstat(handle)
                if not stat.S_ISREG(found.st_mode):
                    return handle  # /dev/null, a pipe: neither ours to close to others, nor ever full
                if stat.S_IMODE(found.st_mode) != 0o600:
                    os.fchmod(handle, 0o600)
                fcntl.flock(handle, fcntl.LOCK_EX)
                if _is_at(self.path, handle):
                    if not found.st_size or os.fstat(handle).st_size + more <= MOST_BYTES:
                        return handle
                    self.path.replace(former_path(self.path))
            except BaseException:
                os.close(handle)
                raise
            os.close(handle)


def former_path(path: Path) -> Path:
    """Where the full file goes: `audit.jsonl.1`."""
    return path.with_name(f"{path.name}.1")


def _is_at(path: Path, handle: int) -> bool:
    """Whether a path still leads to an open file: another k9py may just have put it aside."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _name(number: int, effect: Effect) -> dict[str, Any]:
    return {"job": number, "object": effect.target.key.label, "path": effect.request.path}


def _who(session: Session) -> dict[str, Any]:
    return {
        "user": session.user,
        "local_user": _local_user(),
        "context": session.context.name,
        "server": session.transport.server,
    }


def _describe(effect: Effect) -> dict[str, Any]:
    request, target = effect.request, effect.target
    return {
        "object": target.key.label,
        "uid": target.uid,
        "method": request.method,
        "path": request.path,
        **({"query": dict(request.query)} if request.query else {}),
        **({"body": mask_body(request.body, target.resource)} if request.body is not None else {}),
        "says": effect.says,
    }


def _local_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no entry for this uid, as in a container
        return str(os.getuid())
