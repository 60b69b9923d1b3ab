"""A pod as it is kept: what columns, filters and actions need of it, said once and shared with the pods like it.

Of a pod's JSON a quarter is read, and of that a third is kept: 30,000 pods are not to fill a laptop.
"""

from __future__ import annotations

from functools import lru_cache
from sys import intern
from typing import TypeVar

import msgspec

from k9py.kinds.pod_budget import Budget, add_up, claim
from k9py.kinds.pod_parts import PodMetadata, PodObject, PodSpec, PodStatus
from k9py.kinds.pod_status import PodSummary, summarise
from k9py.values.log import PodLogs
from k9py.values.metadata import Metadata, Owner


class Pod(msgspec.Struct, frozen=True, gc=False):
    """A pod. `containers` are the names of those that run, of those that run before them, of those to debug.

    `budget` is what its usage is held against, as in k9s; `claim` the room that it takes, as the scheduler counts it.
    `volume_claims` are the names of the PersistentVolumeClaims that it mounts.
    """

    metadata: Metadata
    phase: str
    node: str
    ip: str
    qos_class: str
    service_account: str
    nominated_node: str
    readiness_gates: str
    summary: PodSummary
    budget: Budget
    claim: Budget
    containers: tuple[str, ...]
    named_default: str
    """The container that an annotation says is meant when none is named."""
    volume_claims: tuple[str, ...] = ()

    @property
    def names_default(self) -> bool:
        """Whether an annotation names one of its containers as the one that is meant."""
        return self.named_default in self.containers

    @property
    def default_container(self) -> str:
        """The container that is meant when none is named: the annotation's, else the first."""
        return self.named_default if self.names_default else next(iter(self.containers), "")

    @property
    def logs(self) -> PodLogs:
        """Whose logs it has."""
        metadata = self.metadata
        return PodLogs(
            metadata.namespace, metadata.name, self.containers, self.default_container, metadata.uid, self.names_default
        )


def shape_pod(told: PodObject) -> Pod:
    """What is kept of a pod as the server tells it."""
    metadata, spec, status = told.metadata, told.spec, told.status
    budget = add_up(spec)
    return Pod(
        _slim(metadata),
        intern(status.phase),
        intern(spec.node_name),
        status.pod_ips[0].ip if status.pod_ips else "",
        intern(status.qos_class),
        intern(spec.service_account_name),
        intern(status.nominated_node_name),
        _count_gates(spec, status) if spec.readiness_gates else "",
        summarise(metadata, spec, status),
        budget,
        claim(spec, budget),
        _share(_names(spec)),
        metadata.annotations.default_container if metadata.annotations else "",
        _claimed(metadata.name, spec) if spec.volumes else (),
    )


Shared = TypeVar("Shared", tuple[str, ...], tuple[Owner, ...])


@lru_cache(maxsize=4096)
def _share(value: Shared) -> Shared:
    """The one copy of what many pods have in common."""
    return value


def _names(spec: PodSpec) -> tuple[str, ...]:
    return tuple([each.name for each in (*spec.containers, *spec.init_containers, *spec.ephemeral_containers)])


def _claimed(pod: str, spec: PodSpec) -> tuple[str, ...]:
    names = [
        each.persistent_volume_claim.claim_name if each.persistent_volume_claim else f"{pod}-{each.name}"
        for each in spec.volumes
        if each.persistent_volume_claim or each.ephemeral
    ]
    return tuple(names)


def _slim(metadata: PodMetadata) -> Metadata:
    owners = metadata.owner_references
    return Metadata(
        metadata.name,
        intern(metadata.namespace),
        metadata.uid,
        metadata.resource_version,
        metadata.creation_timestamp,
        metadata.deletion_timestamp,
        metadata.labels,
        _share(owners) if owners else None,
    )


def _count_gates(spec: PodSpec, status: PodStatus) -> str:
    states = {condition.type: condition.status for condition in reversed(status.conditions)}
    met = sum(states.get(gate.condition_type) == "True" for gate in spec.readiness_gates)
    return f"{met}/{len(spec.readiness_gates)}"
