"""Config maps, in the server's columns: of what may be a megabyte each only the number of keys is read."""

from __future__ import annotations

from k9py.kinds.server_columns import server_kind

KIND = server_kind("", "configmaps", light=True)
