"""Ingresses (networking.k8s.io), in the server's columns. Enter leads to the services behind them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k9py.kinds.kind import Opening, Part, join_texts
from k9py.kinds.server_columns import PartialObject, TableRow, server_kind
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell


class ServicePort(Part, frozen=True):
    """A port by number or by name."""

    number: int = 0
    name: str = ""


class ServiceBackend(Part, frozen=True):
    """A service, and its port."""

    name: str = ""
    port: ServicePort = ServicePort()

    def __str__(self) -> str:
        return f"{self.name}:{self.port.name or self.port.number}"


class Backend(Part, frozen=True):
    """Where requests go; to a service, or to something else."""

    service: ServiceBackend | None = None


class HttpPath(Part, frozen=True):
    """A path."""

    path: str = ""
    backend: Backend = Backend()


class Http(Part, frozen=True):
    """The paths of a host."""

    paths: tuple[HttpPath, ...] | None = None


class IngressRule(Part, frozen=True):
    """What happens at a host."""

    host: str = ""
    http: Http | None = None


class IngressSpec(Part, frozen=True):
    """What is wanted."""

    default_backend: Backend | None = None
    rules: tuple[IngressRule, ...] | None = None


class Ingress(PartialObject, gc=False):
    """An ingress."""

    spec: IngressSpec = IngressSpec()

    @property
    def services(self) -> list[ServiceBackend]:
        """All that requests may go to, each once."""
        return list(dict.fromkeys(each.service for each in self._backends() if each.service))

    def _backends(self) -> Iterator[Backend]:
        for rule in self.spec.rules or ():
            for path in (rule.http.paths if rule.http else None) or ():
                yield path.backend
        if self.spec.default_backend:
            yield self.spec.default_backend


class IngressRow(TableRow, gc=False):
    """A row of it."""

    object: Ingress


def _backends(row: IngressRow, _joined: Joined) -> Cell:
    return join_texts(map(str, row.object.services))


def _opens(row: IngressRow) -> Opening | None:
    metadata, names = row.metadata, {each.name for each in row.object.services}

    def keep(service: Any) -> bool:
        return bool(service.metadata.namespace == metadata.namespace) and service.metadata.name in names

    return Opening("services", f"ingress {metadata.name}", metadata.namespace, keep) if names else None


KIND = server_kind(
    "networking.k8s.io",
    "ingresses",
    Column("BACKENDS", _backends, wide=True),
    row=IngressRow,
    opens=_opens,
)
