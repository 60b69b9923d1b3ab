"""What the components of a cluster are: their images, their command lines, what they use and say."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from k9py.demo.core.store import Obj
from k9py.demo.node.images import Image
from k9py.demo.node.nodes import VERSION
from k9py.demo.node.program import Load, Process, Program

REGISTRY = "registry.k8s.io"


class Daemon(Program):
    """A component of the cluster: it says a few lines when it starts, and uses about as much all the time."""

    def __init__(self, cores: float, memory: float, lines: tuple[str, ...] = ()) -> None:
        self._cores = cores
        self._memory = memory
        self._lines = lines

    def start(self, process: Process) -> None:
        """Say what it has to say."""
        for index, line in enumerate(self._lines):
            process.log(
                _klog(process.clock.now + 0.037 * index, process.random.randrange(1, 30) + 30 * index, line), "stderr"
            )

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
    cpu: str
    port: int
    flags: tuple[str, ...]
    program: Daemon
    size: int
    memory: str = ""
    scheme: str = "HTTPS"
    paths: tuple[str, str] = ("/livez", "/readyz")

    def container(self) -> Obj:
        """Its container as kubeadm writes it."""
        requests = {"cpu": self.cpu} | ({"memory": self.memory} if self.memory else {})
        live, ready = self.paths
        return {
            "name": self.name,
            "image": self.image,
            "imagePullPolicy": "IfNotPresent",
            "command": [self.name, *self.flags],
            "resources": {"requests": requests},
            "livenessProbe": self._probe(live, failureThreshold=8, initialDelaySeconds=10, timeoutSeconds=15),
            "readinessProbe": self._probe(ready, failureThreshold=3, periodSeconds=1, timeoutSeconds=15),
            "startupProbe": self._probe(live, failureThreshold=24, initialDelaySeconds=10, timeoutSeconds=15),
        }

    def _probe(self, path: str, **fields: int) -> Obj:
        return {"httpGet": {"host": "127.0.0.1", "path": path, "port": self.port, "scheme": self.scheme}, **fields}


_MIB = 2**20
COMPONENTS = (
    Component(
        "etcd",
        f"{REGISTRY}/etcd:3.6.8-0",
        "100m",
        2381,
        ("--data-dir=/var/lib/etcd", "--listen-client-urls=https://127.0.0.1:2379", "--snapshot-count=10000"),
        Daemon(0.022, 62 * _MIB),
        23_640_000,
        memory="100Mi",
        scheme="HTTP",
    ),
    Component(
        "kube-apiserver",
        f"{REGISTRY}/kube-apiserver:{VERSION}",
        "250m",
        6443,
        ("--allow-privileged=true", "--authorization-mode=Node,RBAC", "--secure-port=6443"),
        Daemon(
            0.048,
            288 * _MIB,
            (
                f"server.go Version: {VERSION}",
                "controller.go Starting system namespaces controller",
                "shared_informer.go Caches are synced",
                "secure_serving.go Serving securely on [::]:6443",
            ),
        ),
        27_060_000,
    ),
    Component(
        "kube-controller-manager",
        f"{REGISTRY}/kube-controller-manager:{VERSION}",
        "200m",
        10257,
        ("--allocate-node-cidrs=true", "--cluster-cidr=10.244.0.0/16", "--leader-elect=true"),
        Daemon(
            0.018,
            58 * _MIB,
            (
                f"controllermanager.go Version: {VERSION}",
                "leaderelection.go attempting to acquire leader lease kube-system/kube-controller-manager...",
                "leaderelection.go successfully acquired lease kube-system/kube-controller-manager",
            ),
        ),
        22_820_000,
        paths=("/healthz", "/healthz"),
    ),
    Component(
        "kube-scheduler",
        f"{REGISTRY}/kube-scheduler:{VERSION}",
        "100m",
        10259,
        ("--bind-address=127.0.0.1", "--leader-elect=true"),
        Daemon(
            0.008,
            29 * _MIB,
            (
                f'server.go "Starting Kubernetes Scheduler" version="{VERSION}"',
                "leaderelection.go attempting to acquire leader lease kube-system/kube-scheduler...",
                "leaderelection.go successfully acquired lease kube-system/kube-scheduler",
            ),
        ),
        17_380_000,
    ),
)

PROXY = f"{REGISTRY}/kube-proxy:{VERSION}"
DNS = f"{REGISTRY}/coredns/coredns:v1.14.1"
METRICS = f"{REGISTRY}/metrics-server/metrics-server:v0.9.0"
PAUSE = f"{REGISTRY}/pause:3.10.1"

_PROXY_LINES = (
    'server_linux.go "Using iptables proxy"',
    'server.go "Version info" version="' + VERSION + '"',
    'shared_informer.go "Caches are synced" controller="service config"',
)
_METRICS_LINES = (
    "serving.go Generated self-signed cert (/tmp/apiserver.crt, /tmp/apiserver.key)",
    'secure_serving.go "Serving securely on [::]:10250"',
)


def images() -> Iterator[tuple[str, Image]]:
    """The images of all components; every node has them."""
    for component in COMPONENTS:
        yield component.image, Image(component.program, component.size, everywhere=True)
    yield PROXY, Image(Daemon(0.003, 24 * _MIB, _PROXY_LINES), 25_960_000, everywhere=True)
    yield DNS, Image(Daemon(0.004, 22 * _MIB), 22_380_000, everywhere=True)
    yield METRICS, Image(Daemon(0.006, 34 * _MIB, _METRICS_LINES), 19_490_000, everywhere=True)
    yield PAUSE, Image(Program(), 320_000, everywhere=True)
