"""What the server warns of though it takes it: names that make bad host names, labels of old, fields without effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from k9py.demo.api.quantities import amount
from k9py.demo.api.validation.names import LABEL, label
from k9py.demo.api.validation.words import every
from k9py.demo.core.store import Obj

_SURPRISE = "which can result in surprising behavior; a DNS label is recommended"
_OLD_LABELS: Mapping[str, str] = {
    "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
    "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
    "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
    "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
}
_OLD_CLASS = "volume.beta.kubernetes.io/storage-class"
_OLD_INGRESS_CLASS = "kubernetes.io/ingress.class"


def warn_of_pod(pod: Obj, old: Obj | None) -> Iterator[str]:
    """A pod."""
    if old is None:
        yield from _warn_of_name(pod, "the Pod's hostname")
    if old is None or pod["spec"] != old["spec"]:
        yield from _warn_of_spec("spec", pod["spec"])


def warn_of_template(obj: Obj, old: Obj | None) -> Iterator[str]:
    """What makes pods of a template."""
    if old is None:
        yield from _warn_of_name(obj, "Pod names and hostnames")
    if old is None or obj["spec"]["template"] != old["spec"]["template"]:
        yield from _warn_of_spec("spec.template.spec", obj["spec"]["template"]["spec"])


def warn_of_cron_job(obj: Obj, old: Obj | None) -> Iterator[str]:
    """A cron job."""
    if old is None:
        yield from _warn_of_name(obj, "Pod names and hostnames")
    path = "spec.jobTemplate.spec.template.spec"
    yield from _warn_of_spec(path, obj["spec"]["jobTemplate"]["spec"]["template"]["spec"])


def warn_of_service(obj: Obj, old: Obj | None) -> Iterator[str]:
    """A service."""
    spec = obj["spec"]
    if spec.get("clusterIP") == "None":
        if spec.get("externalIPs"):
            yield "spec.externalIPs is ignored for headless services"
        if spec.get("sessionAffinity") not in (None, "None"):
            yield "spec.SessionAffinity is ignored for headless services"


def warn_of_claim(obj: Obj, old: Obj | None) -> Iterator[str]:
    """A claim."""
    if _OLD_CLASS in (obj["metadata"].get("annotations") or {}):
        yield f'metadata.annotations[{_OLD_CLASS}]: deprecated since v1.8; use "storageClassName" attribute instead'
    yield from _warn_of_fractions("spec.resources", obj["spec"].get("resources") or {}, ("storage",))


def warn_of_ingress(obj: Obj, old: Obj | None) -> Iterator[str]:
    """An ingress."""
    if old is None and _OLD_INGRESS_CLASS in (obj["metadata"].get("annotations") or {}):
        yield f"annotation \"{_OLD_INGRESS_CLASS}\" is deprecated, please use 'spec.ingressClassName' instead"


def _warn_of_name(obj: Obj, used: str) -> Iterator[str]:
    name = obj["metadata"]["name"]
    faults = label(name)
    if faults:
        listed = " ".join("must not contain dots" if one == LABEL and "." in name else one for one in faults)
        yield f"metadata.name: this is used in {used}, {_SURPRISE}: [{listed}]"


def _warn_of_spec(path: str, spec: Obj) -> Iterator[str]:
    for key in sorted(spec.get("nodeSelector") or {}):
        if key in _OLD_LABELS:
            yield f"{path}.nodeSelector[{key}]: {_OLD_LABELS[key]}"
    for index, one in enumerate(spec.get("topologySpreadConstraints") or ()):
        if one.get("labelSelector") is None:
            at = f"{path}.topologySpreadConstraints[{index}].labelSelector"
            yield f"{at}: a null labelSelector results in matching no pod"
    yield from _warn_of_doubles(f"{path}.hostAliases", spec.get("hostAliases") or (), "ip")
    yield from _warn_of_doubles(f"{path}.imagePullSecrets", spec.get("imagePullSecrets") or (), "name")
    for kind in ("containers", "initContainers"):
        yield from every(f"{path}.{kind}", spec.get(kind), _warn_of_container)


def _warn_of_doubles(path: str, items: Any, field: str) -> Iterator[str]:
    seen: set[str] = set()
    for index, item in enumerate(items):
        value = item.get(field, "")
        if value in seen:
            yield f'{path}[{index}].{field}: duplicate {field} "{value}"'
        seen.add(value)


def _warn_of_container(path: str, container: Obj) -> Iterator[str]:
    yield from _warn_of_fractions(
        f"{path}.resources", container.get("resources") or {}, ("memory", "ephemeral-storage")
    )
    seen: set[str] = set()
    for index, variable in enumerate(container.get("env") or ()):
        name = variable.get("name", "")
        if name in seen:
            yield f'{path}.env[{index}]: hides previous definition of "{name}", which may be dropped when using apply'
        seen.add(name)
    ports: dict[tuple[Any, Any], int] = {}
    for index, port in enumerate(container.get("ports") or ()):
        key = (port.get("containerPort"), port.get("protocol"))
        if key in ports and port.get("hostPort") is None:
            yield f"{path}.ports[{index}]: duplicate port definition with {path}.ports[{ports[key]}]"
        ports.setdefault(key, index)


def _warn_of_fractions(path: str, resources: Obj, names: tuple[str, ...]) -> Iterator[str]:
    for part in ("limits", "requests"):
        for name in names:
            value = (resources.get(part) or {}).get(name)
            if value is not None and amount(str(value)).denominator != 1:
                yield f'{path}.{part}[{name}]: fractional byte value "{value}" is invalid, must be an integer'
