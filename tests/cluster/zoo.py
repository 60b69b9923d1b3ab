"""Pods in all the states that kubectl has a word for, and objects of many kinds, to compare columns over."""

from __future__ import annotations

from typing import Any

from tests.cluster.kubectl import Kubectl, wait_until
from tests.cluster.workloads import SLEEP, Json, config_map, container, deployment, image, pod, thing

FINALIZER = "k9py.example.com/kept"
NOWHERE = {"nodeSelector": {"k9py.example.com/none": "such"}}
STUBBORN = "trap '' TERM; while true; do sleep 1; done"
GREEDY = "a=xxxxxxxxxxxxxxxx; while true; do a=$a$a; done"

#: Names, with the word of kubectl's STATUS that each comes to by itself.
STATES: dict[str, tuple[str, ...]] = {
    "running": ("Running",),
    "crashing": ("CrashLoopBackOff", "Error"),
    "initialising": ("Init:0/2",),
    "second-init": ("Init:1/2",),
    "init-failed": ("Init:Error", "Init:CrashLoopBackOff"),
    "sidecar": ("Running",),
    "sidecar-slow": ("Init:0/1",),
    "completed": ("Completed",),
    "failed": ("Error",),
    "half-done": ("NotReady",),
    "no-image": ("ErrImageNeverPull",),
    "no-node": ("Pending",),
    "gated": ("SchedulingGated",),
    "not-ready": ("Running",),
    "ready-gate": ("Running",),
    "oom": ("OOMKilled", "CrashLoopBackOff"),
    "stubborn": ("Terminating",),
    "kept": ("Terminating", "Failed"),
}

#: Statuses that are written by hand, as nothing here comes to them: they belong to pods that no node has.
WRITTEN: dict[str, tuple[str, Json]] = {
    "evicted": ("Evicted", {"phase": "Failed", "reason": "Evicted", "message": "the node was low on memory"}),
    "signalled": ("Signal:9", {"phase": "Failed", "containerStatuses": [{"exitCode": 137, "signal": 9}]}),
    "exit-code": ("ExitCode:5", {"phase": "Failed", "containerStatuses": [{"exitCode": 5}]}),
    "init-signal": ("Init:Signal:15", {"phase": "Pending", "initContainerStatuses": [{"exitCode": 143, "signal": 15}]}),
    "deadline": ("DeadlineExceeded", {"phase": "Failed", "reason": "DeadlineExceeded"}),
    "lost": ("Unknown", {"phase": "Running", "reason": "NodeLost"}),
}


def _pods() -> list[Json]:
    sidecar = container("side", restartPolicy="Always")
    slow_side = container("side", restartPolicy="Always", startupProbe=_probe("exit 1"))
    inits = [container("first", "exit 0"), container("second")]
    never: dict[str, Any] = {"restartPolicy": "Never"}
    greedy = container(script=GREEDY, resources={"limits": {"memory": "16Mi"}})
    pods = [
        pod("running"),
        pod("crashing", container(script="exit 3")),
        pod("initialising", initContainers=[container("first"), container("second")]),
        pod("second-init", initContainers=inits),
        pod("init-failed", initContainers=[container("first", "exit 4")]),
        pod("sidecar", initContainers=[sidecar]),
        pod("sidecar-slow", initContainers=[slow_side]),
        pod("completed", container(script="exit 0"), **never),
        pod("failed", container(script="exit 7"), **never),
        pod("half-done", container("done", "exit 0"), container("on"), **never),
        pod("no-image", {**container(), "image": "registry.local/none:1", "imagePullPolicy": "Never"}),
        pod("no-node", **NOWHERE),
        pod("gated", schedulingGates=[{"name": "k9py.example.com/gate"}]),
        pod("not-ready", container(readinessProbe=_probe("exit 1"))),
        pod("ready-gate", readinessGates=[{"conditionType": "k9py.example.com/ready"}]),
        pod("oom", greedy),
        pod("stubborn", container(script=STUBBORN), terminationGracePeriodSeconds=600),
        pod("kept", **NOWHERE),
        *(pod(name, initContainers=[container("first")], **NOWHERE) for name in WRITTEN),
    ]
    for each in pods:
        if each["metadata"]["name"] in ("kept", "lost"):
            each["metadata"]["finalizers"] = [FINALIZER]
    return pods


