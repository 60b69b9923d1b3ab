"""A pod that has been running for long, made again from what its status says."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import msgspec

from k9py.demo.api.conditions import is_true
from k9py.demo.core.clock import Clock
from k9py.demo.core.store import Entry, Obj
from k9py.demo.node import environment
from k9py.demo.node.container import FIRST_BACKOFF, INIT, LONGEST_BACKOFF, Container, specs_of
from k9py.demo.node.files import Files
from k9py.demo.node.images import ImageNameError
from k9py.demo.node.launch import command_line, make_process
from k9py.demo.node.log import Log
from k9py.demo.node.program import Load, Process, StartError
from k9py.demo.node.statuses import PLURALS
from k9py.values.age import parse_time

if TYPE_CHECKING:
    from k9py.demo.node.kubelet import Kubelet
    from k9py.demo.node.pod_run import PodRun

_NO_FILES, _NO_LOG, _NO_CHANCE = Files(), Log(Clock(0.0)), Random(0)


def restore(run: PodRun, pod: Obj) -> None:
    """Take over all that the status says; what it says to run is started, at the time at which it says it was."""
    status = pod.get("status") or {}
    run.sandboxed = is_true(status.get("conditions"), "PodReadyToStartContainers")
    run.shown_ip = bool(status.get("podIP"))
    if status.get("phase") in ("Succeeded", "Failed"):
        run.over = status["phase"]
        run.failure = (status.get("reason", ""), status.get("message", ""))
    specs = specs_of(pod)
    settled = True
    for plural in PLURALS.values():
        for known in status.get(plural, ()):
            container = run.containers.get(known["name"])
            if container is not None:
                _take(container, known)
                settled = _continue(run, pod, specs[container.name], container) and settled
    if not settled and not run.over:
        run.sync_in(run.random.uniform(0.1, 1.0))


def _take(container: Container, known: Obj) -> None:
    container.state, container.last = known.get("state", {}), known.get("lastState", {})
    container.id, container.image = known.get("containerID", ""), known.get("image", "")
    container.image_id = known.get("imageID", "")
    container.restarts = known.get("restartCount", 0)
    container.ready, container.started = known.get("ready", False), bool(known.get("started"))
    container.resources = container.allocated = known.get("resources", {})
    container.began = _time(container.state.get("running", {}).get("startedAt"))
    ended = container.state.get("terminated") or container.last.get("terminated") or {}
    container.ended = _time(ended.get("finishedAt"))
    if container.restarts:
        container.backoff.wait = min(FIRST_BACKOFF * 2.0 ** min(container.restarts - 1, 8), LONGEST_BACKOFF)
        container.backoff.updated = container.began or _time(ended.get("startedAt"))
    reason = container.state.get("waiting", {})
    container.reason = (reason.get("reason", ""), reason.get("message", ""))


def _time(text: str | None) -> float:
    return parse_time(text) or 0.0


def _continue(run: PodRun, pod: Obj, spec: Obj, container: Container) -> bool:
    """Let it run, if it does. Answers whether there is nothing more to do."""
    try:
        image = run.kubelet.images.find(spec["image"])
    except ImageNameError:
        return False
    container.program = image.program
    if "running" not in container.state:
        container.log = container.log or _ended_log(run)
        return "terminated" in container.state and container.kind == INIT
    try:
        env = environment.resolve(run.cluster, pod, spec, image.env, run.ip)
    except environment.ConfigError:
        env = {}
    process = make_process(run, spec, container, command_line(spec, image, env), env)
    process.started = container.began
    container.process = process
    try:
        container.program.start(process)
    except StartError:
        process.exit(128, "StartError")
        return False
    run.prober.resume(container, spec)
    return True


def _ended_log(run: PodRun) -> Log:
    log = Log(run.cluster.clock)
    log.end()
    return log


class _Status(msgspec.Struct, gc=False, rename="camel"):
    phase: str = ""
    start_time: str = ""


class _Container(msgspec.Struct, gc=False):
    name: str
    image: str = ""
    resources: dict[str, Any] = {}


class _Spec(msgspec.Struct, gc=False):
    containers: list[_Container] = []


class _Pod(msgspec.Struct, gc=False):
    spec: _Spec
    status: _Status = msgspec.field(default_factory=_Status)


_read = msgspec.json.Decoder(_Pod).decode


def sleeping_loads(kubelet: Kubelet, entry: Entry) -> dict[str, Load]:
    """What the containers of a pod use that nobody has looked at: no process is made that would have to be kept."""
    pod = _read(entry.raw)
    if pod.status.phase != "Running":
        return {}
    started = _time(pod.status.start_time)
    return {one.name: _sleeping_load(kubelet, entry, one, started) for one in pod.spec.containers}


def _sleeping_load(kubelet: Kubelet, entry: Entry, spec: _Container, started: float) -> Load:
    program = kubelet.images.find(spec.image).program
    process = Process(
        cluster=kubelet.cluster,
        namespace=entry.key.namespace,
        pod=entry.key.name,
        container={"name": spec.name, "image": spec.image, "resources": spec.resources},
        argv=(),
        env={},
        files=_NO_FILES,
        out=_NO_LOG,
        random=_NO_CHANCE,
        started=started,
        exited=lambda code, reason: None,
        uid=entry.meta.uid,
    )
    return program.load(process)
