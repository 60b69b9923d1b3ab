"""The real kubectl: it sets up what the suite looks at, and its word is what k9py's screen is held against."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

KUBECTL = Path(sys.executable).with_name("kubectl")

Manifest = Mapping[str, Any]


class KubectlError(Exception):
    """kubectl did not succeed: its words."""


class Kubectl:
    """kubectl on one kubeconfig, its cache in a folder of the suite's own."""

    def __init__(self, kubeconfig: Path, cache: Path) -> None:
        self.kubeconfig = kubeconfig
        self.cache = cache

    def __call__(self, *words: str, stdin: str | None = None, timeout: float = 120) -> str:
        """Run `kubectl WORDS…` and return what it prints; KubectlError when it fails."""
        argv = [str(KUBECTL), f"--kubeconfig={self.kubeconfig}", *words]
        environment = os.environ | {"KUBECACHEDIR": str(self.cache)}
        done = subprocess.run(
            argv, input=stdin, env=environment, capture_output=True, text=True, timeout=timeout, check=False
        )
        if done.returncode:
            raise KubectlError(f"kubectl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def json(self, *words: str) -> Any:
        """What it prints with `-o json`."""
        return json.loads(self(*words, "-o", "json"))

    def names(self, *words: str) -> list[str]:
        """The names of what `kubectl get WORDS…` finds."""
        return self("get", *words, "-o", "jsonpath={range .items[*]}{.metadata.name}{'\\n'}{end}").split()

    def create(self, *manifests: Manifest, namespace: str = "") -> None:
        """Create objects."""
        self._send("create", manifests, namespace)

    def apply(self, *manifests: Manifest, namespace: str = "") -> None:
        """Create objects, or change them into what is given."""
        self._send("apply", manifests, namespace)

    def _send(self, verb: str, manifests: tuple[Manifest, ...], namespace: str) -> None:
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests})
        self(verb, *in_namespace(namespace), "-f", "-", stdin=text)

    def wait(self, thing: str, what: str, namespace: str = "", timeout: int = 120) -> None:
        """Wait for `condition=Ready`, `delete`, `jsonpath=…`."""
        self("wait", thing, *in_namespace(namespace), f"--for={what}", f"--timeout={timeout}s", timeout=timeout + 10)


def in_namespace(namespace: str) -> tuple[str, ...]:
    """kubectl's words for a namespace; none for objects without."""
    return ("-n", namespace) if namespace else ()


def read_kubeconfig(path: Path) -> dict[str, Any]:
    """A kubeconfig as data, to make another from."""
    found: dict[str, Any] = yaml.safe_load(path.read_text())
    return found


def write_kubeconfig(path: Path, cluster: Manifest, user: Manifest, namespace: str = "") -> Path:
    """A kubeconfig of one context, `test`."""
    context = {"cluster": "test", "user": "test"} | ({"namespace": namespace} if namespace else {})
    path.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "test", "cluster": cluster}],
                "users": [{"name": "test", "user": user}],
                "contexts": [{"name": "test", "context": context}],
                "current-context": "test",
            }
        )
    )
    return path
