"""The environment of a container: its env and envFrom, resolved as the kubelet resolves them."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj
from k9py.demo.node.nodes import internal_address
from k9py.values.quantity import parse_quantity

_REFERENCE = re.compile(r"\$(\$|\([A-Za-z_.-][\w.-]*\))")
_LABEL = re.compile(r"metadata\.(labels|annotations)\['(.+)'\]")


class ConfigError(Exception):
    """Why a container cannot be made (CreateContainerConfigError)."""


def resolve(cluster: Cluster, pod: Obj, container: Obj, image_env: Mapping[str, str], ip: str) -> dict[str, str]:
    """All variables: of the image, of Services, envFrom, env. ConfigError if one refers to what is not there."""
    found = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", **image_env}
    found["HOSTNAME"] = pod["spec"].get("hostname") or pod["metadata"]["name"]
    services = dict(_services(cluster, pod))
    own: dict[str, str] = {}
    for source in container.get("envFrom", ()):
        own |= _from_source(cluster, pod["metadata"]["namespace"], source)
    for variable in container.get("env", ()):
        if "valueFrom" in variable:
            value = _value_from(cluster, pod, container, variable["valueFrom"], ip)
        else:
            value = expand(variable.get("value", ""), {**services, **own})
        if value is not None:
            own[variable["name"]] = value
    return {**found, **services, **own}


def expand(text: str, known: Mapping[str, str]) -> str:
    """`$(NAME)` becomes its value, `$$` a dollar; what is not known stays (third_party/forked/golang/expansion)."""

    def write(match: re.Match[str]) -> str:
        inner = match[1]
        if inner == "$":
            return "$"
        return known.get(inner[1:-1], match[0])

    return _REFERENCE.sub(write, text)


def _services(cluster: Cluster, pod: Obj) -> Iterator[tuple[str, str]]:
    """Docker-style variables of the Services of the namespace, and always of the API server's own."""
    namespace = pod["metadata"]["namespace"]
    entries = cluster.store.entries("services", "default")
    wanted = [entry for entry in entries if entry.key.name == "kubernetes"]
    if pod["spec"].get("enableServiceLinks", True):
        wanted += [one for one in cluster.store.entries("services", namespace) if one not in wanted]
    for entry in wanted:
        yield from _variables(entry.key.name, entry.raw)


@lru_cache(maxsize=512)
def _variables(name: str, raw: bytes) -> tuple[tuple[str, str], ...]:
    """Those of one Service, the same for all containers of its namespace."""
    spec = msgspec.json.decode(raw).get("spec", {})
    if spec.get("clusterIP") in (None, "", "None") or not spec.get("ports"):
        return ()
    return tuple(_service_variables(name.upper().replace("-", "_"), spec))


def _service_variables(name: str, spec: Obj) -> Iterator[tuple[str, str]]:
    ip, ports = spec["clusterIP"], spec["ports"]
    yield f"{name}_SERVICE_HOST", ip
    yield f"{name}_SERVICE_PORT", str(ports[0]["port"])
    for port in ports:
        if port.get("name"):
            yield f"{name}_SERVICE_PORT_{port['name'].upper().replace('-', '_')}", str(port["port"])
    first = ports[0]
    yield f"{name}_PORT", f"{first.get('protocol', 'TCP').lower()}://{ip}:{first['port']}"
    for port in ports:
        protocol = port.get("protocol", "TCP")
        base = f"{name}_PORT_{port['port']}_{protocol}"
        yield base, f"{protocol.lower()}://{ip}:{port['port']}"
        yield f"{base}_PROTO", protocol.lower()
        yield f"{base}_PORT", str(port["port"])
        yield f"{base}_ADDR", ip


def _from_source(cluster: Cluster, namespace: str, source: Obj) -> dict[str, str]:
    prefix = source.get("prefix", "")
    for field, collection in (("configMapRef", "configmaps"), ("secretRef", "secrets")):
        if field in source:
            data = read_data(cluster, collection, namespace, source[field])
            return {f"{prefix}{name}": value.decode(errors="replace") for name, value in data.items()}
    return {}


