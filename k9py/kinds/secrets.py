"""Secrets, in the server's columns: what they hold is not read only to list them."""

from __future__ import annotations

from k9py.kinds.server_columns import server_kind

KIND = server_kind("", "secrets", light=True)
