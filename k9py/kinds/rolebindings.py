"""Bindings of roles in a namespace."""

from __future__ import annotations

from k9py.kinds.bindings import binding_kind

KIND = binding_kind("rolebindings")
