"""Service accounts, in the server's columns. Enter shows what they may do."""

from __future__ import annotations

from k9py.kinds.server_columns import opening_kind

KIND = opening_kind("", "serviceaccounts", "can-i")
