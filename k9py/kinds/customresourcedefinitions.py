"""Definitions of custom resources: what they define, and whether it is served. Enter leads to what there is of it."""

from __future__ import annotations

from k9py.kinds.kind import Opening, Part, join_texts, text_cell
from k9py.kinds.server_columns import PartialObject, TableRow, conditions_column, row_tone, server_kind
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell


class CustomNames(Part, frozen=True):
    """How the kind is called."""

    plural: str = ""
    kind: str = ""
    short_names: tuple[str, ...] | None = None


class CustomVersion(Part, frozen=True):
    """A version, and whether it is served."""

    name: str
    served: bool = True


class DefinitionSpec(Part, frozen=True):
    """What is wanted; v1beta1 may name one version alone."""

    group: str = ""
    names: CustomNames = CustomNames()
    scope: str = ""
    version: str = ""
    versions: tuple[CustomVersion, ...] | None = None


class Definition(PartialObject, gc=False):
    """A definition."""

    spec: DefinitionSpec = DefinitionSpec()


class DefinitionRow(TableRow, gc=False):
    """A row of it."""

    object: Definition


def _versions(row: DefinitionRow, _joined: Joined) -> Cell:
    spec = row.object.spec
    return join_texts([each.name for each in spec.versions or () if each.served] or [spec.version])


def _opens(row: DefinitionRow) -> Opening:
    name = row.metadata.name
    return Opening(name, "", "", lambda _obj: True)


KIND = server_kind(
    "apiextensions.k8s.io",
    "customresourcedefinitions",
    Column("GROUP", lambda row, _: text_cell(row.object.spec.group)),
    Column("KIND", lambda row, _: text_cell(row.object.spec.names.kind)),
    Column("VERSIONS", _versions),
    Column("SCOPE", lambda row, _: text_cell(row.object.spec.scope)),
    Column("SHORTNAMES", lambda row, _: join_texts(row.object.spec.names.short_names or ()), wide=True),
    conditions_column(row_tone),
    row=DefinitionRow,
    opens=_opens,
)
