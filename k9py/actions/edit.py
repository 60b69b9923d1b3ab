"""Edit anything: its YAML, a merge patch of what was changed, with the version on which it was changed."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from k9py.actions.action import Action, Answers, Fact, Rebased, Right, Writing
from k9py.actions.cautions import caution
from k9py.actions.gather import read_each
from k9py.actions.plan import Effect, Plan, Target, kubectl, name_targets, plan_each
from k9py.values.complaint import Complaint
from k9py.values.document import write_plain
from k9py.values.merge_patch import Keys, Side, leaves, make_patch, rebase, same, say_path
from k9py.values.prose import whole_text
from k9py.values.reading import Path, Reading, YamlError, read_yaml
from k9py.values.redact import mask_body, reveal_secret
from k9py.values.request import MERGE_PATCH, Read, Request
from k9py.values.resource import Resource

OBJECT, DECODED, ENCODED = "the object", "with its values decoded", "with its values in base64"
FIXED: tuple[Path, ...] = (
    ("apiVersion",),
    ("kind",),
    *(("metadata", name) for name in ("name", "namespace", "uid", "resourceVersion")),
)
"""What says which object it is, and on which version of it the change was made."""
MANAGER = {"fieldManager": "kubectl-edit", "fieldValidation": "Strict"}
"""As kubectl edit: what no schema knows is refused and not dropped."""
_SHOWN = 2
"""Fields that are named in the line of what changes."""
_NOT_DECIDED: Mapping[str, Any] = {"resourceVersion": None, "generation": None, "managedFields": None}


@dataclass(frozen=True, slots=True)
class Version:
    """What is edited: an object as it was read, or a subresource of it; `decoded` a Secret's values as texts."""

    found: Mapping[str, Any]
    subresource: str = ""
    decoded: bool = False

    @property
    def text(self) -> str:
        """Its YAML, nothing of it masked."""
        return whole_text(write_plain(reveal_secret(dict(self.found)) if self.decoded else self.found))


def _applies(resource: Resource) -> bool:
    return {"get", "patch"} <= resource.verbs and not resource.is_ours


def is_secret(resource: Resource) -> bool:
    """Whether its values are nobody else's business."""
    return resource.gvr.full_name == "secrets"


async def _gather(read: Read, targets: Sequence[Target]) -> tuple[Fact, ...]:
    facts = await caution(read, await read_each(read, targets))
    return tuple(fact if fact.failed else replace(fact, found=_versions(fact)) for fact in facts)


def _versions(fact: Fact) -> dict[str, Version]:
    found = name_kind(fact.found, fact.target.resource)
    if is_secret(fact.target.resource):
        return {DECODED: Version(found, decoded=True), ENCODED: Version(found)}
    return {OBJECT: Version(found)}


def name_kind(found: Mapping[str, Any], resource: Resource) -> dict[str, Any]:
    """An object that says what it is."""
    return {"apiVersion": resource.gvr.api_version, "kind": resource.kind, **found}


def ask(facts: Sequence[Fact]) -> Writing | None:
    """The text of what could be read."""
    fact = next((fact for fact in facts if not fact.failed), None)
    if fact is None:
        return None
    texts = {choice: version.text for choice, version in fact.found.items()}
    title = f"Edit {name_targets([fact.target])}"
    return Writing(title, fact.target, texts, check, is_secret(fact.target.resource))


def check(choice: str, initial: str, text: str) -> Complaint | None:
    """Why a text is not one that could be sent, or None."""
    try:
        reading = read_yaml(text)
    except YamlError as error:
        return Complaint(error.message, error.line_number)
    if not isinstance(reading.value, dict):
        return Complaint("it must be a map of fields", 0)
    before = read_yaml(initial).value
    for path in FIXED:
        if not same(_look_up(reading.value, path), _look_up(before, path)):
            return Complaint(_say_fixed(path, before), reading.line_of(path))
    return _check_secret(reading)


def _say_fixed(path: Path, before: Any) -> str:
    was = _look_up(before, path)
    return f"{say_path(path)} must not be changed: it is {was}" if was else f"{say_path(path)} must not be set"


def _check_secret(reading: Reading) -> Complaint | None:
    """What stands decoded is encoded again, so it must be a text."""
    found = reading.value
    if (found.get("apiVersion"), found.get("kind")) != ("v1", "Secret"):
        return None
    for part in ("data", "stringData"):
        values = found.get(part) or {}
        if not isinstance(values, dict):
            return Complaint(f"{part} must be a map of texts", reading.line_of((part,)))
        for name, value in values.items():
            if not isinstance(value, str | None):
                return Complaint(f"{part}.{name} must be a text: write it in quotes", reading.line_of((part, name)))
    return None


