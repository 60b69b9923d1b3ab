"""A person's own editor: run in the terminal while k9py goes on behind it, on a file that nobody else can read."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from k9py.ui.saving import write_private
from k9py.values.errors import K9pyError
from k9py.values.settings import Editor
from k9py.values.text import clean

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

VARIABLES = ("KUBE_EDITOR", "EDITOR", "VISUAL")


class NoRoom(K9pyError):
    """No folder takes the file that an editor would be opened on."""


class EditorFailed(K9pyError):
    """An editor was not to be had, failed, or left no file; `text` is what is in the file all the same, if anything."""

    text = ""


def find_editor(environ: Mapping[str, str], setting: Editor = "external") -> tuple[str, ...]:
    """The command of the person's editor; nothing for the one that is built in, as where they have none.

    Raises K9pyError where it is no command that a shell could read.
    """
    named = next(((name, environ[name]) for name in VARIABLES if environ.get(name, "").strip()), None)
    if setting == "built-in" or named is None:
        return ()
    try:
        return tuple(shlex.split(named[1]))
    except ValueError as error:
        raise K9pyError(f"{named[0]} is no command: {error}") from error


async def run_editor(app: K9pyApp, command: Sequence[str], name: str, text: str, secret: bool) -> str:
    """Have the text changed in an editor; what is in the file afterwards.

    Raises NoRoom where no file could be made, and EditorFailed.
    """
    folder = _make_folder(name, text, secret)
    path = folder / name
    rescued: Path | None = None
    try:
        await _run(app, [*command, str(path)])
        return _read(path)
    except EditorFailed as error:
        if path.exists():
            error.text = path.read_bytes().decode("utf-8", "surrogateescape")
        rescued = next((each for each in folder.iterdir() if each != path), None)  # vim's .swp, nano's .save
        if rescued:
            error.message += f"; what it has rescued of the text is in {rescued}"
        raise
    finally:
        if not rescued:
            shutil.rmtree(folder, ignore_errors=True)


async def _run(app: K9pyApp, argv: Sequence[str]) -> None:
    """Run a program in the terminal until it ends. Raises EditorFailed, once the terminal is k9py's again."""
    failed: EditorFailed | None = None
    with app.batch_update(), _suspended(app), _deaf():
        try:  # an error that left this block would leave the terminal as it is: App.suspend has no finally
            process = await asyncio.create_subprocess_exec(*argv)
            code = await _wait(process)
            if code:
                failed = EditorFailed(_say_code(argv[0], code))
        except OSError as error:
            failed = EditorFailed(f"{clean(argv[0])} can't be run: {error.strerror}", "look at $KUBE_EDITOR or $EDITOR")
        except asyncio.CancelledError:
            failed = EditorFailed("k9py went on without the editor")
    if failed:
        raise failed


async def _wait(process: asyncio.subprocess.Process) -> int:
    """Until it has ended; it is ended when nobody waits for it any more."""
    try:
        return await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise


def _say_code(program: str, code: int) -> str:
    name = clean(Path(program).name)
    if code < 0:
        return f"{name} was ended by {signal.Signals(-code).name}"
    return f"{name} ended with exit code {code}"


@contextmanager
def _suspended(app: K9pyApp) -> Iterator[None]:
    """The terminal as it was before k9py, where there is one."""
    driver = app._driver
    with app.suspend() if driver and driver.can_suspend else nullcontext():
        yield


@contextmanager
def _deaf() -> Iterator[None]:
    """Keys that interrupt are meant for the editor. A handler (and not SIG_IGN) is not handed on to it."""
    former: dict[int, object] = {}
    for interrupt in (signal.SIGINT, signal.SIGQUIT):
        former[interrupt] = signal.signal(interrupt, lambda *_: None)
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler or signal.SIG_DFL)  # type: ignore[arg-type]


def _make_folder(name: str, text: str, secret: bool) -> Path:
    """A private folder with the file in it. Raises NoRoom."""
    error: OSError | None = None
    for parent in folders(secret):
        folder: Path | None = None
        try:
            folder = Path(tempfile.mkdtemp(prefix="k9py-edit-", dir=parent))
            write_private(folder / name, text)
        except OSError as failed:
            error = failed
            if folder:
                shutil.rmtree(folder, ignore_errors=True)
        else:
            return folder
    raise NoRoom(f"no folder takes a file for the editor: {error and error.strerror}")


def folders(secret: bool) -> list[str]:
    """Where the file may be: what is secret in memory rather than on a disk."""
    memory = [path for path in (os.environ.get("XDG_RUNTIME_DIR", ""), "/dev/shm") if path and os.path.isdir(path)]
    disk = [tempfile.gettempdir(), str(Path.home())]
    return [*memory, *disk] if secret else [*disk, *memory]


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise EditorFailed("the editor has left no file") from error
    except UnicodeDecodeError as error:
        raise EditorFailed("what the editor has left is no UTF-8") from error
