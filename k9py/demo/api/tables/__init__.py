"""The columns that the server itself offers of each kind (meta.k8s.io/v1 Table)."""

from k9py.demo.api.tables.table import Table, table_of

__all__ = ["Table", "table_of"]
