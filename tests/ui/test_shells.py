"""Shells, commands and attachments by keys, in a real terminal, on the embedded cluster."""

from __future__ import annotations

import os
import signal
import termios
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.screen import K9py
from tests.ui.shell_stage import Stage, staged

SECOND_SCREEN = 1049
COOKED = (termios.ECHO | termios.ICANON | termios.ISIG, termios.OPOST)
"""How a terminal is before and after k9py."""
PROMPT = r"^/ #$"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as found:
        yield found


def point_at(terminal: K9py, name: str) -> None:
    """The cursor on a pod."""
    terminal.point_at("Pods", name)


def is_back(terminal: K9py, said: str) -> None:
    """The tables are there again, and the last line says how it ended."""
    terminal.wait(said)
    terminal.wait(r"Pods \d+ ")
    assert SECOND_SCREEN in terminal.modes


def flags(terminal: K9py) -> tuple[int, ...]:
    """What of the terminal's modes a program may have changed: echo, lines, signals, newlines."""
    modes = termios.tcgetattr(terminal._master)
    return modes[tty.LFLAG] & (termios.ECHO | termios.ICANON | termios.ISIG), modes[tty.OFLAG] & termios.OPOST


def test_a_shell(stage: Stage) -> None:
    with stage.k9py() as terminal:
        point_at(terminal, "web")
        terminal.send("s")
        terminal.wait(r"Shell default/web · main · Enter ~ \. leaves")
        terminal.wait(r"#$")
        assert SECOND_SCREEN not in terminal.modes
        terminal.type("stty size; echo 쿠버네티스; echo $0\r")
        terminal.wait(r"^24 100\n쿠버네티스\nbash$")
        terminal.resize(80, 20)
        terminal.type("stty size\r")
        terminal.wait(r"^20 80$")
        terminal.type("exit 3\r")
        is_back(terminal, r"Shell default/web · main: exit code 3")
        terminal.send("ctrl-c")
        assert terminal.wait_exit() == 0
    intent, outcome = stage.audit
    assert (intent["event"], intent["object"], intent["shell"]) == ("intent", "default/web", 1)
    command = (
        f"kubectl exec -it pod/web -c main -n default --context lab --kubeconfig {stage.folder}/kubeconfig -- sh -c "
    )
    assert str(intent["command"]).startswith(command)
    assert (outcome["event"], outcome["reason"], outcome["done"]) == ("outcome", "exit code 3", True)


def test_the_tables_live_on_meanwhile(stage: Stage) -> None:
    with stage.k9py() as terminal:
        point_at(terminal, "web")
        terminal.send("s")
        terminal.wait(r"#$")
        for number in range(60):  # more than the queue of the thread that paints would hold
            stage.do(lambda name=f"web-{number}": stage.lab.pod(name, {"image": "busybox"}))  # type: ignore[misc]
        terminal.type("exit\r")
        terminal.wait(r"Pods 66 ")
        terminal.wait(r"exit code 0")


def test_a_way_out_of_what_hangs(stage: Stage) -> None:
    with stage.k9py() as terminal:
        point_at(terminal, "web")
        terminal.send("ctrl-x")
        terminal.wait("command in container main")
        terminal.type("sleep 1000\r")
        terminal.wait(r"Exec default/web · main · sleep 1000 · Enter ~ \. leaves")
        assert flags(terminal) != COOKED
        terminal.type("\r~.")
        is_back(terminal, r"Exec default/web · main · sleep 1000: left")
        terminal.send("ctrl-c")
        assert terminal.wait_exit() == 0
        assert flags(terminal) == COOKED


def test_a_command_and_its_exit_code(stage: Stage) -> None:
    with stage.k9py() as terminal:
        point_at(terminal, "web")
        terminal.send("ctrl-x")
        terminal.wait("command in container main")
        terminal.type("sh -c 'echo $((6 * 7)); exit 4")
        terminal.wait("no closing quotation: quotes come in pairs")
        terminal.type("'\r")
        terminal.wait(r"^42\n\n exit code 4 · any key goes back")
        terminal.send("x")
        is_back(terminal, "exit code 4")
        terminal.send("ctrl-x")
        terminal.wait("command in container main")
        terminal.type("nosuch\r")
        is_back(terminal, "✖ Exec default/web · main · nosuch: there is no program nosuch in container main")


def test_which_container(stage: Stage) -> None:
    with stage.k9py() as terminal:
        point_at(terminal, "box")
        terminal.send("s")
        terminal.wait(r"Which container of default/box\?")
        terminal.send("down", "enter")
        terminal.wait(r"Shell default/box · web")
        terminal.wait(r"#$")
        terminal.type("cat /tmp/index.html; exit\r")
        terminal.wait(r"default/box · web: exit code 0")
        terminal.send("enter")
        terminal.wait(r"main .*Running")
        terminal.send("s")
        terminal.wait(r"Shell default/box · main")
        terminal.wait(r"#$")
        terminal.type("exit\r")
        terminal.wait(r"default/box · main: exit code 0")


