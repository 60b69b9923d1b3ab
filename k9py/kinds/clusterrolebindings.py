"""Bindings of cluster roles everywhere."""

from __future__ import annotations

from k9py.kinds.bindings import binding_kind

KIND = binding_kind("clusterrolebindings")
