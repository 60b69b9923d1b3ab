"""Deployments: how far they are from what is wanted. Enter leads to their pods."""

from __future__ import annotations

import msgspec

from k9py.kinds.kind import AGE, LABELS, NAME, Kind, Opening, Part, always, count_cell, join_texts, ratio_cell
from k9py.kinds.pod_parts import Condition
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell, Tone
from k9py.values.metadata import Metadata
from k9py.values.selector import LabelSelector, SelectorError, selector_from


class DeploymentMetadata(Metadata, frozen=True, gc=False, rename="camel"):
    """Metadata, and which version of the spec it is about."""

    generation: int = 0


class TemplateContainer(Part, frozen=True):
    """A container of the pods to be."""

    name: str
    image: str = ""


class TemplateSpec(Part, frozen=True):
    """The pods to be."""

    containers: tuple[TemplateContainer, ...] = ()


class Template(Part, frozen=True):
    """The mould of the pods."""

    spec: TemplateSpec = TemplateSpec()


class DeploymentSpec(Part, frozen=True):
    """What is wanted."""

    replicas: int = 1
    paused: bool = False
    selector: LabelSelector | None = None
    template: Template = Template()


class DeploymentStatus(Part, frozen=True):
    """How far it is."""

    observed_generation: int = 0
    replicas: int = 0
    ready_replicas: int = 0
    updated_replicas: int = 0
    available_replicas: int = 0
    conditions: tuple[Condition, ...] = ()


class Deployment(msgspec.Struct, frozen=True, gc=False):
    """A deployment."""

    metadata: DeploymentMetadata
    spec: DeploymentSpec = DeploymentSpec()
    status: DeploymentStatus = DeploymentStatus()


_FAILED = frozenset({("Progressing", "False"), ("ReplicaFailure", "True")})


def _tone(deployment: Deployment, _joined: Joined) -> Tone:
    metadata, spec, status = deployment.metadata, deployment.spec, deployment.status
    if metadata.deletion_timestamp:
        return Tone.GOING
    if any((condition.type, condition.status) in _FAILED for condition in status.conditions):
        return Tone.BAD
    if spec.paused or status.observed_generation < metadata.generation or status.replicas != spec.replicas:
        return Tone.BUSY
    if min(status.ready_replicas, status.updated_replicas, status.available_replicas) < spec.replicas:
        return Tone.BUSY
    return Tone.OK if spec.replicas else Tone.DONE


def _ready(deployment: Deployment, joined: Joined) -> Cell:
    return ratio_cell(deployment.status.ready_replicas, deployment.spec.replicas, _tone(deployment, joined))


def _up_to_date(deployment: Deployment, _joined: Joined) -> Cell:
    return count_cell(deployment.status.updated_replicas)


def _available(deployment: Deployment, _joined: Joined) -> Cell:
    return count_cell(deployment.status.available_replicas)


def _containers(deployment: Deployment, _joined: Joined) -> Cell:
    return join_texts(container.name for container in deployment.spec.template.spec.containers)


def _images(deployment: Deployment, _joined: Joined) -> Cell:
    return join_texts(container.image for container in deployment.spec.template.spec.containers)


def _selector(deployment: Deployment, _joined: Joined) -> Cell:
    try:
        return Cell(str(selector_from(deployment.spec.selector)))
    except SelectorError:
        return Cell("<invalid>", Tone.BAD)


def _opens(deployment: Deployment) -> Opening:
    namespace, name = deployment.metadata.namespace, deployment.metadata.name
    selector = selector_from(deployment.spec.selector)
    return Opening(
        "pods",
        f"deployment {name}",
        namespace,
        lambda pod: bool(pod.metadata.namespace == namespace) and selector.matches(pod.metadata.labels),
    )


KIND = Kind(
    "apps",
    "deployments",
    Deployment,
    always(
        NAME,
        Column("READY", _ready, numeric=True, glyph=True),
        Column("UP-TO-DATE", _up_to_date, numeric=True),
        Column("AVAILABLE", _available, numeric=True),
        Column("CONTAINERS", _containers, wide=True),
        Column("IMAGES", _images, wide=True),
        Column("SELECTOR", _selector, wide=True),
        LABELS,
        AGE,
    ),
    _tone,
    opens=_opens,
    brief=("NAME", "READY", "UP-TO-DATE", "AGE"),
)
