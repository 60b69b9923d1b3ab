"""What a newcomer does: `k9py demo`, or `k9py` without a cluster and one key."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest

from k9py.cli import build_parser
from k9py.demo.options import plan_from
from k9py.values.errors import ConfigError
from tests.terminal import Terminal

K9PY = [sys.executable, "-m", "k9py.cli"]


def home(folder: Path) -> Mapping[str, str]:
    """A person who has no kubeconfig, and whose files all lie in that folder."""
    return {"KUBECONFIG": "", "HOME": str(folder), "TMPDIR": str(folder), "XDG_STATE_HOME": str(folder / "state")}


def test_the_embedded_cluster_is_alive_and_leaves_nothing(tmp_path: Path) -> None:
    with Terminal([*K9PY, "demo"], size=(140, 40), env=home(tmp_path)) as terminal:
        terminal.wait(r"k9py-demo .* pods \d\d")
        terminal.wait(r"postgres-0 .*Running")
        children = psutil.Process(terminal.pid).children(recursive=True)
        terminal.type(":deploy shop\r")
        terminal.wait(r"Deployments? \d+ · shop")
        terminal.send("ctrl-c")
        assert terminal.wait_exit() == 0
    assert children == []
    left = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert [name for name in left if not name.endswith(".log")] == []


def test_without_a_kubeconfig_one_key_opens_it(tmp_path: Path) -> None:
    with Terminal(K9PY, size=(100, 30), env=home(tmp_path)) as terminal:
        terminal.wait(r"no kubeconfig:")
        assert "d opens the embedded one" in terminal.screen()
        terminal.send("d")
        terminal.wait(r"k9py-demo .* pods \d\d")
        terminal.type(":ctx\r")
        terminal.wait(r"● k9py-demo")
        terminal.send("ctrl-c")


def test_a_change_by_keys_has_its_consequences(tmp_path: Path) -> None:
    with Terminal([*K9PY, "demo", "-c", "deploy shop"], size=(120, 30), env=home(tmp_path)) as terminal:
        terminal.wait(r"catalog .* 2/2|catalog .* \d/\d")
        terminal.type("/catalog\r")
        terminal.wait(r"▸ catalog")
        terminal.send("s")
        terminal.wait("replicas")
        terminal.send("backspace", "4", "enter")
        terminal.wait(r"\+ +replicas: 4")  # before the server has said what it would do, nothing is confirmed
        terminal.settle(0.15)
        terminal.send("enter")
        terminal.wait(r"catalog .*4/4")
        terminal.send("ctrl-c")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--pods", "-1"], "--pods -1 cannot be — choose a number from 0 to 100000"),
        (["--speed", "0"], "--speed 0.0 cannot be"),
        (["--story", "nonsense"], "there is no story nonsense — choose one: bad-deploy"),
        (["--like", "9.9"], "--like 9.9 cannot be — choose from 1.20 to 1.36"),
        (["--like", "new"], "--like new cannot be"),
    ],
)
def test_an_option_that_cannot_be_says_what_can(words: list[str], said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        plan_from(build_parser().parse_args(["demo", *words]))
    assert said in refused.value.line


def test_no_thread_of_it_is_left_in_this_process() -> None:
    assert [thread.name for thread in threading.enumerate() if thread.name == "k9py-demo"] == []