def test_an_image_without_a_shell(stage: Stage) -> None:
    stage.do(lambda: stage.lab.pod("bare", {"image": "gcr.io/distroless/static", "command": ["/app"]}))
    with stage.k9py() as terminal:
        terminal.wait_row("Pods", "bare", "Running")
        point_at(terminal, "bare")
        terminal.send("s")
        terminal.wait_dialog(r"Shell default/bare · main")
        terminal.wait(r"the container has no shell \(bash, ash, sh\)")
        terminal.wait(r"kubectl debug -it POD")


def test_what_does_not_run_says_what_it_does(stage: Stage) -> None:
    with stage.k9py() as terminal:
        point_at(terminal, "done")
        terminal.send("s")
        terminal.wait(r"✖ Shell pod default/done: no container of it runs: main \(terminated: Completed, exit code 0\)")


def test_attaching_and_leaving_ends_nothing(stage: Stage) -> None:
    with stage.k9py() as terminal:
        point_at(terminal, "shell")
        terminal.send("a")
        terminal.wait(r"Attach default/shell · main · Enter ~ \. leaves")
        terminal.wait(r"#$")  # painted anew, as the window has another size
        terminal.type("echo $((6 * 7))\r")
        terminal.wait("^42$")
        terminal.type("\r~.")
        is_back(terminal, "Attach default/shell · main: left")
        assert stage.do(lambda: stage.lab.run("shell").containers["main"].process) is not None


def test_attaching_to_what_takes_no_input(stage: Stage) -> None:
    with stage.k9py() as terminal:
        point_at(terminal, "web")
        terminal.send("a")
        terminal.wait(r"Attach default/web · main · output only, it takes no input · ctrl-c leaves")

        def speak() -> None:
            process = stage.lab.run("web").containers["main"].process
            assert process is not None
            process.log("a line")
            process.log("another")

        stage.do(speak)
        terminal.wait(r"^a line\nanother$")
        terminal.send("ctrl-c")
        is_back(terminal, "Attach default/web · main: left")
        terminal.send("ctrl-c")
        terminal.wait_exit()
        assert flags(terminal) == COOKED


def test_a_lost_connection_says_so_and_waits_to_be_read(stage: Stage) -> None:
    with stage.k9py() as terminal:
        point_at(terminal, "web")
        terminal.send("s")
        terminal.wait(r"#$")
        terminal.type("echo kept\r")
        terminal.wait(r"^kept$")
        stage.cut()
        terminal.wait(r"the connection through \S+ was lost: [^·]*· any key goes back")
        assert "kept" in terminal.screen()
        terminal.send("x")
        is_back(terminal, "✖ Shell default/web · main: the connection")
        terminal.send("ctrl-c")
        assert terminal.wait_exit() == 0
        assert flags(terminal) == COOKED


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(stage: Stage, number: signal.Signals) -> None:
    with stage.k9py() as terminal:
        point_at(terminal, "web")
        terminal.send("s")
        terminal.wait(r"#$")
        terminal.type("printf '\\033[?1000h\\033[?25l'; echo ok\r")
        terminal.wait("^ok$")
        os.kill(terminal.pid, number)
        assert terminal.wait_exit() == 128 + number
        assert flags(terminal) == COOKED
        assert not terminal.modes & {SECOND_SCREEN, 1000, 2004}
        assert not terminal.cursor[2], "the cursor is hidden"


def test_a_pod_replaced_under_the_question_is_left_alone(stage: Stage) -> None:
    with stage.k9py() as terminal:
        point_at(terminal, "web")
        terminal.send("ctrl-x")
        terminal.wait("command in container main")
        terminal.type("ls")

        def replace() -> None:
            stage.lab.delete("web", 0)
            stage.lab.pod("web", {"image": "nginx"})

        stage.do(replace)
        terminal.send("enter")
        is_back(terminal, r"✖ Exec default/web · main · ls: it was replaced by another of that name")


def test_readonly_opens_none(stage: Stage) -> None:
    with stage.k9py("--readonly") as terminal:
        point_at(terminal, "web")
        for key in ("s", "a", "ctrl-x"):
            terminal.send(key)
            terminal.wait(r"✖ \S+ pod default/web: k9py runs read-only")


def test_a_shell_goes_from_its_pane_to_the_whole_terminal_and_back(stage: Stage) -> None:
    with stage.k9py(where="pane") as terminal:
        point_at(terminal, "web")
        terminal.send("s")
        terminal.wait(r"Shell default/web · main")
        terminal.wait(r"web:/# ")
        terminal.type("printf '\\033[32mgreen\\033[m\\n'; here=42\r")
        terminal.wait(r"green *│?$")
        terminal.send("ctrl-]", "f")
        terminal.wait(r"Shell default/web · main · Enter ~ \. ")
        terminal.wait(r"^green$")
        assert SECOND_SCREEN not in terminal.modes
        lines = terminal.screen().splitlines()
        row = next(row for row, line in enumerate(lines) if line == "green")
        assert terminal.cell(0, row).fg == "green"
        terminal.type("stty size; echo $here\r")
        terminal.wait(r"^24 100\n42$")
        terminal.type("\r~.")
        terminal.wait(r"Pods \d+ ")
        assert SECOND_SCREEN in terminal.modes
        terminal.type("echo back-$here\r")
        terminal.wait(r"back-42 *│?$")
