"""A node: containerd, kubelet and kube-proxy, with everything that two nodes on one machine must not share.

Each has its own containerd, its own folder for the pods' logs (with a common one each kubelet removes the other's)
and its own cgroup. Where a program would write outside the lab's folder, it is told not to.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cluster.lab import cgroups, network
from tests.cluster.lab.control import Plane
from tests.cluster.lab.images import PAUSE_IMAGE
from tests.cluster.lab.programs import Spec
from tests.cluster.lab.shell import LabError, run

CLUSTER_DNS = "10.0.0.10"
#: A container without CAP_SYS_RESOURCE (ours may be one) cannot lower OOM scores: hence restrict_oom_score_adj.
_CONTAINERD = """\
version = 2
root = "{folder}/root"
state = "{folder}/state"
[grpc]
  address = "{folder}/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  stream_server_address = "{address}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{folder}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        Root = "{folder}/runc"
"""


@dataclass(frozen=True)
class Node:
    """Node number 1 or 2 of a cluster."""

    number: int
    plane: Plane

    @property
    def name(self) -> str:
        return f"node{self.number}"

    @property
    def address(self) -> str:
        return network.address(self.number)

    @property
    def runtime(self) -> Path:
        """The folder of the node's containerd."""
        return self.plane.folder / f"ctrd{self.number}"

    @property
    def socket(self) -> Path:
        return self.runtime / "containerd.sock"

    @property
    def _kubelet_folder(self) -> Path:
        return self.plane.folder / f"kubelet{self.number}"

    @property
    def _kubelet_config(self) -> Path:
        return self.plane.folder / f"kubelet{self.number}.json"

    def write(self) -> None:
        """Write the configurations of the node's programs."""
        (self.runtime / "cni").mkdir(parents=True)
        self._kubelet_folder.mkdir()
        config = _CONTAINERD.format(folder=self.runtime, pause=PAUSE_IMAGE, address=self.address)
        (self.runtime / "config.toml").write_text(config)
        (self.runtime / "cni" / "10.conflist").write_text(json.dumps(self._pod_network(), indent=1))
        (self.plane.folder / "resolv.conf").write_text(f"nameserver {CLUSTER_DNS}\n")
        self._kubelet_config.write_text(json.dumps(self._kubelet_settings(), indent=1))

    def _pod_network(self) -> dict[str, Any]:
        """Each pod on a link of its own (a bridge would let answers of Services bypass their translation)."""
        addresses = {
            "type": "host-local",
            "dataDir": str(self.runtime / "addresses"),
            "ranges": [[{"subnet": network.pod_range(self.number)}]],
            "routes": [{"dst": "0.0.0.0/0"}],
        }
        links = {"type": "ptp", "ipMasq": False, "ipam": addresses}
        host_ports = {"type": "portmap", "capabilities": {"portMappings": True}}
        return {"cniVersion": "0.4.0", "name": cgroups.name(self.number), "plugins": [links, host_ports]}

    def _kubelet_settings(self) -> dict[str, Any]:
        folder, pki = self.plane.folder, self.plane.pki
        return {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "address": self.address,
            "authentication": {
                "anonymous": {"enabled": False},
                "x509": {"clientCAFile": pki("ca.crt")},
                "webhook": {"enabled": True},
            },
            "authorization": {"mode": "Webhook"},
            "tlsCertFile": pki(f"{self.name}.crt"),
            "tlsPrivateKeyFile": pki(f"{self.name}.key"),
            "cgroupDriver": "cgroupfs",
            "cgroupRoot": f"/{cgroups.name(self.number)}",
            "failCgroupV1": False,
            "failSwapOn": False,
            "podLogsDir": str(folder / f"podlogs{self.number}"),
            "volumePluginDir": str(self._kubelet_folder / "volume-plugins"),
            "resolvConf": str(folder / "resolv.conf"),
            "clusterDNS": [CLUSTER_DNS],
            "clusterDomain": "cluster.local",
            "maxPods": 110,
            "evictionHard": {"nodefs.available": "1%", "imagefs.available": "1%", "memory.available": "100Mi"},
            "imageGCHighThresholdPercent": 100,
            "nodeLeaseDurationSeconds": 20,
            "volumeStatsAggPeriod": "10s",
            "healthzPort": 0,
            "containerRuntimeEndpoint": f"unix://{self.socket}",
        }

    def specs(self) -> list[Spec]:
        """The node's programs in the order of their start."""
        return [self._containerd(), self._kubelet(), self._proxy()]

    def _containerd(self) -> Spec:
        program = shutil.which("containerd")
        if program is None:
            raise LabError("containerd is not installed: python -m tests.cluster.lab deps")
        argv = (*network.inside(self.number), program, "--config", str(self.runtime / "config.toml"))
        return Spec(f"containerd{self.number}", argv, self.socket)

    def _kubelet(self) -> Spec:
        argv = (
            *(*network.inside(self.number), self.plane.binary, "kubelet"),
            *(f"--config={self._kubelet_config}", f"--kubeconfig={self.plane.kubeconfig(self.name)}"),
            *(f"--hostname-override={self.name}", f"--node-ip={self.address}"),
            f"--root-dir={self._kubelet_folder}",
        )
        return Spec(f"kubelet{self.number}", argv, (self.address, 10250))

    def _proxy(self) -> Spec:
        argv = (
            *(*network.inside(self.number), self.plane.binary, "kube-proxy"),
            *(f"--kubeconfig={self.plane.kubeconfig('proxy')}", f"--hostname-override={self.name}"),
            *("--proxy-mode=iptables", f"--cluster-cidr={network.POD_RANGES}"),
            *("--conntrack-max-per-core=0", "--conntrack-min=0"),
        )
        return Spec(f"proxy{self.number}", argv, (self.address, 10256))

    def load(self, images: list[Path]) -> None:
        """Put image archives into the node's containerd."""
        for image in images:
            run("ctr", "-a", self.socket, "-n", "k8s.io", "images", "import", image)
