"""Variables of containers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from k9py.demo.api.validation.names import config_key, subdomain
from k9py.demo.api.validation.words import broken, invalid, needed, one_of
from k9py.demo.core.status import Cause, required
from k9py.demo.core.store import Obj

_NAME = "a valid environment variable name must consist only of printable ASCII characters other than '='"
_SEVERAL = "may not have more than one field specified at a time"
_FIELDS = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
_KNOWN = frozenset((*_FIELDS, "metadata.annotations", "metadata.labels", "spec.restartPolicy", "spec.schedulerName"))
"""Paths that the downward API can read at all (spec.hostNetwork and status.phase, too, but not as variables)."""
_RESOURCES = (
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
)


def variable_name(text: str) -> tuple[str, ...]:
    """Since 1.34 nearly everything can be a name (RelaxedEnvironmentVariableValidation)."""
    return () if all(" " <= one <= "~" and one != "=" for one in text) else (_NAME,)


def check_env(path: str, variables: Sequence[Obj]) -> Iterator[Cause]:
    """The env of a container."""
    for index, variable in enumerate(variables):
        yield from needed(f"{path}[{index}].name", variable.get("name"), variable_name)
        if variable.get("valueFrom") is not None:
            yield from _check_source(f"{path}[{index}].valueFrom", variable)


def _check_source(path: str, variable: Obj) -> Iterator[Cause]:
    source = variable["valueFrom"]
    kinds = [kind for kind in _SOURCES if source.get(kind) is not None]
    for kind in kinds:
        yield from _SOURCES[kind](f"{path}.{kind}", source[kind])
    if not kinds:
        yield invalid(
            path,
            "",
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`",
        )
    elif variable.get("value"):
        yield invalid(path, "", "may not be specified when `value` is not empty")
    elif len(kinds) > 1:
        yield invalid(path, "", _SEVERAL)


def _check_field(path: str, reference: Obj) -> Iterator[Cause]:
    text = reference.get("fieldPath", "")
    if not text:
        yield required(f"{path}.fieldPath")
        return
    plain, bracket, _ = text.partition("['")
    if plain not in _KNOWN and plain not in ("spec.hostNetwork", "status.phase"):
        detail = f"error converting fieldPath: field label not supported: {text}"
        yield invalid(f"{path}.fieldPath", text, detail)
    elif not bracket:
        yield from one_of(f"{path}.fieldPath", text, _FIELDS)


def _check_resource(path: str, reference: Obj) -> Iterator[Cause]:
    resource = reference.get("resource", "")
    if not resource:
        yield required(f"{path}.resource")
    elif not resource.startswith(("limits.hugepages-", "requests.hugepages-")):
        yield from one_of(f"{path}.resource", resource, _RESOURCES)


def _check_key(path: str, reference: Obj) -> Iterator[Cause]:
    if not reference.get("name"):
        yield required(f"{path}.name")
    yield from needed(f"{path}.key", reference.get("key"), config_key)


def _fine(path: str, reference: Obj) -> Iterator[Cause]:
    return iter(())


_SOURCES: Mapping[str, Callable[[str, Obj], Iterator[Cause]]] = {
    "fieldRef": _check_field,
    "resourceFieldRef": _check_resource,
    "configMapKeyRef": _check_key,
    "secretKeyRef": _check_key,
    "fileKeyRef": _fine,
}


def check_env_from(path: str, sources: Sequence[Obj]) -> Iterator[Cause]:
    """Whole config maps and secrets as variables."""
    for index, source in enumerate(sources):
        at = f"{path}[{index}]"
        if source.get("prefix"):
            yield from broken(f"{at}.prefix", source["prefix"], variable_name)
        kinds = [kind for kind in ("configMapRef", "secretRef") if source.get(kind) is not None]
        for kind in kinds:
            yield from needed(f"{at}.{kind}.name", source[kind].get("name"), subdomain)
        if not kinds:
            yield invalid(path, "", "must specify one of: `configMapRef` or `secretRef`")
        elif len(kinds) > 1:
            yield invalid(path, "", _SEVERAL)
