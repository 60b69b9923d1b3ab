"""Storage classes, in the server's columns, which mark the default one. Enter leads to the volumes of the class."""

from __future__ import annotations

from typing import Any

from k9py.kinds.kind import Opening
from k9py.kinds.server_columns import TableRow, server_kind


def _opens(row: TableRow) -> Opening:
    name = row.metadata.name

    def keep(volume: Any) -> bool:
        return bool(volume.metadata.named_class(volume.spec.storage_class_name) == name)

    return Opening("persistentvolumes", f"class {name}", "", keep)


KIND = server_kind("storage.k8s.io", "storageclasses", opens=_opens)
