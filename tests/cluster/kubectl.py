"""The real kubectl: it sets up what the suite looks at, and its word is what k9py's screen is held against."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

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

    def config(self) -> Manifest:
        """The kubeconfig's current context, certificates and all, to make another kubeconfig from."""
        found: Manifest = self.json("config", "view", "--raw", "--flatten", "--minify")
        return found

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

    def patch(self, thing: str, change: Manifest, namespace: str, *flags: str) -> None:
        """Change an object by a patch."""
        self("patch", thing, *in_namespace(namespace), *flags, "-p", json.dumps(change))

    def wait(self, thing: str, what: str, namespace: str = "", timeout: int = 120) -> None:
        """Wait for `condition=Ready`, `delete`, `jsonpath=…`."""
        self("wait", thing, *in_namespace(namespace), f"--for={what}", f"--timeout={timeout}s", timeout=timeout + 10)

    def wait_served(self, plural: str, group: str) -> None:
        """Wait until discovery tells of a kind, which is a moment after its CRD is established."""
        wait_until(lambda: f'"{plural}"' in self("get", "--raw", f"/apis/{group}/v1"), f"{plural}.{group} is served")


def wait_until(holds: Callable[[], object], what: str | Callable[[], str], timeout: float = 60) -> float:
    """Wait until something holds that kubectl cannot wait for (its errors count as not yet); the seconds."""
    began = time.monotonic()
    while not _holds(holds):
        assert time.monotonic() - began < timeout, f"{what() if callable(what) else what}: not within {timeout:.0f} s"
        time.sleep(0.1)
    return time.monotonic() - began


def _holds(holds: Callable[[], object]) -> bool:
    try:
        return bool(holds())
    except KubectlError:
        return False


def in_namespace(namespace: str) -> tuple[str, ...]:
    """kubectl's words for a namespace; none for objects without."""
    return ("-n", namespace) if namespace else ()


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
