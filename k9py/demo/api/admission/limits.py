"""LimitRange: what containers get when they say nothing, and how far pods and claims may go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from k9py.demo.api.podresources import pod_resources
from k9py.demo.api.quantities import amount
from k9py.demo.api.registry import Registry
from k9py.demo.core.status import StatusError, forbidden
from k9py.demo.core.store import Change, Obj

ANNOTATION = "kubernetes.io/limit-ranger"
Resources = Mapping[str, Any]


class Limits:
    """The limit ranges of each namespace that has any."""

    def __init__(self, registry: Registry) -> None:
        self._found: dict[str, dict[str, Obj]] = {}
        registry.store.follow("limitranges", self._hear)

    def of(self, namespace: str) -> list[list[Obj]]:
        """The items of each, in the order of their names."""
        found = self._found.get(namespace)
        return [one["spec"].get("limits") or [] for _, one in sorted(found.items())] if found else []

    def _hear(self, change: Change) -> None:
        key = change.entry.key
        if change.type == "DELETED":
            self._found.get(key.namespace, {}).pop(key.name, None)
        else:
            self._found.setdefault(key.namespace, {})[key.name] = change.entry.read()


def limit_pod(pod: Obj, registry: Registry) -> None:
    """Fill in the limits of its namespace. StatusError if it goes beyond them."""
    for items in registry.part(Limits).of(pod["metadata"].get("namespace", "")):
        default = next((item for item in reversed(items) if item.get("type") == "Container"), None)
        if default:
            _fill(pod, default)
        faults = [fault for item in items for fault in _pod_faults(item, pod["spec"])]
        if faults:
            raise _refusal("pods", pod, faults)


def limit_claim(claim: Obj, registry: Registry) -> None:
    """StatusError if a claim asks for more or less than its namespace allows."""
    for items in registry.part(Limits).of(claim["metadata"].get("namespace", "")):
        requests = (claim["spec"].get("resources") or {}).get("requests") or {}
        claims = [item for item in items if item.get("type") == "PersistentVolumeClaim"]
        faults = [fault for item in claims for fault in _claim_faults(item, requests)]
        if faults:
            raise _refusal("persistentvolumeclaims", claim, faults)


def _refusal(plural: str, obj: Obj, faults: list[str]) -> StatusError:
    text = faults[0] if len(faults) == 1 else f"[{', '.join(faults)}]"
    return forbidden("", plural, obj["metadata"]["name"], text)


def _fill(pod: Obj, item: Obj) -> None:
    said = []
    for kind, word in (("containers", "container"), ("initContainers", "init container")):
        for container in pod["spec"].get(kind) or ():
            for part, source, name in (("requests", "defaultRequest", "request"), ("limits", "default", "limit")):
                added = _add(container, part, item.get(source) or {})
                if added:
                    said.append(f"{', '.join(added)} {name} for {word} {container['name']}")
    if said:
        metadata = pod["metadata"]
        metadata["annotations"] = {
            **(metadata.get("annotations") or {}),
            ANNOTATION: f"LimitRanger plugin set: {'; '.join(said)}",
        }


def _add(container: Obj, part: str, defaults: Resources) -> list[str]:
    present = container["resources"].get(part) or {}
    missing = {name: value for name, value in defaults.items() if name not in present}
    if missing:
        container["resources"][part] = {**present, **missing}
    return sorted(missing)


def _pod_faults(item: Obj, spec: Obj) -> Iterator[str]:
    if item.get("type") == "Container":
        for container in (*(spec.get("containers") or ()), *(spec.get("initContainers") or ())):
            resources = container["resources"]
            yield from _faults(item, resources.get("requests") or {}, resources.get("limits") or {})
    elif item.get("type") == "Pod":
        yield from _faults(item, pod_resources(spec, "requests"), pod_resources(spec, "limits"))


def _faults(item: Obj, requests: Resources, limits: Resources) -> Iterator[str]:
    for name, check in _CHECKS.items():
        for resource, enforced in sorted((item.get(name) or {}).items()):
            fault = check(
                f"{resource} usage per {item['type']} is {enforced}",
                requests.get(resource),
                limits.get(resource),
                str(enforced),
            )
            if fault:
                yield fault if name != "maxLimitRequestRatio" else _ratio_words(item["type"], resource, enforced, fault)


def _below(what: str, request: Any, limit: Any, enforced: str) -> str:
    if request is None:
        return f"minimum {what}.  No request is specified"
    if amount(str(request)) < amount(enforced):
        return f"minimum {what}, but request is {request}"
    if limit is not None and amount(str(limit)) < amount(enforced):
        return f"minimum {what}, but limit is {limit}"
    return ""


def _above(what: str, request: Any, limit: Any, enforced: str) -> str:
    if limit is None:
        return f"maximum {what}.  No limit is specified"
    if amount(str(limit)) > amount(enforced):
        return f"maximum {what}, but limit is {limit}"
    if request is not None and amount(str(request)) > amount(enforced):
        return f"maximum {what}, but request is {request}"
    return ""


def _too_far_apart(what: str, request: Any, limit: Any, enforced: str) -> str:
    if request is None or not amount(str(request)):
        return "but no request is specified or request is 0"
    if limit is None or not amount(str(limit)):
        return "but no limit is specified or limit is 0"
    ratio = amount(str(limit)) / amount(str(request))
    return f"but provided ratio is {float(ratio):f}" if ratio > amount(enforced) else ""


def _ratio_words(kind: str, resource: str, enforced: Any, fault: str) -> str:
    return f"{resource} max limit to request ratio per {kind} is {enforced}, {fault}"


_CHECKS: Mapping[str, Callable[[str, Any, Any, str], str]] = {
    "min": _below,
    "max": _above,
    "maxLimitRequestRatio": _too_far_apart,
}


def _claim_faults(item: Obj, requests: Resources) -> Iterator[str]:
    for resource, enforced in sorted((item.get("min") or {}).items()):
        what = f"{resource} usage per PersistentVolumeClaim is {enforced}"
        yield from filter(None, [_below(what, requests.get(resource), None, str(enforced))])
    for resource, enforced in sorted((item.get("max") or {}).items()):
        request, what = requests.get(resource), f"{resource} usage per PersistentVolumeClaim is {enforced}"
        if request is None:
            yield f"maximum {what}.  No request is specified"
        elif amount(str(request)) > amount(str(enforced)):
            yield f"maximum {what}, but request is {request}"