def _probe(script: str) -> Json:
    return {"exec": {"command": ["sh", "-c", script]}, "periodSeconds": 1}


def _full(part: str, state: Json) -> Json:
    """A container's status, complete, from what matters of it."""
    name = "first" if part.startswith("init") else "main"
    ended = {"startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:01:00Z", **state}
    return {
        "name": name,
        "ready": False,
        "restartCount": 0,
        "image": image(),
        "imageID": "",
        "state": {"terminated": ended},
    }


def _write_status(kubectl: Kubectl, namespace: str, name: str, status: Json) -> None:
    whole = {
        key: [_full(key, state) for state in value] if key.endswith("Statuses") else value
        for key, value in status.items()
    }
    kubectl.patch(f"pod/{name}", {"status": whole}, namespace, "--subresource=status", "--type=merge")


def add_pods(kubectl: Kubectl, namespace: str) -> None:
    """Make all pods and wait until each is in its state."""
    kubectl.create(*_pods(), namespace=namespace)
    for name, (_, status) in WRITTEN.items():
        _write_status(kubectl, namespace, name, status)
    kubectl.wait("pod/stubborn", "condition=Ready", namespace)
    kubectl("delete", "pod", "stubborn", "kept", "lost", "-n", namespace, "--wait=false")
    wanted = STATES | {name: (word,) for name, (word, _) in WRITTEN.items()}
    wait_until(lambda: not _missing(kubectl, namespace, wanted), lambda: f"{_missing(kubectl, namespace, wanted)}", 120)


def _missing(kubectl: Kubectl, namespace: str, wanted: dict[str, tuple[str, ...]]) -> list[str]:
    lines = kubectl("get", "pods", "-n", namespace, "--no-headers").splitlines()
    words = {line.split()[0]: line.split()[2] for line in lines}
    return [f"{name}: {words.get(name)}" for name, states in wanted.items() if words.get(name) not in states]


def release_pods(kubectl: Kubectl, namespace: str) -> None:
    """Let go of what would hold up the namespace's end."""
    for name in set(kubectl.names("pods", "-n", namespace)) & {"kept", "lost"}:
        kubectl.patch(f"pod/{name}", {"metadata": {"finalizers": None}}, namespace, "--type=merge")
    kubectl("delete", "pod", "stubborn", "-n", namespace, "--grace-period=0", "--force", "--ignore-not-found")


def add_deployments(kubectl: Kubectl, namespace: str) -> None:
    """Deployments that are complete, paused, at zero, and that never come up."""
    stuck = deployment("stuck", 2, SLEEP)
    stuck["spec"]["template"]["spec"]["containers"][0] |= {"image": "registry.local/none:1", "imagePullPolicy": "Never"}
    two = deployment("two-containers", 1, SLEEP)
    two["spec"]["template"]["spec"]["containers"].append(container("other"))
    complex_selector = deployment("picky", 1, SLEEP)
    complex_selector["spec"]["selector"]["matchExpressions"] = [
        {"key": "app", "operator": "In", "values": ["picky", "x"]}
    ]
    made = [deployment("complete", 2, SLEEP), deployment("none", 0), deployment("paused", 1, paused=True)]
    kubectl.create(*made, stuck, two, complex_selector, namespace=namespace)
    for name in ("complete", "two-containers", "picky"):
        kubectl("rollout", "status", f"deployment/{name}", "-n", namespace, "--timeout=120s")


def add_others(kubectl: Kubectl, namespace: str) -> None:
    """Something of each of many kinds."""
    kubectl.create(*_services(), *_batch(), *_sets(), *_policies(), *_rest(), namespace=namespace)
    kubectl.wait("job/complete", "condition=Complete", namespace)
    kubectl.wait("job/failed", "condition=Failed", namespace)
    for name in ("daemonset/each", "statefulset/numbered"):
        kubectl("rollout", "status", name, "-n", namespace, "--timeout=120s")


def _services() -> list[Json]:
    named = [{"name": "http", "port": 80, "targetPort": 8080}, {"name": "dns", "port": 53, "protocol": "UDP"}]
    selector = {"app": "complete"}
    return [
        thing("Service", "plain", spec={"ports": named, "selector": selector}),
        thing("Service", "headless", spec={"clusterIP": "None", "ports": named[:1]}),
        thing("Service", "node-port", spec={"type": "NodePort", "ports": named, "selector": selector}),
        thing("Service", "balanced", spec={"type": "LoadBalancer", "ports": named[:1]}),
        thing("Service", "elsewhere", spec={"type": "ExternalName", "externalName": "example.com"}),
    ]


