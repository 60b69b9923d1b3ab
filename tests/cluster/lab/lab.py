"""A real cluster of two nodes: its start, its end, and the control of each of its programs.

    lab = Lab()              # the version that the environment variable KUBERNETES names
    lab.up()                 # the path of the administrator's kubeconfig; also lab.kubeconfig
    lab.stop("kubelet2")     # etcd, apiserver, kcm, sched, ccm, metrics; containerd1, kubelet1, proxy1, and of node 2
    lab.start("kubelet2")
    lab.kill("apiserver")    # SIGKILL
    lab.start("apiserver")   # waits for its port, then until it is ready; restarts what ended meanwhile
    lab.down()

A lab outlives the process that started it; any later `Lab()` of the same folder controls it.
"""

from __future__ import annotations

import os
import signal
from functools import cached_property, partial
from pathlib import Path

from tests.cluster.lab import cgroups, cleanup, control, deps, metrics, network, proof
from tests.cluster.lab.api import Api
from tests.cluster.lab.build import build, folder_of
from tests.cluster.lab.control import Plane
from tests.cluster.lab.images import write_images
from tests.cluster.lab.node import Node
from tests.cluster.lab.pki import Authority
from tests.cluster.lab.programs import Programs, Spec, marked, open_at
from tests.cluster.lab.shell import LabError, locked, say, until
from tests.cluster.lab.versions import Version, chosen, state_folder

#: The network's names are the machine's, so there is one lab at a time, whatever its folder.
_LOCK = Path("/run/k9py-lab.lock")
_LABELS = {"node1": "node-role.kubernetes.io/control-plane", "node2": "node-role.kubernetes.io/worker"}


def _check_root() -> None:
    if os.geteuid():
        raise LabError("the lab makes namespaces, mounts and cgroups: it needs root")


