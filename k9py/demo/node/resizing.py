"""In-place resize (KEP-1287): a running container gets what its spec asks for now, if the node has it."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from typing import TYPE_CHECKING

from k9py.demo.api.quantities import Amounts, amount, numbers
from k9py.demo.core.store import Obj
from k9py.demo.node.admission import shortages
from k9py.demo.node.container import INIT, MAIN, Container
from k9py.demo.node.stopping import stop_for_restart

if TYPE_CHECKING:
    from k9py.demo.node.pod_run import PodRun

CONDITIONS = ("PodResizePending", "PodResizeInProgress")
"""Those that come and go with a resize."""

Change = tuple[Obj, Container]


def allocate(run: PodRun, pod: Obj) -> None:
    """Decide whether a resize can be done, and say so; it is done in the same sync."""
    changes = list(_changes(run, pod))
    if not changes:
        run.resize_pending = None
        return
    refused = _refusal(run, pod)
    if refused:
        if refused != run.resize_pending:
            reason, message = refused
            run.warn(f"Resize{reason}", f"Pod resize {reason}: {_text(pod, error=message)}")
        run.resize_pending = refused
        return
    run.resize_pending, run.resizing = None, True
    for spec, container in changes:
        container.allocated = spec.get("resources", {})
    run.tell("ResizeStarted", f"Pod resize started: {_text(pod)}")


def actuate(run: PodRun, pod: Obj) -> Generator[float, None, None]:
    """Give each container what it has been granted; some must be started again for it."""
    if not run.resizing:
        return
    for spec, container in list(_changes(run, pod, allocated=False)):
        if container.process and _needs_restart(spec, container):
            run.tell("Killing", f"Container {container.name} resize requires restart", container.path)
            yield from stop_for_restart(run, pod, container)
        container.resources = container.allocated
    yield run.random.uniform(0.1, 0.4)
    run.resizing = False
    run.tell("ResizeCompleted", f"Pod resize completed: {_text(pod)}")
    run.sync_in(run.random.uniform(0.2, 0.8))


def conditions(run: PodRun) -> list[Obj]:
    """What the status says of a resize that is not done."""
    if run.resizing:
        return [{"type": "PodResizeInProgress", "status": "True"}]
    if run.resize_pending:
        reason, message = run.resize_pending
        return [{"type": "PodResizePending", "status": "True", "reason": reason, "message": message}]
    return []


def _changes(run: PodRun, pod: Obj, allocated: bool = True) -> Iterator[Change]:
    """Containers that run with other resources than the spec says."""
    for kind in (INIT, MAIN):
        for spec in pod["spec"].get(kind, ()):
            container = run.containers.get(spec["name"])
            if container is None or not container.process or (kind == INIT and not container.sidecar):
                continue
            have = container.allocated if allocated else container.resources
            if _different(spec.get("resources", {}), have):
                yield spec, container


def _different(one: Obj, other: Obj) -> bool:
    return any(_cpu_memory(one.get(which)) != _cpu_memory(other.get(which)) for which in ("requests", "limits"))


def _cpu_memory(listed: Mapping[str, str] | None) -> Amounts:
    found = numbers(listed)
    return {name: found[name] for name in ("cpu", "memory") if name in found}


def _needs_restart(spec: Obj, container: Container) -> bool:
    """Whether a resource that changes has the policy RestartContainer."""
    policies = {one["resourceName"]: one["restartPolicy"] for one in spec.get("resizePolicy", ())}
    for name, policy in policies.items():
        for which in ("requests", "limits"):
            new = spec.get("resources", {}).get(which, {}).get(name)
            old = container.resources.get(which, {}).get(name)
            if policy == "RestartContainer" and amount(new or "0") != amount(old or "0"):
                return True
    return False


def _refusal(run: PodRun, pod: Obj) -> tuple[str, str] | None:
    """Reason and message, if the node has not enough: at all, or at the moment."""
    short = next((one for one in shortages(run, pod) if one.name in ("cpu", "memory")), None)
    if short is None:
        return None
    if short.need <= short.have:
        return "Deferred", str(short)
    text = f"Node didn't have enough capacity: {short.name}, requested: {short.need}, capacity: {short.have}"
    return "Infeasible", text


def _text(pod: Obj, **more: str) -> str:
    containers = [
        {"name": spec["name"], "resources": {key: spec["resources"][key] for key in sorted(spec.get("resources", {}))}}
        for spec in pod["spec"].get(MAIN, ())
    ]
    found = {"containers": containers, "generation": pod["metadata"].get("generation", 1), **more}
    return json.dumps(found, separators=(",", ":"))
