"""Only etcd and an API server, on loopback: for benchmarks, where pods are written and nothing runs them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.cluster.lab import cleanup, control
from tests.cluster.lab.api import Api
from tests.cluster.lab.build import build, folder_of
from tests.cluster.lab.control import Plane
from tests.cluster.lab.pki import Authority
from tests.cluster.lab.programs import Programs, Spec, open_at
from tests.cluster.lab.shell import locked, say, until
from tests.cluster.lab.versions import Version, chosen, state_folder

PORT = 7443
_ETCD_PORT = 2479
_HOST = "127.0.0.1"


class ApiOnly:
    """An API server without nodes; it can run beside the lab. `flags` are further flags of kube-apiserver."""

    def __init__(self, version: Version | None = None, port: int = PORT, flags: tuple[str, ...] = ()) -> None:
        self.version = version or chosen()
        lab = state_folder()
        self.folder = lab.with_name(f"{lab.name}-api")
        self.kubeconfig = self.folder / "admin.kubeconfig"
        self._plane = Plane(self.folder, folder_of(self.version), _HOST, port, _ETCD_PORT)
        self._authority = Authority(self.folder / "pki")
        self._flags = flags
        self.programs = Programs(self.folder)

    @property
    def api(self) -> Api:
        """The API server, as the administrator."""
        return Api(self._plane.server, self._authority)

    def up(self) -> Path:
        """Start it empty, after clearing what an earlier one left; the path of the kubeconfig."""
        build(self.version)
        with locked(self._lock):
            cleanup.clear_programs_only(self.folder)
            cleanup.claim(self.folder)
            self._make_users()
            self._start()
        say(f"API server ready: {self.kubeconfig}")
        return self.kubeconfig

    def down(self) -> None:
        """Stop it and remove its data."""
        with locked(self._lock):
            cleanup.clear_programs_only(self.folder)

    @property
    def _lock(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.lock")

    def _make_users(self) -> None:
        self._authority.create()
        self._authority.issue("apiserver", "/CN=kube-apiserver", f"DNS:localhost,IP:{_HOST},IP:10.0.0.1")
        self._authority.issue("admin", "/O=system:masters/CN=admin")
        self.kubeconfig.touch(mode=0o600)
        self.kubeconfig.write_text(self._authority.kubeconfig("admin", self._plane.server))

    def _start(self) -> None:
        # an address of the documentation range: loopback must not be advertised, and nothing ever connects to it
        server = control.apiserver(self._plane, "--advertise-address=192.0.2.2", *self._flags)
        for spec in (control.etcd(self._plane), server):
            self.programs.spawn(spec)
            until(partial(self._works, spec), 90, f"{spec.name} works")

    def _works(self, spec: Spec) -> bool:
        self.programs.must_be_alive(spec.name)
        return self.api.ready() if spec.name == "apiserver" else open_at(spec.listens)
