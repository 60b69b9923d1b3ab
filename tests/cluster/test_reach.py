"""Every way to a real cluster that a kubeconfig, the command line or a pod's environment can name."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.cluster.background import running
from tests.cluster.conftest import K9PY, Open
from tests.cluster.kubectl import Kubectl, write_kubeconfig
from tests.cluster.screen import K9py
from tests.cluster.workloads import pod
from tests.kube.pki import Pki
from tests.kube.proxies import Proxy, http_proxy, socks_proxy

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]


@pytest.fixture(scope="module", autouse=True)
def ground(kubectl: Kubectl, namespace: str) -> None:
    """A pod to see, and two who may see it: a service account, and the group `lookers`."""
    kubectl.create(pod("seen"), namespace=namespace)
    kubectl("create", "serviceaccount", "robot", "-n", namespace)
    kubectl(
        *("create", "rolebinding", "look", "-n", namespace, "--clusterrole=view", "--group=lookers"),
        f"--serviceaccount={namespace}:robot",
    )
    kubectl.wait("pod/seen", "condition=Ready", namespace)


def wait_seen(screen: K9py, user: str) -> None:
    """Wait until the pod is there, live, and the first line says who looks."""
    screen.wait_pane("Pods", lambda pane: pane.state == "live" and pane.has("seen", "Running"), "not live with the pod")
    screen.wait(rf"^ k9py .* {user}  .*live")


def whoami(kubectl: Kubectl, *flags: str) -> str:
    """What the server calls kubectl's user with the same flags."""
    name: str = kubectl.json("auth", "whoami", *flags)["status"]["userInfo"]["username"]
    return name


def test_acts_as_somebody_else(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    flags = ("--as=jane", "--as-group=dreamers", "--as-group=lookers")
    screen = k9py("-n", namespace, "-c", "pods", *flags)
    wait_seen(screen, whoami(kubectl, *flags))


def test_somebody_else_is_denied_what_they_may_not(k9py: Open, namespace: str) -> None:
    screen = k9py("-n", namespace, "-c", "pods", "--as=jane")
    screen.wait('denied: pods is forbidden: User "jane" cannot list resource "pods"')


def test_the_token_of_a_service_account(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    token = kubectl("create", "token", "robot", "-n", namespace).strip()
    screen = k9py("-n", namespace, "-c", "pods", f"--token={token}", size=(200, 50))
    wait_seen(screen, f"system:serviceaccount:{namespace}:robot")


def test_a_pod_reaches_its_own_cluster(kubectl: Kubectl, namespace: str, tmp_path: Path) -> None:
    cluster = kubectl.config()["clusters"][0]["cluster"]
    address = urlsplit(cluster["server"])
    account = tmp_path / "serviceaccount"
    account.mkdir()
    (account / "token").write_text(kubectl("create", "token", "robot", "-n", namespace))
    (account / "ca.crt").write_bytes(base64.b64decode(cluster["certificate-authority-data"]))
    (account / "namespace").write_text(namespace)
    environment = {
        "KUBECONFIG": "",
        "K9PY_SERVICE_ACCOUNT": str(account),
        "KUBERNETES_SERVICE_HOST": address.hostname or "",
        "KUBERNETES_SERVICE_PORT": str(address.port or 443),
    }
    with start_in(tmp_path, environment, "-c", "pods") as screen:
        wait_seen(screen, f"system:serviceaccount:{namespace}:robot")
        screen.wait("in-cluster")


@pytest.mark.parametrize("kind", ["http", "https", "socks5"])
def test_a_proxy_on_the_way(kind: str, kubectl: Kubectl, namespace: str, tmp_path: Path) -> None:
    config = kubectl.config()
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    address = urlsplit(cluster["server"])
    pki = Pki(tmp_path)
    context = pki.server_context(pki.sign("proxy"))
    proxy = Proxy(login=("me", "secret"), names={"api.example": address.hostname or ""})
    serving = socks_proxy(proxy) if kind == "socks5" else http_proxy(proxy, context if kind == "https" else None)
    with running(serving):
        through = {
            "server": f"https://api.example:{address.port}",
            "tls-server-name": address.hostname,
            "proxy-url": f"{kind}://me:secret@127.0.0.1:{proxy.port}",
        }
        path = write_kubeconfig(tmp_path / "kubeconfig", cluster | through, user, namespace)
        environment = {"KUBECONFIG": str(path), "SSL_CERT_FILE": str(pki.ca.certificate)}
        with start_in(tmp_path, environment, "-c", "pods") as screen:
            wait_seen(screen, whoami(kubectl))
    assert set(proxy.asked) == {("api.example", address.port)}


def test_the_proxy_of_the_environment_and_those_it_is_not_for(kubectl: Kubectl, namespace: str, tmp_path: Path) -> None:
    server = urlsplit(kubectl.config()["clusters"][0]["cluster"]["server"]).hostname
    environment = {"KUBECONFIG": str(kubectl.kubeconfig), "HTTPS_PROXY": "http://127.0.0.1:9"}
    words = ("-c", "pods", "-n", namespace)
    with start_in(tmp_path, environment, *words) as screen:
        screen.wait("cannot reach the proxy on the way to https://")
    with start_in(tmp_path, environment | {"NO_PROXY": f"192.0.2.0/24, {server}/24"}, *words) as screen:
        wait_seen(screen, whoami(kubectl))


def start_in(folder: Path, environment: Mapping[str, str], *words: str) -> K9py:
    """k9py with an environment of its own instead of a kubeconfig."""
    own = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("STATE", "CONFIG", "CACHE", "DATA")}
    return K9py([str(K9PY), *words], (200, 50), {**own, "HOME": str(folder), **environment})


def test_a_kubeconfig_that_is_rewritten_meanwhile(kubectl: Kubectl, namespace: str, tmp_path: Path) -> None:
    config = kubectl.config()
    cluster = config["clusters"][0]["cluster"]
    path = tmp_path / "kubeconfig"

    def put(user: Mapping[str, str], name: str = "test") -> None:
        new = write_kubeconfig(tmp_path / "new", cluster, user, namespace)
        new.write_text(new.read_text().replace('"test"', f'"{name}"'))
        new.replace(path)

    token = kubectl("create", "token", "robot", "-n", namespace).strip()
    put({"token": token})
    with start_in(tmp_path, {"KUBECONFIG": str(path)}, "-c", "pods") as screen:
        wait_seen(screen, f"system:serviceaccount:{namespace}:robot")
        put(config["users"][0]["user"], "other")
        screen.wait("context test is no longer in the kubeconfig: its tables are stale")
        screen.wait_pane("Pods", lambda pane: "no context 'test'" in pane.state and pane.has("seen"), "not stale")
        put({"token": token})
        wait_seen(screen, f"system:serviceaccount:{namespace}:robot")
        put({"token": token, "as": "jane"})  # as whom a robot may not act
        screen.wait("cannot impersonate")
        screen.wait_title("Contexts", "Contexts 1")
        put(config["users"][0]["user"])  # it goes back to the table by itself
        wait_seen(screen, whoami(kubectl))
