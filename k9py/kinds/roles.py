"""Roles of a namespace, in the server's columns. Enter shows their rules, and to whom they are given."""

from __future__ import annotations

from k9py.kinds.kind import opens_page
from k9py.kinds.server_columns import server_kind

KIND = server_kind("rbac.authorization.k8s.io", "roles", opens=opens_page("rbac"))
