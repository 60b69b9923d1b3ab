"""From a spec to a running container: back-off, image, environment, files, process."""

from __future__ import annotations

from collections.abc import Generator
from random import Random
from typing import TYPE_CHECKING

from k9py.demo.core.store import Obj
from k9py.demo.node import environment, pulling
from k9py.demo.node.container import Container
from k9py.demo.node.files import Files
from k9py.demo.node.images import Image
from k9py.demo.node.log import Log
from k9py.demo.node.program import Process, StartError
from k9py.demo.node.shell.program import program_for

if TYPE_CHECKING:
    from k9py.demo.node.pod_run import PodRun

Steps = Generator[float, None, float]
"""Work that takes time: it yields seconds to wait, and answers in how many to try again (0: all is well)."""

RETRY = 10.0
"""Seconds before what has failed is tried again; up to half as much comes on top (the kubelet's backOffPeriod)."""
RESYNC = 60.0
"""Seconds after which a pod is looked at again at the latest, with as much on top."""


def launch(run: PodRun, pod: Obj, spec: Obj, container: Container) -> Steps:
    """Start a container, for the first time or again."""
    left = _back_off(run, container)
    if left:
        return min(left * run.random.uniform(1.0, 1.5), run.random.uniform(RESYNC, 1.5 * RESYNC))
    problem = yield from pulling.provide(run, spec, container)
    if problem:
        return run.random.uniform(RETRY, 1.5 * RETRY)
    try:
        image = run.kubelet.images.find(spec["image"])
        env = environment.resolve(run.cluster, pod, spec, image.env, run.ip)
    except environment.ConfigError as error:
        container.reason = ("CreateContainerConfigError", str(error))
        run.warn("Failed", f"Error: {error}", container.path)
        return run.random.uniform(RETRY, 1.5 * RETRY)
    yield run.random.uniform(0.08, 0.25)
    argv = command_line(spec, image, env)
    container.program = program_for(spec["image"], argv, image.program)
    process = _create(run, spec, container, argv, env)
    yield run.random.uniform(0.05, 0.2)
    return (yield from _start(run, spec, container, process))


def _back_off(run: PodRun, container: Container) -> float:
    """How long to wait before it may run again; 0 lets it."""
    if not container.ended:
        return 0.0
    now = run.cluster.clock.now
    left = container.backoff.left(now, container.ended)
    if not left:
        container.backoff.grow(now, container.ended)
        return 0.0
    who = f"{run.key.name}_{run.key.namespace}({run.uid})"
    text = f"back-off {_duration(container.backoff.wait)} restarting failed container={container.name} pod={who}"
    container.reason = ("CrashLoopBackOff", text)
    run.warn("BackOff", f"Back-off restarting failed container {container.name} in pod {who}", container.path)
    return left


def _duration(seconds: float) -> str:
    """As Go writes a duration: `10s`, `1m20s`, `5m0s`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"


def command_line(spec: Obj, image: Image, env: dict[str, str]) -> list[str]:
    """The command line: `command` replaces what the image runs, `args` what it passes."""
    if spec.get("command"):
        words = [*spec["command"], *(spec.get("args") or ())]
    elif spec.get("args"):
        words = [*(image.argv[:1] if image.entrypoint is None else image.entrypoint), *spec["args"]]
    else:
        words = list(image.argv)
    return [environment.expand(word, env) for word in words]


def _create(run: PodRun, spec: Obj, container: Container, argv: list[str], env: dict[str, str]) -> Process:
    """A new container with a new log. Its place among the restarts is counted."""
    if container.id:
        container.restarts += 1
        container.previous, container.previous_id = container.log, container.id
    container.id = f"containerd://{run.random.getrandbits(256):064x}"
    container.resources = container.allocated = spec.get("resources", {})
    run.tell("Created", "Container created", container.path)
    return make_process(run, spec, container, argv, env)


def make_process(run: PodRun, spec: Obj, container: Container, argv: list[str], env: dict[str, str]) -> Process:
    """A process that has not begun yet, with a log of its own."""
    container.log = Log(run.cluster.clock)
    return Process(
        cluster=run.cluster,
        namespace=run.key.namespace,
        pod=run.key.name,
        container=spec,
        argv=argv,
        env=env,
        files=Files(),
        out=container.log,
        random=Random(f"{run.uid}{container.name}{container.restarts}"),
        started=run.cluster.clock.now,
        exited=lambda code, reason: run.ended(container, container.process, code, reason),
        ip=run.ip,
        uid=run.uid,
        doubt=lambda: run.prober.wake(container),
    )


def _start(run: PodRun, spec: Obj, container: Container, process: Process) -> Steps:
    now = run.cluster.clock.now
    process.started = container.began = now
    container.process = process
    if "terminated" in container.state:
        container.last = container.state
    container.reason = ("", "")
    container.state = {"running": {"startedAt": run.cluster.clock.stamp(now)}}
    try:
        container.program.start(process)
    except StartError as error:
        _refuse(run, container, str(error))
        return run.random.uniform(RETRY, 1.5 * RETRY)
    run.tell("Started", "Container started", container.path)
    hook = spec.get("lifecycle", {}).get("postStart")
    if hook and container.process:
        failed = yield from _post_start(run, container, hook)
        if failed:
            return run.random.uniform(0.3, 1.0)
    run.prober.begin(container, spec)
    return 0.0


def _refuse(run: PodRun, container: Container, message: str) -> None:
    """The runtime could not start it: it has ended before it began."""
    text = (
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
        f"runc create failed: unable to start container process: {message}: unknown"
    )
    container.process = None
    container.ended = run.cluster.clock.now
    container.state = {
        "terminated": {
            "exitCode": 128,
            "reason": "StartError",
            "message": text,
            "startedAt": "1970-01-01T00:00:00Z",
            "finishedAt": run.cluster.clock.stamp(),
            "containerID": container.id,
        }
    }
    if container.log:
        container.log.end()
    container.reason = ("RunContainerError", text)
    run.warn("Failed", f"Error: {text}", container.path)


def _post_start(run: PodRun, container: Container, handler: Obj) -> Generator[float, None, str]:
    process = container.process
    if process is None:
        return ""
    hook = container.program.hook(process, "postStart", handler)
    if hook.seconds:
        yield hook.seconds
    if not hook.error:
        return ""
    run.warn("FailedPostStartHook", "PostStartHook failed", container.path)
    run.tell("Killing", "FailedPostStartHook", container.path)
    if container.process:
        container.program.stop(container.process)
    if container.process:
        container.process.exit(137, "Error")
    return hook.error
