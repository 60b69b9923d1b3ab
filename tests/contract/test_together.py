"""One `k9py demo --serve`, and several people on it: two k9py and a kubectl."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.kubectl import Kubectl
from tests.cluster.screen import K9py

K9PY = Path(sys.executable).with_name("k9py")


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Iterator[Path]:
    """How to reach a cluster that another process serves; it ends when it is asked to."""
    with subprocess.Popen([str(K9PY), "demo", "--serve"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        text = ""
        for line in process.stdout:
            text += line
            if line == "}\n":
                break
        path = tmp_path / "kubeconfig"
        path.write_text(text, encoding="utf-8")
        assert json.loads(text)["kind"] == "Config"
        try:
            yield path
        finally:
            process.terminate()
    assert process.returncode == 0


def _open(folder: Path, kubeconfig: Path, view: str) -> K9py:
    homes = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("STATE", "CONFIG", "CACHE", "DATA")}
    return K9py([str(K9PY), f"--kubeconfig={kubeconfig}", "-c", view], (120, 40), homes)


@pytest.mark.timeout(120)
def test_a_change_is_on_every_screen(kubeconfig: Path, tmp_path: Path) -> None:
    kubectl = Kubectl(kubeconfig, tmp_path / "cache")
    view = "deployments default"
    with _open(tmp_path / "one", kubeconfig, view) as one, _open(tmp_path / "two", kubeconfig, view) as two:
        for screen in (one, two):
            screen.wait(r"╭─ .*[Dd]eployments")
        kubectl("create", "deployment", "shared", "--image=busybox:1.36", "--replicas=2", "--", "sleep", "3600")
        for screen in (one, two):
            screen.wait_row("Deployments", "shared", "2/2")
        kubectl("scale", "deployment/shared", "--replicas=3")
        for screen in (one, two):
            screen.wait_row("Deployments", "shared", "3/3")
        kubectl("delete", "deployment", "shared")
        for screen in (one, two):
            screen.wait_no_row("Deployments", "shared")
