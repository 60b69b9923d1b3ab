"""How full the volumes of claims are, and where that is not known, why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import NamedTuple

from k9py.insight.capacity import Name, counts
from k9py.kinds.claims import ClaimRow
from k9py.kinds.persistentvolumeclaims import Claim
from k9py.kinds.pod import Pod
from k9py.values.usage import Fill


class Said(NamedTuple):
    """What the kubelet of a node says of the claims that are mounted there, or why it says nothing."""

    fills: Mapping[Name, Fill]
    trouble: str = ""


Mounts = Mapping[Name, list[Pod]]


def find_mounts(pods: Iterable[Pod], claims: Container[Name]) -> Mounts:
    """The pods that mount each of these claims; what has ended mounts nothing any more."""
    mounts: defaultdict[Name, list[Pod]] = defaultdict(list)
    for pod in pods:
        if pod.volume_claims and counts(pod):
            for claim in pod.volume_claims:
                if (name := (pod.metadata.namespace, claim)) in claims:
                    mounts[name].append(pod)
    return mounts


def nodes_of(mounts: Mounts) -> list[str]:
    """The nodes whose kubelets can say something, in the order of their names."""
    return sorted({pod.node for pods in mounts.values() for pod in pods if pod.node})


def make_rows(
    claims: Iterable[Claim], mounts: Mounts, said: Mapping[str, Said], unseen: str = ""
) -> Iterator[tuple[Name, ClaimRow]]:
    """A row for each claim. `unseen` says why it is not known which pods there are."""
    for claim in claims:
        metadata = claim.metadata
        name = metadata.namespace, metadata.name
        pods = sorted(mounts.get(name, ()), key=lambda pod: pod.metadata.name)
        told = [said[pod.node] for pod in pods if pod.node in said]
        fill = next((each.fills[name] for each in told if name in each.fills), None)
        yield (
            name,
            ClaimRow(
                metadata,
                claim.status.phase,
                claim.spec.resources.requests,
                claim.storage_class,
                claim.spec.volume_name,
                tuple(pod.metadata.name for pod in pods),
                fill,
                _why_not(claim, pods, told, unseen) if fill is None or fill.share is None else "",
            ),
        )


def _why_not(claim: Claim, pods: list[Pod], told: list[Said], unseen: str) -> str:
    """Why it is not known how full it is."""
    if claim.status.phase != "Bound":
        return "has lost its volume" if claim.status.phase == "Lost" else "has no volume yet"
    if claim.spec.volume_mode == "Block":
        return "a block device: no kubelet knows how full it is"
    if unseen:
        return unseen
    if not pods:
        return "no pod mounts it: only where it is mounted it is known"
    if not any(pod.node for pod in pods):
        return "its pod is on no node yet"
    if not told:
        return "asking the kubelet"
    if trouble := next((each.trouble for each in told if each.trouble), ""):
        return trouble
    return "the kubelet says nothing of it (yet)"
