"""What the tests of deletion have in common: the confirmation, and what is left."""

from __future__ import annotations

import shlex

from tests.cluster.conftest import Open
from tests.cluster.kubectl import Kubectl, KubectlError
from tests.cluster.screen import K9py


def uid(kubectl: Kubectl, thing: str, namespace: str = "") -> str:
    """The uid of an object, or nothing where there is none."""
    where = ["-n", namespace] if namespace else []
    try:
        return kubectl("get", thing, *where, "-o", "jsonpath={.metadata.uid}")
    except KubectlError as error:
        if "NotFound" not in str(error):
            raise
        return ""


def open_table(k9py: Open, namespace: str, kind: str, title: str) -> K9py:
    screen = k9py("-n", namespace, "-c", kind)
    screen.wait_pane(title, lambda pane: bool(pane.cursor), f"no {kind}")
    return screen


def confirm(screen: K9py, title: str, key: str = "ctrl-d") -> None:
    """Press the key, and wait for the confirmation with the server's word in it."""
    screen.send(key)
    screen.wait_dialog(rf"^{title}")
    screen.wait(r"the server would do it|✖ |left alone|- finalizers")
    screen.wait(r"asking the server", gone=True)
    screen.settle(0.15)


def command_of(screen: K9py, title: str) -> list[str]:
    """The kubectl command in the confirmation."""
    lines = screen.wait_pane(title, lambda pane: any("kubectl " in line for line in pane.lines)).texts
    at = next(number for number, line in enumerate(lines) if line.startswith("kubectl "))
    end = next(number for number, line in enumerate(lines) if number > at and not line)
    return shlex.split(" ".join(lines[at:end]))
