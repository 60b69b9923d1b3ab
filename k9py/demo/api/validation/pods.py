"""Validation of pods: new ones, and what can be changed of one that is there."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.api.internals import difference, pod_spec
from k9py.demo.api.validation.containers import LARGEST_ID, check_image_space
from k9py.demo.api.validation.podspec import check_pod_spec
from k9py.demo.api.validation.words import every, invalid
from k9py.demo.core.status import Cause, forbidden_value, required
from k9py.demo.core.store import Obj

_CHANGEABLE = (
    "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
    "`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def check_pod(pod: Obj, old: Obj | None) -> Iterator[Cause]:
    """All that is wrong with a pod, and with a change of one."""
    spec = pod["spec"]
    yield from check_pod_as_such(pod)
    if old is not None:
        yield from _check_change(spec, old["spec"])
        return
    if spec.get("ephemeralContainers"):
        yield forbidden_value("spec.ephemeralContainers", "cannot be set on create")
    if spec.get("nodeName") and spec.get("schedulingGates"):
        yield forbidden_value("spec.nodeName", "cannot be set until all schedulingGates have been cleared")


def check_pod_as_such(pod: Obj) -> Iterator[Cause]:
    """What holds for new pods and for changed ones."""
    spec = pod["spec"]
    yield from check_pod_spec("spec", spec)
    for kind in ("containers", "initContainers"):
        yield from every(f"spec.{kind}", spec.get(kind), check_image_space)


def _check_change(spec: Obj, old: Obj) -> Iterator[Cause]:
    for kind in ("containers", "initContainers"):
        if len(spec.get(kind) or ()) != len(old.get(kind) or ()):
            yield forbidden_value(f"spec.{kind}", "pod updates may not add or remove containers")
            return
        for index, container in enumerate(spec.get(kind) or ()):
            if not container.get("image"):
                yield required(f"spec.{kind}[{index}].image")
            yield from check_image_space(f"spec.{kind}[{index}]", container)
    yield from _check_deadline(spec, old)
    yield from _check_added_tolerations(spec, old)
    yield from _check_gates(spec, old)
    allowed = _with_old(spec, old)
    if allowed != old:
        text = difference(pod_spec(old), pod_spec(allowed))
        yield forbidden_value("spec", f"pod updates may not change fields other than {_CHANGEABLE}\n{text}")


def _check_deadline(spec: Obj, old: Obj) -> Iterator[Cause]:
    path, new, before = (
        "spec.activeDeadlineSeconds",
        spec.get("activeDeadlineSeconds"),
        old.get("activeDeadlineSeconds"),
    )
    if new is None:
        if before is not None:
            yield invalid(path, None, "must not update from a positive integer to nil value")
    elif not 0 <= new <= LARGEST_ID:
        yield invalid(path, new, f"must be between 0 and {LARGEST_ID}, inclusive")
    elif before is not None and before < new:
        yield invalid(path, new, "must be less than or equal to previous value")


def _check_added_tolerations(spec: Obj, old: Obj) -> Iterator[Cause]:
    new = [_without_seconds(one) for one in spec.get("tolerations") or ()]
    missing = [one for one in old.get("tolerations") or () if _without_seconds(one) not in new]
    if missing:
        yield forbidden_value(
            "spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"
        )


def _without_seconds(toleration: Obj) -> Obj:
    return {name: value for name, value in toleration.items() if name != "tolerationSeconds"}


def _check_gates(spec: Obj, old: Obj) -> Iterator[Cause]:
    before = {gate.get("name") for gate in old.get("schedulingGates") or ()}
    added = [gate.get("name") for gate in spec.get("schedulingGates") or () if gate.get("name") not in before]
    for index, name in enumerate(added):
        yield forbidden_value(
            f"spec.schedulingGates[{index}].name", f"only deletion is allowed, but found new scheduling gate '{name}'"
        )


def _with_old(spec: Obj, old: Obj) -> Obj:
    """The new spec with the old one's values where a change is allowed."""
    mixed = dict(spec)
    for kind in ("containers", "initContainers"):
        if spec.get(kind):
            pairs = zip(spec[kind], old[kind], strict=True)
            mixed[kind] = [{**new, "image": before.get("image")} for new, before in pairs]
    names = ["activeDeadlineSeconds", "tolerations", "schedulingGates"]
    if old.get("schedulingGates"):
        names.append("nodeSelector")
    if old.get("terminationGracePeriodSeconds", 0) < 0 and spec.get("terminationGracePeriodSeconds") == 1:
        names.append("terminationGracePeriodSeconds")
    for name in names:
        mixed.pop(name, None)
        if name in old:
            mixed[name] = old[name]
    return mixed
