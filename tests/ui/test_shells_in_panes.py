"""Shells in panes by keys, in a real terminal, on the embedded cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.screen import K9py
from tests.ui.shell_stage import Stage, staged

PREFIX = "ctrl-]"


@pytest.fixture
def terminal(stage: Stage) -> Iterator[K9py]:
    """k9py with a shell in a pane."""
    with stage.k9py(where="pane") as terminal:
        terminal.point_at("Pods", "web")
        terminal.send("s")
        prompts(terminal, "web")
        yield terminal


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as found:
        yield found


def prompts(terminal: K9py, pod: str) -> None:
    """Wait until the shell of a pod asks for a command."""
    terminal.wait(rf"Shell default/{pod}")
    terminal.wait_pane("Shell", lambda pane: any(text.endswith("#") for text in pane.texts), "no prompt")


def shows(terminal: K9py, *texts: str) -> None:
    terminal.wait_pane("Shell", lambda pane: all(text in pane.texts for text in texts), f"no {texts}")


def test_all_keys_are_the_shell_s(terminal: K9py) -> None:
    terminal.type("echo 쿠버:네티스/?\r")
    shows(terminal, "쿠버:네티스/?")
    terminal.type("sleep 1000\r")
    terminal.send("ctrl-c")
    terminal.type("echo on$((40 + 2))\r")
    shows(terminal, "on42")


def test_the_whole_page_is_the_shell_s_and_it_is_told(terminal: K9py) -> None:
    terminal.type("stty size\r")
    shows(terminal, "13 97")
    terminal.send(PREFIX, "Z")
    terminal.wait("Pods", gone=True)
    terminal.type("sleep 0.5; stty size\r")
    terminal.wait("^23 100$")
    terminal.resize(120, 30)
    terminal.type("sleep 0.5; stty size\r")
    terminal.wait("^29 120$")
    terminal.send(PREFIX, "Z")
    terminal.wait_title("Pods", "")


def test_several_go_on_while_one_looks_elsewhere(terminal: K9py) -> None:
    terminal.type("here=1\r")
    terminal.send(PREFIX, "tab")
    terminal.point_at("Pods", "shell")
    terminal.send("s")
    terminal.wait("2 of 2 · Shell default/shell")
    terminal.wait("2 shells")
    terminal.type("here=2; sleep 1; echo slept-$here\r")
    terminal.send(PREFIX, "q")
    terminal.wait_title("Pods", "")
    terminal.wait("2 shells")
    terminal.type(":shells\r")
    terminal.wait("default/shell .*running")
    terminal.send("j", "enter")
    terminal.wait(r"│slept-2 ")
    terminal.send(PREFIX, "n")
    terminal.wait("1 of 2 · Shell default/web")
    terminal.type("echo first-$here\r")
    terminal.wait(r"│first-1 ")


def test_what_has_ended_is_read_and_opened_again(terminal: K9py) -> None:
    terminal.type("echo before; exit 3\r")
    shows(terminal, "before", "── exit code 3 ──")
    terminal.send("r")
    prompts(terminal, "web")
    terminal.type("echo again\r")
    shows(terminal, "again")


def test_a_lost_connection_keeps_what_was_written(terminal: K9py, stage: Stage) -> None:
    terminal.type("echo kept\r")
    shows(terminal, "kept")
    stage.cut()
    terminal.wait("── the connection .*was lost")
    shows(terminal, "kept")


def test_much_output_can_be_read_back(terminal: K9py) -> None:
    terminal.type("seq 1 5000; echo the-en''d\r")
    shows(terminal, "the-end", "5000")
    terminal.send(PREFIX)
    terminal.type("/^4242$\r")
    shows(terminal, "4242")
    terminal.wait("1 of 1")
    terminal.send("esc", "esc")
    terminal.type("echo at-the-en''d\r")
    shows(terminal, "at-the-end")


def test_a_shell_that_runs_is_not_lost_by_quitting(terminal: K9py) -> None:
    terminal.send(PREFIX)
    terminal.type(":q\r")
    terminal.wait("is under way")
    terminal.send("esc")
    terminal.type("echo still-here\r")
    shows(terminal, "still-here")
