"""Ingresses, with the addresses behind each of their paths, and their classes."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.insight.describe.facts import Obj, each, get, sub, text, texts
from k9py.insight.describe.services import ask_slices, say_addresses
from k9py.insight.describe.sheet import NONE, Cell, Said, Sheet
from k9py.insight.describe.subject import (
    Asks,
    Describer,
    Subject,
    annotations_of,
    has,
    head,
    in_namespace,
    labels_of,
)


def ask(found: Obj) -> Asks:
    """The services that it sends traffic to, and their endpoint slices."""
    names = {text(backend, "service", "name") for backend in _backends(found)} - {""}
    services = {f"service {name}": in_namespace(found, "/api/v1", "services", name) for name in names}
    return services | {f"slices {name}": ask_slices(found, name) for name in names}


def _backends(found: Obj) -> Iterator[Obj]:
    yield sub(found, "spec", "defaultBackend")
    for rule in each(found, "spec", "rules"):
        for path in each(rule, "http", "paths"):
            yield sub(path, "backend")


def describe(sheet: Sheet, subject: Subject) -> None:
    """Where it takes traffic, and where that goes."""
    found, spec = subject.found, sub(subject.found, "spec")
    sheet.field("Name", subject.name)
    labels_of(sheet, found)
    sheet.field("Namespace", text(found, "metadata", "namespace"))
    gates = each(found, "status", "loadBalancer", "ingress")
    sheet.field("Address", ",".join(sorted({text(gate, "ip") or text(gate, "hostname") for gate in gates})))
    sheet.field("Ingress Class", text(spec, "ingressClassName", none=NONE))
    default = sub(spec, "defaultBackend")
    sheet.field("Default backend", _say_backend(subject, default) if default else "<default>")
    _write_tls(sheet, spec)
    _write_rules(sheet, subject, default)
    annotations_of(sheet, found)


def _write_tls(sheet: Sheet, spec: Obj) -> None:
    certificates = each(spec, "tls")
    if certificates:
        sheet.section("TLS")
    for certificate in certificates:
        hosts, secret = ",".join(texts(certificate, "hosts")), text(certificate, "secretName")
        sheet.line(f"{secret} terminates {hosts}" if secret else f"SNI routes {hosts}", level=1)


def _write_rules(sheet: Sheet, subject: Subject, default: Obj) -> None:
    sheet.section("Rules")
    rules = [rule for rule in each(subject.found, "spec", "rules") if has(rule, "http")]
    rows: list[tuple[Said, ...]] = []
    for rule in rules:
        rows.append((text(rule, "host", none="*"), ""))
        paths = each(rule, "http", "paths")
        rows += [("", text(path, "path"), _say_backend(subject, sub(path, "backend"))) for path in paths]
    if not rules:
        rows.append(("*", "*", _say_backend(subject, default) if default else "<default>"))
    sheet.table(("Host", "Path", "Backends"), rows)


def _say_backend(subject: Subject, backend: Obj) -> Said:
    if has(backend, "resource"):
        kind, name = text(backend, "resource", "kind"), text(backend, "resource", "name")
        return f"APIGroup: {text(backend, 'resource', 'apiGroup')}, Kind: {kind}, Name: {name}"
    name, port = text(backend, "service", "name"), sub(backend, "service", "port")
    words = f"{name}:{text(port, 'name') or text(port, 'number', none='0')}"
    for asked in (f"service {name}", f"slices {name}"):
        if error := subject.related.failed.get(asked):
            return Cell(f"{words} (<error: {error.message}>)", "bad")
    return f"{words} ({say_addresses(subject.items(f'slices {name}'), _port_name(subject, name, port))})"


def _port_name(subject: Subject, service: str, wanted: Obj) -> str:
    """The name of the port of a service that a backend means, by name or number."""
    for port in each(subject.beside(f"service {service}"), "spec", "ports"):
        named = text(wanted, "name")
        if named == text(port, "name") if named else get(port, "port") == get(wanted, "number"):
            return text(port, "name")
    return "?"


def describe_class(sheet: Sheet, subject: Subject) -> None:
    """Which controller looks after the ingresses of a class."""
    head(sheet, subject.found)
    sheet.field("Controller", text(subject.found, "spec", "controller"))
    parameters = sub(subject.found, "spec", "parameters")
    if parameters:
        sheet.section("Parameters")
    for label, field in (("APIGroup", "apiGroup"), ("Kind", "kind"), ("Name", "name"), ("Namespace", "namespace")):
        if value := text(parameters, field):
            sheet.field(label, value, level=1)


DESCRIBERS = (
    Describer(("ingresses.networking.k8s.io",), describe, ask, ("endpointslices",)),
    Describer(("ingressclasses.networking.k8s.io",), describe_class),
)
