"""Parts of pods that have a subresource of their own: ephemeral containers, and resources of those that run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k9py.demo.api.defaults.podspec import default_container
from k9py.demo.api.internals import difference, internal
from k9py.demo.api.podresources import qos_class
from k9py.demo.api.quantities import amount
from k9py.demo.api.strategy import Side
from k9py.demo.api.validation.pods import check_pod_as_such
from k9py.demo.api.validation.words import invalid
from k9py.demo.core.status import Cause, forbidden_value
from k9py.demo.core.store import Obj

STRATEGIES = ()
_RESIZED = ("cpu", "memory")


def _take_ephemeral(old: Obj, new: Obj) -> Obj:
    spec = {name: value for name, value in old["spec"].items() if name != "ephemeralContainers"}
    containers = (new.get("spec") or {}).get("ephemeralContainers")
    for container in containers or ():
        default_container(container)
    return {**old, "spec": {**spec, "ephemeralContainers": containers} if containers else spec}


def _check_ephemeral(new: Obj, old: Obj) -> Iterator[Cause]:
    path = "spec.ephemeralContainers"
    yield from check_pod_as_such(new)
    present = {one.get("name"): one for one in new["spec"].get("ephemeralContainers") or ()}
    for one in old["spec"].get("ephemeralContainers") or ():
        name = one["name"]
        if name not in present:
            yield forbidden_value(path, f'existing ephemeral containers "{name}" may not be removed\n')
        elif present[name] != one:
            before, after = (internal(each, "core.EphemeralContainer") for each in (one, present[name]))
            text = f'existing ephemeral containers "{name}" may not be changed\n{difference(before, after)}'
            yield forbidden_value(path, text)


def _take_resources(old: Obj, new: Obj) -> Obj:
    """Resources and how they are changed; nothing else, if the containers are the same."""
    spec = dict(old["spec"])
    for kind in ("containers", "initContainers"):
        before, after = old["spec"].get(kind) or [], (new.get("spec") or {}).get(kind) or []
        if [one.get("name") for one in before] == [one.get("name") for one in after]:
            spec[kind] = [_resized(one, other) for one, other in zip(before, after, strict=True)]
        elif after:
            spec[kind] = after
    if "resources" in (new.get("spec") or {}):
        spec["resources"] = new["spec"]["resources"]
    return {**old, "spec": spec}


def _resized(old: Obj, new: Obj) -> Obj:
    kept = {name: value for name, value in old.items() if name not in ("resources", "resizePolicy")}
    return {**kept, **{name: new[name] for name in ("resources", "resizePolicy") if name in new}}


def _check_resources(new: Obj, old: Obj) -> Iterator[Cause]:
    yield from check_pod_as_such(new)
    if qos_class(new["spec"]) != (old.get("status") or {}).get("qosClass", qos_class(old["spec"])):
        status = (new.get("status") or {}).get("qosClass", "")
        yield invalid("spec", status, "Pod QOS Class may not change as a result of resizing")
    for kind in ("containers", "initContainers"):
        before, after = old["spec"].get(kind) or [], new["spec"].get(kind) or []
        if [one.get("name") for one in before] != [one.get("name") for one in after]:
            detail = f"{kind} may not be added or removed on resize"
            if len(before) == len(after):
                detail = f"{kind} may not be renamed or reordered on resize"
            yield forbidden_value(f"spec.{kind}", detail)
            return
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _check_one(
                f"spec.{kind}[{index}].resources", other.get("resources") or {}, one.get("resources") or {}
            )


def _check_one(path: str, new: Obj, old: Obj) -> Iterator[Cause]:
    for part in ("limits", "requests"):
        before, after = old.get(part) or {}, new.get(part) or {}
        for name in before:
            if name in _RESIZED and name not in after:
                yield forbidden_value(f"{path}.{part}", f"resource {part} cannot be removed")
                break
        if _others(before) != _others(after):
            yield forbidden_value("spec", "only cpu and memory resources are mutable")


def _others(resources: Obj) -> dict[str, Any]:
    return {name: amount(str(value)) for name, value in resources.items() if name not in _RESIZED}


SIDES = {
    "ephemeralcontainers": Side(_take_ephemeral, _check_ephemeral),
    "resize": Side(_take_resources, _check_resources),
}
