"""The status of a pod, as its kubelet writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from k9py.demo.api.conditions import find
from k9py.demo.api.podresources import pod_resources
from k9py.demo.core.store import Obj
from k9py.demo.node.container import EPHEMERAL, INIT, MAIN, Container

PLURALS = {INIT: "initContainerStatuses", MAIN: "containerStatuses", EPHEMERAL: "ephemeralContainerStatuses"}
"""Where in the status each kind of container stands."""


def container_status(container: Container, spec: Obj) -> Obj:
    """One entry of status.containerStatuses."""
    found: Obj = {"name": container.name, "state": dict(container.state), "lastState": dict(container.last)}
    found |= {"ready": container.ready, "restartCount": container.restarts, "image": container.image or spec["image"]}
    found["imageID"] = container.image_id
    if container.id:
        found["containerID"] = container.id
    if container.kind != EPHEMERAL:
        found["started"] = container.started
    if container.id:
        found |= _given(container)
    if mounts := [_mount(mount) for mount in spec.get("volumeMounts", ())]:
        found["volumeMounts"] = mounts
    return found


def _given(container: Container) -> Obj:
    requests = container.allocated.get("requests")
    return {**({"allocatedResources": requests} if requests else {}), "resources": container.resources}


def _mount(mount: Obj) -> Obj:
    found = {"name": mount["name"], "mountPath": mount["mountPath"]}
    if mount.get("readOnly"):
        found |= {"readOnly": True, "recursiveReadOnly": mount.get("recursiveReadOnly", "Disabled")}
    return found


def waiting(reason: str, message: str = "") -> Obj:
    """A state of waiting."""
    return {"waiting": {"reason": reason, **({"message": message} if message else {})}}


def phase_of(containers: Sequence[Container], policy: str) -> str:
    """The phase out of what the containers do (the kubelet's getPhase)."""
    inits = [one for one in containers if one.kind == INIT and not one.sidecar]
    mains = [one for one in containers if one.kind == MAIN]
    if any(one.exit_code for one in inits) and policy == "Never":
        return "Failed"
    if any(one.exit_code != 0 for one in inits) and not any(one.id for one in mains):
        return "Pending"
    if any(_unborn(one) for one in mains):
        return "Pending"
    if any("running" in one.state or "waiting" in one.state for one in mains):
        return "Running"
    return _ended_phase(mains, policy)


def _unborn(container: Container) -> bool:
    """Neither running nor ever run."""
    return "waiting" in container.state and not container.last


def _ended_phase(mains: Iterable[Container], policy: str) -> str:
    codes = [one.exit_code for one in mains]
    if policy == "Always":
        return "Running"
    if not any(codes):
        return "Succeeded"
    return "Failed" if policy == "Never" else "Running"


def conditions(containers: Sequence[Container], phase: str, sandboxed: bool, scheduled: str) -> list[Obj]:
    """The kubelet's conditions in its order; `scheduled` is since when the pod is bound."""
    main_ready = _readiness(containers, phase)
    return [
        {"type": "PodReadyToStartContainers", "status": _word(sandboxed)},
        _initialized(containers, phase),
        {"type": "Ready", **main_ready},
        {"type": "ContainersReady", **main_ready},
        {"type": "PodScheduled", "status": "True", "lastTransitionTime": scheduled},
    ]


def _word(value: bool) -> str:
    return "True" if value else "False"


def _initialized(containers: Sequence[Container], phase: str) -> Obj:
    if phase == "Succeeded":
        return {"type": "Initialized", "status": "True", "reason": "PodCompleted"}
    undone = [one.name for one in containers if one.kind == INIT and not _initial(one)]
    if undone:
        message = f"containers with incomplete status: [{' '.join(undone)}]"
        return {
            "type": "Initialized",
            "status": "False",
            "reason": "ContainersNotInitialized",
            "message": message,
        }
    return {"type": "Initialized", "status": "True"}


def _initial(container: Container) -> bool:
    return container.started if container.sidecar else container.exit_code == 0


def _readiness(containers: Sequence[Container], phase: str) -> Obj:
    if phase in ("Succeeded", "Failed"):
        return {"status": "False", "reason": "PodCompleted" if phase == "Succeeded" else "PodFailed"}
    unready = [one.name for one in containers if (one.kind == MAIN or one.sidecar) and not one.ready]
    if not unready:
        return {"status": "True"}
    message = f"containers with unready status: [{' '.join(unready)}]"
    return {"status": "False", "reason": "ContainersNotReady", "message": message}


def gates(found: list[Obj], pod: Obj) -> None:
    """Ready also needs the conditions that spec.readinessGates name."""
    wanted = [gate["conditionType"] for gate in pod["spec"].get("readinessGates", ())]
    ready = find(found, "Ready")
    if not wanted or not ready or ready["status"] != "True":
        return
    given = {one["type"]: one["status"] for one in pod.get("status", {}).get("conditions", ())}
    unmet = [_gate(name, given.get(name)) for name in wanted if given.get(name) != "True"]
    if unmet:
        ready |= {"status": "False", "reason": "ReadinessGatesNotReady", "message": ", ".join(unmet)}


def _gate(name: str, status: str | None) -> str:
    if status is None:
        return f'corresponding condition of pod readiness gate "{name}" does not exist.'
    return f'the status of pod readiness gate "{name}" is not "True", but {status}'


def settle(new: list[Obj], old: Iterable[Obj], generation: int, now: str) -> list[Obj]:
    """Conditions with their times: those that are as they were keep theirs. Conditions of others come first."""
    before: dict[str, Obj] = {one["type"]: one for one in old}
    found: list[Obj] = []
    for one in new:
        was = before.pop(one["type"], {})
        since = was.get("lastTransitionTime") if was.get("status") == one["status"] else None
        since = since or one.get("lastTransitionTime") or now
        kept: Obj = {name: one[name] for name in ("reason", "message") if name in one}
        found.append(
            {
                "type": one["type"],
                "observedGeneration": generation,
                "status": one["status"],
                "lastProbeTime": None,
                "lastTransitionTime": since,
                **kept,
            }
        )
    return [*before.values(), *found]


def container_statuses(pod: Obj, containers: Mapping[str, Container]) -> Obj:
    """The lists of statuses, and what the pod as a whole has once something of it runs."""
    found: Obj = {}
    for kind, plural in PLURALS.items():
        specs = [spec for spec in pod["spec"].get(kind, ()) if spec["name"] in containers]
        if specs:
            found[plural] = [container_status(containers[spec["name"]], spec) for spec in specs]
    if any(one.id for one in containers.values()):
        found |= _pod_resources(pod)
    return found


def _pod_resources(pod: Obj) -> Obj:
    """What the pod's cgroup has, as the sum of its containers (as cgroup v2 tells it)."""
    found: Obj = {}
    for part in ("limits", "requests"):
        amounts = pod_resources(pod["spec"], part)
        if listed := {name: amounts[name] for name in ("cpu", "memory") if amounts.get(name, "0") != "0"}:
            found[part] = listed
    return {"resources": found, **({"allocatedResources": found["requests"]} if "requests" in found else {})}


def disrupted(reason: str, message: str) -> Obj:
    """The condition of a pod that the kubelet has given up for the node's sake."""
    return {"type": "DisruptionTarget", "status": "True", "reason": "TerminationByKubelet", "message": message}
