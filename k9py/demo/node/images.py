"""Images: what a registry has of them, and the program that each runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from k9py.demo.node.program import Program
from k9py.demo.node.shell.flavours import flavour_of

HUB = "docker.io"
"""The registry of names that say none."""
RATE = 40 * 2**20
"""Bytes a second of a pull."""

_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_PATH = re.compile(
    rf"(?P<path>{_PART}(?:/{_PART})*)(?::(?P<tag>\w[\w.-]{{0,127}}))?(?:@(?P<digest>[a-z0-9]+:[0-9a-f]{{32,}}))?"
)
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?")


class ImageNameError(ValueError):
    """What the kubelet says of a name that cannot be one."""


@dataclass(frozen=True, slots=True)
class Image:
    """One image. `error` is why it cannot be pulled, as the registry's client says it."""

    program: Program = field(default_factory=Program)
    size: int = 42_000_000
    argv: tuple[str, ...] = ()
    """What it runs when the pod names no command."""
    entrypoint: tuple[str, ...] | None = None
    """What stays of that when the pod names args alone; None: its first word."""
    env: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    everywhere: bool = False
    """On every node from the beginning: such ones were loaded and need no registry."""

    @property
    def seconds(self) -> float:
        """How long its pull takes."""
        return 0.6 + self.size / RATE


class Images:
    """All images of one cluster. Any that nobody has told of can be pulled too, and runs a plain Program.

    A name whose repository is told of with some tags has no other tags: it is not found.
    """

    def __init__(self) -> None:
        self._known: dict[str, Image] = {}
        self._tags: dict[str, set[str]] = {}
        self._found: dict[str, Image] = {}
        """By each name that has been asked for."""
        self.default: Callable[[str], Image] = public_image
        """What any other image is, by its full name."""

    def add(self, name: str, image: Image | Program) -> None:
        """Tell of an image: by name and tag."""
        full = full_name(name)
        self._known[full] = image if isinstance(image, Image) else Image(image)
        repository, _, tag = full.rpartition(":")
        self._found.clear()
        self._tags.setdefault(repository, set()).add(tag)

    def find(self, name: str) -> Image:
        """The image of a name. ImageNameError if it is no name."""
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = self._find(full_name(name))
        return found

    def _find(self, full: str) -> Image:
        image = self._known.get(full)
        if image is not None:
            return image
        if full.partition("@")[0].rpartition(":")[0] in self._tags:
            return Image(error=f'failed to resolve reference "{full}": {full}: not found')
        if full.partition("/")[0].endswith((".invalid", ".local")):
            return Image(error=_unreachable(full))
        return self.default(full)

    def program_idle(self, name: str) -> bool:
        """Whether what an image runs does nothing by itself."""
        try:
            return self.find(name).program.idle({"image": name})
        except ImageNameError:
            return True

    def is_everywhere(self, full: str) -> bool:
        """Whether every node has it, by its full name."""
        image = self._known.get(full)
        return image is not None and image.everywhere

    def everywhere(self) -> Iterator[tuple[str, int]]:
        """Full names and sizes of those that every node has."""
        return ((name, image.size) for name, image in self._known.items() if image.everywhere)


def public_image(full: str) -> Image:
    """An image that nobody has told of: by its name it is known what people expect of it."""
    flavour = flavour_of(full)
    return Image(flavour.program or Program(), size_of(full), flavour.argv, flavour.entrypoint)


def full_name(name: str) -> str:
    """A name with registry and tag: `nginx` is `docker.io/library/nginx:latest`. ImageNameError if it is none."""
    host, path = _split_host(name)
    remote = path.partition(":")[0].partition("@")[0]
    if remote != remote.lower():
        raise ImageNameError(_invalid(name, f"invalid reference format: repository name ({remote}) must be lowercase"))
    match = _PATH.fullmatch(path)
    if not match or not _HOST.fullmatch(host):
        raise ImageNameError(_invalid(name, "invalid reference format"))
    repository = f"{host}/{match['path']}"
    if match["digest"]:
        return f"{repository}@{match['digest']}"
    return f"{repository}:{match['tag'] or 'latest'}"


def _split_host(name: str) -> tuple[str, str]:
    """The registry and the rest (distribution/reference)."""
    first, slash, rest = name.partition("/")
    if slash and (set(first) & set(".:") or first == "localhost" or first != first.lower()):
        return (first, f"library/{rest}") if first == HUB and "/" not in rest else (first, rest)
    return HUB, name if slash else f"library/{name}"


def digest_of(full: str) -> str:
    """The digest of an image."""
    _, _, digest = full.partition("@")
    return digest or f"sha256:{sha256(full.encode()).hexdigest()}"


def image_id(full: str, image: Image) -> str:
    """What status.containerStatuses says of it: those that were pulled have their repository in it."""
    if image.everywhere:
        return digest_of(full)
    repository = full.partition("@")[0]
    if "@" not in full:
        repository = repository.rpartition(":")[0]
    return f"{repository}@{digest_of(full)}"


def _invalid(name: str, why: str) -> str:
    return f'Failed to apply default image tag "{name}": couldn\'t parse image name "{name}": {why}'


def _unreachable(full: str) -> str:
    host, _, rest = full.partition("/")
    repository, _, tag = rest.rpartition(":")
    return (
        f'failed to resolve reference "{full}": failed to do request: '
        f'Head "https://{host}/v2/{repository}/manifests/{tag}": dial tcp: lookup {host}: no such host'
    )


def size_of(full: str) -> int:
    """A size of its own for each image, between 8 and 120 MB."""
    return 8_000_000 + int(sha256(full.encode()).hexdigest()[:8], 16) % 112_000_000