def read_data(cluster: Cluster, collection: str, namespace: str, reference: Obj) -> dict[str, bytes]:
    """The data of a ConfigMap or Secret; empty if it is not there but optional. ConfigError if it is not there."""
    name = reference.get("name") or reference.get("secretName", "")
    obj = cluster.registry.read(collection, namespace, name)
    if obj is None:
        if reference.get("optional"):
            return {}
        raise ConfigError(f'{collection[:-1]} "{name}" not found')
    if collection == "secrets":
        return {key: base64.b64decode(value) for key, value in (obj.get("data") or {}).items()}
    text = {key: value.encode() for key, value in (obj.get("data") or {}).items()}
    return text | {key: base64.b64decode(value) for key, value in (obj.get("binaryData") or {}).items()}


def _value_from(cluster: Cluster, pod: Obj, container: Obj, source: Obj, ip: str) -> str | None:
    namespace = pod["metadata"]["namespace"]
    if "fieldRef" in source:
        return field_value(cluster, pod, source["fieldRef"]["fieldPath"], ip)
    if "resourceFieldRef" in source:
        return resource_value(cluster, pod, container, source["resourceFieldRef"])
    for field, collection in (("configMapKeyRef", "configmaps"), ("secretKeyRef", "secrets")):
        if field in source:
            reference = source[field]
            data = read_data(cluster, collection, namespace, reference)
            if reference["key"] in data:
                return data[reference["key"]].decode(errors="replace")
            if reference.get("optional"):
                return None
            what = {"configmaps": "ConfigMap", "secrets": "Secret"}[collection]
            raise ConfigError(f"couldn't find key {reference['key']} in {what} {namespace}/{reference['name']}")
    return None


_FIELDS: Mapping[str, Callable[[Obj, str, str], str]] = {
    "metadata.name": lambda pod, ip, host: str(pod["metadata"]["name"]),
    "metadata.namespace": lambda pod, ip, host: str(pod["metadata"]["namespace"]),
    "metadata.uid": lambda pod, ip, host: str(pod["metadata"]["uid"]),
    "metadata.labels": lambda pod, ip, host: _listed(pod["metadata"].get("labels")),
    "metadata.annotations": lambda pod, ip, host: _listed(pod["metadata"].get("annotations")),
    "spec.nodeName": lambda pod, ip, host: str(pod["spec"].get("nodeName", "")),
    "spec.serviceAccountName": lambda pod, ip, host: str(pod["spec"].get("serviceAccountName", "")),
    "status.podIP": lambda pod, ip, host: ip,
    "status.podIPs": lambda pod, ip, host: ip,
    "status.hostIP": lambda pod, ip, host: host,
    "status.hostIPs": lambda pod, ip, host: host,
}


def field_value(cluster: Cluster, pod: Obj, path: str, ip: str) -> str:
    """A field of the pod itself (the downward API)."""
    match = _LABEL.fullmatch(path)
    if match:
        return str((pod["metadata"].get(match[1]) or {}).get(match[2], ""))
    read = _FIELDS.get(path)
    if read is None:
        raise ConfigError(f"unsupported fieldPath: {path}")
    return read(pod, ip, internal_address(_node(cluster, pod)))


def _listed(labels: Mapping[str, str] | None) -> str:
    """Labels as a file of the downward API has them."""
    return "\n".join(f'{name}="{value}"' for name, value in sorted((labels or {}).items()))


def _node(cluster: Cluster, pod: Obj) -> Obj:
    return cluster.registry.read("nodes", "", pod["spec"].get("nodeName", "")) or {}


def resource_value(cluster: Cluster, pod: Obj, container: Obj, reference: Obj) -> str:
    """A request or limit of a container in units of the divisor; a limit that is absent is the node's allocatable."""
    name = reference.get("containerName")
    everything = [*pod["spec"].get("containers", ()), *pod["spec"].get("initContainers", ())]
    target = next((one for one in everything if one["name"] == name), container)
    which, _, resource = reference["resource"].partition(".")
    resources: dict[str, Any] = target.get("resources", {})
    value = resources.get(which, {}).get(resource)
    if value is None and which == "limits":
        value = _node(cluster, pod).get("status", {}).get("allocatable", {}).get(resource)
    divisor = parse_quantity(str(reference.get("divisor") or "1")) or 1.0
    return str(math.ceil(parse_quantity(str(value or "0")) / divisor - 1e-9))
