"""What a kubelet does for a pod, and what it says of it. The words are those of a real kubelet 1.36."""

from __future__ import annotations

import itertools

import pytest

from k9py.demo.node.program import StartError
from tests.demo.nodelab import Lab, Told


def test_a_pod_goes_from_pending_to_ready(lab: Lab) -> None:
    seen = lab.watch()
    lab.pod("web")
    lab.cluster.clock.advance(5)
    status = lab.status("web")
    assert status["phase"] == "Running"
    assert status["podIP"].startswith("10.244.0.")
    assert status["podIPs"] == [{"ip": status["podIP"]}]
    assert status["hostIP"] == "172.18.0.2"
    assert status["qosClass"] == "BestEffort"
    assert status["observedGeneration"] == lab.read("web")["metadata"]["generation"] == 1
    kinds = [one["type"] for one in status["conditions"]]
    assert kinds == ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"]
    assert {one["status"] for one in status["conditions"]} == {"True"}
    main = lab.first("web")
    assert main["containerID"].startswith("containerd://")
    assert main["started"]
    assert main["ready"]
    waiting = [one["status"]["containerStatuses"][0]["state"] for one in seen if "containerStatuses" in one["status"]]
    assert waiting[0] == {"waiting": {"reason": "ContainerCreating"}}
    assert [reason for reason, _ in lab.events("web")] == ["Scheduled", "Pulled", "Created", "Started"]


def test_an_image_is_pulled_once_for_each_node(lab: Lab) -> None:
    lab.pod("one", {"image": "nginx:1.29"})
    lab.cluster.clock.advance(10)
    first = lab.events("one")
    assert [reason for reason, _ in first][1:] == ["Pulling", "Pulled", "Created", "Started"]
    assert first[1][1] == 'Pulling image "nginx:1.29"'
    assert first[2][1].startswith('Successfully pulled image "nginx:1.29" in ')
    assert "Image size: " in first[2][1]
    assert lab.first("one")["image"] == "docker.io/library/nginx:1.29"
    assert lab.first("one")["imageID"].startswith("docker.io/library/nginx@sha256:")
    lab.pod("two", {"image": "nginx:1.29"})
    lab.cluster.clock.advance(10)
    text = 'Container image "nginx:1.29" already present on machine and can be accessed by the pod'
    assert ("Pulled", text) in lab.events("two")


def test_an_image_that_is_not_there_is_tried_again_and_again(lab: Lab) -> None:
    lab.image("shop/web:1")
    lab.pod("bad", {"image": "shop/web:2"})
    lab.cluster.clock.advance(5)
    text = (
        'failed to pull and unpack image "docker.io/shop/web:2": failed to resolve reference "docker.io/shop/web:2": '
        "docker.io/shop/web:2: not found"
    )
    assert lab.first("bad")["state"]["waiting"] == {"reason": "ErrImagePull", "message": text}
    lab.cluster.clock.advance(15)
    assert lab.first("bad")["state"]["waiting"] == {
        "reason": "ImagePullBackOff",
        "message": f'Back-off pulling image "shop/web:2": ErrImagePull: {text}',
    }
    assert lab.status("bad")["phase"] == "Pending"
    said = lab.events("bad")
    assert ("Failed", f'Failed to pull image "shop/web:2": {text}') in said
    assert ("Failed", "Error: ErrImagePull") in said
    assert ("Failed", "Error: ImagePullBackOff") in said
    lab.image("shop/web:2", everywhere=False)
    lab.cluster.clock.advance(60)
    assert lab.first("bad")["ready"], "it is pulled as soon as it is there"


@pytest.mark.parametrize(
    ("image", "policy", "reason", "message"),
    [
        (
            "nope:1",
            "Never",
            "ErrImageNeverPull",
            'Container image "nope:1" is not present with pull policy of Never',
        ),
        (
            "registry.example/NOPE:1",
            "Always",
            "InvalidImageName",
            (
                'Failed to apply default image tag "registry.example/NOPE:1": couldn\'t parse image name '
                '"registry.example/NOPE:1": invalid reference format: repository name (NOPE) must be lowercase'
            ),
        ),
    ],
)
def test_images_that_can_never_be_had(lab: Lab, image: str, policy: str, reason: str, message: str) -> None:
    lab.pod("bad", {"image": image, "imagePullPolicy": policy})
    lab.cluster.clock.advance(5)
    assert lab.first("bad")["state"]["waiting"] == {"reason": reason, "message": message}
    assert ("Failed", f"Error: {reason}") in lab.events("bad")


