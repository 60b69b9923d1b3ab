"""Shells, commands and attachments by keys in a pseudo-terminal, in containers that real kubelets run."""

from __future__ import annotations

import json
import os
import signal
import termios
import time
import tty
from pathlib import Path

import pytest

from tests.cluster.conftest import Cluster, Open
from tests.cluster.kubectl import Kubectl, wait_until, write_kubeconfig
from tests.cluster.relay import Relay
from tests.cluster.screen import K9py, Pane
from tests.cluster.workloads import SLEEP, container, deployment, pod, thing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

SECOND_SCREEN = 1049
COOKED = (termios.ECHO | termios.ICANON | termios.ISIG, termios.OPOST)
"""How a terminal is before and after k9py."""
NO_SHELL = f"cd /bin; busybox rm -f sh ash bash hush; busybox sleep 1; {SLEEP.replace('sleep', 'busybox sleep')}"
PROMPT = r"[#$]$"


@pytest.fixture(scope="module", autouse=True)
def pods(kubectl: Kubectl, namespace: str) -> None:
    asks = {**container(), "command": ["sh"], "stdin": True, "tty": True}
    speaks = container(script="while true; do echo said; sleep 1; done")
    kubectl.create(
        pod("web"),
        pod("pair", container("first"), container("second")),
        pod("asks", asks),
        pod("speaks", speaks),
        pod("bare", container(script=NO_SHELL)),
        pod("over", container(script="exit 3"), restartPolicy="Never"),
        namespace=namespace,
    )
    for name in ("web", "pair", "asks", "speaks", "bare"):
        kubectl.wait(f"pod/{name}", "condition=Ready", namespace)
    kubectl.wait("pod/over", "jsonpath={.status.phase}=Failed", namespace)


@pytest.fixture(autouse=True)
def settings(tmp_path: Path) -> Path:
    """k9py's configuration, by which shells open in the whole terminal."""
    path = tmp_path / "config" / "k9py" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text('shell = "full-screen"\n')
    return path


def open_pods(k9py: Open, namespace: str, name: str, *options: str, kubeconfig: Path | None = None) -> K9py:
    """The pods, the cursor on one."""
    screen = k9py("-n", namespace, "-c", "pods", *options, kubeconfig=kubeconfig)
    screen.point_at("Pods", name)
    return screen


def open_shell(screen: K9py, namespace: str, pod: str, container: str = "main") -> None:
    screen.send("s")
    screen.wait(rf"Shell {namespace}/{pod} · {container} · Enter ~ \. leaves")
    screen.wait(PROMPT)
    assert SECOND_SCREEN not in screen.modes


def is_back(screen: K9py, said: str) -> None:
    """The table is there again, and the last line says how it ended."""
    screen.wait(said)
    screen.wait_title("Pods", "")
    assert SECOND_SCREEN in screen.modes


def flags(screen: K9py) -> tuple[int, int]:
    """Of the terminal's modes: echo, lines, signals; newlines."""
    modes = termios.tcgetattr(screen._master)
    return modes[tty.LFLAG] & (termios.ECHO | termios.ICANON | termios.ISIG), modes[tty.OFLAG] & termios.OPOST


def test_a_shell(k9py: Open, kubectl: Kubectl, namespace: str, tmp_path: Path) -> None:
    screen = open_pods(k9py, namespace, "web")
    open_shell(screen, namespace, "web")
    screen.type("echo 쿠버네티스 🚀 > /tmp/said; cat /tmp/said; hostname\r")
    screen.wait(r"^쿠버네티스 🚀\nweb$")
    assert kubectl("exec", "web", "-n", namespace, "--", "cat", "/tmp/said").strip() == "쿠버네티스 🚀"
    screen.type("exit 3\r")
    is_back(screen, rf"Shell {namespace}/web · main: exit code 3")
    audit = tmp_path / "state" / "k9py" / "log" / "audit.jsonl"
    intent, outcome = (json.loads(line) for line in audit.read_text().splitlines())
    assert (intent["event"], intent["object"]) == ("intent", f"{namespace}/web")
    assert (outcome["event"], outcome["reason"]) == ("outcome", "exit code 3")


