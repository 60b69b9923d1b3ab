"""Where the suite's cluster comes from: one that is named, else kind where docker works, else the lab.

K9PY_TEST_KUBECONFIG names a kubeconfig. When it is the lab's own, its programs can be controlled too.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.lab.build import build
from tests.cluster.lab.lab import Lab
from tests.cluster.lab.shell import attempt, run
from tests.cluster.lab.versions import chosen

_KIND = """\
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
- role: control-plane
- role: worker
"""
_NAME = "k9py"


def _nothing() -> None:
    """Somebody else's cluster is left as it is."""


@dataclass(frozen=True)
class Provider:
    """A running cluster; without a lab its programs cannot be stopped and started."""

    kubeconfig: Path
    lab: Lab | None = None
    close: Callable[[], None] = _nothing


NAMED = "K9PY_TEST_KUBECONFIG"


def prepare() -> None:
    """Build what the suite will need. It may take many minutes, which no test's own deadline allows for."""
    if not os.environ.get(NAMED) and not _has_kind():
        build(chosen())


def provide() -> Provider:
    """A running cluster; the caller closes it."""
    if named := os.environ.get(NAMED):
        path, lab = Path(named).resolve(), Lab()
        return Provider(path, lab if path == lab.kubeconfig else None)
    if _has_kind():
        return _kind()
    lab = Lab()
    return Provider(lab.up(), lab, lab.down)


def _has_kind() -> bool:
    return bool(shutil.which("kind") and shutil.which("docker") and attempt("docker", "info"))


def _kind() -> Provider:
    path = Path(tempfile.mkdtemp(prefix="k9py-kind-"), "kubeconfig")
    run("kind", "delete", "cluster", "--name", _NAME)
    run("kind", "create", "cluster", "--name", _NAME, "--kubeconfig", path, "--config", "-", stdin=_KIND)
    return Provider(path, None, lambda: _remove_kind(path))


def _remove_kind(path: Path) -> None:
    run("kind", "delete", "cluster", "--name", _NAME, "--kubeconfig", path)
    shutil.rmtree(path.parent)
