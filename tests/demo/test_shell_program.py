"""Containers whose main process is a shell: their logs, their ends, their signals."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from k9py.demo.core.store import Obj
from k9py.demo.node.shell.session import execute
from tests.demo.nodelab import Lab


def started(*argv: str, image: str = "busybox", **spec: Any) -> Lab:
    """A pod with one container that runs this."""
    lab = Lab(nodes=1)
    lab.pod("one", {"image": image, **({"command": list(argv)} if argv else {})}, **spec)
    lab.cluster.clock.advance(30)
    return lab


def log(lab: Lab) -> list[str]:
    found = lab.run("one").containers["main"].log
    assert found is not None
    return [line.text.decode() for line in found.lines]


def run(lab: Lab, text: str) -> str:
    """What `sh -c text` writes in the container."""
    container = lab.run("one").containers["main"]
    assert container.process is not None
    session = execute(container.process, container.program, ["sh", "-c", text], stdin=False, tty=False)
    lab.cluster.clock.advance(5)
    assert session.stderr is not None
    return (session.stdout.take() + session.stderr.take()).decode()


def test_it_logs_what_it_says() -> None:
    lab = started("sh", "-c", "echo hi; echo bad >&2; sleep 3600")
    assert log(lab) == ["hi", "bad"]
    assert lab.status("one")["phase"] == "Running"
    assert "    1 root       0:00 sleep 3600" in run(lab, "ps")


def test_its_exit_code_is_the_containers() -> None:
    lab = started("sh", "-c", "echo once; exit 3", restartPolicy="Never")
    state: Obj = lab.first("one")["state"]["terminated"]
    assert (state["exitCode"], state["reason"]) == (3, "Error")
    assert lab.status("one")["phase"] == "Failed"


def test_a_loop_says_the_time_again_and_again() -> None:
    lab = started("sh", "-c", "while true; do date +%s; sleep 5; done")
    lab.cluster.clock.advance(60)
    times = [int(line) for line in log(lab)]
    assert len(times) >= 12
    assert {b - a for a, b in pairwise(times)} == {5}


def test_a_command_that_is_not_there_can_not_start() -> None:
    lab = started("sleep", "1", image="registry.k8s.io/pause:3.10", restartPolicy="Never")
    assert lab.first("one")["state"], "an image without that command runs as it likes"


def test_number_one_does_not_hear_sigterm_without_a_trap() -> None:
    lab = started("sh", "-c", "sleep 3600", terminationGracePeriodSeconds=10)
    process = lab.run("one").containers["main"].process
    assert process is not None
    lab.run("one").containers["main"].program.stop(process)
    lab.cluster.clock.advance(5)
    assert lab.run("one").containers["main"].process is process


def test_a_trap_hears_it() -> None:
    lab = started("sh", "-c", "trap 'echo bye; exit 0' TERM; sleep 3600 & wait", restartPolicy="Never")
    process = lab.run("one").containers["main"].process
    assert process is not None
    lab.run("one").containers["main"].program.stop(process)
    lab.cluster.clock.advance(5)
    assert log(lab) == ["bye"]
    assert lab.first("one")["state"]["terminated"]["exitCode"] == 0


def test_images_run_their_own_command_and_args_replace_what_follows_the_entrypoint() -> None:
    lab = Lab(nodes=1)
    lab.pod("one", {"image": "busybox", "args": ["echo", "said"]}, restartPolicy="Never")
    lab.cluster.clock.advance(30)
    assert log(lab) == ["said"]


def test_config_maps_and_secrets_are_mounted_and_follow_their_objects() -> None:
    lab = Lab(nodes=1)
    config: Obj = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "default"}}
    lab.cluster.registry.make("configmaps", {**config, "data": {"a.conf": "one\n", "b": "two\n"}})
    mount = {"name": "v", "mountPath": "/etc/app"}
    scratch = {"name": "s", "mountPath": "/scratch"}
    lab.pod(
        "one",
        {"image": "busybox", "command": ["sleep", "3600"], "volumeMounts": [mount, scratch]},
        volumes=[{"name": "v", "configMap": {"name": "c"}}, {"name": "s", "emptyDir": {}}],
    )
    lab.cluster.clock.advance(30)
    assert run(lab, "cat /etc/app/a.conf; ls /etc/app") == "one\na.conf\nb\n"
    assert run(lab, "echo x > /etc/app/b") == "sh: can't create /etc/app/b: Read-only file system\n"

    def change(obj: Obj) -> Obj:
        return {**obj, "data": {"a.conf": "new\n"}}

    lab.cluster.registry.patch("configmaps", ("default", "c"), change)
    assert run(lab, "cat /etc/app/a.conf; ls /etc/app; echo 1 > /scratch/x; cat /scratch/x") == "new\na.conf\n1\n"


def test_services_are_reached_by_name() -> None:
    lab = Lab(nodes=1)
    ready = {"image": "nginx", "ports": [{"containerPort": 80, "name": "http"}]}
    lab.pod("web", ready, labels={"app": "web"})
    spec = {"selector": {"app": "web"}, "clusterIP": "10.96.7.7", "ports": [{"port": 8000, "targetPort": "http"}]}
    head: Obj = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "shop", "namespace": "default"}}
    lab.cluster.registry.make("services", {**head, "spec": spec})
    lab.pod("one", {"image": "busybox", "command": ["sleep", "3600"]})
    lab.cluster.clock.advance(60)
    assert "Welcome to nginx!" in run(lab, "wget -qO- http://shop:8000/")
    assert "Welcome to nginx!" in run(lab, "wget -qO- shop.default.svc.cluster.local:8000")
    assert run(lab, "wget -qO- shop:8000/nope") == "wget: server returned error: HTTP/1.1 404 Not Found\n"
    assert "Address: 10.96.7.7" in run(lab, "nslookup shop")
    assert '"GET / HTTP/1.1" 200' in log_of(lab, "web")
    lab.cluster.registry.discard("pods", "default", "web")
    lab.cluster.clock.advance(60)
    assert run(lab, "wget -qO- shop:8000") == "wget: can't connect to remote host (10.96.7.7): Connection refused\n"


def log_of(lab: Lab, pod: str) -> str:
    found = lab.run(pod).containers["main"].log
    assert found is not None
    return "\n".join(line.text.decode() for line in found.lines)


def test_a_probe_runs_its_command() -> None:
    """The example of the documentation: a file that says that all is well, until it is gone."""
    lab = Lab(nodes=1)
    text = "touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600"
    probe = {"exec": {"command": ["cat", "/tmp/healthy"]}, "initialDelaySeconds": 5, "periodSeconds": 5}
    lab.pod("one", {"image": "busybox", "args": ["/bin/sh", "-c", text], "livenessProbe": probe})
    lab.cluster.clock.advance(30)
    assert lab.first("one")["restartCount"] == 0
    lab.cluster.clock.advance(90)
    assert lab.first("one")["restartCount"] == 1
    said = "Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory"
    assert any(message.startswith(said) for _, message in lab.events("one"))


def test_a_command_that_is_not_in_the_image() -> None:
    lab = started("nonsense", "1", restartPolicy="Never")
    said = 'exec: "nonsense": executable file not found in $PATH'
    assert any(reason == "Failed" and said in message for reason, message in lab.events("one"))


def test_more_memory_than_the_limit_allows() -> None:
    lab = Lab(nodes=1)
    argv = ["sh", "-c", "head -c 200000000 /dev/zero | tail"]
    limits = {"limits": {"memory": "16Mi"}}
    lab.pod("one", {"image": "busybox", "command": argv, "resources": limits}, restartPolicy="Never")
    lab.cluster.clock.advance(60)
    state: Obj = lab.first("one")["state"]["terminated"]
    assert (state["exitCode"], state["reason"]) == (137, "OOMKilled")


def test_its_last_words_stand_in_its_status() -> None:
    lab = started("sh", "-c", "echo out of coffee > /dev/termination-log; exit 1", restartPolicy="Never")
    assert lab.first("one")["state"]["terminated"]["message"] == "out of coffee\n"
