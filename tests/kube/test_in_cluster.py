"""A pod that has no kubeconfig: its service account leads to its own cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from k9py.kube.in_cluster import read_service_account
from k9py.kube.kubeconfig import read_entry, read_kubeconfig, reread
from k9py.kube.transport import ConnectOptions, Transport
from k9py.values.errors import ConfigError
from k9py.values.request import Request
from tests.kube.pki import Pair, Pki
from tests.kube.stub import answer_version, serve_stub

VERSION = Request("GET", "/version")


def account(folder: Path, host: str = "10.0.0.1", port: str = "443") -> dict[str, str]:
    """The environment of a pod with this folder as its service account."""
    folder.mkdir(exist_ok=True)
    (folder / "token").write_text("first\n")
    (folder / "namespace").write_text("shop\n")
    return {
        "HOME": str(folder),
        "K9PY_SERVICE_ACCOUNT": str(folder),
        "KUBERNETES_SERVICE_HOST": host,
        "KUBERNETES_SERVICE_PORT": port,
    }


def test_a_pod_without_kubeconfig(tmp_path: Path) -> None:
    environ = account(tmp_path / "sa")
    kubeconfig = read_kubeconfig(None, environ)
    assert (kubeconfig.current, kubeconfig.paths) == ("in-cluster", ())
    entry = read_entry(kubeconfig, "in-cluster")
    assert (entry.context.namespace, entry.cluster.server) == ("shop", "https://10.0.0.1:443")
    assert entry.user.token_file == str(tmp_path / "sa/token")
    assert reread(kubeconfig) == kubeconfig
    assert read_kubeconfig(None, environ | {"POD_NAMESPACE": "other"}).contexts[0].namespace == "other"


def test_addresses_of_ipv6(tmp_path: Path) -> None:
    found = read_service_account(account(tmp_path / "sa", "fd00::1"))
    assert found is not None
    assert found.clusters[0].cluster.server == "https://[fd00::1]:443"


def test_a_kubeconfig_comes_first(tmp_path: Path) -> None:
    environ = account(tmp_path / "sa")
    (tmp_path / "config").write_text("contexts: [{name: mine, context: {cluster: c}}]")
    found = read_kubeconfig(None, environ | {"KUBECONFIG": str(tmp_path / "config")})
    assert [context.name for context in found.contexts] == ["mine"]
    with pytest.raises(ConfigError, match=r"no kubeconfig: .*gone not there"):
        read_kubeconfig(str(tmp_path / "gone"), environ)


@pytest.mark.parametrize("lacking", ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "token"])
def test_outside_of_a_pod(tmp_path: Path, lacking: str) -> None:
    environ = account(tmp_path / "sa")
    environ.pop(lacking, None)
    (tmp_path / "sa" / lacking).unlink(missing_ok=True)
    assert read_service_account(environ) is None
    with pytest.raises(ConfigError, match="no kubeconfig"):
        read_kubeconfig(None, environ)


async def test_its_token_is_read_again_as_the_kubelet_renews_it(tmp_path: Path, pki: Pki, server_pair: Pair) -> None:
    async with serve_stub(answer_version, pki.server_context(server_pair)) as stub:
        environ = account(tmp_path / "sa", "127.0.0.1", stub.url.rpartition(":")[2])
        (tmp_path / "sa/ca.crt").write_bytes(pki.ca.certificate.read_bytes())
        now = 1000.0
        kubeconfig = read_kubeconfig(None, environ)
        context = read_entry(kubeconfig, "in-cluster").context
        transport = Transport(kubeconfig, context, ConnectOptions(), clock=lambda: now)
        try:
            await transport.send(VERSION)
            (tmp_path / "sa/token").write_text("second\n")
            await transport.send(VERSION)
            now += 61
            await transport.send(VERSION)
        finally:
            await transport.close()
    assert [request.headers["Authorization"] for request in stub.requests] == [
        "Bearer first",
        "Bearer first",
        "Bearer second",
    ]
