"""The container images of the lab, made from the machine's static busybox: no registry is ever asked.

An image is a docker archive with a single layer. Workloads name them with `imagePullPolicy: Never`.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
import tarfile
from pathlib import Path

from tests.cluster.lab.deps import BUSYBOX
from tests.cluster.lab.shell import run

BUSYBOX_IMAGE = "registry.local/busybox:1"
PAUSE_IMAGE = "registry.local/pause:1"
_FOLDERS = ("bin", "tmp", "etc", "proc", "sys", "dev", "root", "var", "var/log")
_FILES = {"etc/passwd": b"root:x:0:0:root:/root:/bin/sh\n", "etc/group": b"root:x:0:\n"}
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def _add(tar: tarfile.TarFile, name: str, data: bytes, mode: int = 0o644) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), mode
    tar.addfile(info, io.BytesIO(data))


def layer(busybox: bytes, applets: list[str]) -> bytes:
    """A root file system: busybox, a link for each of its applets, and the folders that programs expect."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for folder in _FOLDERS:
            info = tarfile.TarInfo(folder)
            info.type, info.mode = tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755
            tar.addfile(info)
        _add(tar, "bin/busybox", busybox, 0o755)
        for applet in applets:
            info = tarfile.TarInfo(f"bin/{applet}")
            info.type, info.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(info)
        for name, data in _FILES.items():
            _add(tar, name, data)
    return buffer.getvalue()


def archive(tag: str, command: list[str], content: bytes) -> bytes:
    """A docker archive of one layer that is called `tag` and runs `command`."""
    digest = hashlib.sha256(content).hexdigest()
    config = {
        "architecture": _ARCHITECTURES.get(platform.machine(), platform.machine()),
        "os": "linux",
        "config": {"Env": ["PATH=/bin"], "Cmd": command},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
        "history": [{"created_by": "k9py lab"}],
    }
    text = json.dumps(config).encode()
    name = hashlib.sha256(text).hexdigest() + ".json"
    manifest = [{"Config": name, "RepoTags": [tag], "Layers": ["layer.tar"]}]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        _add(tar, name, text)
        _add(tar, "layer.tar", content)
        _add(tar, "manifest.json", json.dumps(manifest).encode())
    return buffer.getvalue()


def write_images(folder: Path) -> list[Path]:
    """Write the archives of both images and return their paths."""
    applets = [name for name in run(BUSYBOX, "--list").split() if name != "busybox"]
    content = layer(BUSYBOX.read_bytes(), applets)
    wanted = {"busybox": (BUSYBOX_IMAGE, ["sh"]), "pause": (PAUSE_IMAGE, ["/bin/sleep", "2147483647"])}
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, (tag, command) in wanted.items():
        path = folder / f"{name}.tar"
        path.write_bytes(archive(tag, command, content))
        paths.append(path)
    return paths