def _template(script: str, app: str, **more: Any) -> Json:
    spec = pod("x", container(script=script), **more)["spec"]
    return {"metadata": {"labels": {"app": app}}, "spec": spec}


def _batch() -> list[Json]:
    def job(name: str, script: str, **more: Any) -> Json:
        template = _template(script, name, restartPolicy="Never")
        return thing("Job", name, "batch/v1", spec={"template": template, "backoffLimit": 0, **more})

    cron = {"jobTemplate": {"spec": {"template": _template("exit 0", "cron", restartPolicy="Never")}}}
    return [
        job("complete", "exit 0", completions=2, parallelism=2),
        job("failed", "exit 1"),
        job("working", SLEEP),
        job("suspended", SLEEP, suspend=True),
        thing("CronJob", "yearly", "batch/v1", spec={"schedule": "0 0 1 1 *", **cron}),
        thing(
            "CronJob",
            "seoul",
            "batch/v1",
            spec={"schedule": "5 4 * * *", "timeZone": "Asia/Seoul", "suspend": True, **cron},
        ),
    ]


def _sets() -> list[Json]:
    def selecting(app: str) -> Json:
        return {"selector": {"matchLabels": {"app": app}}, "template": _template(SLEEP, app)}

    return [
        thing("DaemonSet", "each", "apps/v1", spec=selecting("each")),
        thing(
            "StatefulSet",
            "numbered",
            "apps/v1",
            spec={**selecting("numbered"), "replicas": 2, "serviceName": "headless"},
        ),
    ]


def _policies() -> list[Json]:
    rbac = "rbac.authorization.k8s.io"
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    subjects = [{"kind": "User", "name": "사용자", "apiGroup": rbac}]
    reference = {"apiGroup": rbac, "kind": "Role", "name": "reader"}
    scaled = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "complete"}
    return [
        thing("Role", "reader", f"{rbac}/v1", rules=rules),
        thing("RoleBinding", "readers", f"{rbac}/v1", subjects=subjects, roleRef=reference),
        thing("NetworkPolicy", "closed", "networking.k8s.io/v1", spec={"podSelector": {"matchLabels": {"app": "x"}}}),
        thing(
            "PodDisruptionBudget",
            "one",
            "policy/v1",
            spec={"minAvailable": 1, "selector": {"matchLabels": {"app": "x"}}},
        ),
        thing("HorizontalPodAutoscaler", "auto", "autoscaling/v2", spec={"scaleTargetRef": scaled, "maxReplicas": 3}),
        thing("ResourceQuota", "quota", spec={"hard": {"configmaps": "50", "requests.storage": "1Ti"}}),
        thing("LimitRange", "limits", spec={"limits": [{"type": "PersistentVolumeClaim", "max": {"storage": "1Gi"}}]}),
    ]


def _rest() -> list[Json]:
    claim = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
        "storageClassName": "none",
    }
    backend = {"service": {"name": "plain", "port": {"number": 80}}}
    paths = {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}
    return [
        config_map("settings", one="1", two="둘"),
        thing("Secret", "password", stringData={"password": "secret"}),
        thing("Lease", "lease", "coordination.k8s.io/v1", spec={"holderIdentity": "somebody"}),
        thing("PersistentVolumeClaim", "claim", spec=claim),
        thing("Ingress", "entry", "networking.k8s.io/v1", spec={"rules": [{"host": "example.com", "http": paths}]}),
        thing("ServiceAccount", "robot"),
    ]


def rest_of_the_cluster(token: str) -> list[Json]:
    """A volume that nobody uses, and classes."""
    volume = {
        "capacity": {"storage": "1Gi"},
        "accessModes": ["ReadWriteOnce", "ReadOnlyMany"],
        "hostPath": {"path": "/nowhere"},
        "storageClassName": "none",
    }
    return [
        thing("PersistentVolume", f"k9py-{token}", spec=volume),
        thing("StorageClass", f"k9py-{token}", "storage.k8s.io/v1", provisioner="example.com/none"),
        thing("IngressClass", f"k9py-{token}", "networking.k8s.io/v1", spec={"controller": "example.com/none"}),
    ]