def test_a_crash_loop_backs_off(lab: Lab) -> None:
    program = Told(2, 3)
    lab.image("crash", program)
    created = lab.pod("crash", {"image": "crash"})
    uid = created["metadata"]["uid"]
    lab.cluster.clock.advance(300)
    starts = [process.started for process in program.processes]
    waits = [later - earlier - 2 for earlier, later in itertools.pairwise(starts)]
    assert waits[0] < 3, "the first time it is started again at once"
    for wait, least in zip(waits[1:], (10, 20, 40, 80), strict=False):
        assert least <= wait <= 1.5 * least + 3
    said = f"Back-off restarting failed container main in pod crash_default({uid})"
    assert ("BackOff", said) in lab.events("crash")
    for _ in range(300):
        lab.cluster.clock.advance(1)
        if "waiting" in lab.first("crash")["state"]:
            break
    main = lab.first("crash")
    assert main["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    expected = f"restarting failed container=main pod=crash_default({uid})"
    assert main["state"]["waiting"]["message"].startswith("back-off ")
    assert main["state"]["waiting"]["message"].endswith(expected)
    last = main["lastState"]["terminated"]
    assert (last["exitCode"], last["reason"]) == (3, "Error")
    assert main["restartCount"] == len(program.processes) - 1
    assert lab.status("crash")["phase"] == "Running"
    assert lab.condition("crash", "Ready")["message"] == "containers with unready status: [main]"


def test_ten_good_minutes_are_forgiving(lab: Lab) -> None:
    program = Told(700, 1)
    lab.image("slow", program)
    lab.pod("slow", {"image": "slow"})
    lab.cluster.clock.advance(2200)
    starts = [process.started for process in program.processes]
    assert len(starts) == 4
    assert all(later - earlier < 705 for earlier, later in itertools.pairwise(starts))


def test_an_oom_kill_is_named(lab: Lab) -> None:
    lab.image("leak", Told(2, 137, "OOMKilled"))
    lab.pod("leak", {"image": "leak"}, restartPolicy="Never")
    lab.cluster.clock.advance(10)
    ended = lab.first("leak")["state"]["terminated"]
    assert (ended["exitCode"], ended["reason"]) == (137, "OOMKilled")
    assert lab.status("leak")["phase"] == "Failed"


@pytest.mark.parametrize(
    ("code", "phase", "reason", "word"),
    [(0, "Succeeded", "PodCompleted", "Completed"), (4, "Failed", "PodFailed", "Error")],
)
def test_what_ends_for_good_has_a_last_phase(lab: Lab, code: int, phase: str, reason: str, word: str) -> None:
    seen = lab.watch()
    lab.image("once", Told(3, code))
    lab.pod("once", {"image": "once"}, restartPolicy="Never")
    lab.cluster.clock.advance(20)
    assert lab.status("once")["phase"] == phase
    assert lab.first("once")["state"]["terminated"]["reason"] == word
    assert lab.condition("once", "Ready")["reason"] == reason
    assert lab.condition("once", "PodReadyToStartContainers")["status"] == "False"
    before = [one["status"] for one in seen if one["status"].get("phase") == "Running"][-1]
    ready = next(one for one in before["conditions"] if one["type"] == "Ready")
    assert ready["reason"] == reason, "that it is over is known before its last phase is"


def test_on_failure_starts_again_until_it_succeeds(lab: Lab) -> None:
    program = Told(1, 1)
    lab.image("task", program)
    lab.pod("task", {"image": "task"}, restartPolicy="OnFailure")
    lab.cluster.clock.advance(6)
    assert lab.status("task")["phase"] == "Running"
    program.code = 0
    lab.cluster.clock.advance(60)
    assert lab.status("task")["phase"] == "Succeeded"
    assert lab.first("task")["restartCount"] >= 1


def test_init_containers_run_one_after_the_other_and_sidecars_beside_them(lab: Lab) -> None:
    lab.image("brief", Told(2, 0))
    lab.image("side", Told())
    inits = [
        {"name": "a", "image": "brief"},
        {"name": "side", "image": "side", "restartPolicy": "Always"},
        {"name": "b", "image": "brief"},
    ]
    seen = lab.watch()
    lab.pod("inits", initContainers=inits)
    lab.cluster.clock.advance(0.2)
    assert lab.first("inits")["state"] == {"waiting": {"reason": "PodInitializing"}}
    condition = lab.condition("inits", "Initialized")
    assert condition["message"] == "containers with incomplete status: [a side b]"
    assert lab.condition("inits", "Ready")["message"] == "containers with unready status: [side main]"
    lab.cluster.clock.advance(20)
    status = lab.status("inits")
    assert status["phase"] == "Running"
    assert lab.condition("inits", "Ready")["status"] == "True"
    states = {one["name"]: (next(iter(one["state"])), one["ready"]) for one in status["initContainerStatuses"]}
    assert states == {"a": ("terminated", True), "side": ("running", True), "b": ("terminated", True)}
    messages = [
        next(c for c in one["status"]["conditions"] if c["type"] == "Initialized").get("message")
        for one in seen
        if len(one["status"].get("conditions", ())) > 1
    ]
    wanted = ["[a side b]", "[side b]", "[b]"]
    assert [m.split(": ")[1] for m in dict.fromkeys(messages) if m] == wanted
    paths = [entry.read()["involvedObject"].get("fieldPath") for entry in lab.cluster.store.entries("events")]
    assert "spec.initContainers{a}" in paths
    assert "spec.containers{main}" in paths


def test_an_init_container_that_fails_keeps_the_others_waiting(lab: Lab) -> None:
    lab.image("bad", Told(1, 2))
    lab.pod("again", initContainers=[{"name": "a", "image": "bad"}])
    lab.pod("once", initContainers=[{"name": "a", "image": "bad"}], restartPolicy="Never")
    lab.cluster.clock.advance(40)
    assert lab.status("again")["phase"] == "Pending"
    assert lab.status("again")["initContainerStatuses"][0]["restartCount"] >= 2
    assert lab.status("once")["phase"] == "Failed"
    assert lab.first("once")["state"] == {"waiting": {"reason": "PodInitializing"}}


class Unstartable(Told):
    def start(self, process: object) -> None:
        raise StartError('exec: "nonsense": executable file not found in $PATH')


def test_what_cannot_be_started_says_why(lab: Lab) -> None:
    lab.image("odd", Unstartable())
    lab.pod("odd", {"image": "odd"})
    lab.cluster.clock.advance(25)
    text = (
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
        'unable to start container process: exec: "nonsense": executable file not found in $PATH: unknown'
    )
    main = lab.first("odd")
    assert main["state"]["waiting"] == {"reason": "RunContainerError", "message": text}
    assert main["lastState"]["terminated"]["exitCode"] == 128
    assert main["lastState"]["terminated"]["reason"] == "StartError"
    assert ("Failed", f"Error: {text}") in lab.events("odd")


def test_what_a_pod_refers_to_must_be_there(lab: Lab) -> None:
    key = {"name": "A", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "a"}}}
    lab.pod("env", {"env": [key]})
    lab.pod("from", {"envFrom": [{"secretRef": {"name": "nope"}}]})
    lab.pod("volume", volumes=[{"name": "v", "configMap": {"name": "nope"}}])
    lab.cluster.clock.advance(4)
    error = {"reason": "CreateContainerConfigError", "message": 'configmap "settings" not found'}
    assert lab.first("env")["state"]["waiting"] == error
    assert ("Failed", 'Error: secret "nope" not found') in lab.events("from")
    assert lab.first("volume")["state"] == {"waiting": {"reason": "ContainerCreating"}}
    mount = 'MountVolume.SetUp failed for volume "v" : configmap "nope" not found'
    assert ("FailedMount", mount) in lab.events("volume")
    obj = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "settings", "namespace": "default"}}
    lab.cluster.registry.make("configmaps", {**obj, "data": {"b": "1"}})
    lab.cluster.clock.advance(30)
    error["message"] = "couldn't find key a in ConfigMap default/settings"
    assert lab.first("env")["state"]["waiting"] == error
    lab.cluster.registry.patch("configmaps", ("default", "settings"), lambda one: {**one, "data": {"a": "1"}})
    lab.cluster.clock.advance(20)
    assert lab.first("env")["ready"]


def test_the_environment_is_resolved(lab: Lab) -> None:
    program = Told()
    lab.image("app", program)
    lab.pod(
        "env",
        {
            "image": "app",
            "command": ["serve"],
            "args": ["--node=$(NODE)"],
            "resources": {"limits": {"memory": "64Mi"}},
            "env": [
                {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
                {"name": "LABEL", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['tier']"}}},
                {"name": "CPU", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}},
                {"name": "MEMORY", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory", "divisor": "1Mi"}}},
                {"name": "ALL", "value": "$(NODE)-$(NOPE)-$$(NODE)"},
            ],
        },
        labels={"tier": "back"},
    )
    lab.cluster.clock.advance(5)
    process = program.processes[0]
    assert process.argv == ["serve", "--node=node1"]
    wanted = {"NODE": "node1", "LABEL": "back", "CPU": "4", "MEMORY": "64", "ALL": "node1-$(NOPE)-$(NODE)"}
    assert {name: process.env[name] for name in wanted} == wanted
    assert process.env["HOSTNAME"] == "env"
    assert process.env["KUBERNETES_SERVICE_HOST"] == "10.96.0.1"
    assert process.env["KUBERNETES_PORT_443_TCP"] == "tcp://10.96.0.1:443"
