"""The commands of the control plane: etcd, the API server, the two controller managers, the scheduler, metrics."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.cluster.lab.programs import Spec

_LOOPBACK = "127.0.0.1"
SERVICE_RANGE = "10.0.0.0/24"
#: Generous terms, so that managers do not give up while a test restarts the API server.
_TERMS = ("--leader-elect-lease-duration=30s", "--leader-elect-renew-deadline=25s")


@dataclass(frozen=True)
class Plane:
    """Where a control plane lies and listens."""

    folder: Path
    programs: Path
    host: str
    port: int
    etcd_port: int

    @property
    def binary(self) -> str:
        return str(self.programs / "clusterbin")

    @property
    def server(self) -> str:
        return f"https://{self.host}:{self.port}"

    def pki(self, name: str) -> str:
        return str(self.folder / "pki" / name)

    def kubeconfig(self, user: str) -> str:
        return str(self.folder / f"{user}.kubeconfig")


def etcd(plane: Plane) -> Spec:
    """The store; without fsync, since nothing here outlives the machine."""
    clients, peers = (f"http://{_LOOPBACK}:{plane.etcd_port + n}" for n in (0, 1))
    store = ("--data-dir", str(plane.folder / "etcd"), "--unsafe-no-fsync")
    urls = ("--listen-client-urls", clients, "--advertise-client-urls", clients, "--listen-peer-urls", peers)
    return Spec("etcd", (plane.binary, "etcd", *store, *urls), (_LOOPBACK, plane.etcd_port))


def apiserver(plane: Plane, *more: str) -> Spec:
    """The API server with what every one here needs; `more` are further flags."""
    argv = (
        *(plane.binary, "kube-apiserver", f"--etcd-servers=http://{_LOOPBACK}:{plane.etcd_port}"),
        *(f"--bind-address={plane.host}", f"--secure-port={plane.port}"),
        f"--client-ca-file={plane.pki('ca.crt')}",
        f"--tls-cert-file={plane.pki('apiserver.crt')}",
        f"--tls-private-key-file={plane.pki('apiserver.key')}",
        f"--service-account-key-file={plane.pki('sa.pub')}",
        f"--service-account-signing-key-file={plane.pki('sa.key')}",
        "--service-account-issuer=https://kubernetes.default.svc",
        *(f"--service-cluster-ip-range={SERVICE_RANGE}", "--authorization-mode=Node,RBAC"),
        f"--cert-dir={plane.folder / 'certs'}",
    )
    return Spec("apiserver", argv + more, (plane.host, plane.port))


def for_nodes(plane: Plane) -> tuple[str, ...]:
    """The API server's flags in a cluster that has nodes, and an extension server for metrics."""
    headers = {"username": "X-Remote-User", "group": "X-Remote-Group", "extra": "X-Remote-Extra-"}
    return (
        *(f"--advertise-address={plane.host}", "--allow-privileged=true"),
        f"--kubelet-client-certificate={plane.pki('admin.crt')}",
        f"--kubelet-client-key={plane.pki('admin.key')}",
        "--kubelet-preferred-address-types=InternalIP",
        "--enable-aggregator-routing=true",
        f"--requestheader-client-ca-file={plane.pki('ca.crt')}",
        "--requestheader-allowed-names=aggregator",
        *(f"--requestheader-{kind}-headers={headers[kind]}" for kind in ("username", "group")),
        f"--requestheader-extra-headers-prefix={headers['extra']}",
        f"--proxy-client-cert-file={plane.pki('aggregator.crt')}",
        f"--proxy-client-key-file={plane.pki('aggregator.key')}",
    )


def _client(plane: Plane, user: str) -> tuple[str, ...]:
    flags = ("kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig")
    return tuple(f"--{flag}={plane.kubeconfig(user)}" for flag in flags)


def _manager(plane: Plane, name: str, program: str, port: int, *more: str) -> Spec:
    common = (*_client(plane, name), f"--bind-address={_LOOPBACK}", f"--secure-port={port}", *_TERMS)
    certs = f"--cert-dir={plane.folder / 'certs'}"
    return Spec(name, (plane.binary, program, *common, certs, *more), (_LOOPBACK, port))


def controller_manager(plane: Plane) -> Spec:
    """The controllers; they take a node for lost after 20 seconds, so that tests need not wait for long."""
    keys = (f"--service-account-private-key-file={plane.pki('sa.key')}", f"--root-ca-file={plane.pki('ca.crt')}")
    volumes = f"--flex-volume-plugin-dir={plane.folder / 'volume-plugins'}"
    more = (*keys, volumes, "--use-service-account-credentials", "--node-monitor-grace-period=20s")
    return _manager(plane, "kcm", "kube-controller-manager", 10257, *more)


def scheduler(plane: Plane) -> Spec:
    return _manager(plane, "sched", "kube-scheduler", 10259)


def cloud_manager(plane: Plane) -> Spec:
    """Holds its lease as in a cloud, and touches nothing: every controller that would act is off."""
    off = ("cloud-node-lifecycle", "cloud-node", "node-route", "service-lb")
    controllers = ",".join(f"-{name}-controller" for name in off)
    more = ("--cloud-provider=fake", f"--controllers={controllers}")
    return _manager(plane, "ccm", "cloud-controller-manager", 10258, *more)


def metrics_server(plane: Plane) -> Spec:
    """Measures the nodes each 15 seconds; the first figures come after about 40."""
    argv = (
        *(str(plane.programs / "metrics-server"), *_client(plane, "metrics")),
        *(f"--bind-address={plane.host}", "--secure-port=4443"),
        f"--tls-cert-file={plane.pki('metrics.crt')}",
        f"--tls-private-key-file={plane.pki('metrics.key')}",
        *("--kubelet-insecure-tls", "--kubelet-preferred-address-types=InternalIP", "--metric-resolution=15s"),
    )
    return Spec("metrics", argv, (plane.host, 4443))
