"""Which containers are to be started now, and whether a pod is over (the kubelet's computePodActions)."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping

from k9py.demo.core.store import Obj
from k9py.demo.node.container import EPHEMERAL, INIT, MAIN, Container


def due(pod: Obj, containers: Mapping[str, Container]) -> Iterator[Container]:
    """Those that are to be started, in order."""
    spec = pod["spec"]
    for one in spec.get(EPHEMERAL, ()):
        if not containers[one["name"]].id:
            yield containers[one["name"]]
    mains = [(one, containers[one["name"]]) for one in spec.get(MAIN, ())]
    begun = any(container.id for _, container in mains)
    if not (yield from _due_inits(pod, containers, begun)):
        return
    for one, container in mains:
        if not container.running and restarts(container, _policy(pod, one)):
            yield container


def _due_inits(pod: Obj, containers: Mapping[str, Container], begun: bool) -> Generator[Container, None, bool]:
    """Init containers, one after the other. Answers whether the others may start."""
    for one in pod["spec"].get(INIT, ()):
        container = containers[one["name"]]
        if container.sidecar:
            if not container.running:
                yield container
            if not container.started and not begun:
                return False
        elif container.exit_code != 0 and not begun:
            if not container.running and restarts(container, _init_policy(pod)):
                yield container
            return False
    return True


def _policy(pod: Obj, spec: Obj) -> str:
    """A container may have a policy of its own."""
    policy: str = spec.get("restartPolicy") or pod["spec"].get("restartPolicy", "Always")
    return policy


def _init_policy(pod: Obj) -> str:
    return "Never" if pod["spec"].get("restartPolicy") == "Never" else "OnFailure"


def restarts(container: Container, policy: str) -> bool:
    """Whether one that does not run is to run: not yet started, or the policy wants it again."""
    code = container.exit_code
    if code is None and "terminated" in container.last:
        code = container.last["terminated"]["exitCode"]
    if code is None:
        return True
    return policy == "Always" or (policy == "OnFailure" and code != 0)


def finished(pod: Obj, containers: Mapping[str, Container]) -> bool:
    """Whether it has ended for good: no container runs or is to run again."""
    spec = pod["spec"]
    for one in spec.get(INIT, ()):
        container = containers[one["name"]]
        if not container.sidecar and not container.running and container.exit_code:
            return _init_policy(pod) == "Never"
    mains = [(one, containers[one["name"]]) for one in spec.get(MAIN, ())]
    return all(not container.running and not restarts(container, _policy(pod, one)) for one, container in mains)