def test_a_window_that_changes(k9py: Open, namespace: str) -> None:
    screen = open_pods(k9py, namespace, "web")
    open_shell(screen, namespace, "web")
    screen.type("stty size\r")
    screen.wait(r"^40 120$")
    screen.resize(90, 30)
    screen.type("stty size\r")
    screen.wait(r"^30 90$")
    screen.type("exit\r")
    is_back(screen, "exit code 0")
    screen.wait_title("Pods", "")


def test_a_command_and_its_exit_code(k9py: Open, namespace: str) -> None:
    screen = open_pods(k9py, namespace, "web")
    screen.send("ctrl-x")
    screen.wait_dialog(rf"^Run in pod {namespace}/web$")
    screen.type("sh -c 'echo $((6 * 7)); exit 4")
    screen.wait("no closing quotation")
    screen.type("'")
    screen.wait("no closing quotation", gone=True)
    screen.send("enter")
    screen.wait(r"^42\n\n exit code 4 · any key goes back")
    screen.send("x")
    is_back(screen, rf"Exec {namespace}/web · main · .*: exit code 4")
    screen.send("ctrl-x")
    screen.wait_dialog(rf"^Run in pod {namespace}/web$")
    screen.type("nosuch")
    screen.send("enter")
    screen.wait("there is no program nosuch in container main")


def test_five_megabytes_are_whole(k9py: Open, namespace: str) -> None:
    screen = open_pods(k9py, namespace, "web")
    screen._keep_raw = 20_000_000
    open_shell(screen, namespace, "web")
    before = len(screen.raw)
    screen.type("seq 1 750000; echo who''le\r")
    screen.wait(r"^whole$", timeout=200)
    expected = b"".join(b"%d\r\n" % number for number in range(1, 750_001))
    assert len(expected) > 5_000_000
    assert expected in bytes(screen.raw[before:])
    screen.type("exit\r")
    is_back(screen, "exit code 0")