def _look_up(value: Any, path: Path) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def read_back(text: str) -> dict[str, Any]:
    """The object of a text, as a server would have it: what stands decoded is encoded."""
    found: dict[str, Any] = read_yaml(text).value
    texts = found.get("stringData")
    if found.get("kind") != "Secret" or found.get("apiVersion") != "v1" or not texts:
        return found
    encoded = {name: value and b64encode(value.encode()).decode() for name, value in texts.items()}
    rest = {name: value for name, value in found.items() if name != "stringData"}
    return {**rest, "data": {**(found.get("data") or {}), **encoded}}


def plan(facts: Sequence[Fact], answers: Answers, now: datetime) -> Plan:
    """What was changed in the text, on the version that was read; what takes it back is the patch the other way."""

    def effect(fact: Fact) -> Effect:
        version: Version = fact.found[answers.choice]
        before, after = read_back(answers.initial), read_back(answers.text)
        patch = make_patch(before, after)
        stamped = {"resourceVersion": version.found["metadata"].get("resourceVersion")}
        undo = _effect(fact.target, version, make_patch(after, before), {})
        return replace(_effect(fact.target, version, patch, stamped), before=version.found, undo=undo)

    title = f"Edit {name_targets([fact.target for fact in facts])}"
    made = plan_each(title, facts, effect)
    ignored = [caution for effect in made.effects for caution in _caution_ignored(effect)]
    return replace(made, cautions=(*made.cautions, *ignored))


def _caution_ignored(effect: Effect) -> Iterator[str]:
    """What was changed where the server takes no notice of it."""
    target, changed = effect.target, effect.request.body.keys()
    if effect.request.path == target.path() and "status" in target.resource.subresources and "status" in changed:
        yield "the status stays as it is: it is edited by itself, with ctrl-e"
    if effect.request.path == target.path("status") and changed - {"status", "metadata"}:
        yield "only the status is changed: all else is edited with e"


def _effect(target: Target, version: Version, patch: Mapping[str, Any], stamped: Mapping[str, Any]) -> Effect:
    metadata = {**(patch.get("metadata") or {}), "uid": target.uid, **stamped}
    body = {**patch, "metadata": metadata}
    request = Request("PATCH", target.path(version.subresource), MANAGER, body, MERGE_PATCH)
    shown = json.dumps(mask_body(patch, target.resource), ensure_ascii=False)
    part = (f"--subresource={version.subresource}",) if version.subresource else ()
    command = kubectl(target, "patch", target.kubectl_name, *part, "--type=merge", "-p", shown)
    return Effect(target, request, say_changes(patch), command)


def say_changes(patch: Mapping[str, Any]) -> str:
    """The fields that a patch changes: `spec.replicas, metadata.labels.tier and 2 more`."""
    fields = [say_path(path) for path, _ in leaves(patch)]
    shown = ", ".join(fields[:_SHOWN])
    return shown if len(fields) <= _SHOWN else f"{shown} and {len(fields) - _SHOWN} more"


def rebase_text(facts: Sequence[Fact], answers: Answers, keys: Keys, chosen: Mapping[Path, Side]) -> Rebased:
    """The text on top of what there is now, where that is another version than the one that it was made of."""
    version: Version = facts[0].found[answers.choice]
    current = version.text
    if current == answers.initial:
        return Rebased(answers)
    before, theirs = read_yaml(answers.initial).value, read_yaml(current).value
    merged = rebase(before, read_yaml(answers.text).value, theirs, keys, chosen)
    text = whole_text(write_plain(merged.value))
    moved = not same(_decided(before), _decided(theirs))
    return Rebased(replace(answers, initial=current, text=text), merged.clashes, moved)


def _decided(found: Mapping[str, Any]) -> dict[str, Any]:
    """An object without what only the server and its controllers write."""
    return {**found, "metadata": {**found["metadata"], **_NOT_DECIDED}, "status": None}


ACTION = Action(
    id="edit",
    title="Edit",
    key="e",
    on="everything that can be changed",
    applies=_applies,
    right=Right("patch"),
    gather=_gather,
    ask=ask,
    plan=plan,
    rebase=rebase_text,
    kubectl="kubectl edit",
    undo="the former values of what was changed",
    proof="tests/cluster/test_edit.py::test_editing",
    rank=20,
    many=False,
)
