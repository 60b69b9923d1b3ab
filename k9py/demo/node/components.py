"""What the components of a cluster are: their images, their command lines, what they use and say."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from k9py.demo.core.store import Obj
from k9py.demo.node.images import Image
from k9py.demo.node.program import Load, Process, Program

REGISTRY = "registry.k8s.io"
_MIB = 2**20


class Daemon(Program):
    """A component of the cluster: it says a few lines when it starts, and uses about as much all the time."""

    def __init__(self, cores: float, memory: float, lines: tuple[str, ...] = ()) -> None:
        self._cores = cores
        self._memory = memory
        self._lines = lines

    def start(self, process: Process) -> None:
        """Say what it has to say."""
        for index, line in enumerate(self._lines):
            place = process.random.randrange(1, 30) + 30 * index
            process.log(_klog(process.clock.now + 0.037 * index, place, line), "stderr")

    def idle(self, container: Obj) -> bool:
        """Nobody misses the lines."""
        return True

    def load(self, process: Process) -> Load:
        """A slow wave."""
        wave = 1 + 0.15 * math.sin((process.clock.now - process.started) / 97)
        return Load(self._cores * wave, self._memory)


def _klog(now: float, line: int, text: str) -> str:
    """A line as klog writes it: severity and date, time, thread, place, message."""
    when = datetime.fromtimestamp(now, UTC)
    place, _, message = text.partition(" ")
    return f"I{when:%m%d %H:%M:%S.%f}       1 {place}:{100 + line}] {message}"


@dataclass(frozen=True, slots=True)
class Component:
    """One static pod of the control plane."""

    name: str
    image: str
    size: int
    program: Daemon
    requests: Obj
    port: int
    flags: tuple[str, ...]
    scheme: str = "HTTPS"
    paths: tuple[str, str] = ("/livez", "/readyz")

    def container(self) -> Obj:
        """Its container as kubeadm writes it."""
        live, ready = self.paths
        return {
            "name": self.name,
            "image": self.image,
            "imagePullPolicy": "IfNotPresent",
            "command": [self.name, *self.flags],
            "resources": {"requests": self.requests},
            "livenessProbe": self._probe(live, failureThreshold=8, initialDelaySeconds=10, timeoutSeconds=15),
            "readinessProbe": self._probe(ready, failureThreshold=3, periodSeconds=1, timeoutSeconds=15),
            "startupProbe": self._probe(live, failureThreshold=24, initialDelaySeconds=10, timeoutSeconds=15),
        }

    def _probe(self, path: str, **fields: int) -> Obj:
        return {"httpGet": {"host": "127.0.0.1", "path": path, "port": self.port, "scheme": self.scheme}, **fields}


def components(release: str) -> Iterator[Component]:
    """The control plane of a release such as `v1.36.3`."""
    serving = (
        f"server.go Version: {release}",
        "controller.go Starting system namespaces controller",
        "shared_informer.go Caches are synced",
        "secure_serving.go Serving securely on [::]:6443",
    )
    yield Component(
        "etcd",
        f"{REGISTRY}/etcd:3.6.8-0",
        23_640_000,
        Daemon(0.022, 62 * _MIB),
        {"cpu": "100m", "memory": "100Mi"},
        2381,
        ("--data-dir=/var/lib/etcd", "--listen-client-urls=https://127.0.0.1:2379", "--snapshot-count=10000"),
        scheme="HTTP",
    )
    yield Component(
        "kube-apiserver",
        f"{REGISTRY}/kube-apiserver:{release}",
        27_060_000,
        Daemon(0.048, 288 * _MIB, serving),
        {"cpu": "250m"},
        6443,
        ("--allow-privileged=true", "--authorization-mode=Node,RBAC", "--secure-port=6443"),
    )
    yield from _electing(release)


ELECTED = ("kube-controller-manager", "kube-scheduler")
"""Components of which one leads."""


def _electing(release: str) -> Iterator[Component]:
    manager, scheduler = ELECTED
    first = f"controllermanager.go Version: {release}"
    yield Component(
        manager,
        f"{REGISTRY}/{manager}:{release}",
        22_820_000,
        Daemon(0.018, 58 * _MIB, (first, *_election(manager))),
        {"cpu": "200m"},
        10257,
        ("--allocate-node-cidrs=true", "--cluster-cidr=10.244.0.0/16", "--leader-elect=true"),
        paths=("/healthz", "/healthz"),
    )
    first = f'server.go "Starting Kubernetes Scheduler" version="{release}"'
    yield Component(
        scheduler,
        f"{REGISTRY}/{scheduler}:{release}",
        17_380_000,
        Daemon(0.008, 29 * _MIB, (first, *_election(scheduler))),
        {"cpu": "100m"},
        10259,
        ("--bind-address=127.0.0.1", "--leader-elect=true"),
    )


def _election(name: str) -> Iterator[str]:
    yield f"leaderelection.go attempting to acquire leader lease kube-system/{name}..."
    yield f"leaderelection.go successfully acquired lease kube-system/{name}"


PROXY = f"{REGISTRY}/kube-proxy"
"""Its tag is the release."""
DNS = f"{REGISTRY}/coredns/coredns:v1.14.1"
METRICS = f"{REGISTRY}/metrics-server/metrics-server:v0.9.0"


def images(release: str) -> Iterator[tuple[str, Image]]:
    """The images of all components; every node has them."""
    proxy = (
        'server_linux.go "Using iptables proxy"',
        f'server.go "Version info" version="{release}"',
        'shared_informer.go "Caches are synced" controller="service config"',
    )
    metrics = (
        "serving.go Generated self-signed cert (/tmp/apiserver.crt, /tmp/apiserver.key)",
        'secure_serving.go "Serving securely on [::]:10250"',
    )
    for component in components(release):
        yield component.image, Image(component.program, component.size, everywhere=True)
    yield f"{PROXY}:{release}", Image(Daemon(0.003, 24 * _MIB, proxy), 25_960_000, everywhere=True)
    yield DNS, Image(Daemon(0.004, 22 * _MIB), 22_380_000, everywhere=True)
    yield METRICS, Image(Daemon(0.006, 34 * _MIB, metrics), 19_490_000, everywhere=True)
    yield f"{REGISTRY}/pause:3.10.1", Image(Program(), 320_000, everywhere=True)
