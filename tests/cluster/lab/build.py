"""Builds the cluster's programs from Go modules, once, into a cache outside the checkout.

One binary holds etcd and every Kubernetes program: they share most of their code, so that one link of it takes a
fraction of the time and space of seven. The cache's folder is keyed by all that goes into it and appears by a
rename, so that a build that was interrupted never looks finished.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tests.cluster.lab.shell import LabError, locked, say
from tests.cluster.lab.versions import METRICS_SERVER, Version, cache_folder

MAIN = Path(__file__).with_name("main.go")
GO = (1, 26)
PROGRAMS = ("clusterbin", "metrics-server")
_UNRELEASED = re.compile(r"^\s+(k8s\.io/\S+) v0\.0\.0\s*(?://.*)?$", re.MULTILINE)


def unreleased(go_mod: str) -> list[str]:
    """The modules that Kubernetes' own go.mod names at v0.0.0, since they live in its repository."""
    return sorted(set(_UNRELEASED.findall(go_mod)))


def go_mod(version: Version, replaced: list[str]) -> str:
    """Our go.mod: the two programs' modules, and the published versions of the unreleased ones."""
    lines = ["module clusterbin", "", f"go {GO[0]}.{GO[1]}.0", "", "require ("]
    lines += [f"\tgo.etcd.io/etcd/server/v3 {version.etcd}", f"\tk8s.io/kubernetes {version.kubernetes}", ")"]
    lines += ["", "replace (", *(f"\t{m} => {m} {version.modules}" for m in replaced), ")"]
    return "\n".join(lines) + "\n"


def ld_flags(version: Version) -> str:
    """Strip the binary and stamp the version that the servers report."""
    stamps = {
        "gitVersion": version.kubernetes,
        "gitMajor": "1",
        "gitMinor": version.minor,
        "gitTreeState": "clean",
        "gitCommit": "module",
    }
    return "-s -w " + " ".join(f"-X k8s.io/component-base/version.{k}={v}" for k, v in stamps.items())


def folder_of(version: Version) -> Path:
    """The cache's folder for this version, whether it is built or not."""
    parts = [MAIN.read_text(), version.kubernetes, version.etcd, METRICS_SERVER, str(GO)]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
    return cache_folder() / f"{version.kubernetes.removeprefix('v')}-{digest}"


def build(version: Version) -> Path:
    """The folder with the programs, built first when they are not there."""
    folder = folder_of(version)
    if folder.exists():
        return folder
    _check_go()
    with locked(folder.parent / ".lock"):
        if not folder.exists():
            _build_into(folder, version)
    return folder


def _build_into(folder: Path, version: Version) -> None:
    say(f"building Kubernetes {version.kubernetes}: 5 to 10 minutes on two cores, seconds when Go has it cached")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".build-") as temp:
        source, out = Path(temp, "src"), Path(temp, "bin")
        source.mkdir()
        _module(source, version)
        flags = ("-trimpath", "-ldflags", ld_flags(version), "-o", f"{out}/clusterbin")
        _go(source, "compiling clusterbin", "build", *flags, ".")
        package = f"sigs.k8s.io/metrics-server/cmd/metrics-server@{METRICS_SERVER}"
        _go(source, "compiling metrics-server", "install", "-trimpath", "-ldflags", "-s -w", package, out=out)
        if lacking := [p for p in PROGRAMS if not (out / p).exists()]:
            raise LabError(f"the build ended without {', '.join(lacking)}")
        out.rename(folder)
    say(f"built {folder}")


def _module(source: Path, version: Version) -> None:
    shutil.copy(MAIN, source / "main.go")
    (source / "go.mod").write_text(go_mod(version, []))
    module = f"k8s.io/kubernetes@{version.kubernetes}"
    answer = _go(source, "reading the modules' list", "mod", "download", "-json", module)
    theirs = Path(json.loads(answer)["GoMod"]).read_text()
    (source / "go.mod").write_text(go_mod(version, unreleased(theirs)))
    _go(source, "downloading the modules", "mod", "tidy")


def _go(folder: Path, what: str, *argv: str, out: Path | None = None) -> str:
    """Run go, with a line when it begins and one each half minute: a silent build looks like one that hangs."""
    say(what)
    env = {**os.environ, "GOFLAGS": "-mod=mod -buildvcs=false", "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
    if out:
        env |= {"GOBIN": str(out), "GOFLAGS": "-buildvcs=false"}
    command, pipe = ["go", *argv], subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, env=env, stdout=pipe, stderr=pipe, text=True) as go:
        answer, words = _communicate(go, what)
    if go.returncode:
        raise LabError(f"go {argv[0]} failed:\n{words[-3000:]}")
    return answer


def _communicate(go: subprocess.Popen[str], what: str) -> tuple[str, str]:
    began = time.monotonic()
    while True:
        try:
            return go.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            say(f"{what}: {time.monotonic() - began:.0f} s so far")
        except BaseException:
            go.kill()
            raise


def _check_go() -> None:
    if shutil.which("go") is None:
        raise LabError(f"building the lab needs Go {GO[0]}.{GO[1]} or newer, and there is no go on PATH")
    env = {**os.environ, "GOTOOLCHAIN": "local"}
    said = subprocess.run(["go", "env", "GOVERSION"], env=env, capture_output=True, text=True, check=True).stdout
    numbers = [int(n) for n in re.findall(r"\d+", said)[:2]]
    if tuple(numbers) < GO:
        raise LabError(f"building the lab needs Go {GO[0]}.{GO[1]} or newer, and this is {said.strip()}")
