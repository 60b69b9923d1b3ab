"""Schemas of kinds, from the OpenAPI documents of the real server (data/openapi/) and from CRDs."""

from __future__ import annotations

from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.store import Obj


def check_fields(cluster: Cluster, served: Served, obj: Obj, mode: str, warnings: list[str], body: bytes = b"") -> None:
    """Field validation: types always; unknown and doubled fields as `mode` says.

    `mode` is the fieldValidation parameter: Ignore, Warn (the default) or Strict. `body` is what obj was read from, so
    that doubled fields can be seen; empty for the outcome of a patch.
    """
