"""How containers are stopped: one that is unhealthy, or all of a pod that leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from k9py.demo.core.store import Obj
from k9py.demo.node import statuses
from k9py.demo.node.container import MAIN, Container, specs_of
from k9py.demo.node.working import Work
from k9py.values.age import parse_time

if TYPE_CHECKING:
    from k9py.demo.node.pod_run import PodRun

EndOf = Callable[[], float]
"""When the grace is over, which may change meanwhile."""


def leave(run: PodRun) -> Work:
    """A pod that is deleted: its containers are asked, then killed; then it is removed from the store."""
    run.write()
    pod = run.pod()
    yield from stop_all(run, pod, lambda: _end_of_grace(run))
    if run.containers and not run.over:
        run.sandboxed = False
        run.write(_last_phase(run, pod))
    yield run.random.uniform(0.1, 0.6)
    remove(run)


def _end_of_grace(run: PodRun) -> float:
    """It may be shortened while it lasts."""
    end = parse_time(run.entry.meta.deletion_timestamp)
    return run.cluster.clock.now if end is None else end


def _last_phase(run: PodRun, pod: Obj) -> str:
    containers = [one for one in run.containers.values() if one.kind == MAIN]
    if not any(one.id for one in containers):
        return str(pod.get("status", {}).get("phase", "Pending"))
    return "Failed" if any(one.exit_code or one.exit_code is None for one in containers) else "Succeeded"


def remove(run: PodRun) -> None:
    """Take the pod out of the store: its kubelet confirms that nothing of it is left."""
    run.cluster.registry.discard("pods", run.key.namespace, run.key.name, run.uid, grace=0)


def fail(run: PodRun) -> Work:
    """A pod that the kubelet gives up: evicted, or past its deadline."""
    run.write()
    pod = run.pod()
    grace = pod["spec"].get("terminationGracePeriodSeconds", 30)
    end = run.cluster.clock.now + (0 if run.failure[0] == "Evicted" else grace)
    yield from stop_all(run, pod, lambda: end)
    yield from finish(run)


def finish(run: PodRun) -> Work:
    """A pod that has ended by itself: the last phase is told when nothing of it is left."""
    yield run.random.uniform(0.4, 1.0)
    pod = run.pod()
    ordered = [one for one in run.containers.values() if one.kind == MAIN or not one.sidecar]
    sidecars = [one for one in run.containers.values() if one.sidecar and one.process]
    if sidecars:
        yield from _stop(run, pod, sidecars, run.cluster.clock.now + 30, True)
    run.over = "Failed" if run.failure[0] else statuses.phase_of(ordered, pod["spec"].get("restartPolicy", "Always"))
    run.sandboxed = False
    run.write(run.over)


def stop_all(run: PodRun, pod: Obj, end: EndOf) -> Work:
    """Stop all containers: first the main ones, then what ran beside them."""
    sidecars = [one for one in run.containers.values() if one.sidecar]
    others = [one for one in run.containers.values() if not one.sidecar]
    for group in (others, sidecars):
        yield from _stop(run, pod, [one for one in group if one.process], end, True)


def _stop(run: PodRun, pod: Obj, containers: list[Container], end: EndOf | float, tell: bool) -> Work:
    specs = specs_of(pod)
    longest = 0.0
    for container in containers:
        run.prober.end(container)
        if tell:
            run.tell("Killing", f"Stopping container {container.name}", container.path)
        longest = max(longest, _pre_stop(run, container, specs[container.name]))
    until = end if callable(end) else lambda: end
    if longest:
        yield max(0.0, min(longest, until() - run.cluster.clock.now))
    yield from _terminate(run, containers, until)


def _pre_stop(run: PodRun, container: Container, spec: Obj) -> float:
    """Seconds that its preStop takes; one that fails is told, and the stop goes on."""
    handler = spec.get("lifecycle", {}).get("preStop")
    if not handler or not container.process:
        return 0.0
    hook = container.program.hook(container.process, "preStop", handler)
    if hook.error:
        run.warn("FailedPreStopHook", "PreStopHook failed", container.path)
    return hook.seconds


def _terminate(run: PodRun, containers: Iterable[Container], until: EndOf) -> Work:
    """SIGTERM, then SIGKILL when the grace is over."""
    living = [one for one in containers if one.process]
    for container in living:
        if container.process:
            container.program.stop(container.process)
    while any(one.process for one in living) and run.cluster.clock.now < until():
        yield from run.wait_for(living, until())
    for container in living:
        if container.process:
            container.process.exit(137)


def kill_unhealthy(run: PodRun) -> Work:
    """Those whose liveness or startup probe has failed too often are stopped; the sync starts them again."""
    for container in list(run.containers.values()):
        if not container.unhealthy or not container.process:
            continue
        text = f"Container {container.name} failed {container.unhealthy} probe, will be restarted"
        container.unhealthy = ""
        run.tell("Killing", text, container.path)
        yield from stop_for_restart(run, run.pod(), container)


def stop_for_restart(run: PodRun, pod: Obj, container: Container) -> Work:
    """Stop one container; why has been said."""
    grace = pod["spec"].get("terminationGracePeriodSeconds", 30)
    yield from _stop(run, pod, [container], run.cluster.clock.now + grace, False)
