"""A pod's spec, alone or in a template (core validation's ValidatePodSpec)."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.api.validation.containers import (
    LARGEST_ID,
    check_containers,
    check_ephemeral_containers,
    check_init_containers,
)
from k9py.demo.api.validation.meta import check_labels
from k9py.demo.api.validation.names import label, qualified, subdomain
from k9py.demo.api.validation.scheduling import check_affinity, check_spreading, check_tolerations
from k9py.demo.api.validation.volumes import check_volumes
from k9py.demo.api.validation.words import between, broken, every, invalid, one_of
from k9py.demo.core.status import Cause, duplicate_value, required
from k9py.demo.core.store import Obj

RESTARTS = ("Always", "OnFailure", "Never")
_DNS = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_NAMED = (
    ("serviceAccountName", subdomain),
    ("nodeName", subdomain),
    ("hostname", label),
    ("subdomain", label),
    ("priorityClassName", subdomain),
    ("runtimeClassName", subdomain),
)


def check_template(path: str, template: Obj) -> Iterator[Cause]:
    """A pod template: its labels, annotations and spec."""
    metadata = template["metadata"]
    yield from check_labels(f"{path}.metadata.labels", metadata.get("labels") or {})
    for key in sorted(metadata.get("annotations") or {}):
        yield from broken(f"{path}.metadata.annotations", key, lambda text: qualified(text.lower()))
    yield from check_pod_spec(f"{path}.spec", template["spec"])


def check_pod_spec(path: str, spec: Obj) -> Iterator[Cause]:
    """All that can be wrong with it."""
    volumes, causes = check_volumes(f"{path}.volumes", spec.get("volumes"))
    yield from causes
    yield from check_containers(f"{path}.containers", spec.get("containers"), volumes)
    yield from check_init_containers(f"{path}.initContainers", spec, volumes)
    yield from check_ephemeral_containers(f"{path}.ephemeralContainers", spec, volumes)
    yield from _check_host_network(path, spec)
    yield from one_of(f"{path}.restartPolicy", spec.get("restartPolicy"), RESTARTS)
    yield from one_of(f"{path}.dnsPolicy", spec.get("dnsPolicy"), _DNS)
    yield from check_labels(f"{path}.nodeSelector", spec.get("nodeSelector") or {})
    yield from _check_security(f"{path}.securityContext", spec.get("securityContext") or {})
    yield from check_affinity(f"{path}.affinity", spec.get("affinity"))
    yield from _check_gates(path, spec)
    yield from check_spreading(f"{path}.topologySpreadConstraints", spec.get("topologySpreadConstraints") or ())
    yield from _check_names(path, spec)
    yield from check_tolerations(f"{path}.tolerations", spec.get("tolerations") or ())


def _check_host_network(path: str, spec: Obj) -> Iterator[Cause]:
    if not spec.get("hostNetwork"):
        return
    for index, container in enumerate(spec.get("containers") or ()):
        for place, port in enumerate(container.get("ports") or ()):
            if port.get("hostPort") and port["hostPort"] != port.get("containerPort"):
                at = f"{path}.containers[{index}].ports[{place}].hostPort"
                yield invalid(at, port["hostPort"], "must match `containerPort` when `hostNetwork` is true")


def _check_security(path: str, security: Obj) -> Iterator[Cause]:
    for name in ("fsGroup", "runAsUser", "runAsGroup"):
        if security.get(name) is not None:
            yield from between(f"{path}.{name}", security[name], 0, LARGEST_ID)
    yield from every(f"{path}.supplementalGroups", security.get("supplementalGroups"), between, 0, LARGEST_ID)


def _check_gates(path: str, spec: Obj) -> Iterator[Cause]:
    for index, gate in enumerate(spec.get("readinessGates") or ()):
        yield from broken(f"{path}.readinessGates[{index}].conditionType", gate.get("conditionType", ""), qualified)
    seen: set[str] = set()
    for index, gate in enumerate(spec.get("schedulingGates") or ()):
        at, name = f"{path}.schedulingGates[{index}]", gate.get("name", "")
        if not name:
            yield required(f"{at}.name")
        else:
            yield from broken(at, name, qualified)
        if name in seen:
            yield duplicate_value(at, f'"{name}"')
        seen.add(name)


def _check_names(path: str, spec: Obj) -> Iterator[Cause]:
    for name, rule in _NAMED:
        if spec.get(name):
            yield from broken(f"{path}.{name}", spec[name], rule)
        if name == "nodeName" and spec.get("activeDeadlineSeconds") is not None:
            yield from between(f"{path}.activeDeadlineSeconds", spec["activeDeadlineSeconds"], 1, LARGEST_ID)