class Lab:
    """The lab of this machine."""

    def __init__(self, version: Version | None = None, folder: Path | None = None) -> None:
        self.version = version or chosen()
        self.folder = folder or state_folder()
        self.kubeconfig = self.folder / "admin.kubeconfig"
        self._plane = Plane(self.folder, folder_of(self.version), network.GATEWAY, 6443, 2379)
        self._authority = Authority(self.folder / "pki")
        self._version_file = self.folder / "version"
        self.programs = Programs(self.folder)
        self.nodes = [Node(number, self._plane) for number in network.NODES]

    @property
    def node_names(self) -> list[str]:
        return [node.name for node in self.nodes]

    @property
    def api(self) -> Api:
        """The API server, as the administrator."""
        return Api(self._plane.server, self._authority)

    @cached_property
    def _specs(self) -> dict[str, Spec]:
        plane = self._plane
        specs = [control.etcd(plane), control.apiserver(plane, *control.for_nodes(plane))]
        specs += [control.controller_manager(plane), control.scheduler(plane), control.cloud_manager(plane)]
        specs += [spec for node in self.nodes for spec in node.specs()]
        return {spec.name: spec for spec in [*specs, control.metrics_server(plane)]}

    def up(self) -> Path:
        """Start the cluster, after clearing what an earlier one left; the path of the kubeconfig."""
        _check_root()
        deps.install()
        build(self.version)
        with locked(_LOCK):
            self._clear()
            cleanup.claim(self.folder)
            self._remove_logs()
            _LOCK.write_text(str(self.folder))
            try:
                self._start_all()
            except BaseException:
                say(f"the start failed; the logs are in {self.folder / 'logs'}")
                cleanup.clear(self.folder)
                raise
        return self.kubeconfig

    def down(self) -> None:
        """Stop the cluster and remove all that it made but its logs."""
        _check_root()
        with locked(_LOCK):
            self._clear()
        say("the lab is down")

    def _clear(self) -> None:
        """Clear what this lab left, and one in another folder whose programs have all ended."""
        owner = Path(_LOCK.read_text() or self.folder)
        if owner != self.folder and marked(owner):
            raise LabError(f"another lab runs on this machine; first: K9PY_LAB_DIR={owner} … down")
        for folder in {owner, self.folder}:
            cleanup.clear(folder)

    def _remove_logs(self) -> None:
        for log in (self.folder / "logs").glob("*.log"):
            log.unlink()

    def _start_all(self) -> None:
        say(f"starting Kubernetes {self.version.kubernetes} in {self.folder}")
        self._version_file.write_text(self.version.kubernetes)
        network.create()
        cgroups.create()
        self._make_users()
        for node in self.nodes:
            node.write()
        self._start_control_plane()
        self._start_nodes()
        self._wait_for_default_accounts()
        for name in self._specs:
            self.programs.must_be_alive(name)
        say(f"two nodes ready: {self.kubeconfig}")

    def _make_users(self) -> None:
        self._authority.create()
        names = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"]
        names = [f"DNS:{name}" for name in names] + [f"IP:{a}" for a in ("127.0.0.1", "10.0.0.1", network.GATEWAY)]
        self._authority.issue("apiserver", "/CN=kube-apiserver", ",".join(names))
        self._authority.issue("aggregator", "/CN=aggregator")
        self.user("admin", "/O=system:masters/CN=admin")
        self.user("ccm", "/O=system:masters/CN=cloud-controller-manager")
        self.user("metrics", "/O=system:masters/CN=metrics-server", "DNS:metrics-server.kube-system.svc")
        for name, full in {"kcm": "kube-controller-manager", "sched": "kube-scheduler", "proxy": "kube-proxy"}.items():
            self.user(name, f"/CN=system:{full}")
        for node in self.nodes:
            self.user(node.name, f"/O=system:nodes/CN=system:node:{node.name}", f"DNS:{node.name},IP:{node.address}")

    def user(self, name: str, subject: str, names: str = "") -> Path:
        """The path of a new kubeconfig for any user; subject /O=GROUP/CN=USER gives a user and their group."""
        self._authority.issue(name, subject, names)
        path = self.folder / f"{name}.kubeconfig"
        path.touch(mode=0o600)
        path.write_text(self._authority.kubeconfig(name, self._plane.server))
        return path

    def _start_control_plane(self) -> None:
        for name in ("etcd", "containerd1", "containerd2"):
            self.start(name, wait=False)
        self.start("etcd")
        self.start("apiserver")
        say("the API server is ready")
        for name in ("kcm", "sched", "ccm", "metrics"):
            self.start(name, wait=False)

    def _start_nodes(self) -> None:
        images = write_images(self.folder / "images")
        for node in self.nodes:
            self.start(f"containerd{node.number}")
            node.load(images)
            self.start(f"kubelet{node.number}", wait=False)
            self.start(f"proxy{node.number}", wait=False)
        metrics.register(self.api, network.GATEWAY, 4443)
        self.wait_ready()
        for name, label in _LABELS.items():
            self.api.patch(f"/api/v1/nodes/{name}", {"metadata": {"labels": {label: ""}}})

    def wait_ready(self, seconds: float = 120) -> None:
        """Wait until every node is Ready."""
        until(lambda: set(self.api.ready_nodes()) == set(self.node_names), seconds, "both nodes are ready", 0.5)

    def _wait_for_default_accounts(self) -> None:
        """A pod cannot be made before the controllers have made its namespace's default service account."""
        for namespace in ("default", "kube-system"):
            path = f"/api/v1/namespaces/{namespace}/serviceaccounts/default"
            until(partial(self.api.exists, path), 60, f"a service account in {namespace}")

    def start(self, name: str, wait: bool = True) -> None:
        """Start a program unless it runs; with `wait`, until it works."""
        spec = self._spec(name)
        self._check_version()
        if not self.programs.alive(name):
            if not isinstance(spec.listens, Path):
                until(lambda: not open_at(spec.listens), 75, f"the port of {name} is free")
            self.programs.spawn(spec)
        if wait:
            until(lambda: self._works(spec), 90, f"{name} works")
        if wait and name == "apiserver":
            self.revive()

    def _check_version(self) -> None:
        """A program of another version must not come into a cluster by way of a changed environment."""
        running = self._version_file.read_text() if self._version_file.exists() else "none"
        if running != self.version.kubernetes:
            raise LabError(f"this is {self.version.kubernetes}, and the lab that runs: {running} (see KUBERNETES)")

    def _works(self, spec: Spec) -> bool:
        self.programs.must_be_alive(spec.name)
        return self.api.ready() if spec.name == "apiserver" else open_at(spec.listens)

    def stop(self, name: str) -> None:
        """End a program as an administrator would, and wait until it has (the API server may take a minute)."""
        self.programs.end(self._spec(name).name)

    def kill(self, name: str) -> None:
        """End a program at once."""
        self.programs.end(self._spec(name).name, signal.SIGKILL)

    def revive(self) -> None:
        """Start again what has ended by itself, as an init system would: managers do when the API server is away."""
        for name in self.programs.recorded():
            if not self.programs.alive(name):
                say(f"{name} had ended: starting it again")
                self.start(name, wait=False)

    def _spec(self, name: str) -> Spec:
        if name not in self._specs:
            raise LabError(f"no program is called {name}: {', '.join(self._specs)}")
        return self._specs[name]

    def begin_log_proof(self) -> None:
        """Start the pods of the log proof; it can be finished minutes later, by any process."""
        proof.begin_logs(self.api, self.node_names)

    def finish_log_proof(self, seconds: float = 180) -> dict[str, int]:
        """Wait until the pods are `seconds` old and prove that their logs are whole; the lines of each node."""
        return proof.finish_logs(self.api, self.node_names, seconds)

    def prove(self, log_seconds: float = 180) -> None:
        """LabError unless every program runs, nodes are Ready, metrics come, and logs stay whole."""
        for name in self._specs:
            self.programs.must_be_alive(name)
        self.wait_ready()
        self.begin_log_proof()
        proof.wait_for_metrics(self.api, self.node_names)
        lines = self.finish_log_proof(log_seconds)
        say("proved: programs, nodes, metrics, logs of " + " and ".join(f"{n} ({c} lines)" for n, c in lines.items()))

    def status(self) -> str:
        """A line for each program, and the nodes that are Ready."""
        lines = [f"{name:12} {self._state(name)}" for name in self._specs]
        return "\n".join([*lines, f"ready nodes  {', '.join(self.api.ready_nodes()) or 'none'}"])

    def _state(self, name: str) -> str:
        record = self.programs.record(name)
        if record is None:
            return "not started"
        return f"runs, pid {record.pid}" if record.alive() else f"has ended: {self.programs.last_words(name)}"
