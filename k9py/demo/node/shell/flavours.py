"""What is in which image: the Unix that it was made from, its shell, its tools. Known by name, as people know them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from k9py.demo.node.program import Program
from k9py.demo.node.shell.servers import HTTPD, NGINX, POSTGRES, REDIS


@dataclass(frozen=True, slots=True)
class Flavour:
    """A kind of image. `shell` is what `sh` is: ash, dash, bash, or empty for images without one."""

    shell: str
    base: str
    """busybox, alpine, debian, or scratch."""
    argv: tuple[str, ...] = ()
    """What it runs by itself."""
    entries: int = 0
    """So many words of it are its ENTRYPOINT: args replace the others."""
    extra: tuple[str, ...] = ()
    """Tools beyond those of the base."""
    bash: bool = False
    user: int = 0
    here: str = "/"
    """Where its programs begin (WORKDIR)."""
    program: Program | None = None
    bare: bool = False
    """Nothing but a system and its tools: a command that is none of them is not there."""

    @property
    def entrypoint(self) -> tuple[str, ...]:
        """What is run whatever the arguments are."""
        return self.argv[: self.entries]


BUSYBOX = Flavour("ash", "busybox", ("sh",), bare=True)
ALPINE = Flavour("ash", "alpine", ("/bin/sh",), bare=True)
SCRATCH = Flavour("", "scratch")
_CURL = ("curl",)


def _debian(
    *argv: str, extra: tuple[str, ...] = (), here: str = "/", program: Program | None = None, bare: bool = False
) -> Flavour:
    entries = int(argv[0].endswith(".sh"))
    return Flavour("dash", "debian", argv, entries, extra, bash=True, here=here, program=program, bare=bare)


_NGINX = ("/docker-entrypoint.sh", "nginx", "-g", "daemon off;")
_KNOWN: tuple[tuple[str, Flavour], ...] = (
    (r"pause", Flavour("", "scratch", ("/pause",), 1)),
    (r".*distroless.*|coredns(/.*)?|etcd|kube-(apiserver|controller-manager|scheduler)|metrics-server", SCRATCH),
    (r"cloud-controller-manager|scratch|external-dns|cert-manager.*|argocd-.*|.*-controller", SCRATCH),
    (r"alpine", ALPINE),
    (r"curl", Flavour("ash", "alpine", ("/entrypoint.sh",), 1, _CURL, user=100)),
    (r"nginx", _debian(*_NGINX, extra=_CURL, program=NGINX)),
    (r"httpd", _debian("httpd-foreground", here="/usr/local/apache2", program=HTTPD)),
    (r"redis|valkey", _debian("docker-entrypoint.sh", "redis-server", here="/data", program=REDIS)),
    (r"postgres", _debian("docker-entrypoint.sh", "postgres", program=POSTGRES)),
    (r"mysql|mariadb|mongo|rabbitmq|memcached", _debian("docker-entrypoint.sh")),
    (r"python", _debian("python3")),
    (r"node", _debian("docker-entrypoint.sh", "node", extra=_CURL)),
    (r"debian", _debian("bash", bare=True)),
    (r"ruby|openjdk|golang|php|wordpress|kube-proxy", _debian("bash", extra=_CURL)),
    (r"ubuntu", _debian("/bin/bash", extra=("ps", "top", "free", "pgrep"), bare=True)),
    (r"buildpack-deps|jenkins.*", _debian("/bin/bash", extra=_CURL)),
    (r"bash", Flavour("bash", "alpine", ("bash",), bash=True)),
    (r"netshoot|dnsutils|toolbox", Flavour("bash", "alpine", ("bash",), 0, ("curl", "dig", "nslookup"), bash=True)),
    (r"traefik|haproxy|vault|consul|grafana.*", Flavour("ash", "alpine")),
)


def flavour_of(image: str) -> Flavour:
    """The kind of an image by its name. Those that nobody knows have busybox's tools, and do nothing by themselves."""
    path, _, tag = image.partition("@")[0].rpartition(":") if ":" in image.rpartition("/")[2] else (image, "", "")
    name = path.rpartition("/")[2]
    if "distroless" in image:
        return SCRATCH
    found = next((flavour for pattern, flavour in _KNOWN if re.fullmatch(pattern, name)), None)
    if found is None:
        return BUSYBOX if name == "busybox" else Flavour("ash", "busybox")
    if "alpine" in tag and found.base == "debian":
        return Flavour("ash", "alpine", found.argv, found.entries, here=found.here, program=found.program)
    return found
