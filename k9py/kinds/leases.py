"""Leases, in the server's columns, and how long ago who holds them was there."""

from __future__ import annotations

from k9py.kinds.kind import NONE, Part, time_cell
from k9py.kinds.server_columns import PartialObject, TableRow, server_kind
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell


class LeaseSpec(Part, frozen=True):
    """Since when it is held."""

    renew_time: str | None = None


class Lease(PartialObject, gc=False):
    """A lease."""

    spec: LeaseSpec = LeaseSpec()


class LeaseRow(TableRow, gc=False):
    """A row of it."""

    object: Lease


def _renewed(row: LeaseRow, _joined: Joined) -> Cell:
    renewed = row.object.spec.renew_time
    return time_cell(renewed) if renewed else NONE


KIND = server_kind("coordination.k8s.io", "leases", Column("RENEWED", _renewed, numeric=True), row=LeaseRow)
