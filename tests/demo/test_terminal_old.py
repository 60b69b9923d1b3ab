"""The whole product by keys on a server of 1.20, and as somebody with few rights."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from k9py.demo.plan import Plan
from k9py.demo.serve import Embedded
from tests.demo.test_terminal import K9PY, home
from tests.terminal import Terminal

TROUBLE = re.compile(r"see the log|can't be|cannot|no such kind|not find|denied|Error:|stale")
"""What a message in the last line says when something is wrong."""


def last_line(terminal: Terminal) -> str:
    """Keys, or what k9py has to say."""
    return terminal.screen().splitlines()[-1]


def go(terminal: Terminal, command: str, pattern: str) -> None:
    """A command, and what it should show."""
    terminal.type(f":{command}\r")
    terminal.wait(pattern)
    assert not TROUBLE.search(last_line(terminal))


def test_a_server_of_1_20_is_used_like_any_other(tmp_path: Path) -> None:
    with Terminal([*K9PY, "demo", "--like", "1.20"], size=(140, 40), env=home(tmp_path)) as terminal:
        terminal.wait(r"k9py-demo .* pods \d\d.* nodes 4/4 .*v1\.20\.0 .*live")
        terminal.wait(r"control-1 .*Ready")
        terminal.wait(r"runner +● 1/1")
        terminal.wait(r"CPU . +\d+%")
        go(terminal, "cronjobs", r"postgres-backup +\* \* \* \* \* ")
        go(terminal, "pdb", r"ledger +1 +N/A +0")
        terminal.send("y")
        terminal.wait("apiVersion: policy/v1beta1")
        go(terminal, "hpa", r"Deployment/search +cpu: \d+%/70%")
        terminal.send("y")
        terminal.wait("apiVersion: autoscaling/v1")
        go(terminal, "shopbackups", r"media-weekly +bucket/media")
        go(terminal, "deploy shop", r"catalog .* 2/2")
        terminal.type("/^catalog\r")
        terminal.wait("Deployments 1 of")
        terminal.send("s")
        terminal.wait("replicas .now 2.")
        terminal.send("backspace", "3", "enter")
        terminal.wait(r"\+ +replicas: 3")
        terminal.send("enter")
        terminal.wait(r"catalog .*3/3")
        terminal.send("r")
        terminal.wait(r"\+ +kubectl.kubernetes.io/restartedAt")
        terminal.send("enter")
        terminal.wait("new pods, sent")
        go(terminal, "po shop", r"refunds.*CrashLoop")
        terminal.type("/refunds\r")
        terminal.wait("Pods 1 of")
        terminal.send("p")
        terminal.wait("UnknownHostException")
        go(terminal, "about", r"faults +0 unexpected")
        terminal.wait(r"Notes\W+none")
        terminal.send("ctrl-c")
        assert terminal.wait_exit() == 0
    (log,) = tmp_path.rglob("k9py.log")
    assert "Traceback" not in log.read_text()
    assert " ERROR " not in log.read_text()


@pytest.fixture
def viewer(tmp_path: Path) -> Iterator[Path]:
    """A kubeconfig of somebody who may look at the namespace shop, and nothing else."""
    embedded = Embedded(Plan())
    config = json.loads(embedded.wait(30))
    config["users"][0]["user"]["as"] = "system:serviceaccount:shop:viewer"
    path = tmp_path / "viewer.kubeconfig"
    path.write_text(json.dumps(config))
    yield path
    embedded.close()


def test_whoever_may_see_one_namespace_only_is_told_so_and_sees_that(tmp_path: Path, viewer: Path) -> None:
    with Terminal([*K9PY, "--kubeconfig", str(viewer)], size=(120, 40), env=home(tmp_path)) as terminal:
        terminal.wait(r"system:serviceaccount:shop:viewer .*live")
        terminal.wait(r"Pods \d\d · shop")
        terminal.wait(r"cart .*3/3")
        assert "denied: nodes is forbidden" in terminal.screen()
        terminal.send("ctrl-c")
        assert terminal.wait_exit() == 0
    with Terminal([*K9PY, "--kubeconfig", str(viewer), "-n", "shop"], size=(120, 40), env=home(tmp_path)) as terminal:
        terminal.wait(r"cart-\S+ +1/1 +● Running")
        terminal.wait("cart closed")  # the log of the first pod
        terminal.type(":gizmos\r")
        terminal.wait("gizmos: this cluster serves no such kind")
        go(terminal, "secrets", r'in the namespace "shop"')
        go(terminal, "deploy", r"Deployments \d+ · shop")
        terminal.send("s")
        terminal.wait("not allowed to patch deployments.apps/scale in shop")
        terminal.send("y")
        terminal.wait("kind: Deployment")
        terminal.send("ctrl-c")
    (log,) = tmp_path.rglob("k9py.log")
    assert "Traceback" not in log.read_text()
