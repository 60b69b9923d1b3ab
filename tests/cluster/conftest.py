"""The cluster that the suite runs on, and k9py in a terminal.

K9PY_TEST_KUBECONFIG names a cluster that is there already; K9PY_KEEP_LAB=1 uses the lab that runs, or starts it, and
lets it run on, which is how to work on a test. Each module has a namespace of its own.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from tests.cluster.kubectl import Kubectl
from tests.cluster.lab import Lab
from tests.cluster.lab.provider import Provider, provide
from tests.cluster.screen import K9py

K9PY = Path(sys.executable).with_name("k9py")
_OPENED = pytest.StashKey[list[K9py]]()
_LOG = pytest.StashKey[Path]()


@dataclass
class Cluster:
    """What the suite runs on. `lab` is there when its programs may be stopped and started."""

    kubeconfig: Path
    kubectl: Kubectl
    lab: Lab | None

    def nodes(self) -> list[str]:
        return self.kubectl.names("nodes")

    def make_namespace(self, word: str) -> str:
        """A namespace that can run pods: one is refused until there is a default service account."""
        name = f"k9py-{word}-{secrets.token_hex(2)}"
        self.kubectl("create", "namespace", name)
        self.kubectl.wait("serviceaccount/default", "create", name, 60)
        return name


def _keep() -> Provider:
    lab = Lab()
    if not (lab.programs.alive("apiserver") and lab.api.ready()):
        lab.up()
    return Provider(lab.kubeconfig, lab)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The cluster; in the lab the log proof begins with it, which test_whole.py finishes."""
    provider = _keep() if os.environ.get("K9PY_KEEP_LAB") else provide()
    if provider.lab is None:
        os.environ.setdefault("K9PY_TEST_IMAGE", "busybox:1.36")
    kubectl = Kubectl(provider.kubeconfig, tmp_path_factory.mktemp("kubectl"))
    found = Cluster(provider.kubeconfig, kubectl, provider.lab)
    try:
        if provider.lab:
            provider.lab.begin_log_proof()
        yield found
    finally:
        provider.close()


@pytest.fixture(scope="session")
def kubectl(cluster: Cluster) -> Kubectl:
    return cluster.kubectl


@pytest.fixture(scope="session")
def lab(cluster: Cluster) -> Lab:
    """The lab, for tests that stop and start its programs."""
    if cluster.lab is None:
        pytest.skip("the programs of this cluster cannot be stopped and started: it is not the lab")
    return cluster.lab


@pytest.fixture(scope="module")
def namespace(request: pytest.FixtureRequest, cluster: Cluster) -> Iterator[str]:
    """A namespace of this module's own, gone some time after it."""
    name = cluster.make_namespace(request.module.__name__.rpartition("test_")[2])
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


class Open(Protocol):
    """Starts k9py with options."""

    def __call__(self, *options: str, size: tuple[int, int] = (120, 40), kubeconfig: Path | None = None) -> K9py: ...


def start_k9py(folder: Path, kubeconfig: Path, *options: str, size: tuple[int, int] = (120, 40)) -> K9py:
    """k9py in a terminal, its own files below a folder."""
    folders = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("STATE", "CONFIG", "CACHE", "DATA")}
    return K9py([str(K9PY), *options], size, {**folders, "KUBECONFIG": str(kubeconfig)})


@pytest.fixture
def k9py(request: pytest.FixtureRequest, cluster: Cluster, tmp_path: Path) -> Iterator[Open]:
    """k9py in a terminal, with files of its own; afterwards its log must tell of nothing unexpected."""
    opened = request.node.stash[_OPENED] = []
    request.node.stash[_LOG] = log = tmp_path / "state" / "k9py" / "log" / "k9py.log"

    def start(*options: str, size: tuple[int, int] = (120, 40), kubeconfig: Path | None = None) -> K9py:
        opened.append(start_k9py(tmp_path, kubeconfig or cluster.kubeconfig, *options, size=size))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()
    faults = [line for line in _read(log).splitlines() if " ERROR " in line]
    assert not faults, f"k9py met what it did not expect:\n{_read(log)}"


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that failed shows the screens as they were."""
    report = yield
    if report.failed and call.when == "call" and _OPENED in item.stash:
        for terminal in item.stash[_OPENED]:
            report.sections.append((f"k9py's screen at {time.strftime('%H:%M:%S')}", terminal.screen()))
        report.sections.append(("k9py's log", _read(item.stash[_LOG])))
    return report
