"""How a kubelet comes by an image."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from k9py.demo.core.store import Obj
from k9py.demo.node.container import Container
from k9py.demo.node.images import Image, ImageNameError, full_name, image_id

if TYPE_CHECKING:
    from k9py.demo.node.pod_run import PodRun


def provide(run: PodRun, spec: Obj, container: Container) -> Generator[float, None, bool]:
    """See to it that the image is there. Answers whether it is not: the container's reason says why."""
    name = spec["image"]
    try:
        full = full_name(name)
        image = run.kubelet.images.find(name)
    except ImageNameError as error:
        run.warn("InspectFailed", str(error), container.path)
        return _fail(run, container, "InvalidImageName", str(error))
    policy = spec.get("imagePullPolicy") or ("Always" if full.endswith(":latest") else "IfNotPresent")
    present = run.kubelet.has_image(full)
    if present and policy != "Always":
        text = f'Container image "{name}" already present on machine and can be accessed by the pod'
        run.tell("Pulled", text, container.path)
    elif policy == "Never":
        text = f'Container image "{name}" is not present with pull policy of Never'
        run.warn("ErrImageNeverPull", text, container.path)
        return _fail(run, container, "ErrImageNeverPull", text)
    elif (yield from _pull(run, container, name, full, image, present)):
        return True
    container.image, container.image_id, container.program = full, image_id(full, image), image.program
    return False


def _fail(run: PodRun, container: Container, reason: str, message: str) -> bool:
    container.reason = (reason, message)
    run.warn("Failed", f"Error: {reason}", container.path)
    return True


def _pull(
    run: PodRun, container: Container, name: str, full: str, image: Image, present: bool
) -> Generator[float, None, bool]:
    """Pull it. One pull after the other (serializeImagePulls)."""
    now = run.cluster.clock.now
    if container.pull.left(now, container.pull.updated):
        run.tell("BackOff", f'Back-off pulling image "{name}"', container.path)
        text = f'Back-off pulling image "{name}": ErrImagePull: {container.pull_error}'
        return _fail(run, container, "ImagePullBackOff", text)
    run.tell("Pulling", f'Pulling image "{name}"', container.path)
    seconds = (0.4 if present else image.seconds) * run.random.uniform(0.85, 1.15)
    if image.error:
        seconds = run.random.uniform(0.6, 1.6)
    wait = run.kubelet.queue_pull(full, seconds)
    yield wait
    if image.error and not present:
        return _refuse(run, container, name, image.error)
    run.kubelet.keep_image(full, image)
    container.pull.wait = 0.0
    text = f'Successfully pulled image "{name}" in {_short(seconds)} ({_short(wait)} including waiting). '
    run.tell("Pulled", f"{text}Image size: {image.size} bytes.", container.path)
    return False


def _refuse(run: PodRun, container: Container, name: str, error: str) -> bool:
    container.pull_error = text = f'failed to pull and unpack image "{full_name(name)}": {error}'
    now = run.cluster.clock.now
    container.pull.grow(now, now)
    run.warn("Failed", f'Failed to pull image "{name}": {text}', container.path)
    return _fail(run, container, "ErrImagePull", text)


def _short(seconds: float) -> str:
    """A duration as Go writes it, to the millisecond."""
    return f"{round(seconds * 1000)}ms" if seconds < 1 else f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"
