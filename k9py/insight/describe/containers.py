"""Containers of a pod or of the mould of pods: what they run, in which state they are, what they are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from k9py.insight.describe.facts import Obj, each, get, number, sub, text, texts, truth, when
from k9py.insight.describe.sheet import NONE, Cell, Said, Sheet
from k9py.insight.describe.subject import has
from k9py.values.quantity import parse_quantity


def containers_of(sheet: Sheet, title: str, found: Obj, level: int = 0, *, kind: str = "containers") -> None:
    """The containers of a spec under a title; nothing where there are none. `found` is a pod or a pod template."""
    containers = each(found, "spec", kind)
    if not containers:
        return
    states = {text(status, "name"): status for status in each(found, "status", _STATUSES[kind])}
    sheet.section(title, level)
    for container in containers:
        sheet.section(text(container, "name"), level + 1)
        _write(sheet, container, states.get(text(container, "name")), found, level + 2)


_STATUSES = {
    "containers": "containerStatuses",
    "initContainers": "initContainerStatuses",
    "ephemeralContainers": "ephemeralContainerStatuses",
}


def _write(sheet: Sheet, container: Obj, status: Obj | None, pod: Obj, level: int) -> None:
    _write_image(sheet, container, status, level)
    _write_ports(sheet, container, level)
    if profile := sub(container, "securityContext", "seccompProfile"):
        seccomp_of(sheet, profile, level)
    sheet.block("Command", texts(container, "command"), level)
    sheet.block("Args", texts(container, "args"), level)
    if status is not None:
        _write_status(sheet, status, level)
    resources_of(sheet, sub(container, "resources"), level)
    for title, field in (("Liveness", "livenessProbe"), ("Readiness", "readinessProbe"), ("Startup", "startupProbe")):
        if has(container, field):
            sheet.field(title, say_probe(sub(container, field)), level=level)
    _write_env_from(sheet, container, level)
    _write_env(sheet, container, pod, level)
    mounts = sorted(each(container, "volumeMounts"), key=lambda mount: text(mount, "mountPath"))
    _write_lines(sheet, "Mounts", map(_say_mount, mounts), level)
    devices = sorted(each(container, "volumeDevices"), key=lambda device: text(device, "devicePath"))
    if devices:
        _write_lines(sheet, "Devices", (f"{text(d, 'devicePath')} from {text(d, 'name')}" for d in devices), level)


def _write_image(sheet: Sheet, container: Obj, status: Obj | None, level: int) -> None:
    if status is not None:
        sheet.field("Container ID", text(status, "containerID"), level=level)
    sheet.field("Image", text(container, "image"), level=level)
    if status is not None:
        sheet.field("Image ID", text(status, "imageID"), level=level)


def seccomp_of(sheet: Sheet, profile: Obj, level: int) -> None:
    """The seccomp profile of a pod or container."""
    sheet.field("SeccompProfile", text(profile, "type"), level=level)
    if local := text(profile, "localhostProfile"):
        sheet.field("LocalhostProfile", local, level=level + 1)


def _write_ports(sheet: Sheet, container: Obj, level: int) -> None:
    ports = each(container, "ports")
    ends = "s" if len(ports) > 1 else ""
    for title, field in (("Port", "containerPort"), ("Host Port", "hostPort")):
        sheet.field(f"{title}{ends}", ", ".join(_say_port(port, field) for port in ports) or NONE, level=level)


def _say_port(port: Obj, field: str) -> str:
    name = text(port, "name")
    written = f"{text(port, field, none='0')}/{text(port, 'protocol', none='TCP')}"
    return f"{written} ({name})" if name else written


# what it is at


def _write_status(sheet: Sheet, status: Obj, level: int) -> None:
    _write_state(sheet, "State", sub(status, "state"), level)
    if has(status, "lastState", "terminated"):
        _write_state(sheet, "Last State", sub(status, "lastState"), level)
    ready = bool(get(status, "ready"))
    sheet.field("Ready", truth(ready), level=level)
    restarts = number(status, "restartCount")
    sheet.field("Restart Count", str(restarts), level=level)


def _write_state(sheet: Sheet, title: str, state: Obj, level: int) -> None:
    name = next((name for name in ("running", "terminated") if has(state, name)), "waiting")
    sheet.field(title, name.capitalize(), level=level)
    for label, value in _state_facts(name, sub(state, name)):
        sheet.field(label, value, level=level + 1)


def _state_facts(name: str, state: Obj) -> Iterator[tuple[str, Said]]:
    ended = name == "terminated"
    failed = ended and number(state, "exitCode") != 0
    if reason := text(state, "reason"):
        yield "Reason", Cell(reason, "bad" if failed or name == "waiting" else None)
    if message := text(state, "message"):
        yield "Message", message
    if ended:
        yield "Exit Code", Cell(text(state, "exitCode", none="0"), "bad" if failed else None)
    if number(state, "signal"):
        yield "Signal", text(state, "signal")
    if name != "waiting":
        yield "Started", when(state, "startedAt")
    if ended:
        yield "Finished", when(state, "finishedAt")


def resources_of(sheet: Sheet, resources: Obj, level: int) -> None:
    """Limits and requests, each on a line."""
    for title, field in (("Limits", "limits"), ("Requests", "requests")):
        amounts = sub(resources, field)
        if amounts:
            sheet.section(title, level)
        for name in sorted(amounts):
            sheet.field(name, text(amounts, name), level=level + 1)


# probes


def say_probe(probe: Obj) -> str:
    """What is asked, and how often and how patiently."""
    times = (
        ("delay", "initialDelaySeconds", "0", "s"),
        ("timeout", "timeoutSeconds", "1", "s"),
        ("period", "periodSeconds", "10", "s"),
        ("successThreshold", "successThreshold", "1", ""),
        ("failureThreshold", "failureThreshold", "3", ""),
    )
    attributes = " ".join(f"{name}={text(probe, field, none=none)}{unit}" for name, field, none, unit in times)
    return f"{_say_handler(probe)} {attributes}"


def _say_handler(probe: Obj) -> str:
    if has(probe, "exec"):
        return f"exec [{' '.join(texts(probe, 'exec', 'command'))}]"
    if has(probe, "httpGet"):
        asked = sub(probe, "httpGet")
        path = "/" + text(asked, "path").removeprefix("/")
        place = f"{text(asked, 'host')}:{text(asked, 'port')}"
        return f"http-get {text(asked, 'scheme', none='HTTP').lower()}://{place}{path}"
    if has(probe, "tcpSocket"):
        return f"tcp-socket {text(probe, 'tcpSocket', 'host')}:{text(probe, 'tcpSocket', 'port')}"
    if has(probe, "grpc"):
        return f"grpc <pod>:{text(probe, 'grpc', 'port')} {text(probe, 'grpc', 'service')}".rstrip()
    return "unknown"


# what it is given


def _write_env_from(sheet: Sheet, container: Obj, level: int) -> None:
    sources = each(container, "envFrom")
    if sources:
        sheet.section("Environment Variables from", level)
    for source in sources:
        kind, field = ("ConfigMap", "configMapRef") if has(source, "configMapRef") else ("Secret", "secretRef")
        prefix = text(source, "prefix")
        words = f"{kind} with prefix '{prefix}'" if prefix else kind
        optional = f"Optional: {text(source, field, 'optional', none='false')}"
        sheet.line(text(source, field, "name"), words, optional, level=level + 1)


def _write_env(sheet: Sheet, container: Obj, pod: Obj, level: int) -> None:
    variables = each(container, "env")
    if not variables:
        sheet.field("Environment", NONE, level=level)
        return
    sheet.section("Environment", level)
    for variable in variables:
        value, *more = _say_variable(variable, container, pod)
        sheet.field(text(variable, "name"), value, *more, level=level + 1)


def _say_variable(variable: Obj, container: Obj, pod: Obj) -> tuple[str, ...]:
    source = sub(variable, "valueFrom")
    for field, say in _FROM.items():
        if has(source, field):
            return say(sub(source, field), container, pod)
    return (text(variable, "value"),)


def _optional(found: Obj) -> str:
    return f"Optional: {text(found, 'optional', none='false')}"


def _from_field(found: Obj, _container: Obj, pod: Obj) -> tuple[str, ...]:
    path = text(found, "fieldPath")
    value = text(pod, *path.split(".")) if has(pod, "status") and "[" not in path else ""
    return (f"{value} ({text(found, 'apiVersion', none='v1')}:{path})".lstrip(),)


def _from_resource(found: Obj, container: Obj, pod: Obj) -> tuple[str, ...]:
    resource = text(found, "resource")
    named = text(found, "containerName")
    others = [*each(pod, "spec", "containers"), *each(pod, "spec", "initContainers")]
    owner = next((other for other in others if text(other, "name") == named), container)
    part, _, name = resource.partition(".")
    amount, divisor = text(owner, "resources", part, name), text(found, "divisor", none="1")
    value = _divide(amount, divisor) if amount else "node allocatable"
    return (f"{value} ({resource})",)


def _divide(amount: str, divisor: str) -> int:
    """How many divisors an amount is, rounded up, as the kubelet fills a variable."""
    unit = Fraction(parse_quantity(divisor)).limit_denominator(10**9) or Fraction(1)
    return -int(-Fraction(parse_quantity(amount)).limit_denominator(10**9) // unit)


_FROM: Mapping[str, Callable[[Obj, Obj, Obj], tuple[str, ...]]] = {
    "fieldRef": _from_field,
    "resourceFieldRef": _from_resource,
    "secretKeyRef": lambda found, _container, _pod: (
        f"<set to the key '{text(found, 'key')}' in secret '{text(found, 'name')}'>",
        _optional(found),
    ),
    "configMapKeyRef": lambda found, _container, _pod: (
        f"<set to the key '{text(found, 'key')}' of config map '{text(found, 'name')}'>",
        _optional(found),
    ),
    "fileKeyRef": lambda found, _container, _pod: (
        f"<set to the key '{text(found, 'key')}' in file '{text(found, 'path')}'>",
        _optional(found),
    ),
}


def _say_mount(mount: Obj) -> str:
    flags = "ro" if get(mount, "readOnly") else "rw"
    for field, word in (("subPath", "path"), ("subPathExpr", "pathExpr"), ("mountPropagation", "")):
        if word and (value := text(mount, field)):
            flags += f',{word}="{value}"'
    return f"{text(mount, 'mountPath')} from {text(mount, 'name')} ({flags})"


def _write_lines(sheet: Sheet, title: str, lines: Iterator[str], level: int) -> None:
    found = list(lines)
    if not found:
        sheet.field(title, NONE, level=level)
        return
    sheet.section(title, level)
    for line in found:
        sheet.line(line, level=level + 1)
