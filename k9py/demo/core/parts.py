"""Parts of a server that older ones lack. A test switches them off one by one, or all that a version did not have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

VERSION = (1, 36, 3)
"""The Kubernetes whose words are in data/."""
OLDEST = 20
"""The oldest minor version that can be had."""


class Part(NamedTuple):
    """Since which minor version a server has it, and what is otherwise when it is off."""

    since: int
    without: str


PARTS: Mapping[str, Part] = {
    "tables": Part(0, "lists come whole, whatever Table is asked for"),
    "cronjob-v1": Part(21, "cron jobs are served as batch/v1beta1"),
    "pdb-v1": Part(21, "disruption budgets are served as policy/v1beta1"),
    "endpointslices-v1": Part(21, "endpoint slices are served as discovery.k8s.io/v1beta1"),
    "eviction-v1": Part(22, "pods/eviction takes policy/v1beta1 only"),
    "autoscaling-v2": Part(23, "autoscalers are served as autoscaling/v1 and v2beta2"),
    "ephemeral-containers": Part(23, "no pods/ephemeralcontainers"),
    "openapi-v3": Part(24, "no /openapi/v3; /openapi/v2 is served in either case"),
    "storagecapacity-v1": Part(24, "no CSIStorageCapacity"),
    "field-validation": Part(25, "fieldValidation is not known: unknown fields are dropped without a word"),
    "aggregated-discovery": Part(26, "discovery is told in its legacy form only"),
    "selfsubjectreview": Part(28, "no SelfSubjectReview: a client cannot ask who it is"),
    "flowcontrol-v1": Part(29, "no flow schemas and priority levels"),
    "aggregated-discovery-v2": Part(30, "aggregated discovery is v2beta1"),
    "exec-v5": Part(30, "exec and attach speak v4.channel.k8s.io at most"),
    "admission-policies": Part(30, "no ValidatingAdmissionPolicy"),
    "portforward-websocket": Part(31, "port-forward over SPDY only, no tunnel through a websocket"),
    "resize": Part(33, "no pods/resize"),
    "service-cidrs": Part(33, "no ServiceCIDR and IPAddress"),
    "watchlist": Part(34, "watches do not know sendInitialEvents"),
    "resource-v1": Part(34, "no dynamic resource allocation"),
    "volume-attributes": Part(34, "no VolumeAttributesClass"),
    "mutating-policies": Part(36, "no MutatingAdmissionPolicy"),
    "metrics": Part(0, "no metrics.k8s.io, as where no metrics-server is installed"),
    **{f"v1.{minor}": Part(minor, f"/version says 1.{minor - 1}") for minor in range(OLDEST + 1, VERSION[1] + 1)},
}
"""All that can be switched off (Cluster.off). What each Kubernetes has is told by its release notes."""


class Rename(NamedTuple):
    """Resources that came in another version before."""

    group: str
    version: str
    before: str
    plural: str


RENAMES: Mapping[str, Rename] = {
    "cronjob-v1": Rename("batch", "v1", "v1beta1", "cronjobs"),
    "pdb-v1": Rename("policy", "v1", "v1beta1", "poddisruptionbudgets"),
    "endpointslices-v1": Rename("discovery.k8s.io", "v1", "v1beta1", "endpointslices"),
    "autoscaling-v2": Rename("autoscaling", "v2", "v2beta2", "horizontalpodautoscalers"),
}
ABSENT: Mapping[str, tuple[str, Sequence[str]]] = {
    "storagecapacity-v1": ("storage.k8s.io", ("csistoragecapacities",)),
    "selfsubjectreview": ("authentication.k8s.io", ("selfsubjectreviews",)),
    "flowcontrol-v1": ("flowcontrol.apiserver.k8s.io", ("flowschemas", "prioritylevelconfigurations")),
    "admission-policies": (
        "admissionregistration.k8s.io",
        ("validatingadmissionpolicies", "validatingadmissionpolicybindings"),
    ),
    "mutating-policies": (
        "admissionregistration.k8s.io",
        ("mutatingadmissionpolicies", "mutatingadmissionpolicybindings"),
    ),
    "service-cidrs": ("networking.k8s.io", ("servicecidrs", "ipaddresses")),
    "resource-v1": ("resource.k8s.io", ("deviceclasses", "resourceclaims", "resourceclaimtemplates", "resourceslices")),
    "volume-attributes": ("storage.k8s.io", ("volumeattributesclasses",)),
    "metrics": ("metrics.k8s.io", ("nodes", "pods")),
}
SUBRESOURCES: Mapping[str, tuple[str, str]] = {
    "ephemeral-containers": ("pods", "ephemeralcontainers"),
    "resize": ("pods", "resize"),
}

Entries = Iterable[tuple[str, str, Mapping[str, Any]]]
"""Group, version and what aggregated discovery says of a resource there."""


def parts_of(version: str) -> frozenset[str]:
    """What a server of that version lacks: `1.24`. ValueError for one that is not simulated."""
    major, minor = (int(part) for part in version.removeprefix("v").split(".")[:2])
    if major != VERSION[0] or not OLDEST <= minor <= VERSION[1]:
        raise ValueError(f"1.{OLDEST} to 1.{VERSION[1]} can be simulated, not {version}")
    return frozenset(name for name, part in PARTS.items() if part.since > minor)


def version_of(off: frozenset[str]) -> tuple[int, int, int]:
    """The version that a server without those parts says it has."""
    lacking = [PARTS[name].since for name in off if name.startswith("v1.")]
    return (VERSION[0], min(lacking) - 1, 0) if lacking else VERSION


def release_of(off: frozenset[str]) -> str:
    """The same as components and kubelets write it: `v1.36.3`."""
    return "v" + ".".join(map(str, version_of(off)))


def known_as(off: frozenset[str], group: str, version: str, plural: str) -> tuple[str, str]:
    """Group and version under which data/ knows a resource that is served in an older version."""
    for name in RENAMES.keys() & off:
        found = RENAMES[name]
        if (found.group, found.before, found.plural) == (group, version, plural):
            return group, found.version
    return group, version


def without(off: frozenset[str], entries: Entries) -> Entries:
    """What is served when those parts are off. ValueError for a part that there is not."""
    unknown = off - PARTS.keys()
    if unknown:
        raise ValueError(f"no such part: {', '.join(sorted(unknown))}")
    absent = {(ABSENT[name][0], plural) for name in ABSENT.keys() & off for plural in ABSENT[name][1]}
    renamed = {RENAMES[name][:2] + RENAMES[name][3:]: RENAMES[name].before for name in RENAMES.keys() & off}
    for group, version, entry in entries:
        plural = entry["resource"]
        if (group, plural) in absent:
            continue
        before = renamed.get((group, version, plural))
        yield group, before or version, _trim(off, entry)


def renamed(off: frozenset[str], entries: Entries) -> Entries:
    """What is served in an older version, as it is stored: controllers know the newer one only."""
    found = {RENAMES[name][:2] + RENAMES[name][3:] for name in RENAMES.keys() & off}
    return [entry for entry in entries if (*entry[:2], entry[2]["resource"]) in found]


def _trim(off: frozenset[str], entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """A resource without the subresources that are off, and with its older eviction."""
    if entry["resource"] != "pods" or "subresources" not in entry:
        return entry
    lacking = {SUBRESOURCES[name][1] for name in SUBRESOURCES.keys() & off}
    kept = [dict(sub) for sub in entry["subresources"] if sub["subresource"] not in lacking]
    for sub in kept:
        if sub["subresource"] == "eviction" and "eviction-v1" in off:
            sub["responseKind"] = {**sub["responseKind"], "version": "v1beta1"}
    return {**entry, "subresources": kept}
