"""Containers of pods: names, images, ports, variables, resources, probes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from k9py.demo.api.internals import internal
from k9py.demo.api.validation.environment import check_env, check_env_from
from k9py.demo.api.validation.names import label, port_name
from k9py.demo.api.validation.resources import check_resources
from k9py.demo.api.validation.volumes import check_mounts
from k9py.demo.api.validation.words import at_least, between, broken, invalid, needed, not_found, one_of
from k9py.demo.core.status import Cause, duplicate_value, forbidden_value, required
from k9py.demo.core.store import Obj

PROTOCOLS = ("SCTP", "TCP", "UDP")
LARGEST_ID = (1 << 31) - 1
_POLICIES = ("Always", "IfNotPresent", "Never")
_MESSAGES = ("File", "FallbackToLogsOnError")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_ONLY_ALWAYS = "may not be set for init containers without restartPolicy=Always"
_FORBIDDEN_EPHEMERAL = ("ports", *_PROBES, "lifecycle", "resizePolicy", "restartPolicy")


def check_containers(path: str, containers: Any, volumes: Mapping[str, Obj]) -> Iterator[Cause]:
    """The containers that a pod is for."""
    if not containers:
        yield required(path)
        return
    names: set[str] = set()
    for index, container in enumerate(containers):
        at = f"{path}[{index}]"
        yield from _check_common(at, container, volumes)
        yield from _check_unique(at, container, names)
        yield from _check_hooks(at, container)
    yield from _check_host_ports(path, containers)


def check_init_containers(path: str, spec: Obj, volumes: Mapping[str, Obj]) -> Iterator[Cause]:
    """Those that come before, or stay beside (restartPolicy Always)."""
    names = {container.get("name", "") for container in spec.get("containers") or ()}
    for index, container in enumerate(spec.get("initContainers") or ()):
        at = f"{path}[{index}]"
        yield from _check_common(at, container, volumes)
        yield from _check_unique(at, container, names)
        if container.get("restartPolicy") == "Always":
            yield from _check_hooks(at, container)
        else:
            for name in ("lifecycle", *_PROBES):
                if container.get(name) is not None:
                    yield forbidden_value(f"{at}.{name}", _ONLY_ALWAYS)


def check_ephemeral_containers(path: str, spec: Obj, volumes: Mapping[str, Obj]) -> Iterator[Cause]:
    """Those that somebody has put in to look."""
    others = {one.get("name", "") for kind in ("containers", "initContainers") for one in spec.get(kind) or ()}
    names = set(others)
    for index, container in enumerate(spec.get("ephemeralContainers") or ()):
        at = f"{path}[{index}]"
        yield from _check_common(at, container, volumes)
        yield from check_image_space(at, container)
        yield from _check_unique(at, container, names)
        target = container.get("targetContainerName")
        if target and target not in others:
            yield not_found(f"{at}.targetContainerName", target)
        for name in _FORBIDDEN_EPHEMERAL:
            if container.get(name):
                yield forbidden_value(f"{at}.{name}", "cannot be set for an Ephemeral Container")


def check_image_space(path: str, container: Obj) -> Iterator[Cause]:
    """What holds for pods, not for templates."""
    image = container.get("image", "")
    if image.strip() != image:
        yield invalid(f"{path}.image", image, "must not have leading or trailing whitespace")


def _check_common(path: str, container: Obj, volumes: Mapping[str, Obj]) -> Iterator[Cause]:
    yield from needed(f"{path}.name", container.get("name"), label)
    if not container.get("image"):
        yield required(f"{path}.image")
    yield from one_of(f"{path}.terminationMessagePolicy", container.get("terminationMessagePolicy"), _MESSAGES)
    yield from _check_ports(f"{path}.ports", container.get("ports") or ())
    yield from check_env(f"{path}.env", container.get("env") or ())
    yield from check_env_from(f"{path}.envFrom", container.get("envFrom") or ())
    yield from check_mounts(f"{path}.volumeMounts", container.get("volumeMounts"), volumes)
    yield from one_of(f"{path}.imagePullPolicy", container.get("imagePullPolicy"), _POLICIES)
    yield from check_resources(f"{path}.resources", container.get("resources") or {})
    yield from _check_security(f"{path}.securityContext", container.get("securityContext"))


def _check_unique(path: str, container: Obj, names: set[str]) -> Iterator[Cause]:
    name = container.get("name", "")
    if name in names:
        yield duplicate_value(f"{path}.name", f'"{name}"')
    names.add(name)


def _check_ports(path: str, ports: Sequence[Obj]) -> Iterator[Cause]:
    names: set[str] = set()
    for index, port in enumerate(ports):
        at, name = f"{path}[{index}]", port.get("name")
        if name:
            wrong = list(broken(f"{at}.name", name, port_name))
            yield from wrong
            if not wrong and name in names:
                yield duplicate_value(f"{at}.name", f'"{name}"')
            names.add(name)
        number = port.get("containerPort", 0)
        if not number:
            yield required(f"{at}.containerPort")
        else:
            yield from between(f"{at}.containerPort", number, 1, 65535)
        if port.get("hostPort"):
            yield from between(f"{at}.hostPort", port["hostPort"], 1, 65535)
        yield from one_of(f"{at}.protocol", port.get("protocol"), PROTOCOLS)


def _check_host_ports(path: str, containers: Sequence[Obj]) -> Iterator[Cause]:
    taken: set[str] = set()
    for index, container in enumerate(containers):
        for place, port in enumerate(container.get("ports") or ()):
            if port.get("hostPort"):
                text = f"{port.get('protocol')}/{port.get('hostIP', '')}/{port['hostPort']}"
                if text in taken:
                    yield duplicate_value(f"{path}[{index}].ports[{place}].hostPort", f'"{text}"')
                taken.add(text)


def _check_hooks(path: str, container: Obj) -> Iterator[Cause]:
    for name, handler in sorted((container.get("lifecycle") or {}).items()):
        if name in ("postStart", "preStop"):
            yield from _check_handler(f"{path}.lifecycle.{name}", handler)
    for name in _PROBES:
        probe = container.get(name)
        if probe is not None:
            yield from _check_probe(f"{path}.{name}", probe)
            if name != "readinessProbe" and probe.get("successThreshold", 1) != 1:
                yield invalid(f"{path}.{name}.successThreshold", probe["successThreshold"], "must be 1")


def _check_probe(path: str, probe: Obj) -> Iterator[Cause]:
    yield from _check_handler(path, probe)
    for name in ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"):
        yield from at_least(f"{path}.{name}", probe.get(name))
    seconds = probe.get("terminationGracePeriodSeconds")
    if seconds is not None and seconds <= 0:
        yield invalid(f"{path}.terminationGracePeriodSeconds", seconds, "must be greater than 0")


def _check_handler(path: str, handler: Obj) -> Iterator[Cause]:
    kinds = [kind for kind in ("exec", "httpGet", "tcpSocket", "grpc", "sleep") if handler.get(kind) is not None]
    if not kinds:
        yield required(path, "must specify a handler type")
        return
    yield from _check_action(f"{path}.{kinds[0]}", kinds[0], handler[kinds[0]])
    for kind in kinds[1:]:
        yield forbidden_value(f"{path}.{kind}", "may not specify more than 1 handler type")


def _check_action(path: str, kind: str, action: Obj) -> Iterator[Cause]:
    if kind == "exec":
        if not action.get("command"):
            yield required(f"{path}.command")
    elif kind != "sleep":
        yield from check_port(f"{path}.port", action.get("port", 0))
    if kind == "httpGet":
        yield from one_of(f"{path}.scheme", action.get("scheme"), ("HTTP", "HTTPS"))


def check_port(path: str, port: Any) -> Iterator[Cause]:
    """A port as a number, or as the name of one."""
    if isinstance(port, str):
        yield from broken(path, port, port_name)
    else:
        yield from between(path, port, 1, 65535)


def _check_security(path: str, security: Obj | None) -> Iterator[Cause]:
    if not security:
        return
    for name in ("runAsUser", "runAsGroup"):
        if security.get(name) is not None:
            yield from between(f"{path}.{name}", security[name], 0, LARGEST_ID)
    if security.get("allowPrivilegeEscalation") is False:
        if security.get("privileged"):
            yield invalid(path, internal(security, "core.SecurityContext"), f"{_ESCALATION} `privileged` to true")
        if "CAP_SYS_ADMIN" in ((security.get("capabilities") or {}).get("add") or ()):
            yield invalid(
                path, internal(security, "core.SecurityContext"), f"{_ESCALATION} `capabilities.Add` CAP_SYS_ADMIN"
            )


_ESCALATION = "cannot set `allowPrivilegeEscalation` to false and"