def test_a_paste_arrives_whole(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    screen = open_pods(k9py, namespace, "web")
    screen.send("ctrl-x")
    screen.wait_dialog(rf"^Run in pod {namespace}/web$")
    screen.type("sh -c 'stty -echo; cat > /tmp/pasted; md5sum /tmp/pasted'")
    screen.send("enter")
    screen.wait("Exec .* leaves")
    line = "0123456789 쿠버네티스\n"
    screen._write(line * 20_000)
    screen.send("ctrl-d")
    screen.wait(r"exit code 0 · any key goes back", timeout=120)
    found = kubectl("exec", "web", "-n", namespace, "--", "wc", "-c", "/tmp/pasted").split()[0]
    assert int(found) == len((line * 20_000).encode())


def test_attaching(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    uid = kubectl.json("get", "pod", "asks", "-n", namespace)["metadata"]["uid"]
    screen = open_pods(k9py, namespace, "asks")
    screen.send("a")
    screen.wait(rf"Attach {namespace}/asks · main · Enter ~ \. leaves")
    screen.send("enter")
    screen.wait(PROMPT)
    screen.type("stty size; echo $((6 * 7))\r")
    screen.wait(r"^40 120\n42$")
    screen.type("\r~.")
    is_back(screen, rf"Attach {namespace}/asks · main: left")
    found = kubectl.json("get", "pod", "asks", "-n", namespace)
    assert found["metadata"]["uid"] == uid
    assert found["status"]["containerStatuses"][0]["restartCount"] == 0
    screen.point_at("Pods", "speaks")
    screen.send("a")
    screen.wait(r"output only, it takes no input · ctrl-c leaves")
    screen.wait(r"^said\nsaid$")
    screen.send("ctrl-c")
    is_back(screen, rf"Attach {namespace}/speaks · main: left")


def test_which_container(k9py: Open, namespace: str) -> None:
    screen = open_pods(k9py, namespace, "pair")
    screen.send("s")
    screen.wait_dialog(rf"^Which container of {namespace}/pair\?$")
    screen.send("j", "enter")
    screen.wait(rf"Shell {namespace}/pair · second")
    screen.wait(PROMPT)
    screen.type("exit\r")
    is_back(screen, rf"Shell {namespace}/pair · second: exit code 0")
    screen.send("enter")
    screen.wait_pane("Containers", lambda pane: bool(pane.cursor))
    screen.send("s")
    screen.wait(rf"Shell {namespace}/pair · first")
    screen.wait(PROMPT)
    screen.type("exit\r")
    screen.wait(rf"Shell {namespace}/pair · first: exit code 0")


def test_a_container_without_a_shell(k9py: Open, namespace: str) -> None:
    screen = open_pods(k9py, namespace, "bare")
    screen.send("s")
    screen.wait(r"the container has no shell \(bash, ash, sh\)")
    screen.wait(r"--image=busybox")


def test_what_does_not_run(k9py: Open, namespace: str) -> None:
    screen = open_pods(k9py, namespace, "over")
    screen.send("s")
    screen.wait(r"✖ Shell pod \S+/over: no container of it runs: main \(terminated: Error, exit code 3\)")


def test_a_shell_under_churn(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    """Pods come and go for half a minute behind it; it goes on, and the table is right afterwards."""
    kubectl.create(deployment("churn", 1, SLEEP), namespace=namespace)
    screen = open_pods(k9py, namespace, "web")
    open_shell(screen, namespace, "web")
    end, number = time.monotonic() + 30, 0
    while time.monotonic() < end:
        number += 1
        kubectl("scale", "deployment", "churn", f"--replicas={1 + number % 4}", "-n", namespace)
        kubectl("delete", "pod", "-l", "app=churn", "-n", namespace, "--wait=false")
        screen.type(f"echo turn $(({number} + 1000))\r")
        screen.wait(rf"^turn {number + 1000}$")
    kubectl("delete", "deployment", "churn", "-n", namespace)
    wait_until(lambda: not kubectl.names("pods", "-n", namespace, "-l", "app=churn"), "no pod of it")
    screen.type("exit\r")
    is_back(screen, "exit code 0")
    screen.wait_names("Pods", kubectl.names("pods", "-n", namespace))


def test_a_pod_replaced_under_the_question(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    kubectl.create(pod("twin"), namespace=namespace)
    kubectl.wait("pod/twin", "condition=Ready", namespace)
    screen = open_pods(k9py, namespace, "twin")
    screen.send("ctrl-x")
    screen.wait_dialog(rf"^Run in pod {namespace}/twin$")
    screen.type("touch /tmp/wrong")
    kubectl("delete", "pod", "twin", "-n", namespace)
    kubectl.create(pod("twin"), namespace=namespace)
    kubectl.wait("pod/twin", "condition=Ready", namespace)
    screen.send("enter")
    screen.wait(r"it was replaced by another of that name")
    assert "wrong" not in kubectl("exec", "twin", "-n", namespace, "--", "ls", "/tmp")


def test_a_way_out_of_what_hangs(k9py: Open, namespace: str) -> None:
    screen = open_pods(k9py, namespace, "web")
    screen.send("ctrl-x")
    screen.wait_dialog(rf"^Run in pod {namespace}/web$")
    screen.type("sleep 1000")
    screen.send("enter")
    screen.wait(r"sleep 1000 · Enter ~ \. leaves")
    screen.type("\r~.")
    is_back(screen, rf"Exec {namespace}/web · main · sleep 1000: left")
    screen.send("ctrl-c")
    assert screen.wait_exit() == 0
    assert flags(screen) == COOKED


def test_a_lost_connection(k9py: Open, cluster: Cluster, namespace: str, tmp_path: Path) -> None:
    with Relay(cluster.kubectl.config()) as relay:
        kubeconfig = relay.kubeconfig(tmp_path / "relayed", namespace=namespace)
        screen = open_pods(k9py, namespace, "web", kubeconfig=kubeconfig)
        open_shell(screen, namespace, "web")
        screen.type("echo kept\r")
        screen.wait("^kept$")
        relay.cut()
        screen.wait(r"the connection through \S+ was lost: ")
        assert "kept" in screen.screen()
        screen.wait("any key goes back")
        screen.send("x")
        is_back(screen, rf"✖ Shell {namespace}/web · main: the connection")


def test_a_signal_leaves_the_terminal_as_it_was(k9py: Open, namespace: str) -> None:
    screen = open_pods(k9py, namespace, "web")
    open_shell(screen, namespace, "web")
    os.kill(screen.pid, signal.SIGTERM)
    assert screen.wait_exit() == 128 + signal.SIGTERM
    assert flags(screen) == COOKED
    assert not screen.modes & {SECOND_SCREEN, 1000, 2004}


def test_who_may_not(k9py: Open, cluster: Cluster, namespace: str, tmp_path: Path) -> None:
    kubectl, rbac = cluster.kubectl, "rbac.authorization.k8s.io"
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}]
    subject = {"kind": "ServiceAccount", "name": "looker", "namespace": namespace}
    reference = {"apiGroup": rbac, "kind": "Role", "name": "looker"}
    kubectl.apply(
        thing("ServiceAccount", "looker"),
        thing("Role", "looker", f"{rbac}/v1", rules=rules),
        thing("RoleBinding", "looker", f"{rbac}/v1", subjects=[subject], roleRef=reference),
        namespace=namespace,
    )
    token = kubectl("create", "token", "looker", "-n", namespace).strip()
    server = kubectl.config()["clusters"][0]["cluster"]
    kubeconfig = write_kubeconfig(tmp_path / "looker", server, {"token": token}, namespace)
    screen = open_pods(k9py, namespace, "web", kubeconfig=kubeconfig)
    for key, right in (("s", "exec"), ("a", "attach"), ("ctrl-x", "exec")):
        screen.send(key)
        screen.wait(rf"✖ \S+ pod {namespace}/web: not allowed to create pods/{right} in {namespace}")


def test_readonly(k9py: Open, namespace: str) -> None:
    screen = open_pods(k9py, namespace, "web", "--readonly")
    for key, title in (("s", "Shell"), ("a", "Attach"), ("ctrl-x", "Exec")):
        screen.send(key)
        screen.wait(rf"✖ {title} pod {namespace}/web: k9py runs read-only")


def has_size(pane: Pane) -> bool:
    """Whether a program in it has said the size that stands in its border."""
    columns, _, rows = pane.state.partition("x")
    return f"{rows} {columns}" in pane.texts


def test_a_shell_in_a_pane(k9py: Open, kubectl: Kubectl, namespace: str, settings: Path) -> None:
    """It goes on while the person looks elsewhere, takes the whole terminal, and comes back, with all that it had."""
    settings.unlink()
    screen = open_pods(k9py, namespace, "web")
    screen.send("s")
    screen.wait_pane("Shell", lambda pane: any(text.endswith("#") for text in pane.texts), "no prompt")
    screen.type("here=42; stty size\r")
    before = screen.wait_pane("Shell", has_size, "no size").state
    screen.resize(100, 36)
    screen.wait_pane("Shell", lambda pane: pane.state[:1].isdigit() and pane.state != before, "the same size")
    screen.type("stty size\r")
    screen.wait_pane("Shell", has_size, "no other size")
    screen.send("ctrl-]", "f")
    screen.wait(r"Shell \S+/web · main · Enter ~ \. ")
    screen.type("stty size; echo $here\r")
    screen.wait(r"^36 100\n42$")
    screen.type("\r~.")
    screen.wait_pane("Shell", lambda pane: "42" in pane.texts)
    screen.type("(sleep 2; echo later-$here) &\r")
    screen.send("ctrl-]", "q")
    screen.wait_title("Pods", "")
    screen.command("shells")
    screen.wait(rf"{namespace}/web +main +")
    screen.send("enter")
    screen.wait_pane("Shell", lambda pane: any(text.endswith("later-42") for text in pane.texts))
    screen.type("exit 5\r")
    screen.wait_pane("Shell", lambda pane: any("exit code 5" in text for text in (pane.title, *pane.texts)))


def test_five_megabytes_in_a_pane_under_churn(k9py: Open, kubectl: Kubectl, namespace: str, settings: Path) -> None:
    settings.unlink()
    kubectl.create(deployment("stir", 1, SLEEP), namespace=namespace)
    screen = open_pods(k9py, namespace, "web")
    screen.send("s")
    screen.wait_pane("Shell", lambda pane: any(text.endswith("#") for text in pane.texts), "no prompt")
    screen.type("seq 1 750000; echo who''le\r")
    for number in (3, 1, 2):
        kubectl("scale", "deployment", "stir", f"--replicas={number}", "-n", namespace)
    screen.wait_pane("Shell", lambda pane: "whole" in pane.texts, timeout=120)
    assert "750000" in screen.pane("Shell").texts
    kubectl("delete", "deployment", "stir", "-n", namespace)
    screen.type("exit\r")
    screen.wait_pane("Shell", lambda pane: any("exit code 0" in text for text in (pane.title, *pane.texts)))
