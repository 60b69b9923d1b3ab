"""What is in which image: the Unix that it was made from, its shell, its tools. Known by name, as people know them."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flavour:
    """A kind of image. `shell` is what `sh` is: ash, dash, bash, or empty for images without one."""

    shell: str
    base: str
    """busybox, alpine, debian, or scratch."""
    extra: tuple[str, ...] = ()
    """Tools beyond those of the base."""
    bash: bool = False
    user: int = 0
    here: str = "/"
    """Where its programs begin (WORKDIR)."""


BUSYBOX = Flavour("ash", "busybox")
ALPINE = Flavour("ash", "alpine")
DEBIAN = Flavour("dash", "debian", bash=True)
SCRATCH = Flavour("", "scratch")

_CURL = ("curl",)
_KNOWN: tuple[tuple[str, Flavour], ...] = (
    (r"pause|.*distroless.*|coredns(/.*)?|etcd|kube-(apiserver|controller-manager|scheduler)|metrics-server", SCRATCH),
    (r"cloud-controller-manager|scratch|external-dns|cert-manager.*|argocd-.*|flux.*|.*-controller", SCRATCH),
    (r".*alpine.*", ALPINE),
    (r"curl", Flavour("ash", "alpine", _CURL, user=100)),
    (r"redis|postgres|mysql|mariadb|mongo|rabbitmq|memcached|httpd|python|ruby|openjdk|debian", DEBIAN),
    (r"nginx|node|golang|php|wordpress|kube-proxy", Flavour("dash", "debian", _CURL, bash=True)),
    (r"ubuntu|buildpack-deps|jenkins.*", Flavour("dash", "debian", ("ps", "top", "free", "pgrep", "kill"), bash=True)),
    (r"bash", Flavour("bash", "alpine", bash=True)),
    (r"netshoot|dnsutils|toolbox", Flavour("bash", "alpine", ("curl", "dig", "nslookup"), bash=True)),
    (r"traefik|haproxy|vault|consul|grafana.*", ALPINE),
)


def flavour_of(image: str) -> Flavour:
    """The kind of an image by its name. Those that nobody knows have busybox's tools."""
    path, _, tag = image.partition("@")[0].rpartition(":") if ":" in image.rpartition("/")[2] else (image, "", "")
    name = path.rpartition("/")[2]
    if "alpine" in tag:
        return ALPINE
    if "distroless" in image:
        return SCRATCH
    return next((flavour for pattern, flavour in _KNOWN if re.fullmatch(pattern, name)), BUSYBOX)
