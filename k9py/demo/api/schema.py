"""Schemas of kinds, from the OpenAPI documents of the real server (data/openapi/) and from CRDs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.store import Obj

if TYPE_CHECKING:
    from k9py.demo.http.call import Call


def check_fields(cluster: Cluster, served: Served, obj: Obj, call: Call) -> None:
    """Field validation: types always; unknown and doubled fields as `fieldValidation` says (Ignore, Warn, Strict)."""
