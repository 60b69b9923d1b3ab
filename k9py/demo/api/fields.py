"""Fields that objects can be selected by: which there are, how a selector names them, what they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from k9py.demo.api.crds import version_of
from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.status import StatusError, bad_request
from k9py.demo.core.store import Entry, Obj

EVERYWHERE = ("metadata.name", "metadata.namespace")


class Term(NamedTuple):
    """A condition of a field selector."""

    path: str
    value: str
    equal: bool


def _at(path: str, default: str = "") -> Callable[[Obj], str]:
    parts = path.split(".")

    def read(obj: Obj) -> str:
        found: Any = obj
        for part in parts:
            found = found.get(part) if isinstance(found, dict) else None
        return default if found is None else _text(found)

    return read


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(*paths: str, **defaults: str) -> Mapping[str, Callable[[Obj], str]]:
    return {path: _at(path, defaults.get(path.rpartition(".")[2], "")) for path in (*EVERYWHERE, *paths)}


def _pod_address(obj: Obj) -> str:
    addresses = (obj.get("status") or {}).get("podIPs") or [{}]
    return str(addresses[0].get("ip", ""))


def _event_source(obj: Obj) -> str:
    return _at("source.component")(obj) or _at("reportingComponent")(obj)


def _reporter(obj: Obj) -> str:
    return _at("reportingComponent")(obj) or _at("source.component")(obj)


_ABOUT = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")

FIELDS: Mapping[str, Mapping[str, Callable[[Obj], str]]] = {
    "pods": {
        **_plain(
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.nominatedNodeName",
            hostNetwork="false",
        ),
        "status.podIP": _pod_address,
        "status.podIPs": _at("status.none"),
        "spec.host": _at("spec.nodeName"),
    },
    "events": {
        **_plain(*(f"involvedObject.{part}" for part in _ABOUT), "reason", "type"),
        "reportingComponent": _reporter,
        "source": _event_source,
    },
    "nodes": _plain("spec.unschedulable", unschedulable="false"),
    "namespaces": {**_plain("status.phase"), "name": _at("metadata.name")},
    "secrets": _plain("type"),
    "services": _plain("spec.clusterIP", "spec.type"),
    "jobs.batch": {**_plain(), "status.successful": _at("status.succeeded", "0")},
    "replicationcontrollers": _plain("status.replicas", replicas="0"),
    "certificatesigningrequests.certificates.k8s.io": _plain("spec.signerName"),
    "resourceslices.resource.k8s.io": _plain("spec.nodeName", "spec.driver"),
}
"""By collection, the labels of its fields as registered with the real server, and what each reads of an object."""

_NEW_EVENTS = {
    **{name: name for name in (*EVERYWHERE, "reason", "type")},
    **{f"regarding.{part}": f"involvedObject.{part}" for part in _ABOUT},
    "reportingController": "reportingComponent",
}
"""How events.k8s.io names the fields of an event."""


def parse_fields(text: str) -> list[Term]:
    """The terms of a field selector: `status.phase!=Running,spec.nodeName=a`. StatusError if it is none."""
    return [_term(text, part) for part in _split(text) if part]


def _split(text: str) -> list[str]:
    """Its parts; a comma after a backslash is none."""
    parts, begin, escaped = [], 0, False
    for index, sign in enumerate(text):
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif sign == ",":
            parts.append(text[begin:index])
            begin = index + 1
    return [*parts, text[begin:]]


def _term(text: str, part: str) -> Term:
    for index in range(len(part)):
        for operator in ("!=", "==", "="):
            if part.startswith(operator, index):
                return Term(part[:index], _unescape(part[index + len(operator) :]), operator != "!=")
    raise bad_request(f"invalid selector: '{text}'; can't understand '{part}'")


def _unescape(value: str) -> str:
    signs, found = iter(value), []
    for sign in signs:
        if sign == "\\":
            sign = next(signs, "")
            if sign not in ("\\", ",", "="):
                raise bad_request(f"invalid field selector: invalid escape sequence: \\{sign}")
        elif sign in ",=":
            raise bad_request(f"invalid field selector: unescaped character in value: {ord(sign)}")
        found.append(sign)
    return "".join(found)


def labels_of_fields(cluster: Cluster, served: Served, paths: Iterable[str]) -> Mapping[str, str]:
    """How the fields that are asked for are called in the storage. StatusError if one cannot be asked for."""
    known = _known(cluster, served)
    for path in paths:
        if path not in known:
            raise _unknown(served, path)
    return known


def _known(cluster: Cluster, served: Served) -> Mapping[str, str]:
    if served.custom:
        return {name: name for name in (*EVERYWHERE, *_selectable(cluster, served))}
    if served.group == "events.k8s.io":
        return _NEW_EVENTS
    return {name: name for name in FIELDS.get(served.storage, EVERYWHERE)}


def _selectable(cluster: Cluster, served: Served) -> list[str]:
    """What a CRD lets select by (selectableFields of its version)."""
    version = version_of(cluster.store, served)
    return [field.json_path.removeprefix(".") for field in version.selectable_fields] if version else []


_WORDS = {
    "jobs.batch": 'field label "{path}" not supported for Job',
    "resourceslices.resource.k8s.io": "field label not supported for {version}, Kind=ResourceSlice: {path}",
}


def _unknown(served: Served, path: str) -> StatusError:
    if served.custom or served.storage in FIELDS:
        words = _WORDS.get(served.storage, "field label not supported: {path}")
        return bad_request(words.format(path=path, version=served.gvr.api_version))
    return bad_request(f'"{path}" is not a known field selector: only "metadata.name", "metadata.namespace"')


def read_fields(storage: str, path: str, entry: Entry) -> str:
    """A field of an entry as text, empty where it is absent. The fields of a kind are read of it once."""
    readers = FIELDS.get(storage)
    if readers is None:
        return _at(path)(entry.read())
    if entry.fields is None:
        obj = entry.read()
        entry.fields = {name: read(obj) for name, read in readers.items()}
    return entry.fields[path]
