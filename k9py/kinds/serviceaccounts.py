"""Service accounts, in the server's columns. Enter shows what they may do."""

from __future__ import annotations

from k9py.kinds.kind import opens_page
from k9py.kinds.server_columns import server_kind

KIND = server_kind("", "serviceaccounts", opens=opens_page("can-i"))
